/* reader.c: mailseal.core.reader: input that is read as it comes (csrc/base/reader.h). */
#include "lua/binding.h"

#include "base/reader.h"

#define READER_TYPE "mailseal.reader"

enum {
    AT_A_TIME = 16384, /* octets */
};

/* open(path) -> reader, or nil, message, code; no path is standard input */
static int l_open(lua_State *L)
{
    const char *path = luaL_optstring(L, 1, NULL);
    ms_reader *reader = lua_newuserdata(L, sizeof *reader);
    ms_error error;

    *reader = MS_READER_CLOSED;
    luaL_getmetatable(L, READER_TYPE);
    lua_setmetatable(L, -2);
    return ms_reader_open(reader, path, &error) ? 1 : ms_lua_fail(L, &error);
}

static ms_reader *check_reader(lua_State *L)
{
    ms_reader *reader = luaL_checkudata(L, 1, READER_TYPE);

    luaL_argcheck(L, reader->descriptor >= 0, 1, "the reader is closed");
    return reader;
}

/* reader:read() -> the octets that are there, "" at the end, false where none have come yet; or nil, message, code */
static int reader_read(lua_State *L)
{
    char octets[AT_A_TIME];
    size_t n = 0;
    ms_error error;

    switch (ms_reader_read(check_reader(L), octets, sizeof octets, &n, &error)) {
    case MS_READING_LATER:
        lua_pushboolean(L, 0);
        return 1;
    case MS_READING_FAILED:
        return ms_lua_fail(L, &error);
    default:
        lua_pushlstring(L, octets, n);
        return 1;
    }
}

/* reader:pollfd() -> the descriptor that is readable when there is something */
static int reader_pollfd(lua_State *L)
{
    lua_pushinteger(L, check_reader(L)->descriptor);
    return 1;
}

/* reader:close() */
static int reader_close(lua_State *L)
{
    ms_reader_close(luaL_checkudata(L, 1, READER_TYPE));
    return 0;
}

static const luaL_Reg methods[] = {
    { "read", reader_read }, { "pollfd", reader_pollfd }, { "close", reader_close }, { "__gc", reader_close },
    { NULL, NULL },
};

static const luaL_Reg functions[] = {
    { "open", l_open },
    { NULL, NULL },
};

int ms_open_reader(lua_State *L)
{
    ms_lua_type(L, READER_TYPE, methods);
    lua_newtable(L);
    ms_lua_setfuncs(L, functions);
    return 1;
}
