/* record_spf.c: mailseal.core.record's part for SPF records, for lua/mailseal/record/spf.lua. */
#include "lua/record.h"

#include "record/spf.h"
#include "record/spf_expand.h"
#include "record/spf_lint.h"

#define SPF_TYPE "mailseal.spf_record"

static int spf_gc(lua_State *L)
{
    ms_spf_free(luaL_checkudata(L, 1, SPF_TYPE));
    return 0;
}

static const luaL_Reg spf_methods[] = {
    { "__gc", spf_gc },
    { NULL, NULL },
};

void ms_lua_record_spf_type(lua_State *L)
{
    ms_lua_type(L, SPF_TYPE, spf_methods);
}

static void set_prefix(lua_State *L, const char *field, int prefix)
{
    if (prefix < 0)
        return;
    lua_pushinteger(L, prefix);
    lua_setfield(L, -2, field);
}

static void set_qualifier(lua_State *L, const char *field, char qualifier)
{
    lua_pushlstring(L, &qualifier, 1);
    lua_setfield(L, -2, field);
}

static void set_name(lua_State *L, const ms_spf_term *term)
{
    char name[64];
    size_t n = term->label.n < sizeof name ? term->label.n : 0;

    if (term->name != MS_SPF_OTHER || n == 0) {
        ms_lua_set_span(L, "name",
                        term->name == MS_SPF_OTHER ? term->label : ms_span_str(ms_spf_name_text(term->name)));
        return;
    }
    for (size_t i = 0; i < n; i++)
        name[i] = ms_lower(term->label.p[i]);
    ms_lua_set_span(L, "name", ms_span_of(name, n));
}

/* "dir": the macros that a term uses */
static void push_letters(lua_State *L, ms_spf_letters letters)
{
    char text[26];
    size_t n = 0;

    for (int c = 'a'; c <= 'z'; c++)
        if (letters & ms_spf_letter((char)c))
            text[n++] = (char)c;
    lua_pushlstring(L, text, n);
}

static void push_term(lua_State *L, const ms_spf_term *term, const char *text)
{
    bool is_modifier = ms_spf_is_modifier(term->name);
    bool is_address = term->name == MS_SPF_IP4 || term->name == MS_SPF_IP6;

    lua_createtable(L, 0, 8);
    ms_lua_set_span(L, "kind", is_modifier ? MS_LIT("modifier") : MS_LIT("mechanism"));
    set_name(L, term);
    ms_lua_set_span(L, "text", term->text);
    lua_pushinteger(L, term->text.p - text + 1);
    lua_setfield(L, -2, "at");
    if (!is_modifier)
        set_qualifier(L, "qualifier", term->qualifier);
    if (term->value.p != NULL)
        ms_lua_set_span(L, is_modifier ? "value" : is_address ? "address" : "domain", term->value);
    set_prefix(L, "prefix4", term->prefix4);
    set_prefix(L, "prefix6", term->prefix6);
    if (term->letters != 0) {
        push_letters(L, term->letters);
        lua_setfield(L, -2, "macros");
    }
}

static void push_record(lua_State *L, const ms_spf *spf, const char *text)
{
    lua_createtable(L, 0, 6);
    ms_lua_set_span(L, "version", MS_LIT("spf1"));
    lua_createtable(L, (int)spf->n, 0);
    for (size_t i = 0; i < spf->n; i++) {
        push_term(L, &spf->term[i], text);
        lua_rawseti(L, -2, (int)i + 1);
    }
    lua_setfield(L, -2, "terms");
    if (spf->all != NULL)
        set_qualifier(L, "all", spf->all->qualifier);
    if (spf->redirect != NULL)
        ms_lua_set_span(L, "redirect", spf->redirect->value);
    if (spf->exp != NULL)
        ms_lua_set_span(L, "exp", spf->exp->value);
    lua_pushinteger(L, spf->lookups);
    lua_setfield(L, -2, "lookups");
}

static int push_fault(lua_State *L, ms_spf_fault fault, ms_span culprit)
{
    lua_pushnil(L);
    lua_pushstring(L, ms_spf_fault_text(fault));
    lua_pushstring(L, fault == MS_SPF_NO_VERSION ? ms_spf_fault_code(fault) : "spf_syntax");
    lua_pushstring(L, ms_spf_fault_code(fault));
    lua_pushlstring(L, culprit.n > 0 ? culprit.p : "", culprit.n);
    return 5;
}

/* parse_spf(text): the record; or nil, message, code, a closer code, the term that is wrong */
static int record_parse_spf(lua_State *L)
{
    ms_span text = ms_lua_check_span(L, 1);
    ms_spf *spf = ms_lua_new_box(L, sizeof *spf, SPF_TYPE);

    if (!ms_spf_read(text, spf))
        return luaL_error(L, "out of memory");
    if (spf->fault != MS_SPF_FINE)
        return push_fault(L, spf->fault, spf->culprit);
    push_record(L, spf, text.p);
    return 1;
}

/* lint_spf({string, …}): the findings */
static int record_lint_spf(lua_State *L)
{
    ms_lua_strings strings;
    ms_findings *findings;

    ms_lua_check_strings(L, 1, &strings);
    findings = ms_lua_new_record_findings(L);
    if (!ms_spf_lint(strings.p, strings.n, findings))
        return luaL_error(L, "out of memory");
    ms_lua_push_record_findings(L, findings);
    return 1;
}

/* is_spf(text): is it an SPF record, a right one or not? */
static int record_is_spf(lua_State *L)
{
    ms_span rest;

    lua_pushboolean(L, ms_spf_is_one(ms_lua_check_span(L, 1), &rest));
    return 1;
}

/* ---- Macros */

static ms_span value_field(lua_State *L, const char *name)
{
    ms_span value = { "", 0 };

    lua_getfield(L, 2, name);
    if (lua_type(L, -1) == LUA_TSTRING)
        value.p = lua_tolstring(L, -1, &value.n); /* the table keeps it */
    lua_pop(L, 1);
    return value;
}

/* macros_spf(text, in_explanation): the letters of the macros used; or nil, message, code */
static int record_macros_spf(lua_State *L)
{
    ms_span text = ms_lua_check_span(L, 1);
    ms_spf_letters letters;
    ms_spf_fault fault =
        lua_toboolean(L, 2) ? ms_spf_macro_string(text, true, &letters) : ms_spf_domain_spec(text, &letters);

    if (fault != MS_SPF_FINE) {
        lua_pushnil(L);
        lua_pushstring(L, ms_spf_fault_text(fault));
        lua_pushstring(L, ms_spf_fault_code(fault));
        return 3;
    }
    push_letters(L, letters);
    return 1;
}

/* expand_spf(text, values, in_explanation): the name or the explanation; or nil, message, code */
static int record_expand_spf(lua_State *L)
{
    ms_span text = ms_lua_check_span(L, 1);
    ms_spf_values values;
    ms_buf *out;
    ms_error error;
    bool ok;

    luaL_checktype(L, 2, LUA_TTABLE);
    values = (ms_spf_values){
        .sender = value_field(L, "sender"),
        .local_part = value_field(L, "local_part"),
        .sender_domain = value_field(L, "sender_domain"),
        .domain = value_field(L, "domain"),
        .ip = value_field(L, "ip"),
        .validated = value_field(L, "validated"),
        .helo = value_field(L, "helo"),
        .receiver = value_field(L, "receiver"),
        .now = value_field(L, "now"),
    };
    out = ms_lua_new_buf(L);
    ok = lua_toboolean(L, 3) ? ms_spf_expand_explanation(text, &values, out, &error)
                             : ms_spf_expand_name(text, &values, out, &error);
    if (!ok)
        return ms_lua_fail(L, &error);
    lua_pushlstring(L, out->n > 0 ? out->p : "", out->n);
    return 1;
}

const luaL_Reg ms_lua_record_spf[] = {
    { "parse_spf", record_parse_spf },   { "lint_spf", record_lint_spf },     { "is_spf", record_is_spf },
    { "macros_spf", record_macros_spf }, { "expand_spf", record_expand_spf }, { NULL, NULL },
};
