/* key.c: mailseal.core.key. */
#include "lua/binding.h"

/* What a "mailseal.key" userdata holds. */
typedef struct key_box {
    ms_private_key *key;
} key_box;

ms_private_key *ms_lua_check_private_key(lua_State *L, int index)
{
    key_box *box = luaL_checkudata(L, index, MS_LUA_KEY);

    if (box->key == NULL)
        luaL_argerror(L, index, "the key is no more");
    return box->key;
}

static const luaL_Reg functions[] = {
    { NULL, NULL },
};

int ms_open_key(lua_State *L)
{
    lua_newtable(L);
    ms_lua_setfuncs(L, functions);
    return 1;
}
