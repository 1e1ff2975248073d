/* schedule.h: which query may be sent when, and when one has waited enough. No sockets.
 *
 * A request is waiting for its turn, or sent, or done. At most `limit` are sent at a time; the others wait, first come
 * first served. The receive buffer of a server's socket, as systems come, holds some 270 queries, and the rest of a
 * burst is lost: so no server is sent more than MS_BURST queries within 50 to 100 ms unless it replies meanwhile;
 * others ask it too. Who replies at once is asked as fast as he replies, and who is silent is not flooded.
 *
 * Datagrams are lost all the same. Where the server replies to others, a query that has waited for longer than its
 * replies take (RFC 6298) is sent again, and each time the next wait is twice as long. But where replies to what was
 * sent again show that datagrams are lost, it does not grow. To a server that is silent altogether a query is sent
 * again where it is one of few, such as a program's first; many are not.
 *
 * Time is in milliseconds, looked at every MS_TICK: a wheel of lists, one a tick, so that it costs the same
 * however many requests there are.
 */
#ifndef MS_DNS_SCHEDULE_H
#define MS_DNS_SCHEDULE_H

#include "base/span.h"

#include <stdint.h>

#define MS_TICK  50
#define MS_BURST 128

typedef enum ms_request_state {
    MS_REQUEST_FREE,
    MS_REQUEST_WAITING,
    MS_REQUEST_SENT,
    MS_REQUEST_DONE,
} ms_request_state;

struct ms_peer;

typedef struct ms_request {
    ms_request_state state;
    unsigned number; /* from 0, used again */
    uint64_t order;  /* in which they came */
    bool tcp;
    unsigned timeout;       /* of the try, which begins when it is sent */
    uint64_t deadline;      /* of all, the time spent waiting included */
    uint64_t sent, expires; /* when it was sent last, and when the try is over */
    uint64_t first_tick;    /* of the first time that it was sent */
    unsigned times;         /* it was sent in the try */
    struct ms_peer *peer;   /* whom it is for */
    void *attempts;         /* the channel's: what c-ares has of it */
    const char *code;       /* of one that is done: NULL where there is a reply */
    char *octets;           /* the query, later the reply: `room`, or allocated */
    size_t size;
    struct ms_request *previous, *next;             /* in the wheel; or `next` among those done */
    struct ms_request *queue_previous, *queue_next; /* among those waiting for the peer */
    struct ms_request **bucket;                     /* of the wheel; NULL where it is not in it */
    char room[288];
} ms_request;

/* A server as the schedule sees it; all zero at first. */
typedef struct ms_peer {
    ms_request *first, *last;        /* waiting */
    struct ms_peer *previous, *next; /* among the peers with waiting requests */
    bool listed;
    unsigned sent; /* requests that are under way */
    uint64_t tick; /* `unanswered[0]` were sent in it, `unanswered[1]` in the one before */
    unsigned unanswered[2];
    uint64_t last_reply;
    unsigned round_trip; /* eight times the smoothed time that a reply takes; 0 where none is known */
    unsigned deviation;  /* four times what that differs by */
    uint64_t period;     /* what replies came in it and in the one before; those among them that show a loss */
    unsigned replies[2], lost[2];
} ms_peer;

typedef struct ms_schedule ms_schedule;

/* `limit` is how many may be sent at a time. NULL where there is no memory. */
ms_schedule *ms_schedule_new(unsigned limit, uint64_t now);
/* Frees the requests too. */
void ms_schedule_free(ms_schedule *schedule);

/* Adds a request that waits, until then at the latest. NULL where there is no memory. */
ms_request *ms_schedule_add(ms_schedule *schedule, ms_peer *peer, ms_span query, uint64_t now, uint64_t deadline);
/* The request of that number that is not free; NULL where there is none. */
ms_request *ms_schedule_find(const ms_schedule *schedule, unsigned number);

/* May one be sent? */
bool ms_schedule_ready(const ms_schedule *schedule, uint64_t now);
/* The next request that may be sent; NULL where there is none. It counts as sent. */
ms_request *ms_schedule_next(ms_schedule *schedule, uint64_t now);
/* The next request whose time has come: to give up, or to be sent again. NULL where there is none. */
ms_request *ms_schedule_due(ms_schedule *schedule, uint64_t now);
/* Is it to be sent again? It then counts as sent. Otherwise it is just looked at later. */
bool ms_schedule_again(ms_request *request, uint64_t now);
/* Looks at a request again when its time has come. */
void ms_schedule_later(ms_schedule *schedule, ms_request *request, uint64_t now);

/* What was replied to: the n-th sending of a request, and when that was. `sure`: it was this one and none before it. */
typedef struct ms_sending {
    uint64_t at;
    unsigned nth;
    bool sure;
} ms_sending;

/* A reply came: what is to be learnt from that. */
void ms_schedule_replied(ms_request *request, const ms_sending *sending, uint64_t now);
/* The request is neither waiting nor sent any more. */
void ms_schedule_done(ms_schedule *schedule, ms_request *request);
/* Nobody wants to know of the request any more. */
void ms_schedule_release(ms_schedule *schedule, ms_request *request);

/* All requests' numbers are below. */
unsigned ms_schedule_size(const ms_schedule *schedule);
/* How many are not free. */
size_t ms_schedule_count(const ms_schedule *schedule);
/* Milliseconds until a request may be due; -1 where none is waiting or sent. */
int ms_schedule_timeout(const ms_schedule *schedule, uint64_t now);

/* Replaces a request's octets by a copy of these; false where there is no memory. */
bool ms_request_keep(ms_request *request, ms_span octets);

#endif
