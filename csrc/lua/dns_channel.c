/* dns_channel.c: mailseal.core.dns.channel. See dns/channel.h; pollfd, events and timeout are cqueues' polling
 * protocol. */
#include "dns/channel.h"
#include "lua/dns.h"

#include <limits.h>

#define TYPE "mailseal.dns.channel"

/* How many queries may be under way at a time, unless somebody says. */
enum { IN_FLIGHT = 2000 };

static ms_channel *check_channel(lua_State *L)
{
    ms_channel **box = luaL_checkudata(L, 1, TYPE);

    luaL_argcheck(L, *box != NULL, 1, "a closed channel");
    return *box;
}

/* Seconds as milliseconds, from 1 to a day. */
static unsigned check_milliseconds(lua_State *L, int index)
{
    lua_Number seconds = luaL_checknumber(L, index);

    return seconds <= 0.001 ? 1 : seconds >= 86400 ? 86400000 : (unsigned)(seconds * 1000);
}

/* channel(longest_seconds, in_flight?) -> channel | nil, message, code */
static int l_new(lua_State *L)
{
    unsigned longest_ms = check_milliseconds(L, 1);
    lua_Integer in_flight = luaL_optinteger(L, 2, IN_FLIGHT);
    ms_channel **box = lua_newuserdata(L, sizeof *box);
    ms_error error;

    luaL_argcheck(L, in_flight >= 1 && in_flight <= 1000000, 2, "how many queries may be under way");
    *box = NULL;
    luaL_getmetatable(L, TYPE);
    lua_setmetatable(L, -2);
    *box = ms_channel_new(longest_ms, (unsigned)in_flight, &error);
    return *box != NULL ? 1 : ms_lua_fail(L, &error);
}

/* close(): forgets what is under way; the channel is of no use afterwards */
static int l_close(lua_State *L)
{
    ms_channel **box = luaL_checkudata(L, 1, TYPE);

    ms_channel_free(*box);
    *box = NULL;
    return 0;
}

/* add_server(address, port) -> its number, from 1 | nil, message, code */
static int l_add_server(lua_State *L)
{
    ms_channel *channel = check_channel(L);
    ms_span address = ms_lua_check_span(L, 2);
    lua_Integer port = luaL_checkinteger(L, 3);
    unsigned number;
    ms_error error;

    if (!ms_channel_add_server(channel, address, port > 0 && port <= 0xffff ? (unsigned)port : 0, &number, &error))
        return ms_lua_fail(L, &error);
    lua_pushinteger(L, (lua_Integer)number + 1);
    return 1;
}

/* A server's number, from 0. */
static unsigned check_server(lua_State *L, int index)
{
    lua_Integer number = luaL_checkinteger(L, index);

    luaL_argcheck(L, number >= 1 && number <= INT_MAX, index, "a server's number");
    return (unsigned)number - 1;
}

/* remove_server(number) -> boolean: forgets a server, whose number may then be another's; false where it is being asked
 */
static int l_remove_server(lua_State *L)
{
    ms_channel *channel = check_channel(L);

    lua_pushboolean(L, ms_channel_remove_server(channel, check_server(L, 2)));
    return 1;
}

/* send(server, query, seconds, tcp?, left?) -> id | nil, message, code. `left` seconds it
 * may take in all, what it waits for its turn included. */
static int l_send(lua_State *L)
{
    ms_channel *channel = check_channel(L);
    unsigned server = check_server(L, 2);
    ms_channel_query query = { .octets = ms_lua_check_span(L, 3), .timeout_ms = check_milliseconds(L, 4) };
    unsigned number;
    ms_error error;

    luaL_argcheck(L, query.octets.n >= 12 && query.octets.n <= 0xffff, 3, "a query");
    query.server = server;
    query.tcp = lua_toboolean(L, 5);
    query.deadline_ms = lua_isnoneornil(L, 6) ? query.timeout_ms : check_milliseconds(L, 6);
    if (!ms_channel_send(channel, &query, &number, &error))
        return ms_lua_fail(L, &error);
    lua_pushinteger(L, (lua_Integer)number + 1);
    return 1;
}

/* cancel(id): forgets a query that has not been taken */
static int l_cancel(lua_State *L)
{
    ms_channel *channel = check_channel(L);
    lua_Integer id = luaL_checkinteger(L, 2);

    if (id >= 1)
        ms_channel_cancel(channel, (unsigned)id - 1);
    return 0;
}

/* pollfd() -> descriptor */
static int l_pollfd(lua_State *L)
{
    lua_pushinteger(L, ms_channel_fd(check_channel(L)));
    return 1;
}

/* events() -> "r" */
static int l_events(lua_State *L)
{
    lua_pushliteral(L, "r");
    return 1;
}

/* timeout() -> seconds | nil: when process() wants to be called though nothing came */
static int l_timeout(lua_State *L)
{
    int milliseconds = ms_channel_timeout(check_channel(L));

    if (milliseconds < 0)
        lua_pushnil(L);
    else
        lua_pushnumber(L, milliseconds / 1000.0);
    return 1;
}

/* process(): takes in what came */
static int l_process(lua_State *L)
{
    ms_channel_process(check_channel(L));
    return 0;
}

/* Pushes the answer that a reply is, to the question in it, which c-ares has compared with that of the query: so no
 * octets of it ever are a string. Or nil and a code. Returns how many values. */
static int push_reply(lua_State *L, const ms_completion *completion)
{
    bool truncated = completion->code == NULL && ms_dns_is_truncated(completion->reply);
    ms_dns_message message;
    ms_error error;

    if (completion->code == NULL && !truncated && ms_dns_message_open(&message, completion->reply, &error) &&
        message.has_question) {
        ms_lua_push_dns_answer(L, &message, &message.name, message.type);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, completion->code != NULL ? completion->code : truncated ? "truncated" : "bad_message");
    return 2;
}

/* take() -> id, answer | id, nil, code | nothing: the next query that is done; its id may then be another's. Codes:
 * those of dns/channel.h; truncated, where a reply did not fit a datagram; bad_message. */
static int l_take(lua_State *L)
{
    ms_completion completion;

    if (!ms_channel_take(check_channel(L), &completion))
        return 0;
    lua_pushinteger(L, (lua_Integer)completion.number + 1);
    return 1 + push_reply(L, &completion);
}

/* outstanding() -> how many queries are under way or not yet taken */
static int l_outstanding(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)ms_channel_outstanding(check_channel(L)));
    return 1;
}

static const luaL_Reg methods[] = {
    { "add_server", l_add_server },
    { "remove_server", l_remove_server },
    { "send", l_send },
    { "cancel", l_cancel },
    { "pollfd", l_pollfd },
    { "events", l_events },
    { "timeout", l_timeout },
    { "process", l_process },
    { "take", l_take },
    { "outstanding", l_outstanding },
    { "close", l_close },
    { "__gc", l_close },
    { NULL, NULL },
};

void ms_open_dns_channel(lua_State *L)
{
    ms_lua_type(L, TYPE, methods);
    lua_pushcfunction(L, l_new);
    lua_setfield(L, -2, "channel");
}
