/* dns_answer.c: answers as tables. What they hold, dns/answer.h and lua/mailseal/dns/resolver.lua say. */
#include "dns/answer.h"
#include "lua/dns.h"

/* Pushes the list that stands for each empty one in answers, most of which have two of them. */
static void push_none(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, "mailseal.dns.none");
}

void ms_lua_push_dns_errors(lua_State *L, const ms_dns_message *message)
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
    int size = answer->status == MS_DNS_STATUS_OK ? 1 : 0, i = 0;
    ms_dns_cursor cursor = ms_dns_message_records(message);
    ms_dns_record record;

    lua_createtable(L, size, 0);
    lua_createtable(L, has_text ? size : 0, 0);
    while (answer->status == MS_DNS_STATUS_OK && ms_dns_answer_next(answer, message, &cursor, &record)) {
        i++;
        ms_lua_push_dns_record(L, message, &record, owner, type);
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
    int list = lua_gettop(L) + 1, i = 0;

    lua_newtable(L);
    while (ms_dns_message_next(message, &cursor, &record)) {
        if (record.type != MS_DNS_NS && record.type != MS_DNS_A && record.type != MS_DNS_AAAA)
            continue;
        ms_lua_push_dns_name(L, &record.name);
        ms_lua_push_dns_type(L, record.type);
        ms_lua_push_dns_record(L, message, &record, lua_gettop(L) - 1, lua_gettop(L));
        lua_rawseti(L, list, ++i);
        lua_settop(L, list);
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
    ms_lua_push_dns_errors(L, message);
    lua_setfield(L, -2, "extended_errors");
    set_records(L, &answer, message, base + 2, base + 3);
    lua_replace(L, base + 1);
    lua_settop(L, base + 1);
}
