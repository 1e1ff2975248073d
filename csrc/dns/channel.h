/* channel.h: queries over the network, many at a time, waiting for none: c-ares behind one epoll descriptor.
 *
 * A channel knows some servers. `send` gives a query to one of them and returns its number; when the
 * descriptor is readable, or the time that `timeout` names has passed, `process` takes in what came, and `take` hands
 * over the queries that are done, one after the other. Nothing is called back: c-ares' own callbacks
 * queue, and never see the caller.
 *
 * c-ares is kept to what it is best at: sockets, matching replies to queries, TCP framing. It is told not to judge
 * replies (ARES_FLAG_NOCHECKRESP), for it would make SERVFAIL and REFUSED into "connection refused"; not to
 * retry over TCP (ARES_FLAG_IGNTC); and it gets one server an ares channel. Failover, tries, TCP after
 * truncation and EDNS are decided above, where their deadline is known. Three habits are worked around. Without
 * ARES_FLAG_EDNS it cuts datagrams at 512 octets; with it, one FORMERR turns the flag off for good, and cuts the last
 * 11 octets off the query, whatever they are: so queries with and without EDNS have ares channels of their own, and one
 * that lost its flag is replaced. And it forgets no query before that query's own time is over: so an ares channel with
 * many that we gave up is replaced too. Its sockets for TCP are ours (stream.h), and those of newer versions for UDP,
 * too (relay.h). Each server has several UDP sockets, thus several source ports (RFC 5452 §9.2).
 *
 * How many queries are sent at a time, which one next, when one is sent again or given up: schedule.h.
 */
#ifndef MS_DNS_CHANNEL_H
#define MS_DNS_CHANNEL_H

#include "base/error.h"
#include "base/span.h"

#include <stdint.h>

typedef struct ms_channel ms_channel;

/* `longest_ms` is the longest time that any try may take, `in_flight` how many queries may be under way at a time.
 * Codes: no_memory, failed. */
ms_channel *ms_channel_new(unsigned longest_ms, unsigned in_flight, ms_error *error);
/* Forgets whatever is under way. */
void ms_channel_free(ms_channel *channel);

/* Adds a server: an IPv4 or IPv6 address and a port. Its number is the least from 0 that no other one has. Codes:
 * bad_server, no_memory. */
bool ms_channel_add_server(ms_channel *channel, ms_span address, unsigned port, unsigned *number, ms_error *error);
/* Forgets a server, whose number may then be another's; false where queries to it wait or are under way. */
bool ms_channel_remove_server(ms_channel *channel, unsigned number);

typedef struct ms_channel_query {
    ms_span octets;
    unsigned server;
    bool tcp;
    unsigned timeout_ms;  /* of the try, from when it is sent */
    unsigned deadline_ms; /* from now, what it waits for its turn included */
} ms_channel_query;

/* Takes a query, to be sent by `process` when its turn comes: those of many tasks go out in one go, which keeps the
 * server awake and the processor's caches warm, and costs a third less than one by one. Its reply, or why there is none
 * within the time, is taken under *number, which then may be another query's. Codes: bad_server, no_memory. */
bool ms_channel_send(ms_channel *channel, const ms_channel_query *query, unsigned *number, ms_error *error);

/* Forgets a query; whatever becomes of it is not to be taken. */
void ms_channel_cancel(ms_channel *channel, unsigned number);

/* Readable when there is something to process. */
int ms_channel_fd(const ms_channel *channel);
/* Milliseconds after which `process` wants to be called at the latest; -1 where nothing is under way. */
int ms_channel_timeout(const ms_channel *channel);
void ms_channel_process(ms_channel *channel);

/* A query that is done. It lasts until the next is taken. */
typedef struct ms_completion {
    unsigned number;
    /* NULL where there is a reply; else timeout, queued (its deadline passed before its turn came), unreachable,
     * no_memory, failed. */
    const char *code;
    ms_span reply;
} ms_completion;

bool ms_channel_take(ms_channel *channel, ms_completion *completion);

/* How many queries wait, are under way or not yet taken. */
size_t ms_channel_outstanding(const ms_channel *channel);

#endif
