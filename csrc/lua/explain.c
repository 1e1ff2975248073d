/* explain.c: what a signature that does not pass still proves, for lua/mailseal/check/message. */
#include "lua/dkim.h"

#include "dkim/explain.h"

/* Reads the list of hashes in base64 at `index`. Pushes values, one of which owns what is returned. */
static ms_body_prefix *check_hashes(lua_State *L, int index, size_t *n)
{
    ms_lua_strings hashes;
    ms_body_prefix *wanted;

    ms_lua_check_strings(L, index, &hashes);
    wanted = lua_newuserdata(L, hashes.n * sizeof *wanted + 1);
    for (size_t i = 0; i < hashes.n; i++)
        wanted[i].bh = hashes.p[i];
    *n = hashes.n;
    return wanted;
}

/* body_prefixes(body, relaxed, { bh … }) -> { size | false … } | nil, message, code: how much of the body has each
 * hash */
static int body_prefixes(lua_State *L)
{
    ms_crypto *crypto = ms_lua_crypto(L);
    ms_span body = ms_lua_check_span(L, 1);
    ms_canon canon = lua_toboolean(L, 2) ? MS_RELAXED : MS_SIMPLE;
    ms_body_prefix *wanted;
    ms_error error;
    size_t n;

    wanted = check_hashes(L, 3, &n);
    if (!ms_body_prefixes(crypto, canon, body, wanted, n, &error))
        return ms_lua_fail(L, &error);
    lua_createtable(L, (int)n, 0);
    for (size_t i = 0; i < n; i++) {
        if (wanted[i].found)
            lua_pushinteger(L, (lua_Integer)wanted[i].size);
        else
            lua_pushboolean(L, 0);
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/* body_matches(body, relaxed, bh, length | nil) -> boolean | nil, message, code: does it hash to that? */
static int body_matches(lua_State *L)
{
    ms_crypto *crypto = ms_lua_crypto(L);
    ms_span body = ms_lua_check_span(L, 1);
    ms_canon canon = lua_toboolean(L, 2) ? MS_RELAXED : MS_SIMPLE;
    ms_span bh = ms_lua_check_span(L, 3);
    lua_Number length = luaL_optnumber(L, 4, -1);
    uint64_t limit = length < 0 ? MS_NO_LIMIT : length < 0x1p63 ? (uint64_t)length : MS_NO_LIMIT - 1;
    bool matches;
    ms_error error;

    if (!ms_body_matches(crypto, canon, body, limit, bh, &matches, &error))
        return ms_lua_fail(L, &error);
    lua_pushboolean(L, matches);
    return 1;
}

/* signature_made(field, record) -> "this", "another", or nil where that cannot be told */
static int signature_made(lua_State *L)
{
    static const char *const words[] = {
        [MS_MADE_UNKNOWN] = NULL, [MS_MADE_BY_THIS_KEY] = "this", [MS_MADE_BY_ANOTHER] = "another"
    };
    ms_crypto *crypto = ms_lua_crypto(L);

    lua_pushstring(L, words[ms_signature_made(crypto, ms_lua_check_span(L, 1), ms_lua_check_span(L, 2))]);
    return 1;
}

void ms_lua_add_explain(lua_State *L)
{
    static const luaL_Reg functions[] = {
        { "body_prefixes", body_prefixes },
        { "body_matches", body_matches },
        { "signature_made", signature_made },
        { NULL, NULL },
    };

    ms_lua_setfuncs(L, functions);
}
