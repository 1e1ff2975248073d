/* record_dkim.c: mailseal.core.record's part for DKIM key records, for lua/mailseal/record/dkim.lua. */
#include "lua/record.h"

#include "record/dkim_key_lint.h"
#include "record/dkim_key_public.h"

/* parse_dkim(text): a table of the fields of ms_dkim_key, or nil, message, code */
static int record_parse_dkim(lua_State *L)
{
    ms_dkim_key key;
    ms_dkim_key_result result = ms_dkim_key_parse(ms_lua_check_span(L, 1), &key);
    ms_error error;
    unsigned bits;

    if (result != MS_DKIM_KEY_OK) {
        ms_dkim_key_fail(result, &error);
        return ms_lua_fail(L, &error);
    }
    if (!ms_dkim_key_check(&key, &bits, &error))
        return ms_lua_fail(L, &error);
    lua_createtable(L, 0, 8);
    lua_pushstring(L, key.type == MS_KEY_ED25519 ? "ed25519" : "rsa");
    lua_setfield(L, -2, "type");
    lua_pushinteger(L, (lua_Integer)bits);
    lua_setfield(L, -2, "bits");
    ms_lua_set_span(L, "p", key.p);
    ms_lua_set_span(L, "notes", key.notes);
    ms_lua_set_flag(L, "sha256_allowed", key.sha256_allowed);
    ms_lua_set_flag(L, "email_allowed", key.email_allowed);
    ms_lua_set_flag(L, "testing", key.testing);
    ms_lua_set_flag(L, "strict", key.strict);
    return 1;
}

/* same_rsa(p, p): a boolean; or nil, message, code */
static int record_same_rsa(lua_State *L)
{
    ms_error error;
    bool same = ms_dkim_key_same_rsa(ms_lua_check_span(L, 1), ms_lua_check_span(L, 2), &error);

    if (error.code != NULL)
        return ms_lua_fail(L, &error);
    lua_pushboolean(L, same);
    return 1;
}

/* lint_dkim({string, …}): the findings */
static int record_lint_dkim(lua_State *L)
{
    ms_lua_strings strings;
    ms_findings *findings;

    ms_lua_check_strings(L, 1, &strings);
    findings = ms_lua_new_record_findings(L);
    if (!ms_dkim_key_lint(strings.p, strings.n, findings))
        return luaL_error(L, "out of memory");
    ms_lua_push_record_findings(L, findings);
    return 1;
}

const luaL_Reg ms_lua_record_dkim[] = {
    { "parse_dkim", record_parse_dkim },
    { "lint_dkim", record_lint_dkim },
    { "same_rsa", record_same_rsa },
    { NULL, NULL },
};
