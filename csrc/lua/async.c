/* async.c: mailseal.core.async: the two things that a loop needs of the system, its clock and poll(2). */
#include "lua/binding.h"

#include <poll.h>
#include <time.h>

/* now() -> seconds of the monotonic clock */
static int l_now(lua_State *L)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    lua_pushnumber(L, (lua_Number)t.tv_sec + (lua_Number)t.tv_nsec / 1e9);
    return 1;
}

/* poll(descriptors, seconds): waits until one of them is readable, a signal comes or the time is over */
static int l_poll(lua_State *L)
{
    lua_Number seconds = luaL_checknumber(L, 2);
    struct pollfd *descriptors;
    nfds_t n;

    luaL_checktype(L, 1, LUA_TTABLE);
    n = (nfds_t)lua_rawlen(L, 1);
    descriptors = lua_newuserdata(L, (n + 1) * sizeof *descriptors);
    for (nfds_t i = 0; i < n; i++) {
        lua_rawgeti(L, 1, (int)i + 1);
        descriptors[i] = (struct pollfd){ .fd = (int)lua_tointeger(L, -1), .events = POLLIN };
        lua_pop(L, 1);
    }
    /* Rounded up, so that nobody spins through the last millisecond. */
    poll(descriptors, n, seconds <= 0 ? 0 : seconds > 3600 ? 3600000 : (int)(seconds * 1000 + 0.999));
    return 0;
}

static const luaL_Reg functions[] = {
    { "now", l_now },
    { "poll", l_poll },
    { NULL, NULL },
};

int ms_open_async(lua_State *L)
{
    lua_newtable(L);
    ms_lua_setfuncs(L, functions);
    return 1;
}
