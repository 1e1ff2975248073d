/* record_tls_rpt.c: mailseal.core.record's part for TLS reporting records, for lua/mailseal/record/tls_rpt.lua. */
#include "lua/record.h"

#include "record/tls_rpt.h"

static void push_tls_rpt(lua_State *L, const ms_tls_rpt *record)
{
    ms_span rest = record->rua, uri;
    int n = 0;

    lua_createtable(L, 0, 3);
    ms_lua_set_span(L, "version", ms_span_str(ms_tls_rpt_kind.version));
    lua_newtable(L);
    while (ms_tls_rpt_next(&rest, &uri)) {
        lua_pushlstring(L, uri.p, uri.n);
        lua_rawseti(L, -2, ++n);
    }
    lua_setfield(L, -2, "rua");
    ms_lua_set_other_tags(L, &ms_tls_rpt_kind.rules, &record->tags);
}

/* lint_tls_rpt({string, …}): the findings, and the record where it can be used */
static int record_lint_tls_rpt(lua_State *L)
{
    ms_lua_strings strings;
    ms_findings *findings;
    ms_buf *text;
    ms_tls_rpt record;

    ms_lua_check_strings(L, 1, &strings);
    text = ms_lua_new_buf(L);
    findings = ms_lua_new_record_findings(L);
    if (!ms_tls_rpt_lint(strings.p, strings.n, text, &record, findings))
        return luaL_error(L, "out of memory");
    ms_lua_push_record_findings(L, findings);
    if (findings->has_error)
        return 1;
    push_tls_rpt(L, &record);
    return 2;
}

const luaL_Reg ms_lua_record_tls_rpt[] = {
    { "lint_tls_rpt", record_lint_tls_rpt },
    { NULL, NULL },
};
