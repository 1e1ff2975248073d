/* mail.c: mailseal.core.mail: domain names, and a message's lint, mending, fields and authors. */
#include "lua/mail.h"

#include "mail/address.h"
#include "mail/domain.h"
#include "mail/mend.h"
#include "mail/normalize.h"
#include "mail/script.h"

#include <stdint.h>

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

/* scripts(label) -> { name… }, mixed */
static int scripts(lua_State *L)
{
    ms_scripts found = ms_scripts_of(ms_lua_check_span(L, 1));

    lua_createtable(L, (int)found.n, 0);
    for (size_t i = 0; i < found.n; i++) {
        lua_pushstring(L, found.name[i]);
        lua_rawseti(L, -2, (int)i + 1);
    }
    lua_pushboolean(L, found.mixed);
    return 2;
}

/* The header section of a whole message, and whether an empty line ends it. */
static ms_span header_block(ms_span message, bool *ended)
{
    size_t size;

    *ended = ms_header_end(message, 0, &size);
    return *ended ? ms_span_of(message.p, size) : message;
}

static void push_finding(lua_State *L, const ms_lint *lint, ms_lint_code code)
{
    lua_createtable(L, 0, 5);
    lua_pushstring(L, ms_lint_name(code));
    lua_setfield(L, -2, "code");
    lua_pushstring(L, ms_lint_severity(code));
    lua_setfield(L, -2, "severity");
    lua_pushstring(L, ms_lint_text(code));
    lua_setfield(L, -2, "text");
    lua_pushinteger(L, (lua_Integer)lint->finding[code].count);
    lua_setfield(L, -2, "count");
    if (lint->finding[code].line > 0) {
        lua_pushinteger(L, (lua_Integer)lint->finding[code].line);
        lua_setfield(L, -2, "line");
    }
}

void ms_lua_push_findings(lua_State *L, const ms_lint *lint)
{
    int found = 0;

    lua_newtable(L);
    for (int code = 0; code < MS_LINT_CODES; code++) {
        if (lint->finding[code].count == 0)
            continue;
        push_finding(L, lint, (ms_lint_code)code);
        lua_rawseti(L, -2, ++found);
    }
}

/* lint(message) -> { { code=, severity=, text=, count=, line= } … } [, text, code: why to refuse] */
static int lint(lua_State *L)
{
    ms_span message = ms_lua_check_span(L, 1), block;
    ms_lint result = ms_lint_start();
    ms_header header = { 0 };
    ms_error error;
    bool ended, fine;

    if (message.n > 0)
        ms_lint_octets(&result, message);
    block = header_block(message, &ended);
    fine = ms_header_parse(&header, block);
    if (fine)
        ms_lint_header(&result, &header, block, ended);
    ms_header_free(&header);
    if (!fine)
        return luaL_error(L, "out of memory");
    ms_lint_end(&result);

    ms_lua_push_findings(L, &result);
    if (ms_lint_passes(&result, &error))
        return 1;
    lua_pushstring(L, error.text);
    lua_pushstring(L, error.code);
    return 3;
}

/* normalize(message) -> string, { bare_cr=, bare_lf=, nul=, final_crlf= } */
static int normalize(lua_State *L)
{
    ms_span message = ms_lua_check_span(L, 1);
    ms_normalizer normalizer = ms_normalize_start();
    ms_buf *out = ms_lua_new_buf(L);

    ms_buf_reserve(out, message.n + 2);
    if (message.n > 0)
        ms_normalize(&normalizer, message, out);
    ms_normalize_end(&normalizer, out);
    if (out->failed)
        return luaL_error(L, "out of memory");
    lua_pushlstring(L, out->p, out->n);
    ms_buf_free(out);
    lua_createtable(L, 0, 4);
    lua_pushinteger(L, (lua_Integer)normalizer.bare_cr);
    lua_setfield(L, -2, "bare_cr");
    lua_pushinteger(L, (lua_Integer)normalizer.bare_lf);
    lua_setfield(L, -2, "bare_lf");
    lua_pushinteger(L, (lua_Integer)normalizer.nul);
    lua_setfield(L, -2, "nul");
    lua_pushboolean(L, normalizer.final_crlf);
    lua_setfield(L, -2, "final_crlf");
    return 2;
}

/* author_domains(message) -> { domain…, more= }, result */
static int author_domains(lua_State *L)
{
    ms_header header = { 0 };
    ms_authors authors;
    bool ended, fine;

    fine =
        ms_header_parse(&header, header_block(ms_lua_check_span(L, 1), &ended)) && ms_author_domains(&header, &authors);
    ms_header_free(&header);
    if (!fine)
        return luaL_error(L, "out of memory");
    lua_createtable(L, (int)authors.n, 1);
    for (size_t i = 0; i < authors.n; i++) {
        lua_pushstring(L, authors.domain[i]);
        lua_rawseti(L, -2, (int)i + 1);
    }
    lua_pushboolean(L, authors.more);
    lua_setfield(L, -2, "more");
    lua_pushstring(L, ms_authors_result_name(authors.result));
    return 2;
}

/* On a userdata while its fields are turned into tables. */
#define HEADER "mailseal.header"

static int header_gc(lua_State *L)
{
    ms_header_free(luaL_checkudata(L, 1, HEADER));
    return 0;
}

/* fields(message) -> { { name=, value=, whole= } … }, where the body starts or nil */
static int fields(lua_State *L)
{
    ms_span message = ms_lua_check_span(L, 1), block;
    ms_header *header = ms_lua_new_box(L, sizeof *header, HEADER);
    bool ended;

    block = header_block(message, &ended);
    if (!ms_header_parse(header, block))
        return luaL_error(L, "out of memory");
    lua_createtable(L, (int)header->n, 0);
    for (size_t i = 0; i < header->n; i++) {
        lua_createtable(L, 0, 3);
        ms_lua_set_span(L, "name", header->field[i].name);
        ms_lua_set_span(L, "value", header->field[i].value);
        ms_lua_set_span(L, "whole", header->field[i].whole);
        lua_rawseti(L, -2, (int)i + 1);
    }
    if (ended)
        lua_pushinteger(L, (lua_Integer)block.n + 3); /* behind the empty line, counted from 1 */
    else
        lua_pushnil(L);
    return 2;
}

/* mendings() -> { name … } */
static int mendings(lua_State *L)
{
    lua_createtable(L, MS_MENDINGS, 0);
    for (int i = 0; i < MS_MENDINGS; i++) {
        lua_pushstring(L, ms_mending_name((ms_mending)i));
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

/* mend(body, number) -> body: undoes the mending at that place of mendings() */
static int mend(lua_State *L)
{
    ms_span body = ms_lua_check_span(L, 1);
    lua_Integer number = luaL_checkinteger(L, 2);
    ms_buf *out = ms_lua_new_buf(L);

    luaL_argcheck(L, number >= 1 && number <= MS_MENDINGS, 2, "no such mending");
    ms_buf_reserve(out, body.n + 2);
    ms_mend((ms_mending)(number - 1), body, out);
    if (out->failed)
        return luaL_error(L, "out of memory");
    lua_pushlstring(L, out->p, out->n);
    ms_buf_free(out);
    return 1;
}

static const luaL_Reg header_methods[] = {
    { "__gc", header_gc },
    { NULL, NULL },
};

static const luaL_Reg functions[] = {
    { "author_domains", author_domains },
    { "domain_valid", domain_valid },
    { "fields", fields },
    { "lint", lint },
    { "mend", mend },
    { "mendings", mendings },
    { "normalize", normalize },
    { "scripts", scripts },
    { "to_ascii", to_ascii },
    { "to_unicode", to_unicode },
    { NULL, NULL },
};

int ms_open_mail(lua_State *L)
{
    ms_lua_type(L, HEADER, header_methods);
    lua_newtable(L);
    ms_lua_setfuncs(L, functions);
    return 1;
}
