/* dns.c: mailseal.core.dns: the wire format for Lua. See dns/wire.h, dns/answer.h, dns/rdata.h. */
#include "base/random.h"
#include "dns/answer.h"
#include "lua/binding.h"

#include <arpa/inet.h>

#define SCRATCH_TYPE "mailseal.dns.scratch"
enum { TOKENS_MAX = 4096 };

/* ---- arguments */

/* A type's code, given as its name or as its number. */
static bool to_type(lua_State *L, int index, unsigned *code, ms_error *error)
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

static bool option(lua_State *L, int index, const char *name)
{
    bool set;

    lua_getfield(L, index, name);
    set = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return set;
}

/* ---- results */

static void push_name(lua_State *L, const ms_dns_name *name)
{
    char text[MS_DNS_NAME_TEXT_MAX];

    lua_pushlstring(L, text, ms_dns_name_text(name, text));
}

static void push_type(lua_State *L, unsigned type)
{
    char text[MS_DNS_TYPE_TEXT_MAX];

    lua_pushlstring(L, text, ms_dns_type_text(type, text));
}

static void push_address(lua_State *L, int family, ms_span octets)
{
    char text[INET6_ADDRSTRLEN];

    lua_pushstring(L, inet_ntop(family, octets.p, text, sizeof text));
}

static void push_hex(lua_State *L, ms_span octets)
{
    luaL_Buffer buffer;

    luaL_buffinit(L, &buffer);
    for (size_t i = 0; i < octets.n; i++) {
        luaL_addchar(&buffer, "0123456789abcdef"[(uint8_t)octets.p[i] >> 4]);
        luaL_addchar(&buffer, "0123456789abcdef"[(uint8_t)octets.p[i] & 15]);
    }
    luaL_pushresult(&buffer);
}

static void push_strings(lua_State *L, ms_span strings)
{
    ms_span string;
    int i = 0;

    lua_createtable(L, 2, 0);
    while (ms_dns_string_next(&strings, &string)) {
        lua_pushlstring(L, string.p, string.n);
        lua_rawseti(L, -2, ++i);
    }
}

static void push_value(lua_State *L, ms_dns_kind kind, const ms_dns_value *value)
{
    switch (kind) {
    case MS_DNS_U8:
    case MS_DNS_U16:
    case MS_DNS_U32:
        lua_pushinteger(L, (lua_Integer)value->number);
        break;
    case MS_DNS_NAME:
        push_name(L, &value->name);
        break;
    case MS_DNS_IPV4:
        push_address(L, AF_INET, value->octets);
        break;
    case MS_DNS_IPV6:
        push_address(L, AF_INET6, value->octets);
        break;
    case MS_DNS_STRINGS:
        push_strings(L, value->octets);
        break;
    case MS_DNS_HEX:
        push_hex(L, value->octets);
        break;
    default:
        lua_pushlstring(L, value->octets.p, value->octets.n);
    }
}

/* Sets the fields of a record's data in the table on top. */
static void set_fields(lua_State *L, const ms_dns_message *message, const ms_dns_record *record)
{
    const ms_dns_field *field = ms_dns_type_of(record->type)->fields;
    size_t at = record->at;
    ms_dns_value value;

    for (; field->kind != MS_DNS_END; field++) {
        if (!ms_dns_field_read(message->packet, &at, record->end, field->kind, &value))
            return;
        push_value(L, field->kind, &value);
        lua_setfield(L, -2, field->name);
    }
}

/* { {code=, text=}… } */
static void push_extended_errors(lua_State *L, const ms_dns_message *message)
{
    ms_span options = message->options, text;
    unsigned code;
    int i = 0;

    lua_newtable(L);
    while (ms_dns_extended_error_next(&options, &code, &text)) {
        lua_createtable(L, 0, 2);
        lua_pushinteger(L, (lua_Integer)code);
        lua_setfield(L, -2, "code");
        lua_pushlstring(L, text.p, text.n);
        lua_setfield(L, -2, "text");
        lua_rawseti(L, -2, ++i);
    }
}

/* ---- encode */

/* encode(name, type, options?) -> query, name, type | nil, message, code. Options: id, no_recursion, no_edns,
 * dnssec_ok, checking_disabled. Name and type come back as answers spell them. */
static int l_encode(lua_State *L)
{
    ms_span name = ms_lua_check_span(L, 1);
    uint8_t octets[MS_DNS_QUERY_MAX];
    ms_dns_query query = { .id = 0 };
    ms_error error;

    if (!ms_dns_name_parse(&query.name, name, NULL, &error) || !to_type(L, 2, &query.type, &error))
        return ms_lua_fail(L, &error);
    if (!lua_isnoneornil(L, 3)) {
        luaL_checktype(L, 3, LUA_TTABLE);
        query.no_recursion = option(L, 3, "no_recursion");
        query.no_edns = option(L, 3, "no_edns");
        query.dnssec_ok = option(L, 3, "dnssec_ok");
        query.checking_disabled = option(L, 3, "checking_disabled");
        lua_getfield(L, 3, "id");
    } else {
        lua_pushnil(L);
    }
    if (lua_isnumber(L, -1))
        query.id = (uint16_t)lua_tointeger(L, -1);
    else if (!ms_random(&query.id, sizeof query.id))
        return luaL_error(L, "the system has no random numbers");
    lua_pushlstring(L, (const char *)octets, ms_dns_query_write(&query, octets));
    push_name(L, &query.name);
    push_type(L, query.type);
    return 3;
}

/* ---- decode */

/* Pushes the strings of a TXT record as one. */
static void push_text(lua_State *L, const ms_dns_message *message, const ms_dns_record *record)
{
    ms_span strings = ms_span_of(message->packet.p + record->at, record->end - record->at), string;
    luaL_Buffer buffer;

    if (strings.n > 0 && (uint8_t)strings.p[0] == strings.n - 1) {
        lua_pushlstring(L, strings.p + 1, strings.n - 1);
        return;
    }
    luaL_buffinit(L, &buffer);
    while (ms_dns_string_next(&strings, &string))
        luaL_addlstring(&buffer, string.p, string.n);
    luaL_pushresult(&buffer);
}

/* Sets `records`, and for TXT and SPF `text`, of the answer on top, whose owner and type are at the indices. */
static void set_records(lua_State *L, const ms_dns_answer *answer, const ms_dns_message *message, int owner, int type)
{
    bool has_text = answer->type == MS_DNS_TXT || answer->type == MS_DNS_SPF;
    ms_dns_cursor cursor = ms_dns_message_records(message);
    ms_dns_record record;
    int i = 0;

    lua_newtable(L);
    lua_newtable(L);
    while (answer->status == MS_DNS_STATUS_OK && ms_dns_answer_next(answer, message, &cursor, &record)) {
        i++;
        lua_createtable(L, 0, 4);
        lua_pushvalue(L, owner);
        lua_setfield(L, -2, "name");
        lua_pushvalue(L, type);
        lua_setfield(L, -2, "type");
        lua_pushinteger(L, (lua_Integer)record.ttl);
        lua_setfield(L, -2, "ttl");
        set_fields(L, message, &record);
        lua_rawseti(L, -3, i);
        if (has_text) {
            push_text(L, message, &record);
            lua_rawseti(L, -2, i);
        }
    }
    if (has_text)
        lua_setfield(L, -3, "text");
    else
        lua_pop(L, 1);
    lua_setfield(L, -2, "records");
}

static void set_chain(lua_State *L, const ms_dns_answer *answer)
{
    lua_createtable(L, (int)answer->chain_length, 0);
    for (unsigned i = 0; i < answer->chain_length; i++) {
        push_name(L, &answer->chain[i]);
        lua_rawseti(L, -2, (int)i + 1);
    }
    lua_setfield(L, -2, "chain");
}

static void set_flag(lua_State *L, const char *name, bool set)
{
    lua_pushboolean(L, set);
    lua_setfield(L, -2, name);
}

/* Pushes the answer to the question for `name` and `type`. */
static void push_answer(lua_State *L, const ms_dns_answer *answer, const ms_dns_message *message,
                        const ms_dns_name *name)
{
    int base = lua_gettop(L);

    push_name(L, name);
    if (answer->chain_length > 0)
        push_name(L, &answer->owner);
    else
        lua_pushvalue(L, base + 1);
    push_type(L, answer->type);
    lua_createtable(L, 0, 12);
    lua_pushvalue(L, base + 1);
    lua_setfield(L, -2, "name");
    lua_pushvalue(L, base + 3);
    lua_setfield(L, -2, "type");
    lua_pushstring(L, ms_dns_status_name(answer->status));
    lua_setfield(L, -2, "status");
    lua_pushstring(L, answer->reason);
    lua_setfield(L, -2, "reason");
    lua_pushinteger(L, (lua_Integer)message->rcode);
    lua_setfield(L, -2, "rcode");
    if (answer->has_ttl) {
        lua_pushinteger(L, (lua_Integer)answer->ttl);
        lua_setfield(L, -2, "ttl");
    }
    if (answer->incomplete)
        set_flag(L, "incomplete", true);
    set_flag(L, "authentic", (message->flags & MS_DNS_AD) != 0);
    set_chain(L, answer);
    push_extended_errors(L, message);
    lua_setfield(L, -2, "extended_errors");
    set_records(L, answer, message, base + 2, base + 3);
}

/* decode(reply, name, type) -> answer | nil, message, code */
static int l_decode(lua_State *L)
{
    ms_span reply = ms_lua_check_span(L, 1), text = ms_lua_check_span(L, 2);
    ms_dns_message message;
    ms_dns_answer answer;
    ms_dns_name name;
    unsigned type;
    ms_error error;

    if (!ms_dns_name_parse(&name, text, NULL, &error) || !to_type(L, 3, &type, &error) ||
        !ms_dns_message_open(&message, reply, &error))
        return ms_lua_fail(L, &error);
    ms_dns_answer_find(&answer, &message, &name, type);
    push_answer(L, &answer, &message, &name);
    return 1;
}

/* ---- dissect */

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
        lua_createtable(L, 0, 5);
        push_name(L, &record.name);
        lua_setfield(L, -2, "name");
        push_type(L, record.type);
        lua_setfield(L, -2, "type");
        lua_pushinteger(L, (lua_Integer)record.class);
        lua_setfield(L, -2, "class");
        lua_pushnumber(L, record.ttl);
        lua_setfield(L, -2, "ttl");
        set_fields(L, message, &record);
        lua_rawseti(L, top + 1 + (int)record.section, ++indices[record.section]);
    }
    lua_settop(L, top);
}

/* dissect(message) -> everything that the message holds | nil, message, code */
static int l_dissect(lua_State *L)
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
        set_flag(L, flags[i].name, (message.flags & flags[i].bit) != 0);
    if (message.has_question) {
        push_name(L, &message.name);
        lua_setfield(L, -2, "name");
        push_type(L, message.type);
        lua_setfield(L, -2, "type");
    }
    if (message.has_edns) {
        lua_pushinteger(L, (lua_Integer)message.udp_size);
        lua_setfield(L, -2, "udp_size");
    }
    push_extended_errors(L, &message);
    lua_setfield(L, -2, "extended_errors");
    set_sections(L, &message);
    return 1;
}

/* ---- what the zone transport is made of */

/* question(query) -> name, type's number, checking disabled | nil, message, code */
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
    push_name(L, &message.name);
    lua_pushinteger(L, (lua_Integer)message.type);
    lua_pushboolean(L, (message.flags & MS_DNS_CD) != 0);
    return 3;
}

/* reply(query, rcode, answers, count, authorities, count) -> reply to a query that question() has read; the records are
 * given as they stand in a message, and the question's name stands at octet 12 */
static int l_reply(lua_State *L)
{
    ms_span query = ms_lua_check_span(L, 1), answers = ms_lua_check_span(L, 3), authorities = ms_lua_check_span(L, 5);
    unsigned rcode = (unsigned)luaL_checkinteger(L, 2), flags;
    lua_Integer answers_n = luaL_checkinteger(L, 4), authorities_n = luaL_checkinteger(L, 6);
    ms_dns_message message;
    luaL_Buffer buffer;
    uint8_t header[12];
    ms_error error;

    if (!ms_dns_message_open(&message, query, &error))
        return ms_lua_fail(L, &error);
    flags = MS_DNS_QR | MS_DNS_RA | (message.flags & (MS_DNS_RD | MS_DNS_CD)) | (rcode & 15);
    memcpy(header, query.p, 2);
    header[2] = (uint8_t)(flags >> 8);
    header[3] = (uint8_t)flags;
    header[4] = 0;
    header[5] = message.has_question;
    header[6] = (uint8_t)(answers_n >> 8);
    header[7] = (uint8_t)answers_n;
    header[8] = (uint8_t)(authorities_n >> 8);
    header[9] = (uint8_t)authorities_n;
    header[10] = header[11] = 0;
    luaL_buffinit(L, &buffer);
    luaL_addlstring(&buffer, (const char *)header, sizeof header);
    luaL_addlstring(&buffer, query.p + sizeof header, message.records_at - sizeof header);
    luaL_addlstring(&buffer, answers.p, answers.n);
    luaL_addlstring(&buffer, authorities.p, authorities.n);
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
    push_name(L, &name);
    lua_pushlstring(L, (const char *)name.octets, name.n);
    return 2;
}

/* type(type) -> its number, its name | nil, message, code */
static int l_type(lua_State *L)
{
    unsigned type;
    ms_error error;

    if (!to_type(L, 1, &type, &error))
        return ms_lua_fail(L, &error);
    lua_pushinteger(L, (lua_Integer)type);
    push_type(L, type);
    return 2;
}

static int scratch_gc(lua_State *L)
{
    ms_buf_free(lua_touserdata(L, 1));
    return 0;
}

/* A buffer that is freed whatever happens; left on the stack. */
static ms_buf *push_scratch(lua_State *L)
{
    ms_buf *buf = lua_newuserdata(L, sizeof *buf);

    *buf = (ms_buf){ 0 };
    luaL_getmetatable(L, SCRATCH_TYPE);
    lua_setmetatable(L, -2);
    return buf;
}

/* rdata(type, tokens, origin?) -> a record's data as octets | nil, message, code */
static int l_rdata(lua_State *L)
{
    ms_span origin_text = ms_lua_opt_span(L, 3), *tokens;
    ms_dns_name origin;
    unsigned type;
    ms_error error;
    ms_buf *buf;
    size_t n;

    luaL_checktype(L, 2, LUA_TTABLE);
    n = lua_rawlen(L, 2);
    luaL_argcheck(L, n <= TOKENS_MAX, 2, "too many tokens");
    if (!to_type(L, 1, &type, &error) ||
        (origin_text.p != NULL && !ms_dns_name_parse(&origin, origin_text, NULL, &error)))
        return ms_lua_fail(L, &error);
    tokens = lua_newuserdata(L, (n + 1) * sizeof *tokens);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, 2, (int)i + 1);
        luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, 2, "a list of strings");
        tokens[i].p = lua_tolstring(L, -1, &tokens[i].n); /* the list keeps it */
        lua_pop(L, 1);
    }
    buf = push_scratch(L);
    if (!ms_dns_rdata_write(buf, type, tokens, n, origin_text.p != NULL ? &origin : NULL, &error))
        return ms_lua_fail(L, &error);
    lua_pushlstring(L, buf->p, buf->n);
    ms_buf_free(buf);
    return 1;
}

static const luaL_Reg scratch_methods[] = {
    { "__gc", scratch_gc },
    { NULL, NULL },
};

static const luaL_Reg functions[] = {
    { "encode", l_encode },     { "decode", l_decode }, { "dissect", l_dissect },
    { "question", l_question }, { "reply", l_reply },   { "name", l_name },
    { "type", l_type },         { "rdata", l_rdata },   { NULL, NULL },
};

int ms_open_dns(lua_State *L)
{
    ms_lua_type(L, SCRATCH_TYPE, scratch_methods);
    lua_newtable(L);
    ms_lua_setfuncs(L, functions);
    ms_open_dns_channel(L);
    return 1;
}
