/* signals.c: mailseal.core.signals: requests to end this process (csrc/base/signals.h). */
#include "lua/binding.h"

#include "base/signals.h"

#define SIGNALS_TYPE "mailseal.signals"

/* open() -> signals: from now on SIGTERM, SIGINT and SIGHUP wait until they are taken */
static int l_open(lua_State *L)
{
    ms_signals *signals = lua_newuserdata(L, sizeof *signals);

    signals->is_open = false;
    luaL_getmetatable(L, SIGNALS_TYPE);
    lua_setmetatable(L, -2);
    ms_signals_open(signals);
    return 1;
}

/* signals:take() -> the name of one that has come, "SIGTERM" for instance; nil where none has */
static int signals_take(lua_State *L)
{
    const ms_signals *signals = luaL_checkudata(L, 1, SIGNALS_TYPE);

    lua_pushstring(L, signals->is_open ? ms_signals_take() : NULL);
    return 1;
}

/* signals:wait(seconds) -> the same, and waits for it; "SIGCHLD" where a program has ended that was started here */
static int signals_wait(lua_State *L)
{
    const ms_signals *signals = luaL_checkudata(L, 1, SIGNALS_TYPE);
    double seconds = luaL_checknumber(L, 2);

    luaL_argcheck(L, seconds >= 0 && seconds <= 3600, 2, "0 to 3600 seconds");
    lua_pushstring(L, signals->is_open ? ms_signals_wait(seconds) : NULL);
    return 1;
}

/* signals:close(): they do again what they did before */
static int signals_close(lua_State *L)
{
    ms_signals_close(luaL_checkudata(L, 1, SIGNALS_TYPE));
    return 0;
}

static const luaL_Reg methods[] = {
    { "take", signals_take },  { "wait", signals_wait }, { "close", signals_close },
    { "__gc", signals_close }, { NULL, NULL },
};

static const luaL_Reg functions[] = {
    { "open", l_open },
    { NULL, NULL },
};

int ms_open_signals(lua_State *L)
{
    ms_lua_type(L, SIGNALS_TYPE, methods);
    lua_newtable(L);
    ms_lua_setfuncs(L, functions);
    return 1;
}
