/* relay.c: sockets that show c-ares no more of a reply than what it is one to. See relay.h. */
#include "dns/relay.h"
#include "dns/stream.h"
#include "dns/wire.h"

#include <errno.h>
#include <stdlib.h>

enum {
    HEADER = 12,
    LENGTH = 2, /* in front of a message over TCP */
    OPT = 11,   /* without options */
    DATAGRAM_MOST = 4096,
    SHOWN_MOST = HEADER + MS_DNS_NAME_MAX + 4,
};

bool ms_relay_init(ms_relay *relay, bool stream)
{
    relay->stream = stream;
    relay->received = false;
    relay->size = 0;
    relay->room = stream ? LENGTH + 0xffff : DATAGRAM_MOST;
    relay->octets = malloc(relay->room);
    return relay->octets != NULL;
}

void ms_relay_free(ms_relay *relay)
{
    free(relay->octets);
}

ms_span ms_relay_reply(const ms_relay *relay)
{
    size_t at = relay->stream ? LENGTH : 0;

    return ms_span_of((const char *)relay->octets + at, relay->size - at);
}

int ms_relay_open(int domain, int type, int protocol, void *argument)
{
    ms_relay *relay = argument;
    int fd = ms_stream_open(domain, type, protocol, NULL), size = MS_RECEIVE_BUFFER;

    relay->size = 0;
    /* Systems have a limit of their own to it. */
    if (fd >= 0 && !relay->stream)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    return fd;
}

/* Writes what c-ares is to see of a message; 0 where that is nothing. */
static size_t show(ms_span message, uint8_t out[SHOWN_MOST])
{
    /* QR and SERVFAIL; one question. */
    static const uint8_t header[HEADER - 2] = { 0x80, MS_DNS_SERVFAIL, 0, 1 };
    ms_dns_name name;
    size_t at = HEADER;

    if (message.n < HEADER || !((uint8_t)message.p[2] & 0x80) || message.p[4] != 0 || message.p[5] != 1)
        return 0;
    if (!ms_dns_name_read(&name, message, &at) || message.n - at < 4)
        return 0;
    /* A class that is not IN c-ares might take for garbage. */
    if (message.p[at + 2] != 0 || message.p[at + 3] != 1)
        return 0;
    memcpy(out, message.p, 2);
    memcpy(out + 2, header, sizeof header);
    memcpy(out + HEADER, name.octets, name.n);
    memcpy(out + HEADER + name.n, message.p + at, 4);
    return HEADER + name.n + 4;
}

/* Nothing for c-ares, for now. */
static ssize_t nothing(void)
{
    errno = EAGAIN;
    return -1;
}

static size_t frame_size(const ms_relay *relay)
{
    return relay->size < LENGTH ? LENGTH : LENGTH + ((size_t)relay->octets[0] << 8 | relay->octets[1]);
}

/* Reads on in a message over TCP, and not beyond it. Returns what recv returned last. */
static ssize_t read_frame(ms_relay *relay, int fd)
{
    ssize_t got = 1;

    if (relay->size >= LENGTH && relay->size == frame_size(relay))
        relay->size = 0;
    while (got > 0 && (relay->size < LENGTH || relay->size < frame_size(relay))) {
        got = recv(fd, relay->octets + relay->size, frame_size(relay) - relay->size, 0);
        if (got > 0)
            relay->size += (size_t)got;
    }
    return got;
}

static ssize_t receive_frame(ms_relay *relay, int fd, uint8_t *out, size_t n)
{
    ssize_t got = read_frame(relay, fd);
    size_t shown;

    if (got <= 0)
        return got;
    relay->received = true;
    shown = n >= LENGTH + SHOWN_MOST ? show(ms_relay_reply(relay), out + LENGTH) : 0;
    if (shown == 0)
        return nothing();
    out[0] = (uint8_t)(shown >> 8);
    out[1] = (uint8_t)shown;
    return (ssize_t)(LENGTH + shown);
}

ssize_t ms_relay_receive(int fd, void *octets, size_t n, int flags, struct sockaddr *address, socklen_t *size,
                         void *argument)
{
    ms_relay *relay = argument;
    ssize_t got;
    size_t shown;

    if (relay->stream)
        return receive_frame(relay, fd, octets, n);
    got = recvfrom(fd, relay->octets, relay->room, flags, address, size);
    if (got < 0)
        return got;
    relay->received = true;
    relay->size = (size_t)got;
    shown = n >= SHOWN_MOST ? show(ms_relay_reply(relay), octets) : 0;
    return shown > 0 ? (ssize_t)shown : nothing();
}

/* The size of one of our queries, which ends with an OPT record, without that record's options; 0 where it has none. */
static size_t size_without_options(ms_span query)
{
    ms_dns_name name;
    size_t at = HEADER;

    if (query.n < HEADER || query.p[11] != 1 || !ms_dns_name_read(&name, query, &at))
        return 0;
    at += 4 + OPT;
    return at < query.n ? at : 0;
}

ssize_t ms_relay_send(int fd, const struct iovec *pieces, int n, void *argument)
{
    const ms_relay *relay = argument;
    uint8_t query[MS_DNS_QUERY_MAX];
    struct iovec piece = { query, 0 };
    ssize_t sent;

    if (relay->stream || n != 1)
        return ms_stream_send(fd, pieces, n, NULL);
    piece.iov_len = size_without_options(ms_span_of(pieces[0].iov_base, pieces[0].iov_len));
    if (piece.iov_len == 0 || piece.iov_len > sizeof query)
        return ms_stream_send(fd, pieces, n, NULL);
    memcpy(query, pieces[0].iov_base, piece.iov_len);
    query[piece.iov_len - 2] = query[piece.iov_len - 1] = 0;
    sent = ms_stream_send(fd, &piece, 1, NULL);
    /* A datagram leaves whole. */
    return sent < 0 ? sent : (ssize_t)pieces[0].iov_len;
}
