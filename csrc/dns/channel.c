/* channel.c: c-ares behind one epoll descriptor. See channel.h. */
#include "dns/channel.h"
#include "dns/relay.h"
#include "dns/schedule.h"
#include "dns/stream.h"

#define CARES_NO_DEPRECATED
#include <ares.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#if ARES_VERSION == 0x012207
#error "c-ares 1.34.7 is broken: build with another version"
#endif

enum {
    UDP_LANES = 4,          /* source ports a server */
    PLAIN_LANE = UDP_LANES, /* UDP without EDNS */
    TCP_LANE,
    LANES,
    EVENTS = 64, /* sockets looked at in one go */
    UDP_SIZE = 4096,
    LOST_MOST = 256,     /* queries that we gave up and an ares channel still has */
    SERVED_MOST = 20000, /* queries from one source port under load; without any, c-ares closes the socket */
    LANES_LEAST = 256,   /* ares channels, of some 80 KB each, before we look for some that nobody needs */
    UPKEEP = 1000,       /* milliseconds between two looks at the lanes */
    ATTEMPTS_KEPT = 1024,
};

/* The version of c-ares from which on it gets relays between itself and its sockets (relay.h). */
enum { RELAYED = 0x011600 };

/* What c-ares has of a request. */
typedef struct attempt {
    struct attempt *next; /* of the same request; or among those free */
    ms_request *request;  /* NULL where nobody waits any more */
    struct lane *lane;
    uint64_t sent; /* when */
    unsigned nth;  /* of the request's sendings */
} attempt;

/* An ares channel: one server, over UDP or TCP. Made when it is first needed. */
typedef struct lane {
    ms_channel *channel;
    struct lane **seat; /* where its server has it */
    ares_channel ares;
    unsigned kind;           /* 0 to UDP_LANES - 1, PLAIN_LANE or TCP_LANE */
    unsigned number;         /* its place among the channel's lanes */
    unsigned served;         /* queries that it was given */
    unsigned attempts, lost; /* that c-ares has; those of them that nobody waits for */
    bool suspect;            /* may have lost its EDNS flag */
    ms_relay relay;          /* where c-ares needs one */
    bool retired;            /* takes no further query, and goes when nobody waits for what it has */
} lane;

typedef struct server {
    ms_peer peer;
    char address[80]; /* "192.0.2.1:53", "[2001:db8::1]:53" */
    unsigned turn;
    lane *lanes[LANES];
} server;

struct ms_channel {
    int epoll;
    bool library; /* ares_library_init succeeded */
    bool relayed; /* c-ares is one that needs relays: the one that is here, not the one we were compiled with */
    unsigned longest_ms;
    uint64_t now, upkeep; /* when we last looked; when the lanes are looked at next */
    ms_schedule *schedule;
    ms_request *done_first, *done_last; /* to be taken */
    ms_request *taken;                  /* shown to the caller */
    attempt *spare;
    unsigned spare_n;
    unsigned retired;               /* lanes that have yet to go */
    size_t servers_n, servers_full; /* their places; below `servers_full` none is free */
    server **servers;               /* NULL where a place is free */
    size_t lanes_open, lanes_most;  /* how many there are; how many before we look */
    size_t lanes_n;                 /* NULL among them where one is gone */
    lane **lanes;
};

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- attempts */

static attempt *attempt_new(ms_channel *channel)
{
    attempt *a = channel->spare;

    if (a == NULL)
        return malloc(sizeof *a);
    channel->spare = a->next;
    channel->spare_n--;
    return a;
}

static void attempt_free(ms_channel *channel, attempt *a)
{
    if (channel->spare_n == ATTEMPTS_KEPT) {
        free(a);
        return;
    }
    a->next = channel->spare;
    channel->spare = a;
    channel->spare_n++;
}

/* Takes an attempt from its request. */
static void unlink_attempt(attempt *a)
{
    attempt *first = a->request->attempts, *before = first;

    if (first == a) {
        a->request->attempts = a->next;
        return;
    }
    while (before->next != a)
        before = before->next;
    before->next = a->next;
}

/* The lane gets no further query. */
static void retire(lane *l)
{
    if (l->retired)
        return;
    *l->seat = NULL;
    l->retired = true;
    l->channel->retired++;
}

/* Lets c-ares keep what it still has of a request. A connection that a reply did not come by in time may be dead, and
 * c-ares would go on with it: the next query gets a new one. */
static void abandon(ms_request *r)
{
    attempt *a = r->attempts;

    for (; a != NULL; a = a->next) {
        a->request = NULL;
        if (++a->lane->lost == LOST_MOST || a->lane->kind == TCP_LANE)
            retire(a->lane);
    }
    r->attempts = NULL;
}

/* ---- the end of a request */

/* Moves a request to those that wait to be taken; `code` says what became of it, NULL that it has a reply. */
static void finish(ms_channel *channel, ms_request *r, const char *code)
{
    ms_schedule_done(channel->schedule, r);
    abandon(r);
    r->code = code;
    r->next = NULL;
    if (channel->done_last != NULL)
        channel->done_last->next = r;
    else
        channel->done_first = r;
    channel->done_last = r;
}

static const char *code_of(int status)
{
    switch (status) {
    case ARES_SUCCESS:
        return NULL;
    case ARES_ETIMEOUT:
        return "timeout";
    case ARES_ECONNREFUSED:
        return "unreachable";
    case ARES_ENOMEM:
        return "no_memory";
    default:
        return "failed";
    }
}

/* What a reply to an attempt is a reply to. Those that go by ports of their own are told apart; of those by the same,
 * c-ares takes the first. */
static ms_sending sending_of(const attempt *a, int timeouts)
{
    bool own_port = a->lane->kind < UDP_LANES && a->request->times <= UDP_LANES;

    return (ms_sending){ a->sent, a->nth, timeouts == 0 && (a->request->times == 1 || own_port) };
}

/* The reply that c-ares calls back about. */
static ms_span reply_of(lane *l, const unsigned char *reply, int size)
{
    if (reply == NULL || size <= 0)
        return ms_span_of("", 0);
    if (l->channel->relayed)
        return ms_relay_reply(&l->relay);
    /* A server without EDNS; it may have said FORMERR before. */
    if (size >= 12 && reply[10] == 0 && reply[11] == 0)
        l->suspect = true;
    return ms_span_of(reply, (size_t)size);
}

/* c-ares is done with an attempt, maybe still inside ares_send. */
static void on_reply(void *argument, int status, int timeouts, unsigned char *octets, int size)
{
    attempt *a = argument;
    lane *l = a->lane;
    ms_span reply = reply_of(l, octets, size);
    ms_channel *channel = l->channel;
    ms_request *r = a->request;
    const char *code = code_of(status);
    ms_sending sending = { 0 };

    l->attempts--;
    if (r != NULL) {
        sending = sending_of(a, timeouts);
        unlink_attempt(a);
    } else {
        l->lost--;
    }
    if (code != NULL && l->kind == TCP_LANE)
        retire(l);
    attempt_free(channel, a);
    if (r == NULL)
        return;
    if (code == NULL && reply.n == 0)
        code = "failed";
    if (code == NULL) {
        ms_schedule_replied(r, &sending, channel->now);
        if (!ms_request_keep(r, reply))
            code = "no_memory";
    } else if (r->attempts != NULL) {
        return; /* another one may do better */
    }
    finish(channel, r, code);
}

/* ---- lanes */

/* Where epoll finds a lane and a socket again. */
static uint64_t event_key(const lane *l, int fd)
{
    return (uint64_t)l->number << 32 | (uint32_t)fd;
}

/* c-ares opens, closes or waits on a socket. */
static void on_socket(void *argument, ares_socket_t fd, int readable, int writable)
{
    lane *l = argument;
    struct epoll_event event = { .events = 0, .data.u64 = event_key(l, fd) };

    if (readable)
        event.events |= EPOLLIN;
    if (writable)
        event.events |= EPOLLOUT;
    if (event.events == 0)
        epoll_ctl(l->channel->epoll, EPOLL_CTL_DEL, fd, NULL);
    else if (epoll_ctl(l->channel->epoll, EPOLL_CTL_MOD, fd, &event) != 0)
        epoll_ctl(l->channel->epoll, EPOLL_CTL_ADD, fd, &event);
}

/* c-ares keeps pointers to them. */
static const struct ares_socket_functions stream_functions = {
    ms_stream_open, ms_stream_close, ms_stream_connect, ms_stream_receive, ms_stream_send,
};
static const struct ares_socket_functions relay_functions = {
    ms_relay_open, ms_stream_close, ms_stream_connect, ms_relay_receive, ms_relay_send,
};

static bool open_ares(lane *l, const char *address, ms_error *error)
{
    struct ares_options options = { 0 };
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB | ARES_OPT_SOCK_RCVBUF |
               ARES_OPT_LOOKUPS | ARES_OPT_DOMAINS | ARES_OPT_EDNSPSZ;
    int status;

    options.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_IGNTC | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
    if (l->kind == TCP_LANE)
        options.flags |= ARES_FLAG_USEVC;
    else if (l->kind != PLAIN_LANE)
        options.flags |= ARES_FLAG_EDNS;
    options.ednspsz = UDP_SIZE;
    options.timeout = (int)(l->channel->longest_ms + UPKEEP); /* ours comes first */
    options.tries = 1;
    options.sock_state_cb = on_socket;
    options.sock_state_cb_data = l;
    options.socket_receive_buffer_size = MS_RECEIVE_BUFFER;
    options.lookups = (char[]){ "b" };
#ifdef ARES_OPT_MAXTIMEOUTMS
    /* Otherwise it is 5 seconds. */
    mask |= ARES_OPT_MAXTIMEOUTMS;
    options.maxtimeout = options.timeout;
#else
    /* Each time of twice as many seconds, less up to a half. */
    options.tries = l->channel->relayed ? 4 : 1;
#endif
#ifdef ARES_OPT_QUERY_CACHE
    mask |= ARES_OPT_QUERY_CACHE;
    options.qcache_max_ttl = 0;
#endif
    status = ares_init_options(&l->ares, &options, mask);
    if (status == ARES_SUCCESS) {
        if (l->channel->relayed)
            ares_set_socket_functions(l->ares, &relay_functions, &l->relay);
        else if (l->kind == TCP_LANE)
            ares_set_socket_functions(l->ares, &stream_functions, NULL);
        status = ares_set_servers_ports_csv(l->ares, address);
        if (status == ARES_SUCCESS)
            return true;
        ares_destroy(l->ares);
    }
    if (status == ARES_ENOMEM)
        return ms_fail_memory(error);
    return ms_fail(error, "failed", "c-ares: %s", ares_strerror(status));
}

/* A place among the channel's lanes; NULL where there is no memory for it. */
static lane **free_place(ms_channel *channel)
{
    lane **lanes;

    for (size_t i = 0; i < channel->lanes_n; i++)
        if (channel->lanes[i] == NULL)
            return &channel->lanes[i];
    lanes = realloc(channel->lanes, (channel->lanes_n + 1) * sizeof(lane *));
    if (lanes == NULL)
        return NULL;
    channel->lanes = lanes;
    lanes[channel->lanes_n] = NULL;
    return &lanes[channel->lanes_n++];
}

static void lane_free(lane *l)
{
    l->channel->lanes[l->number] = NULL;
    l->channel->lanes_open--;
    l->channel->retired -= l->retired;
    ares_destroy(l->ares);
    ms_relay_free(&l->relay);
    free(l);
}

static bool is_idle(const lane *l)
{
    return l->attempts == l->lost;
}

/* Lets go of retired lanes. */
static void drop_retired(ms_channel *channel)
{
    for (size_t i = 0; channel->retired > 0 && i < channel->lanes_n; i++) {
        lane *l = channel->lanes[i];

        if (l != NULL && l->retired && is_idle(l))
            lane_free(l);
    }
}

/* Lets go of all lanes that nobody waits for, where there are many: who asks each zone's own servers asks thousands,
 * most of them once. */
static void limit_lanes(ms_channel *channel)
{
    if (channel->lanes_open < channel->lanes_most)
        return;
    for (size_t i = 0; i < channel->lanes_n; i++) {
        lane *l = channel->lanes[i];

        if (l != NULL && is_idle(l)) {
            retire(l);
            lane_free(l);
        }
    }
    channel->lanes_most = 2 * channel->lanes_open > LANES_LEAST ? 2 * channel->lanes_open : LANES_LEAST;
}

/* Makes a lane to a server. */
static lane *lane_new(ms_channel *channel, server *s, unsigned kind, ms_error *error)
{
    lane **place, *l;

    limit_lanes(channel);
    place = free_place(channel);
    l = place != NULL ? calloc(1, sizeof *l) : NULL;
    if (l == NULL) {
        ms_fail_memory(error);
        return NULL;
    }
    l->channel = channel;
    l->seat = &s->lanes[kind];
    l->kind = kind;
    l->number = (unsigned)(place - channel->lanes);
    if (channel->relayed && !ms_relay_init(&l->relay, kind == TCP_LANE))
        ms_fail_memory(error);
    else if (open_ares(l, s->address, error))
        *place = l;
    if (*place == NULL) {
        ms_relay_free(&l->relay);
        free(l);
        return NULL;
    }
    *l->seat = l;
    channel->lanes_open++;
    return l;
}

/* Did c-ares turn EDNS off? */
static bool lost_edns(lane *l)
{
    struct ares_options options = { 0 };
    bool lost;
    int mask;

    if (!l->suspect || l->kind >= PLAIN_LANE || ares_save_options(l->ares, &options, &mask) != ARES_SUCCESS)
        return false;
    lost = !(options.flags & ARES_FLAG_EDNS);
    ares_destroy_options(&options);
    l->suspect = lost;
    return lost;
}

static bool has_additional(ms_span query)
{
    return query.n >= 12 && (query.p[10] != 0 || query.p[11] != 0);
}

/* What kind of lane a request is to take: another one each time, so that one can tell what a reply is to. */
static unsigned choose_kind(server *s, const ms_request *r)
{
    if (r->tcp)
        return TCP_LANE;
    if (!has_additional(ms_span_of(r->octets, r->size)))
        return PLAIN_LANE;
    if (r->attempts != NULL)
        return (((const attempt *)r->attempts)->lane->kind + 1) % UDP_LANES;
    return s->turn++ % UDP_LANES;
}

/* The lane for a request to a server; NULL where it cannot be had. */
static lane *choose_lane(ms_channel *channel, server *s, const ms_request *r, ms_error *error)
{
    unsigned kind = choose_kind(s, r);
    lane *l = s->lanes[kind];

    if (l != NULL && (l->served == SERVED_MOST || lost_edns(l))) {
        retire(l);
        l = NULL;
    }
    return l != NULL ? l : lane_new(channel, s, kind, error);
}

/* ---- sending */

/* Gives a request to c-ares; it may be done at once. */
static void attempt_request(ms_channel *channel, ms_request *r)
{
    /* The peer is a server's first member. */
    server *s = (server *)r->peer;
    ms_error error = { .code = "no_memory" };
    lane *l = choose_lane(channel, s, r, &error);
    attempt *a = l != NULL ? attempt_new(channel) : NULL;

    if (a == NULL) {
        if (r->attempts == NULL)
            finish(channel, r, error.code);
        return;
    }
    *a = (attempt){ .next = r->attempts, .request = r, .lane = l, .sent = channel->now, .nth = r->times };
    r->attempts = a;
    l->attempts++;
    l->served++;
    ares_send(l->ares, (const unsigned char *)r->octets, (int)r->size, on_reply, a);
}

/* Sends what may be sent. */
static void send_next(ms_channel *channel)
{
    ms_request *r = ms_schedule_next(channel->schedule, channel->now);

    for (; r != NULL; r = ms_schedule_next(channel->schedule, channel->now))
        attempt_request(channel, r);
}

bool ms_channel_send(ms_channel *channel, const ms_channel_query *query, unsigned *number, ms_error *error)
{
    ms_request *r;

    if (query->server >= channel->servers_n || channel->servers[query->server] == NULL)
        return ms_fail(error, "bad_server", "no such server");
    channel->now = now_ms();
    r = ms_schedule_add(channel->schedule, &channel->servers[query->server]->peer, query->octets, channel->now,
                        channel->now + query->deadline_ms);
    if (r == NULL)
        return ms_fail_memory(error);
    r->tcp = query->tcp;
    r->timeout = query->timeout_ms < channel->longest_ms ? query->timeout_ms : channel->longest_ms;
    *number = r->number;
    ms_schedule_later(channel->schedule, r, channel->now);
    return true;
}

void ms_channel_cancel(ms_channel *channel, unsigned number)
{
    ms_request *r = ms_schedule_find(channel->schedule, number);

    if (r == NULL || r == channel->taken)
        return;
    if (r->state == MS_REQUEST_DONE) {
        ms_request **place = &channel->done_first, *before = NULL;

        for (; *place != r; place = &(*place)->next)
            before = *place;
        *place = r->next;
        if (channel->done_last == r)
            channel->done_last = before;
    } else {
        ms_schedule_done(channel->schedule, r);
        abandon(r);
    }
    ms_schedule_release(channel->schedule, r);
    drop_retired(channel);
}

/* ---- the channel */

ms_channel *ms_channel_new(unsigned longest_ms, unsigned in_flight, ms_error *error)
{
    ms_channel *channel = calloc(1, sizeof *channel);
    int version;

    if (channel == NULL) {
        ms_fail_memory(error);
        return NULL;
    }
    channel->longest_ms = longest_ms < 1000000 ? longest_ms : 1000000;
    channel->now = now_ms();
    channel->lanes_most = LANES_LEAST;
    channel->schedule = ms_schedule_new(in_flight, channel->now);
    channel->library = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
    ares_version(&version);
    channel->relayed = version >= RELAYED;
    channel->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (channel->schedule != NULL && channel->library && channel->epoll >= 0)
        return channel;
    if (channel->schedule == NULL)
        ms_fail_memory(error);
    else
        ms_fail(error, "failed", "no descriptor to wait for DNS replies on can be had");
    ms_channel_free(channel);
    return NULL;
}

void ms_channel_free(ms_channel *channel)
{
    if (channel == NULL)
        return;
    for (unsigned i = 0; channel->schedule != NULL && i < ms_schedule_size(channel->schedule); i++) {
        ms_request *r = ms_schedule_find(channel->schedule, i);

        if (r != NULL)
            abandon(r);
    }
    for (size_t i = 0; i < channel->lanes_n; i++)
        if (channel->lanes[i] != NULL)
            lane_free(channel->lanes[i]);
    for (size_t i = 0; i < channel->servers_n; i++)
        free(channel->servers[i]);
    while (channel->spare != NULL) {
        attempt *next = channel->spare->next;

        free(channel->spare);
        channel->spare = next;
    }
    free(channel->lanes);
    free(channel->servers);
    ms_schedule_free(channel->schedule);
    if (channel->epoll >= 0)
        close(channel->epoll);
    if (channel->library)
        ares_library_cleanup();
    free(channel);
}

/* Writes "address:port" as c-ares reads it; false where the address is none. */
static bool format_address(char *out, size_t room, ms_span address, unsigned port)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr octets;

    if (address.n >= sizeof text || port == 0 || port > 0xffff || memchr(address.p, '\0', address.n) != NULL)
        return false;
    memcpy(text, address.p, address.n);
    text[address.n] = '\0';
    if (inet_pton(AF_INET, text, &octets) == 1)
        snprintf(out, room, "%s:%u", text, port);
    else if (inet_pton(AF_INET6, text, &octets) == 1)
        snprintf(out, room, "[%s]:%u", text, port);
    else
        return false;
    return true;
}

/* The first free place for a server; NULL where there is no memory for it. */
static server **server_place(ms_channel *channel)
{
    server **servers;

    while (channel->servers_full < channel->servers_n && channel->servers[channel->servers_full] != NULL)
        channel->servers_full++;
    if (channel->servers_full == channel->servers_n) {
        servers = realloc(channel->servers, (channel->servers_n + 1) * sizeof *servers);
        if (servers == NULL)
            return NULL;
        channel->servers = servers;
        servers[channel->servers_n++] = NULL;
    }
    return &channel->servers[channel->servers_full];
}

bool ms_channel_add_server(ms_channel *channel, ms_span address, unsigned port, unsigned *number, ms_error *error)
{
    server **place = server_place(channel);
    server *s = place != NULL ? calloc(1, sizeof *s) : NULL;

    if (s == NULL)
        return ms_fail_memory(error);
    if (!format_address(s->address, sizeof s->address, address, port)) {
        free(s);
        return ms_fail(error, "bad_server", "not the address and port of a server");
    }
    *place = s;
    *number = (unsigned)(place - channel->servers);
    return true;
}

bool ms_channel_remove_server(ms_channel *channel, unsigned number)
{
    server *s = number < channel->servers_n ? channel->servers[number] : NULL;

    if (s == NULL || s->peer.first != NULL || s->peer.sent > 0)
        return false;
    for (unsigned kind = 0; kind < LANES; kind++) {
        lane *l = s->lanes[kind];

        if (l != NULL) {
            retire(l);
            lane_free(l);
        }
    }
    free(s);
    channel->servers[number] = NULL;
    if (number < channel->servers_full)
        channel->servers_full = number;
    return true;
}

int ms_channel_fd(const ms_channel *channel)
{
    return channel->epoll;
}

int ms_channel_timeout(const ms_channel *channel)
{
    uint64_t now = now_ms();

    if (channel->done_first != NULL || ms_schedule_ready(channel->schedule, now))
        return 0;
    return ms_schedule_timeout(channel->schedule, now);
}

/* Has c-ares look at a socket. Through a relay it gets replies one by one. */
static void read_socket(lane *l, int readable, int writable)
{
    int left = EVENTS;

    do {
        l->relay.received = false;
        ares_process_fd(l->ares, readable, writable);
    } while (l->relay.received && --left > 0);
}

/* Takes in what came to the sockets. */
static void read_sockets(ms_channel *channel)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(channel->epoll, events, EVENTS, 0);

    channel->now = now_ms();
    for (int i = 0; i < n; i++) {
        unsigned number = (unsigned)(events[i].data.u64 >> 32);
        int fd = (int)(uint32_t)events[i].data.u64;
        bool broken = (events[i].events & (EPOLLERR | EPOLLHUP)) != 0;

        /* A process that was forked off shares the epoll set, and hears of lanes that only the other one has. */
        if (number >= channel->lanes_n || channel->lanes[number] == NULL)
            continue;
        read_socket(channel->lanes[number], events[i].events & EPOLLIN || broken ? fd : ARES_SOCKET_BAD,
                    events[i].events & EPOLLOUT ? fd : ARES_SOCKET_BAD);
    }
}

/* Gives up, or sends again, whose time has come. */
static void attend_to_due(ms_channel *channel)
{
    ms_request *r = ms_schedule_due(channel->schedule, channel->now);

    for (; r != NULL; r = ms_schedule_due(channel->schedule, channel->now)) {
        if (r->state == MS_REQUEST_WAITING && r->deadline <= channel->now) {
            finish(channel, r, "queued");
        } else if (r->state == MS_REQUEST_SENT && r->expires <= channel->now) {
            finish(channel, r, "timeout");
        } else {
            bool again = ms_schedule_again(r, channel->now);

            ms_schedule_later(channel->schedule, r, channel->now);
            if (again)
                attempt_request(channel, r);
        }
    }
}

/* Lets c-ares look at its own clocks. */
static void keep_up(ms_channel *channel)
{
    channel->upkeep = channel->now + UPKEEP;
    for (size_t i = 0; i < channel->lanes_n; i++) {
        lane *l = channel->lanes[i];

        if (l != NULL)
            ares_process_fd(l->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    }
}

void ms_channel_process(ms_channel *channel)
{
    read_sockets(channel);
    attend_to_due(channel);
    if (channel->now >= channel->upkeep)
        keep_up(channel);
    send_next(channel);
    drop_retired(channel);
}

bool ms_channel_take(ms_channel *channel, ms_completion *completion)
{
    ms_request *r = channel->done_first;

    if (channel->taken != NULL) {
        ms_schedule_release(channel->schedule, channel->taken);
        channel->taken = NULL;
    }
    if (r == NULL)
        return false;
    channel->done_first = r->next;
    if (channel->done_first == NULL)
        channel->done_last = NULL;
    channel->taken = r;
    *completion = (ms_completion){ r->number, r->code, ms_span_of(r->octets, r->size) };
    return true;
}

size_t ms_channel_outstanding(const ms_channel *channel)
{
    return ms_schedule_count(channel->schedule) - (channel->taken != NULL);
}
