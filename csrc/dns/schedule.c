/* schedule.c: which query may be sent when. See schedule.h. */
#include "dns/schedule.h"

#include <stdlib.h>

enum {
    TICKS = 1024,     /* of the wheel; whoever waits longer is looked at in between */
    POOL = 1024,      /* requests that are kept for others to come */
    FEW = 16,         /* so many queries at a time it costs nothing to send again, whether anybody is there or not */
    TIMES = 4,        /* that a query is sent within a try */
    TIMES_LOSSY = 10, /* and where datagrams are seen to be lost */
};

static const uint64_t PATIENCE_LEAST = 200; /* before a query is sent again to a server that replies */
static const uint64_t PATIENCE_BLIND = 400; /* and to one that nothing was heard of */
static const uint64_t ALIVE = 3000;         /* a reply within so long shows that a server is there */
static const uint64_t PERIOD = 2000;        /* that replies and losses are counted for */

typedef struct slot {
    ms_request *request;
    unsigned next_empty; /* of a slot without a request: the next such, plus one */
} slot;

struct ms_schedule {
    unsigned limit, sent, pooled;
    size_t count, pending; /* not free; waiting or sent */
    uint64_t orders;
    slot *slots;
    unsigned slots_n, room, first_empty; /* plus one; 0 where there is none */
    ms_request *pool;
    ms_peer *peers; /* those with waiting requests */
    uint64_t tick;  /* all that was due by then has been handed out */
    ms_request *wheel[TICKS];
};

ms_schedule *ms_schedule_new(unsigned limit, uint64_t now)
{
    ms_schedule *schedule = calloc(1, sizeof *schedule);

    if (schedule != NULL) {
        schedule->limit = limit > 0 ? limit : 1;
        schedule->tick = now / MS_TICK;
    }
    return schedule;
}

static void request_free(ms_request *r)
{
    if (r->octets != r->room)
        free(r->octets);
    free(r);
}

void ms_schedule_free(ms_schedule *schedule)
{
    if (schedule == NULL)
        return;
    for (unsigned i = 0; i < schedule->slots_n; i++)
        if (schedule->slots[i].request != NULL)
            request_free(schedule->slots[i].request);
    free(schedule->slots);
    free(schedule);
}

bool ms_request_keep(ms_request *r, ms_span octets)
{
    char *p = r->room;

    if (octets.n > sizeof r->room) {
        p = malloc(octets.n);
        if (p == NULL)
            return false;
    }
    if (r->octets != r->room)
        free(r->octets);
    memcpy(p, octets.p, octets.n);
    r->octets = p;
    r->size = octets.n;
    return true;
}

/* ---- numbers and memory */

/* Gives a new request a number; false where there is no memory. */
static bool take_slot(ms_schedule *schedule, ms_request *r)
{
    if (schedule->first_empty > 0) {
        r->number = schedule->first_empty - 1;
        schedule->first_empty = schedule->slots[r->number].next_empty;
    } else {
        if (schedule->slots_n == schedule->room) {
            unsigned room = schedule->room > 0 ? schedule->room * 2 : 64;
            slot *slots = realloc(schedule->slots, room * sizeof *slots);

            if (slots == NULL)
                return false;
            schedule->slots = slots;
            schedule->room = room;
        }
        r->number = schedule->slots_n++;
    }
    schedule->slots[r->number] = (slot){ .request = r };
    return true;
}

static ms_request *request_new(ms_schedule *schedule)
{
    ms_request *r = schedule->pool;

    if (r != NULL) {
        schedule->pool = r->next;
        schedule->pooled--;
        return r;
    }
    r = malloc(sizeof *r);
    if (r == NULL)
        return NULL;
    r->octets = r->room;
    if (!take_slot(schedule, r)) {
        free(r);
        return NULL;
    }
    return r;
}

static void give_back(ms_schedule *schedule, ms_request *r)
{
    if (r->octets != r->room) {
        free(r->octets);
        r->octets = r->room;
    }
    r->state = MS_REQUEST_FREE;
    if (schedule->pooled < POOL) {
        r->next = schedule->pool;
        schedule->pool = r;
        schedule->pooled++;
        return;
    }
    schedule->slots[r->number] = (slot){ .request = NULL, .next_empty = schedule->first_empty };
    schedule->first_empty = r->number + 1;
    free(r);
}

ms_request *ms_schedule_find(const ms_schedule *schedule, unsigned number)
{
    ms_request *r = number < schedule->slots_n ? schedule->slots[number].request : NULL;

    return r != NULL && r->state != MS_REQUEST_FREE ? r : NULL;
}

unsigned ms_schedule_size(const ms_schedule *schedule)
{
    return schedule->slots_n;
}

size_t ms_schedule_count(const ms_schedule *schedule)
{
    return schedule->count;
}

/* ---- the wheel */

static void leave_wheel(ms_request *r)
{
    if (r->bucket == NULL)
        return;
    if (r->previous != NULL)
        r->previous->next = r->next;
    else
        *r->bucket = r->next;
    if (r->next != NULL)
        r->next->previous = r->previous;
    r->bucket = NULL;
}

/* Puts a request where it is found at that moment, or before where that is far off. */
static void enter_wheel(ms_schedule *schedule, ms_request *r, uint64_t moment)
{
    uint64_t tick = (moment + MS_TICK - 1) / MS_TICK;

    if (tick <= schedule->tick)
        tick = schedule->tick + 1;
    if (tick >= schedule->tick + TICKS)
        tick = schedule->tick + TICKS - 1;
    r->bucket = &schedule->wheel[tick % TICKS];
    r->previous = NULL;
    r->next = *r->bucket;
    if (r->next != NULL)
        r->next->previous = r;
    *r->bucket = r;
}

ms_request *ms_schedule_due(ms_schedule *schedule, uint64_t now)
{
    uint64_t end = now / MS_TICK;
    ms_request *r;

    if (end > schedule->tick + TICKS)
        schedule->tick = end - TICKS;
    while (schedule->tick < end) {
        r = schedule->wheel[(schedule->tick + 1) % TICKS];
        if (r != NULL) {
            leave_wheel(r);
            return r;
        }
        schedule->tick++;
    }
    return NULL;
}

int ms_schedule_timeout(const ms_schedule *schedule, uint64_t now)
{
    uint64_t next = (schedule->tick + 1) * MS_TICK;

    if (schedule->pending == 0)
        return -1;
    return next > now ? (int)(next - now) : 0;
}

/* ---- waiting */

static void list_peer(ms_schedule *schedule, ms_peer *peer)
{
    peer->listed = true;
    peer->previous = NULL;
    peer->next = schedule->peers;
    if (peer->next != NULL)
        peer->next->previous = peer;
    schedule->peers = peer;
}

static void unlist_peer(ms_schedule *schedule, ms_peer *peer)
{
    if (peer->previous != NULL)
        peer->previous->next = peer->next;
    else
        schedule->peers = peer->next;
    if (peer->next != NULL)
        peer->next->previous = peer->previous;
    peer->listed = false;
}

static void leave_queue(ms_schedule *schedule, ms_request *r)
{
    ms_peer *peer = r->peer;

    if (r->queue_previous != NULL)
        r->queue_previous->queue_next = r->queue_next;
    else
        peer->first = r->queue_next;
    if (r->queue_next != NULL)
        r->queue_next->queue_previous = r->queue_previous;
    else
        peer->last = r->queue_previous;
    if (peer->first == NULL)
        unlist_peer(schedule, peer);
}

ms_request *ms_schedule_add(ms_schedule *schedule, ms_peer *peer, ms_span query, uint64_t now, uint64_t deadline)
{
    ms_request *r = request_new(schedule);

    if (r == NULL)
        return NULL;
    r->size = 0;
    if (!ms_request_keep(r, query)) {
        give_back(schedule, r);
        return NULL;
    }
    if (schedule->pending == 0)
        schedule->tick = now / MS_TICK;
    schedule->count++;
    schedule->pending++;
    r->state = MS_REQUEST_WAITING;
    r->order = ++schedule->orders;
    r->tcp = false;
    r->times = 0;
    r->deadline = deadline;
    r->peer = peer;
    r->attempts = NULL;
    r->code = NULL;
    r->bucket = NULL;
    r->queue_next = NULL;
    r->queue_previous = peer->last;
    if (peer->last != NULL)
        peer->last->queue_next = r;
    else
        peer->first = r;
    peer->last = r;
    if (!peer->listed)
        list_peer(schedule, peer);
    return r;
}

/* ---- sending */

/* Counts what was sent in the present tick and in the last. */
static void turn_to(ms_peer *peer, uint64_t tick)
{
    if (peer->tick == tick)
        return;
    peer->unanswered[1] = peer->tick + 1 == tick ? peer->unanswered[0] : 0;
    peer->unanswered[0] = 0;
    peer->tick = tick;
}

static bool has_room(ms_peer *peer, uint64_t tick)
{
    turn_to(peer, tick);
    return peer->first->tcp || peer->unanswered[0] + peer->unanswered[1] < MS_BURST;
}

/* As RFC 6298 has it: what replies take, and four times what they differ by. */
static uint64_t patience(const ms_peer *peer)
{
    uint64_t takes = peer->round_trip / 8, margin = peer->deviation;

    if (margin < takes / 2)
        margin = takes / 2;
    return takes + margin > PATIENCE_LEAST ? takes + margin : PATIENCE_LEAST;
}

/* Is it loss that replies fail to come by, and not slowness? */
static bool is_lossy(const ms_peer *peer)
{
    unsigned lost = peer->lost[0] + peer->lost[1];

    return lost > 1 && 5 * lost > peer->replies[0] + peer->replies[1];
}

void ms_schedule_later(ms_schedule *schedule, ms_request *r, uint64_t now)
{
    uint64_t moment = r->deadline;

    if (r->state == MS_REQUEST_SENT) {
        moment = r->expires;
        if (!r->tcp && now + patience(r->peer) < moment)
            moment = now + patience(r->peer);
    }
    leave_wheel(r);
    enter_wheel(schedule, r, moment);
}

/* How long after it was sent last the request is to be sent again; each time it is longer, unless datagrams are lost.
 */
static uint64_t interval(const ms_request *r, uint64_t now)
{
    uint64_t wait = patience(r->peer);

    if (r->peer->last_reply + ALIVE <= now)
        return wait > PATIENCE_BLIND ? wait : PATIENCE_BLIND;
    return is_lossy(r->peer) ? wait : wait << (r->times - 1);
}

bool ms_schedule_again(ms_request *r, uint64_t now)
{
    bool alive = r->peer->last_reply + ALIVE > now;
    unsigned most = alive && is_lossy(r->peer) ? TIMES_LOSSY : TIMES;

    if (r->state != MS_REQUEST_SENT || r->tcp || r->times >= most)
        return false;
    if ((!alive && r->peer->sent > FEW) || r->sent + interval(r, now) > now)
        return false;
    r->sent = now;
    r->times++;
    return true;
}

/* The peer that may be sent something, and has waited longest. */
static ms_peer *next_peer(const ms_schedule *schedule, uint64_t tick)
{
    ms_peer *best = NULL;

    if (schedule->sent >= schedule->limit)
        return NULL;
    for (ms_peer *peer = schedule->peers; peer != NULL; peer = peer->next)
        if (has_room(peer, tick) && (best == NULL || peer->first->order < best->first->order))
            best = peer;
    return best;
}

bool ms_schedule_ready(const ms_schedule *schedule, uint64_t now)
{
    return next_peer(schedule, now / MS_TICK) != NULL;
}

ms_request *ms_schedule_next(ms_schedule *schedule, uint64_t now)
{
    uint64_t tick = now / MS_TICK;
    ms_peer *best = next_peer(schedule, tick);
    ms_request *r;

    if (best == NULL)
        return NULL;
    r = best->first;
    leave_queue(schedule, r);
    schedule->sent++;
    best->sent++;
    r->state = MS_REQUEST_SENT;
    r->sent = now;
    r->times = 1;
    r->first_tick = tick;
    r->expires = now + r->timeout < r->deadline ? now + r->timeout : r->deadline;
    if (!r->tcp)
        best->unanswered[0]++;
    ms_schedule_later(schedule, r, now);
    return r;
}

/* ---- the end */

/* Learns from what a reply took (RFC 6298 §2). */
static void learn_time(ms_peer *peer, unsigned took)
{
    unsigned takes = peer->round_trip / 8;

    if (peer->round_trip == 0) {
        peer->round_trip = took > 0 ? 8 * took : 8;
        peer->deviation = 2 * took;
        return;
    }
    peer->round_trip += took - takes;
    peer->deviation += (took > takes ? took - takes : takes - took) - peer->deviation / 4;
}

/* Learns whether datagrams are lost: this one came at once, those sent before it did not. */
static void learn_loss(ms_peer *peer, bool lost, uint64_t now)
{
    uint64_t period = now / PERIOD;

    if (peer->period != period) {
        peer->replies[1] = peer->period + 1 == period ? peer->replies[0] : 0;
        peer->lost[1] = peer->period + 1 == period ? peer->lost[0] : 0;
        peer->replies[0] = peer->lost[0] = 0;
        peer->period = period;
    }
    peer->replies[0]++;
    peer->lost[0] += lost;
}

void ms_schedule_replied(ms_request *r, const ms_sending *sending, uint64_t now)
{
    ms_peer *peer = r->peer;
    uint64_t took = now - sending->at;

    peer->last_reply = now;
    if (r->tcp)
        return;
    turn_to(peer, now / MS_TICK);
    if (r->first_tick == peer->tick && peer->unanswered[0] > 0)
        peer->unanswered[0]--;
    else if (r->first_tick + 1 == peer->tick && peer->unanswered[1] > 0)
        peer->unanswered[1]--;
    learn_loss(peer, sending->sure && sending->nth > 1 && took < patience(peer), now);
    if (sending->sure || peer->round_trip == 0)
        learn_time(peer, (unsigned)took);
}

void ms_schedule_done(ms_schedule *schedule, ms_request *r)
{
    if (r->state == MS_REQUEST_WAITING) {
        leave_queue(schedule, r);
    } else {
        schedule->sent--;
        r->peer->sent--;
    }
    schedule->pending--;
    leave_wheel(r);
    r->state = MS_REQUEST_DONE;
}

void ms_schedule_release(ms_schedule *schedule, ms_request *r)
{
    schedule->count--;
    give_back(schedule, r);
}
