/* stream.c: sockets that raise no SIGPIPE. See stream.h. */
#include "dns/stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* then the socket can be told */
#endif

int ms_stream_open(int domain, int type, int protocol, void *unused)
{
    int fd = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    int on = 1;

    (void)unused;
    if (fd < 0)
        return -1;
    /* A query is to leave at once; where it does not, it is merely late. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef SO_NOSIGPIPE
    (void)setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    return fd;
}

int ms_stream_close(int fd, void *unused)
{
    (void)unused;
    return close(fd);
}

int ms_stream_connect(int fd, const struct sockaddr *address, socklen_t size, void *unused)
{
    (void)unused;
    return connect(fd, address, size);
}

ssize_t ms_stream_receive(int fd, void *octets, size_t n, int flags, struct sockaddr *address, socklen_t *size,
                          void *unused)
{
    (void)unused;
    return recvfrom(fd, octets, n, flags, address, size);
}

ssize_t ms_stream_send(int fd, const struct iovec *pieces, int n, void *unused)
{
    struct iovec first[64];
    size_t count = n < 64 ? (size_t)n : 64;
    struct msghdr message = { .msg_iov = first, .msg_iovlen = count };

    (void)unused;
    memcpy(first, pieces, count * sizeof *pieces);
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}
