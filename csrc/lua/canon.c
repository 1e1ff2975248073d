/* canon.c: canonicalization by itself, for tests alone: what a signature covers, octet by octet, by each way this
 * machine has to find it. The functions are in mailseal.core.dkim, and no module of lua/mailseal calls them.
 */
#include "lua/dkim.h"

#include "dkim/signature.h"
#include "mail/canon.h"

static ms_canon check_canon(lua_State *L, int index)
{
    static const char *const names[] = { "simple", "relaxed", NULL };

    return (ms_canon)luaL_checkoption(L, index, NULL, names);
}

/* The fastest is "avx2"; where the machine has no such one, the best below it. */
static ms_wsp_scanner check_scanner(lua_State *L, int index)
{
    static const char *const names[] = { "portable", "sse2", "avx2", NULL };

    return ms_wsp_scanner_of((ms_wsp_level)luaL_checkoption(L, index, "avx2", names));
}

static int push_buf(lua_State *L, const ms_buf *out)
{
    if (out->failed)
        return luaL_error(L, "out of memory");
    lua_pushlstring(L, out->p ? out->p : "", out->n);
    return 1;
}

/* canonical_body(octets, canon [, piece [, scanner]]) -> octets; `piece`: how many are written at a time */
static int canonical_body(lua_State *L)
{
    ms_span octets = ms_lua_check_span(L, 1);
    ms_canon canon = check_canon(L, 2);
    lua_Integer piece = luaL_optinteger(L, 3, 0);
    ms_wsp_scanner scanner = check_scanner(L, 4);
    size_t step = piece > 0 ? (size_t)piece : octets.n;
    ms_buf *out = ms_lua_new_buf(L);
    ms_body_canon body;

    ms_body_canon_init(&body, canon, ms_write_to_buf, out);
    body.scanner = scanner;
    while (octets.n > 0) {
        size_t n = octets.n < step ? octets.n : step;

        ms_body_canon_write(&body, octets.p, n);
        octets.p += n;
        octets.n -= n;
    }
    ms_body_canon_finish(&body);
    return push_buf(L, out);
}

/* canonical_field(field, canon [, scanner]) -> octets */
static int canonical_field(lua_State *L)
{
    ms_span octets = ms_lua_check_span(L, 1);
    ms_canon canon = check_canon(L, 2);
    ms_wsp_scanner scanner = check_scanner(L, 3);
    ms_buf *out = ms_lua_new_buf(L);
    ms_header header = { 0 };
    ms_sink sink;

    if (!ms_header_parse(&header, octets))
        return luaL_error(L, "out of memory");
    ms_sink_init(&sink, ms_write_to_buf, out);
    for (size_t i = 0; i < header.n; i++)
        ms_canon_field(&sink, &scanner, canon, &header.field[i]);
    ms_sink_flush(&sink);
    ms_header_free(&header);
    return push_buf(L, out);
}

/* canonical_signature(field, canon [, scanner]) -> octets: b= is emptied, and there is no CRLF at the end (§3.7) */
static int canonical_signature(lua_State *L)
{
    ms_span octets = ms_lua_check_span(L, 1);
    ms_canon canon = check_canon(L, 2);
    ms_wsp_scanner scanner = check_scanner(L, 3);
    ms_buf *out = ms_lua_new_buf(L);
    ms_signature signature = { .b_hole = { NULL, 0 } };
    ms_header header = { 0 };
    ms_sink sink;

    if (!ms_header_parse(&header, octets))
        return luaL_error(L, "out of memory");
    ms_sink_init(&sink, ms_write_to_buf, out);
    if (header.n == 1)
        ms_signature_parse(&signature, &header.field[0]);
    if (signature.b_hole.p != NULL)
        ms_canon_signature(&sink, &scanner, canon, &header.field[0], signature.b_hole);
    ms_sink_flush(&sink);
    ms_header_free(&header);
    return signature.b_hole.p != NULL ? push_buf(L, out) : luaL_argerror(L, 1, "one signature field is wanted");
}

void ms_lua_add_canon(lua_State *L)
{
    static const luaL_Reg functions[] = {
        { "canonical_body", canonical_body },
        { "canonical_field", canonical_field },
        { "canonical_signature", canonical_signature },
        { NULL, NULL },
    };

    ms_lua_setfuncs(L, functions);
}
