/* dns_zone.c: what the zone transport is made of, for Lua: reading a query, making a reply, and a record's data out of
 * its presentation form. Also what the other DNS bindings share. See dns/wire.h, dns/rdata.h. */
#include "lua/dns.h"

enum { TOKENS_MAX = 4096 };

bool ms_lua_dns_type(lua_State *L, int index, unsigned *code, ms_error *error)
{
    if (lua_type(L, index) == LUA_TNUMBER) {
        lua_Number number = lua_tonumber(L, index);

        if (!(number >= 1 && number <= 0xffff))
            return ms_fail(error, "bad_type", "a record type's number is from 1 to 65535");
        *code = (unsigned)number;
        return true;
    }
    return ms_dns_type_parse(ms_lua_check_span(L, index), code, error);
}

void ms_lua_push_dns_name(lua_State *L, const ms_dns_name *name)
{
    char text[MS_DNS_NAME_TEXT_MAX];

    lua_pushlstring(L, text, ms_dns_name_text(name, text));
}

void ms_lua_push_dns_type(lua_State *L, unsigned type)
{
    char text[MS_DNS_TYPE_TEXT_MAX];

    lua_pushlstring(L, text, ms_dns_type_text(type, text));
}

/* question(query) -> name, type's number, checking disabled, recursion desired, signatures wanted | nil, message, code
 */
static int l_question(lua_State *L)
{
    ms_span packet = ms_lua_check_span(L, 1);
    ms_dns_message message;
    ms_error error;

    if (!ms_dns_message_open(&message, packet, &error))
        return ms_lua_fail(L, &error);
    if (!message.has_question || message.flags & MS_DNS_QR) {
        ms_fail(&error, "bad_message", "the message is no query");
        return ms_lua_fail(L, &error);
    }
    ms_lua_push_dns_name(L, &message.name);
    lua_pushinteger(L, (lua_Integer)message.type);
    lua_pushboolean(L, (message.flags & MS_DNS_CD) != 0);
    lua_pushboolean(L, (message.flags & MS_DNS_RD) != 0);
    lua_pushboolean(L, message.dnssec_ok);
    return 5;
}

/* The sections of a reply, in order. */
typedef struct reply_sections {
    ms_span records[MS_DNS_SECTIONS];
    unsigned counts[MS_DNS_SECTIONS];
} reply_sections;

/* Reads pairs of records and their count from the argument `first` on. */
static void check_sections(lua_State *L, int first, reply_sections *sections)
{
    for (int i = 0; i < MS_DNS_SECTIONS; i++) {
        sections->records[i] = ms_lua_opt_span(L, first + 2 * i);
        sections->counts[i] = (unsigned)luaL_optinteger(L, first + 2 * i + 1, 0);
    }
}

/* reply(query, rcode, answers, count, authorities?, count?, additionals?, count?, flags?) -> reply to a query that
 * question() has read; the records are given as they stand in a message, and the question's name stands at octet 12.
 * A resolver's flag, RA, is set where no others are given. */
static int l_reply(lua_State *L)
{
    ms_span query = ms_lua_check_span(L, 1);
    unsigned rcode = (unsigned)luaL_checkinteger(L, 2), flags = (unsigned)luaL_optinteger(L, 9, MS_DNS_RA);
    reply_sections sections;
    ms_dns_message message;
    luaL_Buffer buffer;
    uint8_t header[12];
    ms_error error;

    check_sections(L, 3, &sections);
    if (!ms_dns_message_open(&message, query, &error))
        return ms_lua_fail(L, &error);
    flags |= MS_DNS_QR | (message.flags & (MS_DNS_RD | MS_DNS_CD)) | (rcode & 15);
    memcpy(header, query.p, 2);
    header[2] = (uint8_t)(flags >> 8);
    header[3] = (uint8_t)flags;
    header[4] = 0;
    header[5] = message.has_question;
    for (size_t i = 0; i < MS_DNS_SECTIONS; i++) {
        header[6 + 2 * i] = (uint8_t)(sections.counts[i] >> 8);
        header[7 + 2 * i] = (uint8_t)sections.counts[i];
    }
    luaL_buffinit(L, &buffer);
    luaL_addlstring(&buffer, (const char *)header, sizeof header);
    luaL_addlstring(&buffer, query.p + sizeof header, message.records_at - sizeof header);
    for (size_t i = 0; i < MS_DNS_SECTIONS; i++)
        if (sections.records[i].n > 0)
            luaL_addlstring(&buffer, sections.records[i].p, sections.records[i].n);
    luaL_pushresult(&buffer);
    return 1;
}

/* name(text, origin?) -> the name as answers spell it, and its octets on the wire | nil, message, code */
static int l_name(lua_State *L)
{
    ms_span text = ms_lua_check_span(L, 1), origin_text = ms_lua_opt_span(L, 2);
    ms_dns_name name, origin;
    ms_error error;

    if ((origin_text.p != NULL && !ms_dns_name_parse(&origin, origin_text, NULL, &error)) ||
        !ms_dns_name_parse(&name, text, origin_text.p != NULL ? &origin : NULL, &error))
        return ms_lua_fail(L, &error);
    ms_lua_push_dns_name(L, &name);
    lua_pushlstring(L, (const char *)name.octets, name.n);
    return 2;
}

/* type(type) -> its number, its name | nil, message, code */
static int l_type(lua_State *L)
{
    unsigned type;
    ms_error error;

    if (!ms_lua_dns_type(L, 1, &type, &error))
        return ms_lua_fail(L, &error);
    lua_pushinteger(L, (lua_Integer)type);
    ms_lua_push_dns_type(L, type);
    return 2;
}

/* rdata(type, tokens, origin?) -> a record's data as octets | nil, message, code */
static int l_rdata(lua_State *L)
{
    ms_span origin_text = ms_lua_opt_span(L, 3);
    ms_lua_strings tokens;
    ms_dns_name origin;
    unsigned type;
    ms_error error;
    ms_buf *buf;

    ms_lua_check_strings(L, 2, &tokens);
    if (tokens.n > TOKENS_MAX) {
        ms_fail(&error, "bad_rdata", "a record's data of more than %d fields", TOKENS_MAX);
        return ms_lua_fail(L, &error);
    }
    if (!ms_lua_dns_type(L, 1, &type, &error) ||
        (origin_text.p != NULL && !ms_dns_name_parse(&origin, origin_text, NULL, &error)))
        return ms_lua_fail(L, &error);
    buf = ms_lua_new_buf(L);
    if (!ms_dns_rdata_write(buf, type, tokens.p, tokens.n, origin_text.p != NULL ? &origin : NULL, &error))
        return ms_lua_fail(L, &error);
    lua_pushlstring(L, buf->p, buf->n);
    ms_buf_free(buf);
    return 1;
}

static const luaL_Reg zone_functions[] = {
    { "question", l_question }, { "reply", l_reply }, { "name", l_name },
    { "type", l_type },         { "rdata", l_rdata }, { NULL, NULL },
};

void ms_open_dns_zone(lua_State *L)
{
    ms_lua_setfuncs(L, zone_functions);
}
