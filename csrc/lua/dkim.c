/* dkim.c: mailseal.core.dkim. lua/mailseal/dkim.lua is the public face and says what each does. */
#include "lua/dkim.h"

void *ms_lua_new_box(lua_State *L, size_t size, const char *type)
{
    void *box = lua_newuserdata(L, size);

    memset(box, 0, size);
    luaL_getmetatable(L, type);
    lua_setmetatable(L, -2);
    return box;
}

uint64_t ms_lua_check_time(lua_State *L, int index)
{
    lua_Number seconds = luaL_checknumber(L, index);

    luaL_argcheck(L, seconds >= 0 && seconds < 9007199254740992.0, index, "not a time in seconds since 1970");
    return (uint64_t)seconds;
}

bool ms_lua_flag(lua_State *L, int index, const char *name)
{
    bool flag;

    lua_getfield(L, index, name);
    flag = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return flag;
}

uint64_t ms_lua_number(lua_State *L, int index, const char *name)
{
    lua_Number number;

    lua_getfield(L, index, name);
    number = lua_tonumber(L, -1);
    lua_pop(L, 1);
    return (uint64_t)number;
}

int ms_open_dkim(lua_State *L)
{
    lua_newtable(L);
    ms_lua_add_key_cache(L);
    ms_lua_add_verifier(L);
    ms_lua_add_signer(L);
    ms_lua_add_canon(L);
    return 1;
}
