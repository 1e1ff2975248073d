/* signals.c: mailseal.core.signals: requests to end this process (csrc/base/signals.h). */
#include "lua/binding.h"

#include "base/signals.h"

#define SIGNALS_TYPE "mailseal.signals"

/* open() -> signals, or nil, message, code: from now on SIGTERM, SIGINT and SIGHUP wait until they are taken */
static int l_open(lua_State *L)
{
    ms_signals *signals = lua_newuserdata(L, sizeof *signals);
    ms_error error;

    signals->descriptor = -1;
    luaL_getmetatable(L, SIGNALS_TYPE);
    lua_setmetatable(L, -2);
    return ms_signals_open(signals, &error) ? 1 : ms_lua_fail(L, &error);
}

static ms_signals *check_signals(lua_State *L)
{
    ms_signals *signals = luaL_checkudata(L, 1, SIGNALS_TYPE);

    luaL_argcheck(L, signals->descriptor >= 0, 1, "it is closed");
    return signals;
}

/* signals:take() -> the name of one that has come, "SIGTERM" for instance; nil where none has */
static int signals_take(lua_State *L)
{
    lua_pushstring(L, ms_signals_take(check_signals(L)));
    return 1;
}

/* signals:pollfd() -> the descriptor that is readable when one has come */
static int signals_pollfd(lua_State *L)
{
    lua_pushinteger(L, check_signals(L)->descriptor);
    return 1;
}

/* signals:close(): they do again what they did before */
static int signals_close(lua_State *L)
{
    ms_signals_close(luaL_checkudata(L, 1, SIGNALS_TYPE));
    return 0;
}

static const luaL_Reg methods[] = {
    { "take", signals_take }, { "pollfd", signals_pollfd }, { "close", signals_close }, { "__gc", signals_close },
    { NULL, NULL },
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
