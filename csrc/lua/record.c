/* record.c: mailseal.core.record: tag lists and findings, for lua/mailseal/record; each kind of record adds its own
 * file. */
#include "lua/record.h"

#include "record/taglist.h"

#define FINDINGS_TYPE "mailseal.findings"

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
        ms_lua_set_span(L, "name", tags.tag[i].name);
        ms_lua_set_span(L, "value", tags.tag[i].value);
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/* ---- Findings: on a userdata while they are made and turned into tables */

static int findings_gc(lua_State *L)
{
    ms_findings_free(luaL_checkudata(L, 1, FINDINGS_TYPE));
    return 0;
}

ms_findings *ms_lua_new_record_findings(lua_State *L)
{
    return ms_lua_new_box(L, sizeof(ms_findings), FINDINGS_TYPE);
}

void ms_lua_push_record_findings(lua_State *L, const ms_findings *findings)
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
        ms_lua_set_span(L, "code", ms_span_str(kind->code));
        ms_lua_set_span(L, "severity", ms_span_str(ms_severity_name(findings->finding[i].severity)));
        ms_lua_set_span(L, "message", ms_buf_span(message));
        ms_lua_set_span(L, "fix", ms_span_str(kind->cure));
        if (findings->finding[i].n > 0)
            ms_lua_set_span(L, "found", ms_findings_found(findings, i));
        lua_rawseti(L, -2, (int)i + 1);
    }
}

/* ---- What several kinds have */

void ms_lua_set_other_tags(lua_State *L, const ms_tag_rules *rules, const ms_tag_list *list)
{
    int n = 0;

    lua_newtable(L);
    for (size_t i = 0; i < list->n; i++) {
        if (ms_tag_is_known(rules, list->tag[i].name))
            continue;
        lua_createtable(L, 0, 2);
        ms_lua_set_span(L, "name", list->tag[i].name);
        ms_lua_set_span(L, "value", list->tag[i].value);
        lua_rawseti(L, -2, ++n);
    }
    lua_setfield(L, -2, "others");
}

void ms_lua_set_words(lua_State *L, const char *field, ms_span list)
{
    int n = 0;

    lua_newtable(L);
    for (ms_span rest = list; rest.n > 0;) {
        ms_span word = ms_span_trim(ms_span_cut(rest, ',', &rest));

        if (word.n == 0)
            continue;
        lua_pushlstring(L, word.p, word.n);
        lua_rawseti(L, -2, ++n);
    }
    lua_setfield(L, -2, field);
}

/* ---- The catalogue */

/* kinds(): the catalogue, { {code=, severity=, cause=, fix=}, … } */
static int record_kinds(lua_State *L)
{
    lua_createtable(L, MS_FINDING_KINDS, 0);
    for (int code = 0; code < MS_FINDING_KINDS; code++) {
        const ms_finding_kind *kind = ms_finding_kind_of((ms_finding_code)code);

        lua_createtable(L, 0, 4);
        ms_lua_set_span(L, "code", ms_span_str(kind->code));
        ms_lua_set_span(L, "severity", ms_span_str(ms_severity_name(kind->severity)));
        ms_lua_set_span(L, "cause", ms_span_str(kind->cause));
        ms_lua_set_span(L, "fix", ms_span_str(kind->cure));
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
    { "kinds", record_kinds },
    { NULL, NULL },
};

int ms_open_record(lua_State *L)
{
    ms_lua_type(L, FINDINGS_TYPE, findings_methods);
    ms_lua_record_spf_type(L);
    lua_newtable(L);
    ms_lua_setfuncs(L, functions);
    ms_lua_setfuncs(L, ms_lua_record_bimi);
    ms_lua_setfuncs(L, ms_lua_record_dkim);
    ms_lua_setfuncs(L, ms_lua_record_dmarc);
    ms_lua_setfuncs(L, ms_lua_record_mta_sts);
    ms_lua_setfuncs(L, ms_lua_record_spf);
    ms_lua_setfuncs(L, ms_lua_record_tls_rpt);
    return 1;
}
