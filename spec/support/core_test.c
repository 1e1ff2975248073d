/* core_test.c: what tests alone ask of the core, the module mailseal_test: canonicalization by itself, and every way
 * to one outcome: by each scanner that this machine has, in pieces of any size; whole DNS messages. It is linked with
 * the core's own objects, and never installed.
 */
#include "lua/binding.h"
#include "lua/dns.h"
#include "lua/mail.h"

#include "dkim/signature.h"
#include "mail/canon.h"
#include "mail/normalize.h"

#include <stdint.h>

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

/* Takes the next of the pieces that a text is given in: `piece` octets at a time, or all at once where it is 0. */
static ms_span take_piece(ms_span *rest, lua_Integer piece)
{
    size_t n = piece > 0 && (size_t)piece < rest->n ? (size_t)piece : rest->n;
    ms_span taken = ms_span_of(rest->p, n);

    *rest = ms_span_behind(*rest, n);
    return taken;
}

/* Raises where this machine has no such scanner. */
static ms_scanner check_line_scanner(lua_State *L, int index)
{
    ms_span name = ms_lua_check_span(L, index);
    ms_scanner scanner = ms_scanner_named(name);

    if (scanner == NULL)
        luaL_error(L, "no scanner '%s' here", name.p);
    return scanner;
}

/* lint_octets(message, piece, scanner) -> what message.lint() finds in the octets; of the header, nothing */
static int lint_octets(lua_State *L)
{
    ms_span rest = ms_lua_check_span(L, 1);
    lua_Integer piece = luaL_checkinteger(L, 2);
    ms_lint lint = ms_lint_start();

    lint.scan = check_line_scanner(L, 3);
    while (rest.n > 0)
        ms_lint_octets(&lint, take_piece(&rest, piece));
    ms_lint_end(&lint);
    ms_lua_push_findings(L, &lint);
    return 1;
}

/* normalize(message, piece, scanner) -> octets */
static int normalize(lua_State *L)
{
    ms_span rest = ms_lua_check_span(L, 1);
    lua_Integer piece = luaL_checkinteger(L, 2);
    ms_normalizer normalizer = ms_normalize_start();
    ms_buf *out = ms_lua_new_buf(L);

    normalizer.scan = check_line_scanner(L, 3);
    while (rest.n > 0)
        ms_normalize(&normalizer, take_piece(&rest, piece), out);
    ms_normalize_end(&normalizer, out);
    return push_buf(L, out);
}

/* canonical_body(octets, canon [, piece [, scanner]]) -> octets; `piece`: how many are written at a time */
static int canonical_body(lua_State *L)
{
    ms_span octets = ms_lua_check_span(L, 1);
    ms_canon canon = check_canon(L, 2);
    lua_Integer piece = luaL_optinteger(L, 3, 0);
    ms_wsp_scanner scanner = check_scanner(L, 4);
    ms_buf *out = ms_lua_new_buf(L);
    ms_body_canon body;

    ms_body_canon_init(&body, canon, ms_write_to_buf, out);
    body.scanner = scanner;
    while (octets.n > 0) {
        ms_span taken = take_piece(&octets, piece);

        ms_body_canon_write(&body, taken.p, taken.n);
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

/* Pushes the three lists of records. */
static void set_sections(lua_State *L, const ms_dns_message *message)
{
    static const char *const sections[] = { "answer", "authority", "additional" };
    ms_dns_cursor cursor = ms_dns_message_records(message);
    int indices[MS_DNS_SECTIONS], top = lua_gettop(L);
    ms_dns_record record;

    for (int i = 0; i < MS_DNS_SECTIONS; i++) {
        indices[i] = 0;
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_setfield(L, top, sections[i]);
    }
    while (ms_dns_message_next(message, &cursor, &record)) {
        ms_lua_push_dns_name(L, &record.name);
        ms_lua_push_dns_type(L, record.type);
        ms_lua_push_dns_record(L, message, &record, lua_gettop(L) - 1, lua_gettop(L));
        lua_pushinteger(L, (lua_Integer)record.class);
        lua_setfield(L, -2, "class");
        lua_rawseti(L, top + 1 + (int)record.section, ++indices[record.section]);
        lua_pop(L, 2);
    }
    lua_settop(L, top);
}

/* dissect(message) -> everything that the DNS message holds | nil, message, code */
static int dissect(lua_State *L)
{
    static const struct {
        const char *name;
        unsigned bit;
    } flags[] = {
        { "reply", MS_DNS_QR },
        { "authoritative", MS_DNS_AA },
        { "truncated", MS_DNS_TC },
        { "recursion_desired", MS_DNS_RD },
        { "recursion_available", MS_DNS_RA },
        { "authentic", MS_DNS_AD },
        { "checking_disabled", MS_DNS_CD },
    };
    ms_span packet = ms_lua_check_span(L, 1);
    ms_dns_message message;
    ms_error error;

    if (!ms_dns_message_open(&message, packet, &error))
        return ms_lua_fail(L, &error);
    lua_newtable(L);
    lua_pushinteger(L, message.id);
    lua_setfield(L, -2, "id");
    lua_pushinteger(L, (lua_Integer)message.rcode);
    lua_setfield(L, -2, "rcode");
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        ms_lua_set_flag(L, flags[i].name, (message.flags & flags[i].bit) != 0);
    if (message.has_question) {
        ms_lua_push_dns_name(L, &message.name);
        lua_setfield(L, -2, "name");
        ms_lua_push_dns_type(L, message.type);
        lua_setfield(L, -2, "type");
    }
    if (message.has_edns) {
        lua_pushinteger(L, (lua_Integer)message.udp_size);
        lua_setfield(L, -2, "udp_size");
    }
    ms_lua_push_dns_errors(L, &message);
    lua_setfield(L, -2, "extended_errors");
    set_sections(L, &message);
    return 1;
}

#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
int luaopen_mailseal_test(lua_State *L);

int luaopen_mailseal_test(lua_State *L)
{
    static const luaL_Reg functions[] = {
        { "canonical_body", canonical_body },
        { "canonical_field", canonical_field },
        { "canonical_signature", canonical_signature },
        { "dissect", dissect },
        { "lint_octets", lint_octets },
        { "normalize", normalize },
        { NULL, NULL },
    };

    lua_newtable(L);
    ms_lua_setfuncs(L, functions);
    return 1;
}
