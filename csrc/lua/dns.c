/* dns.c: mailseal.core.dns: the wire format for Lua. See dns/wire.h, dns/answer.h, dns/rdata.h. */
#include "lua/dns.h"
#include "base/base64.h"
#include "base/random.h"
#include "dns/answer.h"

#include <arpa/inet.h>
#include <unistd.h>

/* ---- results */

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

/* Four characters at a time, for there may be 64 KB of them. */
static void push_base64(lua_State *L, ms_span octets)
{
    luaL_Buffer buffer;
    char four[4];

    luaL_buffinit(L, &buffer);
    for (size_t i = 0; i < octets.n; i += 3) {
        size_t n = octets.n - i < 3 ? octets.n - i : 3;

        luaL_addlstring(&buffer, four, ms_base64_encode((const uint8_t *)octets.p + i, n, four));
    }
    luaL_pushresult(&buffer);
}

static void push_strings(lua_State *L, ms_span strings)
{
    ms_span string;
    int i = 0;

    lua_createtable(L, 1, 0);
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
    case MS_DNS_TIME:
        lua_pushinteger(L, (lua_Integer)value->number);
        break;
    case MS_DNS_TYPE:
        ms_lua_push_dns_type(L, value->number);
        break;
    case MS_DNS_NAME:
        ms_lua_push_dns_name(L, &value->name);
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
    case MS_DNS_BASE64:
        push_base64(L, value->octets);
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

/* How many fields the data of a record of that type has. */
static int fields_of(unsigned type)
{
    const ms_dns_field *field = ms_dns_type_of(type)->fields;
    int n = 0;

    while (field[n].kind != MS_DNS_END)
        n++;
    return n;
}

/* Pushes the list that stands for each empty one in answers, most of which have two of them. */
static void push_none(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, "mailseal.dns.none");
}

/* { {code=, text=}… } */
static void push_extended_errors(lua_State *L, const ms_dns_message *message)
{
    ms_span options = message->options, text;
    unsigned code;
    int i = 0;

    if (options.n == 0) {
        push_none(L);
        return;
    }
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

/* ---- spelling */

/* Is the text surely as ms_dns_name_text would write it? */
static bool is_plain_name(ms_span text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (!((c >= 'a' && c <= 'z') || ms_is_digit(c) || c == '-' || c == '_' || c == '.'))
            return false;
    }
    return text.n > 0 && text.p[text.n - 1] != '.';
}

/* Pushes the name that was read from the string at `index`: that string again, where it is spelled as answers do. */
static void push_same_name(lua_State *L, int index, const ms_dns_name *name)
{
    if (is_plain_name(ms_lua_check_span(L, index)))
        lua_pushvalue(L, index);
    else
        ms_lua_push_dns_name(L, name);
}

/* The same of a type. */
static void push_same_type(lua_State *L, int index, unsigned type)
{
    const char *name = ms_dns_type_of(type)->name;

    if (ms_dns_type_of(type)->code == type && lua_type(L, index) == LUA_TSTRING &&
        ms_span_eq(ms_lua_check_span(L, index), ms_span_str(name)))
        lua_pushvalue(L, index);
    else
        ms_lua_push_dns_type(L, type);
}

/* ---- encode */

/* Random numbers for queries to come, for asking the system costs more than all else about a query. */
typedef struct id_pool {
    pid_t process; /* which filled it: one that was forked off must not use the same numbers */
    unsigned left;
    uint16_t ids[128];
} id_pool;

static bool next_id(id_pool *pool, uint16_t *id)
{
    pid_t process = getpid();

    if (pool->left == 0 || pool->process != process) {
        if (!ms_random(pool->ids, sizeof pool->ids))
            return false;
        pool->left = sizeof pool->ids / sizeof *pool->ids;
        pool->process = process;
    }
    *id = pool->ids[--pool->left];
    return true;
}

/* Types of questions alone, and of what stands in messages but in no zone (RFC 6895 §3.1). */
static bool is_no_record_type(unsigned type)
{
    return type == MS_DNS_OPT || (type >= 128 && type <= 255);
}

/* Does the text name one of them? */
static bool names_no_record_type(ms_span text)
{
    static const char *const names[] = { "ANY", "AXFR", "IXFR", "MAILA", "MAILB", "TKEY", "TSIG", "NXNAME" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (ms_span_ieq(text, ms_span_str(names[i])))
            return true;
    return false;
}

/* Reads the type to be asked for. */
static bool asked_type(lua_State *L, int index, unsigned *type, ms_error *error)
{
    bool is_type = ms_lua_dns_type(L, index, type, error);
    ms_span text;

    if (is_type && !is_no_record_type(*type))
        return true;
    text = ms_lua_check_span(L, index);
    if (is_type || names_no_record_type(text))
        return ms_fail(error, "bad_type", "%.40s is a type that no record has: ask for each type of record by its name",
                       text.p);
    return ms_fail(error, "bad_type", "\"%.40s\" is no record type: name one, such as TXT, or give TYPE1 to TYPE65535",
                   text.p);
}

/* encode(name, type, options?) -> query, name, type | nil, message, code. Options: id, no_recursion, no_edns,
 * dnssec_ok, checking_disabled. Name and type come back as answers spell them. */
static int l_encode(lua_State *L)
{
    ms_span name = ms_lua_check_span(L, 1);
    uint8_t octets[MS_DNS_QUERY_MAX];
    ms_dns_query query = { .id = 0 };
    ms_error error;

    if (!ms_dns_name_parse(&query.name, name, NULL, &error) || !asked_type(L, 2, &query.type, &error))
        return ms_lua_fail(L, &error);
    if (!lua_isnoneornil(L, 3)) {
        luaL_checktype(L, 3, LUA_TTABLE);
        query.no_recursion = ms_lua_flag(L, 3, "no_recursion");
        query.no_edns = ms_lua_flag(L, 3, "no_edns");
        query.dnssec_ok = ms_lua_flag(L, 3, "dnssec_ok");
        query.checking_disabled = ms_lua_flag(L, 3, "checking_disabled");
        lua_getfield(L, 3, "id");
    } else {
        lua_pushnil(L);
    }
    if (lua_isnumber(L, -1))
        query.id = (uint16_t)lua_tointeger(L, -1);
    else if (!next_id(lua_touserdata(L, lua_upvalueindex(1)), &query.id))
        return luaL_error(L, "the system has no random numbers");
    lua_pushlstring(L, (const char *)octets, ms_dns_query_write(&query, octets));
    push_same_name(L, 1, &query.name);
    push_same_type(L, 2, query.type);
    return 3;
}

/* ---- decode */

/* Pushes the strings of the TXT record that is on top as one. */
static void push_text(lua_State *L, const ms_dns_message *message, const ms_dns_record *record)
{
    ms_span strings = ms_span_of(message->packet.p + record->at, record->end - record->at), string;
    luaL_Buffer buffer;

    if (strings.n > 0 && (uint8_t)strings.p[0] == strings.n - 1) {
        lua_getfield(L, -1, "strings");
        lua_rawgeti(L, -1, 1);
        lua_remove(L, -2);
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
    int size = answer->status == MS_DNS_STATUS_OK ? 1 : 0, fields = 3 + fields_of(answer->type), i = 0;
    ms_dns_cursor cursor = ms_dns_message_records(message);
    ms_dns_record record;

    lua_createtable(L, size, 0);
    lua_createtable(L, has_text ? size : 0, 0);
    while (answer->status == MS_DNS_STATUS_OK && ms_dns_answer_next(answer, message, &cursor, &record)) {
        i++;
        lua_createtable(L, 0, fields);
        lua_pushvalue(L, owner);
        lua_setfield(L, -2, "name");
        lua_pushvalue(L, type);
        lua_setfield(L, -2, "type");
        lua_pushinteger(L, (lua_Integer)record.ttl);
        lua_setfield(L, -2, "ttl");
        set_fields(L, message, &record);
        if (has_text) {
            push_text(L, message, &record);
            lua_rawseti(L, -3, i);
        }
        lua_rawseti(L, -3, i);
    }
    if (has_text)
        lua_setfield(L, -3, "text");
    else
        lua_pop(L, 1);
    lua_setfield(L, -2, "records");
}

static void set_chain(lua_State *L, const ms_dns_answer *answer)
{
    if (answer->chain_length == 0)
        push_none(L);
    else
        lua_createtable(L, (int)answer->chain_length, 0);
    for (unsigned i = 0; i < answer->chain_length; i++) {
        ms_lua_push_dns_name(L, &answer->chain[i]);
        lua_rawseti(L, -2, (int)i + 1);
    }
    lua_setfield(L, -2, "chain");
}

/* Sets `delegation` of the answer on top to what a referral holds: NS records, and the servers' addresses where it has
 * any. */
static void set_delegation(lua_State *L, const ms_dns_message *message)
{
    ms_dns_cursor cursor = ms_dns_message_records(message);
    ms_dns_record record;
    int i = 0;

    lua_newtable(L);
    while (ms_dns_message_next(message, &cursor, &record)) {
        if (record.type != MS_DNS_NS && record.type != MS_DNS_A && record.type != MS_DNS_AAAA)
            continue;
        lua_createtable(L, 0, 4);
        ms_lua_push_dns_name(L, &record.name);
        lua_setfield(L, -2, "name");
        ms_lua_push_dns_type(L, record.type);
        lua_setfield(L, -2, "type");
        lua_pushinteger(L, (lua_Integer)record.ttl);
        lua_setfield(L, -2, "ttl");
        set_fields(L, message, &record);
        lua_rawseti(L, -2, ++i);
    }
    lua_setfield(L, -2, "delegation");
}

/* Sets what is told of few answers: where a chain ends, which zone denies, and whom a referral names. */
static void set_rarities(lua_State *L, const ms_dns_answer *answer, const ms_dns_message *message)
{
    if (answer->incomplete)
        ms_lua_set_flag(L, "incomplete", true);
    if (answer->dangling)
        ms_lua_set_flag(L, "dangling", true);
    if (answer->is_signed)
        ms_lua_set_flag(L, "signed", true);
    if (answer->zone.n > 0) {
        ms_lua_push_dns_name(L, &answer->zone);
        lua_setfield(L, -2, "zone");
    }
    if (answer->referral)
        set_delegation(L, message);
}

void ms_lua_push_dns_answer(lua_State *L, const ms_dns_message *message, const ms_dns_name *name, unsigned type)
{
    int base = lua_gettop(L);
    ms_dns_answer answer;

    ms_dns_answer_find(&answer, message, name, type);
    ms_lua_push_dns_name(L, name);
    if (answer.chain_length > 0)
        ms_lua_push_dns_name(L, &answer.owner);
    else
        lua_pushvalue(L, base + 1);
    ms_lua_push_dns_type(L, type);
    lua_createtable(L, 0, 16);
    lua_pushvalue(L, base + 1);
    lua_setfield(L, -2, "name");
    lua_pushvalue(L, base + 3);
    lua_setfield(L, -2, "type");
    lua_pushstring(L, ms_dns_status_name(answer.status));
    lua_setfield(L, -2, "status");
    if (answer.reason != NULL) {
        lua_pushstring(L, answer.reason);
        lua_setfield(L, -2, "reason");
    }
    lua_pushinteger(L, (lua_Integer)message->rcode);
    lua_setfield(L, -2, "rcode");
    if (answer.has_ttl) {
        lua_pushinteger(L, (lua_Integer)answer.ttl);
        lua_setfield(L, -2, "ttl");
    }
    set_rarities(L, &answer, message);
    ms_lua_set_flag(L, "authentic", (message->flags & MS_DNS_AD) != 0);
    ms_lua_set_flag(L, "authoritative", (message->flags & MS_DNS_AA) != 0);
    set_chain(L, &answer);
    push_extended_errors(L, message);
    lua_setfield(L, -2, "extended_errors");
    set_records(L, &answer, message, base + 2, base + 3);
    lua_replace(L, base + 1);
    lua_settop(L, base + 1);
}

/* decode(reply, name, type) -> answer | nil, message, code */
static int l_decode(lua_State *L)
{
    ms_span reply = ms_lua_check_span(L, 1), text = ms_lua_check_span(L, 2);
    ms_dns_message message;
    ms_dns_name name;
    unsigned type;
    ms_error error;

    if (!ms_dns_name_parse(&name, text, NULL, &error) || !ms_lua_dns_type(L, 3, &type, &error) ||
        !ms_dns_message_open(&message, reply, &error))
        return ms_lua_fail(L, &error);
    ms_lua_push_dns_answer(L, &message, &name, type);
    return 1;
}

/* is_reply(query, octets) -> whether they are a reply to it */
static int l_is_reply(lua_State *L)
{
    lua_pushboolean(L, ms_dns_is_reply(ms_lua_check_span(L, 1), ms_lua_check_span(L, 2)));
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
        ms_lua_push_dns_name(L, &record.name);
        lua_setfield(L, -2, "name");
        ms_lua_push_dns_type(L, record.type);
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
    push_extended_errors(L, &message);
    lua_setfield(L, -2, "extended_errors");
    set_sections(L, &message);
    return 1;
}

static const luaL_Reg functions[] = {
    { "encode", l_encode },   { "decode", l_decode }, { "is_reply", l_is_reply },
    { "dissect", l_dissect }, { NULL, NULL },
};

int ms_open_dns(lua_State *L)
{
    lua_newtable(L);
    lua_setfield(L, LUA_REGISTRYINDEX, "mailseal.dns.none");
    lua_newtable(L);
    ms_lua_setfuncs(L, functions);
    memset(lua_newuserdata(L, sizeof(id_pool)), 0, sizeof(id_pool));
    lua_pushcclosure(L, l_encode, 1);
    lua_setfield(L, -2, "encode");
    ms_open_dns_zone(L);
    ms_open_dns_channel(L);
    return 1;
}
