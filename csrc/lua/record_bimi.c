/* record_bimi.c: mailseal.core.record's part for BIMI records, for lua/mailseal/record/bimi.lua. */
#include "lua/record.h"

#include "record/bimi.h"

static void push_bimi(lua_State *L, const ms_bimi *record)
{
    lua_createtable(L, 0, 7);
    ms_lua_set_span(L, "version", ms_span_str(ms_bimi_kind.version));
    ms_lua_set_span(L, "location", record->location);
    ms_lua_set_span(L, "evidence", record->evidence);
    ms_lua_set_span(L, "avatar", record->personal ? MS_LIT("personal") : MS_LIT("brand"));
    ms_lua_set_flag(L, "declined", record->declined);
    if (record->by_local_part)
        ms_lua_set_words(L, "local_parts", record->local_parts);
    ms_lua_set_other_tags(L, &ms_bimi_kind.rules, &record->tags);
}

/* lint_bimi({string, …}): the findings, and the record where it can be used */
static int record_lint_bimi(lua_State *L)
{
    ms_lua_strings strings;
    ms_findings *findings;
    ms_buf *text;
    ms_bimi record;

    ms_lua_check_strings(L, 1, &strings);
    text = ms_lua_new_buf(L);
    findings = ms_lua_new_record_findings(L);
    if (!ms_bimi_lint(strings.p, strings.n, text, &record, findings))
        return luaL_error(L, "out of memory");
    ms_lua_push_record_findings(L, findings);
    if (findings->has_error)
        return 1;
    push_bimi(L, &record);
    return 2;
}

const luaL_Reg ms_lua_record_bimi[] = {
    { "lint_bimi", record_lint_bimi },
    { NULL, NULL },
};
