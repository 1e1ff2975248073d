/* record_dmarc.c: mailseal.core.record's part for DMARC records, for lua/mailseal/record/dmarc.lua. */
#include "lua/record.h"

#include "record/dmarc.h"
#include "record/dmarc_lint.h"

static void set_policy(lua_State *L, const char *field, ms_dmarc_policy policy)
{
    if (policy == MS_DMARC_UNSET)
        return;
    lua_pushstring(L, ms_dmarc_policy_name(policy));
    lua_setfield(L, -2, field);
}

static void set_alignment(lua_State *L, const char *field, bool strict)
{
    lua_pushstring(L, strict ? "strict" : "relaxed");
    lua_setfield(L, -2, field);
}

static void set_uris(lua_State *L, const char *field, const ms_dmarc_uris *uris)
{
    lua_createtable(L, (int)uris->n, 0);
    for (size_t i = 0; i < uris->n; i++) {
        const ms_dmarc_uri *uri = &uris->uri[i];

        lua_createtable(L, 0, 5);
        ms_lua_set_span(L, "uri", uri->uri);
        ms_lua_set_span(L, "scheme", uri->scheme);
        if (uri->address.n > 0) {
            ms_lua_set_span(L, "address", uri->address);
            ms_lua_set_span(L, "domain", uri->domain);
        }
        if (uri->size.n > 0)
            ms_lua_set_span(L, "size", uri->size);
        lua_rawseti(L, -2, (int)i + 1);
    }
    lua_setfield(L, -2, field);
}

static void set_failure_options(lua_State *L, unsigned fo)
{
    static const char *const word[] = { "0", "1", "d", "s" };
    int n = 0;

    lua_createtable(L, 4, 0);
    for (int i = 0; i < 4; i++) {
        if (!(fo & 1u << i))
            continue;
        lua_pushstring(L, word[i]);
        lua_rawseti(L, -2, ++n);
    }
    lua_setfield(L, -2, "failure_options");
}

/* The tags by their names, as written. */
static void set_tags(lua_State *L, ms_span text)
{
    ms_tag_list tags;

    ms_dmarc_cut(text, &tags);
    lua_createtable(L, 0, (int)tags.n);
    for (size_t i = 0; i < tags.n; i++) {
        lua_pushlstring(L, tags.tag[i].name.p, tags.tag[i].name.n);
        lua_pushlstring(L, tags.tag[i].value.p, tags.tag[i].value.n);
        lua_rawset(L, -3);
    }
    lua_setfield(L, -2, "tags");
}

static void push_reports(lua_State *L, ms_span text, const ms_dmarc *record)
{
    lua_createtable(L, 0, 14);
    lua_pushliteral(L, "DMARC1");
    lua_setfield(L, -2, "version");
    set_uris(L, "aggregate_reports", &record->rua);
    set_uris(L, "failure_reports", &record->ruf);
    set_tags(L, text);
}

static void push_record(lua_State *L, ms_span text, const ms_dmarc *record)
{
    push_reports(L, text, record);
    set_policy(L, "policy", record->policy);
    set_policy(L, "subdomain_policy", record->subdomain);
    set_policy(L, "nonexistent_policy", record->nonexisting);
    ms_lua_set_flag(L, "policy_assumed", record->assumed);
    set_alignment(L, "dkim_alignment", record->strict_dkim);
    set_alignment(L, "spf_alignment", record->strict_spf);
    ms_lua_set_flag(L, "testing", record->testing);
    lua_pushlstring(L, &record->psd, 1);
    lua_setfield(L, -2, "psd");
    set_failure_options(L, record->fo);
}

/* parse_dmarc(text): a table, or nil, message, code; where the record but has no policy, the table comes fourth */
static int record_parse_dmarc(lua_State *L)
{
    ms_span text = ms_lua_check_span(L, 1);
    ms_dmarc record;
    ms_error error;
    ms_dmarc_result result = ms_dmarc_parse(text, &record);

    if (result != MS_DMARC_OK) {
        ms_dmarc_fail(result, &error);
        ms_lua_fail(L, &error);
        if (result != MS_DMARC_NO_POLICY)
            return 3;
    }
    push_record(L, text, &record);
    return result == MS_DMARC_OK ? 1 : 4;
}

/* parse_dmarc_report(text): a table, or nil, message, code */
static int record_parse_dmarc_report(lua_State *L)
{
    ms_span text = ms_lua_check_span(L, 1);
    ms_dmarc record;
    ms_error error;
    ms_dmarc_result result = ms_dmarc_report_parse(text, &record);

    if (result != MS_DMARC_OK) {
        ms_dmarc_fail(result, &error);
        return ms_lua_fail(L, &error);
    }
    push_reports(L, text, &record);
    return 1;
}

static int lint(lua_State *L, bool (*look)(const ms_span *, size_t, ms_findings *))
{
    ms_lua_strings strings;
    ms_findings *findings;

    ms_lua_check_strings(L, 1, &strings);
    findings = ms_lua_new_record_findings(L);
    if (!look(strings.p, strings.n, findings))
        return luaL_error(L, "out of memory");
    ms_lua_push_record_findings(L, findings);
    return 1;
}

/* lint_dmarc({string, …}): the findings */
static int record_lint_dmarc(lua_State *L)
{
    return lint(L, ms_dmarc_lint);
}

/* lint_dmarc_report({string, …}): the findings */
static int record_lint_dmarc_report(lua_State *L)
{
    return lint(L, ms_dmarc_report_lint);
}

const luaL_Reg ms_lua_record_dmarc[] = {
    { "parse_dmarc", record_parse_dmarc },
    { "parse_dmarc_report", record_parse_dmarc_report },
    { "lint_dmarc", record_lint_dmarc },
    { "lint_dmarc_report", record_lint_dmarc_report },
    { NULL, NULL },
};
