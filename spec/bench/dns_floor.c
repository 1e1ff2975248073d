/* dns_floor.c: what the DNS benchmark measures mailseal against: sockets alone.
 *
 * A Lua module of its own (mailseal_bench_dns). `ask` sends queries and receives the replies, one call of send or recv
 * each, so many being under way at a time, and reads no more of a reply than that it is there: the least that asking
 * over UDP can cost. The sockets are connected, one to each address; what is lost is counted, not asked again.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <lauxlib.h>
#include <lua.h>

#if LUA_VERSION_NUM < 502
#define lua_rawlen lua_objlen
#endif

enum { SOCKETS_MOST = 16, REPLY_MOST = 4096, PATIENCE_MS = 300, RECEIVE_BUFFER = 1 << 20 };

typedef struct sockets {
    struct pollfd p[SOCKETS_MOST];
    int n;
} sockets;

static void close_sockets(sockets *s)
{
    while (s->n > 0)
        close(s->p[--s->n].fd);
}

/* Opens a socket to 127.0.0.1, 127.0.0.2 and so on, n of them; bound there in place of connected where it is to listen.
 */
static bool open_sockets(sockets *s, int n, int port, bool listens)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int size = RECEIVE_BUFFER;

    for (s->n = 0; s->n < n; s->n++) {
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

        if (fd < 0)
            break;
        address.sin_addr.s_addr = htonl(0x7f000001 + (uint32_t)s->n);
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
        s->p[s->n] = (struct pollfd){ .fd = fd, .events = POLLIN };
        if ((listens ? bind(fd, (struct sockaddr *)&address, sizeof address)
                     : connect(fd, (struct sockaddr *)&address, sizeof address)) != 0) {
            close(fd);
            break;
        }
    }
    if (s->n == n)
        return true;
    close_sockets(s);
    return false;
}

/* ask(queries, servers, port, in_flight) -> how many were lost */
static int l_ask(lua_State *L)
{
    int total = (int)lua_rawlen(L, 1), servers = (int)luaL_checkinteger(L, 2), sent = 0, got = 0, lost = 0;
    int in_flight = (int)luaL_checkinteger(L, 4);
    char reply[REPLY_MOST];
    sockets s;

    luaL_argcheck(L, servers >= 1 && servers <= SOCKETS_MOST, 2, "how many servers");
    if (!open_sockets(&s, servers, (int)luaL_checkinteger(L, 3), false))
        return luaL_error(L, "no sockets");
    while (got + lost < total) {
        for (; sent < total && sent - got - lost < in_flight; sent++) {
            size_t size;
            const char *query;

            lua_rawgeti(L, 1, sent + 1);
            query = lua_tolstring(L, -1, &size);
            if (send(s.p[sent % servers].fd, query, size, 0) < 0)
                lost++;
            lua_pop(L, 1);
        }
        if (poll(s.p, (nfds_t)servers, PATIENCE_MS) == 0)
            lost = sent - got;
        for (int i = 0; i < servers; i++)
            while (s.p[i].revents != 0 && recv(s.p[i].fd, reply, sizeof reply, 0) >= 0)
                got++;
    }
    close_sockets(&s);
    lua_pushinteger(L, lost);
    return 1;
}

static int silence_close(lua_State *L)
{
    close_sockets(lua_touserdata(L, 1));
    return 0;
}

/* silence(servers, port) -> sockets that take queries and never answer, closed when collected | nil */
static int l_silence(lua_State *L)
{
    int servers = (int)luaL_checkinteger(L, 1), port = (int)luaL_checkinteger(L, 2);
    sockets *s = lua_newuserdata(L, sizeof *s);

    luaL_argcheck(L, servers >= 1 && servers <= SOCKETS_MOST, 1, "how many servers");
    if (!open_sockets(s, servers, port, true))
        return 0;
    lua_newtable(L);
    lua_pushcfunction(L, silence_close);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    return 1;
}

/* processor_time() -> seconds that this process has used, the kernel's work for it included */
static int l_processor_time(lua_State *L)
{
    struct rusage r;

    getrusage(RUSAGE_SELF, &r);
    lua_pushnumber(L, (lua_Number)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
                          (lua_Number)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6);
    return 1;
}

/* pin(core, process?) -> true | false: keeps a process, this one or another, on one core */
static int l_pin(lua_State *L)
{
    cpu_set_t cores;

    CPU_ZERO(&cores);
    CPU_SET((int)luaL_checkinteger(L, 1), &cores);
    lua_pushboolean(L, sched_setaffinity((pid_t)luaL_optinteger(L, 2, 0), sizeof cores, &cores) == 0);
    return 1;
}

static const luaL_Reg functions[] = {
    { "ask", l_ask }, { "silence", l_silence }, { "processor_time", l_processor_time },
    { "pin", l_pin }, { NULL, NULL },
};

int luaopen_mailseal_bench_dns(lua_State *L);

int luaopen_mailseal_bench_dns(lua_State *L)
{
    lua_newtable(L);
    for (const luaL_Reg *f = functions; f->name != NULL; f++) {
        lua_pushcfunction(L, f->func);
        lua_setfield(L, -2, f->name);
    }
    return 1;
}
