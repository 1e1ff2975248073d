/* dkim.c: mailseal.core.dkim. lua/mailseal/dkim.lua is the public face and says what each does. */
#include "lua/dkim.h"

uint64_t ms_lua_check_time(lua_State *L, int index)
{
    lua_Number seconds = luaL_checknumber(L, index);

    luaL_argcheck(L, seconds >= 0 && seconds < 9007199254740992.0, index, "not a time in seconds since 1970");
    return (uint64_t)seconds;
}

int ms_open_dkim(lua_State *L)
{
    lua_newtable(L);
    ms_lua_add_key_cache(L);
    ms_lua_add_verifier(L);
    ms_lua_add_signer(L);
    ms_lua_add_explain(L);
    return 1;
}
