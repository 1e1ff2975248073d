/* dns_record.c: DNS records as tables. Which fields a type's data has, dns/rdata.c says. */
#include "base/base64.h"
#include "lua/dns.h"

#include <arpa/inet.h>

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

void ms_lua_push_dns_record(lua_State *L, const ms_dns_message *message, const ms_dns_record *record, int name,
                            int type)
{
    lua_createtable(L, 0, 3 + fields_of(record->type));
    lua_pushvalue(L, name);
    lua_setfield(L, -2, "name");
    lua_pushvalue(L, type);
    lua_setfield(L, -2, "type");
    lua_pushinteger(L, (lua_Integer)record->ttl);
    lua_setfield(L, -2, "ttl");
    set_fields(L, message, record);
}
