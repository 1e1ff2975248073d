/* mail.c: mailseal.core.mail. */
#include "lua/binding.h"

static const luaL_Reg functions[] = {
    { NULL, NULL },
};

int ms_open_mail(lua_State *L)
{
    lua_newtable(L);
    ms_lua_setfuncs(L, functions);
    return 1;
}
