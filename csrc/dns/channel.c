/* channel.c: c-ares behind one epoll descriptor. See channel.h. */
#include "dns/channel.h"

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
    TICK_MS = 50, /* how exact time-outs are */
    EVENTS = 64,  /* sockets looked at in one go */
    UDP_SIZE = 4096,
    RECEIVE_BUFFER = 1 << 20,
};

typedef struct request {
    struct request *previous, *next; /* among those under way; later `next` among those done */
    ms_channel *channel;
    struct lane *lane;
    uint64_t id, expires;
    bool done;    /* delivered, or about to be */
    bool in_ares; /* its callback is still to come */
    bool held;    /* in a list of ours */
    const char *code;
    char *reply;
    size_t reply_size;
} request;

/* An ares channel: one server, over UDP or TCP. Made when it is first needed. */
typedef struct lane {
    ms_channel *channel;
    ares_channel ares;
    unsigned kind;    /* 0 to UDP_LANES - 1, PLAIN_LANE or TCP_LANE */
    unsigned number;  /* its place among the channel's lanes */
    size_t in_flight; /* requests that c-ares has */
    bool suspect;     /* may have lost its EDNS flag */
    bool retired;     /* takes no further query, and goes when the last one is done */
} lane;

typedef struct server {
    char address[80]; /* "192.0.2.1:53", "[2001:db8::1]:53" */
    unsigned turn;
    lane *lanes[LANES];
} server;

struct ms_channel {
    int epoll;
    bool library; /* ares_library_init succeeded */
    unsigned longest_ms;
    uint64_t last_id, last_tick;
    size_t outstanding;
    request *live;                   /* under way */
    request *done_first, *done_last; /* to be taken */
    request *taken;                  /* shown to the caller */
    size_t servers_n;
    server **servers;
    size_t lanes_n; /* NULL among them where one is gone */
    lane **lanes;
};

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- requests */

static void request_release(request *r)
{
    if (r->in_ares || r->held)
        return;
    free(r->reply);
    free(r);
}

static void link_live(ms_channel *channel, request *r)
{
    r->held = true;
    r->previous = NULL;
    r->next = channel->live;
    if (r->next != NULL)
        r->next->previous = r;
    channel->live = r;
}

static void unlink_live(ms_channel *channel, request *r)
{
    if (r->previous != NULL)
        r->previous->next = r->next;
    else
        channel->live = r->next;
    if (r->next != NULL)
        r->next->previous = r->previous;
    r->next = r->previous = NULL;
}

/* Moves a request to those that wait to be taken; `code` says what became of it, NULL that it has a reply. */
static void finish(request *r, const char *code)
{
    ms_channel *channel = r->channel;

    unlink_live(channel, r);
    r->done = true;
    r->code = code;
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

/* c-ares is done with a request, maybe still inside ares_send. */
static void on_reply(void *argument, int status, int timeouts, unsigned char *reply, int size)
{
    request *r = argument;
    const char *code = code_of(status);

    (void)timeouts;
    r->in_ares = false;
    r->lane->in_flight--;
    /* A server without EDNS; it may have said FORMERR before. */
    if (size >= 12 && reply[10] == 0 && reply[11] == 0)
        r->lane->suspect = true;
    if (r->done) {
        request_release(r);
        return;
    }
    if (code == NULL && (reply == NULL || size <= 0))
        code = "failed";
    if (code == NULL) {
        r->reply = malloc((size_t)size);
        if (r->reply != NULL)
            memcpy(r->reply, reply, r->reply_size = (size_t)size);
        else
            code = "no_memory";
    }
    finish(r, code);
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
    options.timeout = (int)(l->channel->longest_ms + TICK_MS); /* ours comes first */
    options.tries = 1;
    options.sock_state_cb = on_socket;
    options.sock_state_cb_data = l;
    options.socket_receive_buffer_size = RECEIVE_BUFFER;
    options.lookups = (char[]){ "b" };
#ifdef ARES_OPT_QUERY_CACHE
    mask |= ARES_OPT_QUERY_CACHE;
    options.qcache_max_ttl = 0;
#endif
    status = ares_init_options(&l->ares, &options, mask);
    if (status == ARES_SUCCESS) {
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

static lane *lane_new(ms_channel *channel, unsigned kind, const char *address, ms_error *error)
{
    lane **place = free_place(channel), *l = place != NULL ? calloc(1, sizeof *l) : NULL;

    if (l == NULL) {
        ms_fail_memory(error);
        return NULL;
    }
    l->channel = channel;
    l->kind = kind;
    l->number = (unsigned)(place - channel->lanes);
    if (!open_ares(l, address, error)) {
        free(l);
        return NULL;
    }
    *place = l;
    return l;
}

static void lane_free(lane *l)
{
    l->channel->lanes[l->number] = NULL;
    ares_destroy(l->ares);
    free(l);
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

/* The lane for a query to a server; NULL where it cannot be had. */
static lane *choose_lane(ms_channel *channel, server *s, bool tcp, ms_span query, ms_error *error)
{
    unsigned kind = tcp ? TCP_LANE : has_additional(query) ? s->turn++ % UDP_LANES : PLAIN_LANE;

    if (s->lanes[kind] != NULL && lost_edns(s->lanes[kind])) {
        s->lanes[kind]->retired = true;
        s->lanes[kind] = NULL;
    }
    if (s->lanes[kind] == NULL)
        s->lanes[kind] = lane_new(channel, kind, s->address, error);
    return s->lanes[kind];
}

/* ---- the channel */

ms_channel *ms_channel_new(unsigned longest_ms, ms_error *error)
{
    ms_channel *channel = calloc(1, sizeof *channel);

    if (channel == NULL) {
        ms_fail_memory(error);
        return NULL;
    }
    channel->longest_ms = longest_ms < 1000000 ? longest_ms : 1000000;
    channel->library = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
    channel->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (channel->library && channel->epoll >= 0)
        return channel;
    ms_channel_free(channel);
    ms_fail(error, "failed", "no descriptor to wait for DNS replies on can be had");
    return NULL;
}

static void free_list(request *r)
{
    while (r != NULL) {
        request *next = r->next;

        r->held = false;
        request_release(r);
        r = next;
    }
}

void ms_channel_free(ms_channel *channel)
{
    if (channel == NULL)
        return;
    for (size_t i = 0; i < channel->lanes_n; i++)
        if (channel->lanes[i] != NULL)
            lane_free(channel->lanes[i]);
    for (size_t i = 0; i < channel->servers_n; i++)
        free(channel->servers[i]);
    free(channel->lanes);
    free(channel->servers);
    free_list(channel->live);
    free_list(channel->done_first);
    free_list(channel->taken);
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

bool ms_channel_add_server(ms_channel *channel, ms_span address, unsigned port, ms_error *error)
{
    server **servers = realloc(channel->servers, (channel->servers_n + 1) * sizeof *servers), *s;

    if (servers == NULL)
        return ms_fail_memory(error);
    channel->servers = servers;
    s = calloc(1, sizeof *s);
    if (s == NULL)
        return ms_fail_memory(error);
    if (!format_address(s->address, sizeof s->address, address, port)) {
        free(s);
        return ms_fail(error, "bad_server", "not the address and port of a server");
    }
    servers[channel->servers_n++] = s;
    return true;
}

bool ms_channel_send(ms_channel *channel, unsigned number, bool tcp, ms_span query, unsigned timeout_ms, uint64_t *id,
                     ms_error *error)
{
    uint64_t now = now_ms();
    request *r;
    lane *l;

    if (number >= channel->servers_n)
        return ms_fail(error, "bad_server", "no such server");
    l = choose_lane(channel, channel->servers[number], tcp, query, error);
    if (l == NULL)
        return false;
    r = calloc(1, sizeof *r);
    if (r == NULL)
        return ms_fail_memory(error);
    if (channel->outstanding++ == 0)
        channel->last_tick = now;
    r->channel = channel;
    r->lane = l;
    r->id = *id = ++channel->last_id;
    r->expires = now + (timeout_ms < channel->longest_ms ? timeout_ms : channel->longest_ms);
    r->in_ares = true;
    l->in_flight++;
    link_live(channel, r);
    ares_send(l->ares, (const unsigned char *)query.p, (int)query.n, on_reply, r);
    return true;
}

int ms_channel_fd(const ms_channel *channel)
{
    return channel->epoll;
}

int ms_channel_timeout(const ms_channel *channel)
{
    uint64_t now, next = channel->last_tick + TICK_MS;

    if (channel->done_first != NULL)
        return 0;
    if (channel->live == NULL)
        return -1;
    now = now_ms();
    return next > now ? (int)(next - now) : 0;
}

/* Gives up what has waited too long, and lets c-ares look at its own clocks. */
static void tick(ms_channel *channel, uint64_t now)
{
    request *r = channel->live, *next;

    channel->last_tick = now;
    for (; r != NULL; r = next) {
        next = r->next;
        if (r->expires <= now)
            finish(r, "timeout");
    }
    for (size_t i = 0; i < channel->lanes_n; i++) {
        lane *l = channel->lanes[i];

        if (l != NULL && l->retired && l->in_flight == 0)
            lane_free(l);
        else if (l != NULL)
            ares_process_fd(l->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    }
}

void ms_channel_process(ms_channel *channel)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(channel->epoll, events, EVENTS, 0);
    uint64_t now;

    for (int i = 0; i < n; i++) {
        unsigned number = (unsigned)(events[i].data.u64 >> 32);
        int fd = (int)(uint32_t)events[i].data.u64;
        bool broken = (events[i].events & (EPOLLERR | EPOLLHUP)) != 0;

        /* A process that was forked off shares the epoll set, and hears of lanes that only the other one has. */
        if (number >= channel->lanes_n || channel->lanes[number] == NULL)
            continue;
        ares_process_fd(channel->lanes[number]->ares, events[i].events & EPOLLIN || broken ? fd : ARES_SOCKET_BAD,
                        events[i].events & EPOLLOUT ? fd : ARES_SOCKET_BAD);
    }
    now = now_ms();
    if (channel->live != NULL && now >= channel->last_tick + TICK_MS)
        tick(channel, now);
}

bool ms_channel_take(ms_channel *channel, ms_completion *completion)
{
    request *r = channel->done_first;

    if (channel->taken != NULL) {
        free_list(channel->taken);
        channel->taken = NULL;
    }
    if (r == NULL)
        return false;
    channel->done_first = r->next;
    if (channel->done_first == NULL)
        channel->done_last = NULL;
    r->next = NULL;
    channel->taken = r;
    channel->outstanding--;
    *completion = (ms_completion){ r->id, r->code, ms_span_of(r->reply, r->reply_size) };
    return true;
}

size_t ms_channel_outstanding(const ms_channel *channel)
{
    return channel->outstanding;
}
