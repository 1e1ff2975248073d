/* record.c: mailseal.core.record: tag lists, key records and what is wrong with them, for lua/mailseal/record.lua. */
#include "lua/binding.h"

#include "record/dkim_key_lint.h"
#include "record/dkim_key_public.h"
#include "record/taglist.h"

#define FINDINGS_TYPE "mailseal.findings"

static void set_span(lua_State *L, const char *field, ms_span s)
{
    lua_pushlstring(L, s.n > 0 ? s.p : "", s.n);
    lua_setfield(L, -2, field);
}

/* tags(text): { {name=, value=}, … }, or nil, message, code, piece */
static int record_tags(lua_State *L)
{
    ms_tags tags;
    ms_tags_result result = ms_tags_parse(ms_lua_check_span(L, 1), &tags);

    if (result != MS_TAGS_OK) {
        lua_pushnil(L);
        lua_pushstring(L, ms_tags_result_text(result));
        lua_pushstring(L, ms_tags_result_code(result));
        lua_pushlstring(L, tags.culprit.n > 0 ? tags.culprit.p : "", tags.culprit.n);
        return 4;
    }
    lua_createtable(L, (int)tags.n, 0);
    for (size_t i = 0; i < tags.n; i++) {
        lua_createtable(L, 0, 2);
        set_span(L, "name", tags.tag[i].name);
        set_span(L, "value", tags.tag[i].value);
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/* parse_dkim(text): a table of the fields of ms_dkim_key, or nil, message, code */
static int record_parse_dkim(lua_State *L)
{
    ms_crypto *crypto = ms_lua_crypto(L);
    ms_dkim_key key;
    ms_dkim_key_result result = ms_dkim_key_parse(ms_lua_check_span(L, 1), &key);
    ms_public_key *public_key;
    ms_error error;
    unsigned bits;

    if (result != MS_DKIM_KEY_OK) {
        ms_dkim_key_fail(result, &error);
        return ms_lua_fail(L, &error);
    }
    public_key = ms_dkim_key_build(crypto, &key, &error);
    if (public_key == NULL)
        return ms_lua_fail(L, &error);
    bits = ms_public_key_bits(public_key);
    ms_public_key_free(public_key);
    lua_createtable(L, 0, 8);
    lua_pushstring(L, key.type == MS_KEY_ED25519 ? "ed25519" : "rsa");
    lua_setfield(L, -2, "type");
    lua_pushinteger(L, (lua_Integer)bits);
    lua_setfield(L, -2, "bits");
    set_span(L, "p", key.p);
    set_span(L, "notes", key.notes);
    ms_lua_set_flag(L, "sha256_allowed", key.sha256_allowed);
    ms_lua_set_flag(L, "email_allowed", key.email_allowed);
    ms_lua_set_flag(L, "testing", key.testing);
    ms_lua_set_flag(L, "strict", key.strict);
    return 1;
}

/* ---- Findings: on a userdata while they are made and turned into tables */

static int findings_gc(lua_State *L)
{
    ms_findings_free(luaL_checkudata(L, 1, FINDINGS_TYPE));
    return 0;
}

/* Pushes { {code=, severity=, message=, fix=, found=}, … }; found is absent where there is no piece to show. */
static void push_findings(lua_State *L, const ms_findings *findings)
{
    ms_buf *message = ms_lua_new_buf(L);

    lua_createtable(L, (int)findings->n, 0);
    for (size_t i = 0; i < findings->n; i++) {
        const ms_finding_kind *kind = ms_finding_kind_of(findings->finding[i].code);

        ms_buf_clear(message);
        ms_finding_message(findings, i, message);
        if (message->failed)
            luaL_error(L, "out of memory");
        lua_createtable(L, 0, 5);
        set_span(L, "code", ms_span_str(kind->code));
        set_span(L, "severity", ms_span_str(ms_severity_name(kind->severity)));
        set_span(L, "message", ms_buf_span(message));
        set_span(L, "fix", ms_span_str(kind->cure));
        if (findings->finding[i].n > 0)
            set_span(L, "found", ms_findings_found(findings, i));
        lua_rawseti(L, -2, (int)i + 1);
    }
}

/* lint_dkim({string, …}): the findings */
static int record_lint_dkim(lua_State *L)
{
    ms_lua_strings strings;
    ms_crypto *crypto = ms_lua_crypto(L);
    ms_findings *findings;

    ms_lua_check_strings(L, 1, &strings);
    findings = ms_lua_new_box(L, sizeof *findings, FINDINGS_TYPE);
    if (!ms_dkim_key_lint(crypto, strings.p, strings.n, findings))
        return luaL_error(L, "out of memory");
    push_findings(L, findings);
    return 1;
}

/* kinds(): the catalogue, { {code=, severity=, cause=, fix=}, … } */
static int record_kinds(lua_State *L)
{
    lua_createtable(L, MS_FINDING_KINDS, 0);
    for (int code = 0; code < MS_FINDING_KINDS; code++) {
        const ms_finding_kind *kind = ms_finding_kind_of((ms_finding_code)code);

        lua_createtable(L, 0, 4);
        set_span(L, "code", ms_span_str(kind->code));
        set_span(L, "severity", ms_span_str(ms_severity_name(kind->severity)));
        set_span(L, "cause", ms_span_str(kind->cause));
        set_span(L, "fix", ms_span_str(kind->cure));
        lua_rawseti(L, -2, code + 1);
    }
    return 1;
}

static const luaL_Reg findings_methods[] = {
    { "__gc", findings_gc },
    { NULL, NULL },
};

static const luaL_Reg functions[] = {
    { "tags", record_tags },
    { "parse_dkim", record_parse_dkim },
    { "lint_dkim", record_lint_dkim },
    { "kinds", record_kinds },
    { NULL, NULL },
};

int ms_open_record(lua_State *L)
{
    ms_lua_type(L, FINDINGS_TYPE, findings_methods);
    lua_newtable(L);
    ms_lua_setfuncs(L, functions);
    return 1;
}
