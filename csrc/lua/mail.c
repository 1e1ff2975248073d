/* mail.c: mailseal.core.mail: domain names, and a message's lint, mending and authors. */
#include "lua/binding.h"

#include "mail/domain.h"

/* domain_valid(name) -> boolean */
static int domain_valid(lua_State *L)
{
    lua_pushboolean(L, ms_domain_valid(ms_lua_check_span(L, 1)));
    return 1;
}

static int convert(lua_State *L, bool (*to)(ms_span, ms_buf *, ms_error *))
{
    ms_span name = ms_lua_check_span(L, 1);
    ms_buf *out = ms_lua_new_buf(L);
    ms_error error;

    if (!to(name, out, &error))
        return ms_lua_fail(L, &error);
    lua_pushlstring(L, out->p, out->n);
    return 1;
}

/* to_ascii(name) -> string | nil, text, code */
static int to_ascii(lua_State *L)
{
    return convert(L, ms_domain_to_ascii);
}

/* to_unicode(name) -> string | nil, text, code */
static int to_unicode(lua_State *L)
{
    return convert(L, ms_domain_to_unicode);
}

static const luaL_Reg functions[] = {
    { "domain_valid", domain_valid },
    { "to_ascii", to_ascii },
    { "to_unicode", to_unicode },
    { NULL, NULL },
};

int ms_open_mail(lua_State *L)
{
    lua_newtable(L);
    ms_lua_setfuncs(L, functions);
    return 1;
}
