/* dns.c: mailseal.core.dns: the wire format for Lua. See dns/wire.h, dns/answer.h, dns/rdata.h. */
#include "lua/dns.h"
#include "base/random.h"

#include <unistd.h>

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

/* Does the text name a type that no record has? */
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

    if (is_type && !ms_dns_type_is_meta(*type))
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

static const luaL_Reg functions[] = {
    { "encode", l_encode },
    { "decode", l_decode },
    { "is_reply", l_is_reply },
    { NULL, NULL },
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
    ms_open_dns_update(L);
    return 1;
}
