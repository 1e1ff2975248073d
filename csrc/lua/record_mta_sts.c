/* record_mta_sts.c: mailseal.core.record's part for MTA-STS, the record and the policy, for
 * lua/mailseal/record/{mta_sts,mta_sts_policy}.lua. */
#include "lua/record.h"

#include "record/mta_sts.h"
#include "record/mta_sts_policy.h"

/* lint_mta_sts({string, …}): the findings, and the record where it can be used */
static int record_lint_mta_sts(lua_State *L)
{
    ms_lua_strings strings;
    ms_findings *findings;
    ms_buf *text;
    ms_mta_sts record;

    ms_lua_check_strings(L, 1, &strings);
    text = ms_lua_new_buf(L);
    findings = ms_lua_new_record_findings(L);
    if (!ms_mta_sts_lint(strings.p, strings.n, text, &record, findings))
        return luaL_error(L, "out of memory");
    ms_lua_push_record_findings(L, findings);
    if (findings->has_error)
        return 1;
    lua_createtable(L, 0, 3);
    ms_lua_set_span(L, "version", ms_span_str(ms_mta_sts_kind.version));
    ms_lua_set_span(L, "id", record.id);
    ms_lua_set_other_tags(L, &ms_mta_sts_kind.rules, &record.tags);
    return 2;
}

/* ---- The policy */

/* Sets `mx` and `others` of the table on top. */
static void set_lines(lua_State *L, const ms_mta_sts_policy *policy)
{
    ms_span rest = policy->text;
    ms_mta_sts_line line;
    int mx = 0, others = 0;

    lua_newtable(L);
    lua_newtable(L);
    while (ms_mta_sts_policy_next(&rest, &line)) {
        if (ms_span_eq(line.key, MS_LIT("mx"))) {
            lua_pushlstring(L, line.value.p, line.value.n);
            lua_rawseti(L, -3, ++mx);
        } else if (!ms_mta_sts_policy_knows(line.key)) {
            lua_createtable(L, 0, 2);
            ms_lua_set_span(L, "name", line.key);
            ms_lua_set_span(L, "value", line.value);
            lua_rawseti(L, -2, ++others);
        }
    }
    lua_setfield(L, -3, "others");
    lua_setfield(L, -2, "mx");
}

/* lint_mta_sts_policy(text): the findings, and the policy where it can be used */
static int record_lint_mta_sts_policy(lua_State *L)
{
    ms_span text = ms_lua_check_span(L, 1);
    ms_findings *findings = ms_lua_new_record_findings(L);
    ms_mta_sts_policy policy;

    if (!ms_mta_sts_policy_lint(text, &policy, findings))
        return luaL_error(L, "out of memory");
    ms_lua_push_record_findings(L, findings);
    if (findings->has_error)
        return 1;
    lua_createtable(L, 0, 5);
    ms_lua_set_span(L, "version", MS_LIT("STSv1"));
    ms_lua_set_span(L, "mode", ms_span_str(ms_mta_sts_mode_name(policy.mode)));
    lua_pushinteger(L, (lua_Integer)policy.max_age);
    lua_setfield(L, -2, "max_age");
    set_lines(L, &policy);
    return 2;
}

/* mta_sts_mx_matches(pattern, host): boolean */
static int record_mta_sts_mx_matches(lua_State *L)
{
    lua_pushboolean(L, ms_mta_sts_mx_matches(ms_lua_check_span(L, 1), ms_lua_check_span(L, 2)));
    return 1;
}

const luaL_Reg ms_lua_record_mta_sts[] = {
    { "lint_mta_sts", record_lint_mta_sts },
    { "lint_mta_sts_policy", record_lint_mta_sts_policy },
    { "mta_sts_mx_matches", record_mta_sts_mx_matches },
    { NULL, NULL },
};
