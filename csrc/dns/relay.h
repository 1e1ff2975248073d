/* relay.h: sockets that show c-ares no more of a reply than what it is one to.
 *
 * From 1.22 on c-ares reads whole replies. One that it cannot read is a broken connection to it, which ends all queries
 * that wait there: whoever knows our port could do that with a datagram of garbage. One that it can, it writes anew,
 * and the upper bits of the rcode are lost, as is what was odd in it. So these functions, which are what
 * ares_set_socket_functions wants, keep the reply as it came. c-ares sees a header and the question, by which it
 * knows the query; and SERVFAIL there, whatever the server said, for that alone makes it neither learn time-outs of its
 * own, nor keep anything in a cache, nor send the query again without EDNS. What has no ID or no question that can be
 * read, it sees nothing of.
 *
 * For the same reason queries leave without the cookie (RFC 7873) that c-ares adds from 1.31 on.
 */
#ifndef MS_DNS_RELAY_H
#define MS_DNS_RELAY_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Octets that the system is asked to keep for a UDP socket until they are read. */
#define MS_RECEIVE_BUFFER (1 << 20)

/* What the functions get as their last argument: of one ares channel with one server, over UDP or over TCP. */
typedef struct ms_relay {
    bool stream;
    bool received; /* set where something came; whoever wants to know unsets it before */
    size_t size;   /* of a stream: of what is here of the message, its length in front included */
    size_t room;
    uint8_t *octets;
} ms_relay;

/* False where there is no memory. */
bool ms_relay_init(ms_relay *relay, bool stream);
void ms_relay_free(ms_relay *relay);

/* The last reply that c-ares was shown. */
ms_span ms_relay_reply(const ms_relay *relay);

int ms_relay_open(int domain, int type, int protocol, void *argument);
/* Takes in one message at most, so that it is the one which c-ares calls back about. */
ssize_t ms_relay_receive(int fd, void *octets, size_t n, int flags, struct sockaddr *address, socklen_t *size,
                         void *argument);
ssize_t ms_relay_send(int fd, const struct iovec *pieces, int n, void *argument);

#endif
