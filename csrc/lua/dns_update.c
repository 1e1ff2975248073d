/* dns_update.c: of mailseal.core.dns what changes zones and signs messages. See dns/update.h, dns/tsig.h. */
#include "dns/tsig.h"
#include "dns/update.h"
#include "lua/dns.h"

enum { HEADER_SIZE = 12, MESSAGE_MOST = 0xffff };

/* Pushes a buf's octets, and frees it; nil, message, code where it could not grow. */
static int push_buf(lua_State *L, ms_buf *out)
{
    ms_error error;

    if (out->failed) {
        ms_fail_memory(&error);
        return ms_lua_fail(L, &error);
    }
    lua_pushlstring(L, out->p, out->n);
    ms_buf_free(out);
    return 1;
}

/* ---- update */

/* The operation that field 1 of the table at `index` names; raises where it names none. */
static ms_dns_operation check_operation(lua_State *L, int index)
{
    ms_dns_operation operation = 0;
    ms_span name;

    lua_rawgeti(L, index, 1);
    name = ms_lua_check_span(L, -1);
    while (operation < MS_DNS_OPERATIONS && !ms_span_eq(name, ms_span_str(ms_dns_operation_name(operation))))
        operation++;
    if (operation == MS_DNS_OPERATIONS)
        luaL_error(L, "there is no operation \"%s\" in an update", name.p);
    lua_pop(L, 1);
    return operation;
}

/* Reads the edit at `index`, of an operation. Pushes what its spans live in. */
static bool read_edit(lua_State *L, int index, ms_dns_edit *edit, ms_lua_strings *tokens, ms_error *error)
{
    lua_getfield(L, index, "name");
    if (!ms_dns_name_parse(&edit->name, ms_lua_check_span(L, -1), NULL, error))
        return false;
    lua_getfield(L, index, "type");
    if (!lua_isnil(L, -1) && !ms_lua_dns_type(L, lua_gettop(L), &edit->type, error))
        return false;
    edit->ttl = (uint32_t)ms_lua_number(L, index, "ttl");
    lua_getfield(L, index, "tokens");
    if (!lua_isnil(L, -1)) {
        ms_lua_check_strings(L, lua_gettop(L), tokens);
        edit->tokens = tokens->p;
        edit->n = tokens->n;
    }
    return true;
}

/* Appends all prerequisites, or all changes, of the list at index 3. *at is the number of the one that failed. */
static bool add_edits(lua_State *L, ms_buf *out, const ms_dns_name *zone, bool prerequisites, int *at, ms_error *error)
{
    int top = lua_gettop(L), n = (int)lua_rawlen(L, 3);

    luaL_checkstack(L, 8, "an update");
    for (*at = 1; *at <= n; ++*at) {
        ms_dns_edit edit = { 0 };
        ms_lua_strings tokens;

        lua_rawgeti(L, 3, *at);
        luaL_checktype(L, top + 1, LUA_TTABLE);
        edit.operation = check_operation(L, top + 1);
        if (ms_dns_is_prerequisite(edit.operation) == prerequisites &&
            (!read_edit(L, top + 1, &edit, &tokens, error) || !ms_dns_update_add(out, zone, &edit, error)))
            return false;
        lua_settop(L, top);
    }
    return true;
}

/* update(id, zone, edits) -> message | nil, message, code, which of the edits it is about, where it is about one. An
 * edit is { operation, name=, type=, ttl=, tokens= }; see dns/update.h. */
static int l_update(lua_State *L)
{
    lua_Integer id = luaL_checkinteger(L, 1);
    ms_span text = ms_lua_check_span(L, 2);
    ms_dns_name zone;
    ms_error error;
    ms_buf *out;
    int at;

    luaL_checktype(L, 3, LUA_TTABLE);
    luaL_argcheck(L, id >= 0 && id <= 0xffff, 1, "a message's number");
    if (!ms_dns_name_parse(&zone, text, NULL, &error))
        return ms_lua_fail(L, &error);
    out = ms_lua_new_buf(L);
    ms_dns_update_begin(out, (uint16_t)id, &zone);
    if (!add_edits(L, out, &zone, true, &at, &error) || !add_edits(L, out, &zone, false, &at, &error)) {
        ms_lua_fail(L, &error);
        lua_pushinteger(L, at);
        return 4;
    }
    return push_buf(L, out);
}

/* ---- tsig */

static void set_number(lua_State *L, const char *field, uint64_t number)
{
#if LUA_VERSION_NUM < 503 /* an integer may have 32 bits there, and every number is one of 53 */
    lua_pushnumber(L, (lua_Number)number);
#else
    lua_pushinteger(L, (lua_Integer)number);
#endif
    lua_setfield(L, -2, field);
}

/* tsig_find(message) -> { key=, algorithm=, time=, fudge=, mac=, original_id=, error=, other=, at= } | nil, message,
 * code */
static int l_tsig_find(lua_State *L)
{
    ms_dns_tsig tsig;
    ms_error error;

    if (!ms_dns_tsig_find(&tsig, ms_lua_check_span(L, 1), &error))
        return ms_lua_fail(L, &error);
    lua_createtable(L, 0, 9);
    ms_lua_push_dns_name(L, &tsig.key);
    lua_setfield(L, -2, "key");
    ms_lua_push_dns_name(L, &tsig.algorithm);
    lua_setfield(L, -2, "algorithm");
    set_number(L, "time", tsig.time);
    set_number(L, "fudge", tsig.fudge);
    set_number(L, "original_id", tsig.original_id);
    set_number(L, "error", tsig.error);
    set_number(L, "at", tsig.at);
    ms_lua_set_span(L, "mac", tsig.mac);
    ms_lua_set_span(L, "other", tsig.other);
    return 1;
}

/* The message at index 1; raises where it has not the size of one. */
static ms_span check_message(lua_State *L)
{
    ms_span message = ms_lua_check_span(L, 1);

    luaL_argcheck(L, message.n >= HEADER_SIZE && message.n <= MESSAGE_MOST, 1, "a DNS message");
    return message;
}

/* The octets in a field of the table at index 2, which keeps them; none where it is nil. */
static ms_span octets_field(lua_State *L, const char *name)
{
    ms_span octets = { NULL, 0 };

    lua_getfield(L, 2, name);
    if (lua_type(L, -1) == LUA_TSTRING)
        octets = ms_lua_check_span(L, -1);
    lua_pop(L, 1);
    return octets;
}

/* Reads the table at index 2, as of tsig_find; `at` is the message's end where it is nil. */
static bool read_tsig(lua_State *L, ms_span message, ms_dns_tsig *tsig, ms_error *error)
{
    luaL_checktype(L, 2, LUA_TTABLE);
    tsig->time = ms_lua_number(L, 2, "time") & MS_DNS_TSIG_TIME_MAX;
    tsig->fudge = (unsigned)ms_lua_number(L, 2, "fudge");
    tsig->original_id = (unsigned)ms_lua_number(L, 2, "original_id");
    tsig->error = (unsigned)ms_lua_number(L, 2, "error");
    tsig->at = (size_t)ms_lua_number(L, 2, "at");
    if (tsig->at < HEADER_SIZE || tsig->at > message.n)
        tsig->at = message.n;
    tsig->mac = octets_field(L, "mac");
    tsig->other = octets_field(L, "other");
    return ms_dns_name_parse(&tsig->key, octets_field(L, "key"), NULL, error) &&
           ms_dns_name_parse(&tsig->algorithm, octets_field(L, "algorithm"), NULL, error);
}

/* tsig_octets(message, tsig, prior?, continued?, between?) -> what the code is made over | nil, message, code */
static int l_tsig_octets(lua_State *L)
{
    ms_span message = check_message(L);
    ms_dns_tsig_context context = { ms_lua_opt_span(L, 3), ms_lua_opt_span(L, 5), lua_toboolean(L, 4) };
    ms_dns_tsig tsig;
    ms_error error;
    ms_buf *out;

    if (!read_tsig(L, message, &tsig, &error))
        return ms_lua_fail(L, &error);
    out = ms_lua_new_buf(L);
    ms_dns_tsig_octets(out, message, &tsig, &context);
    return push_buf(L, out);
}

/* tsig_append(message, tsig) -> the message with the record at its end | nil, message, code */
static int l_tsig_append(lua_State *L)
{
    ms_span message = check_message(L);
    ms_dns_tsig tsig;
    ms_error error;
    ms_buf *out;

    if (!read_tsig(L, message, &tsig, &error))
        return ms_lua_fail(L, &error);
    out = ms_lua_new_buf(L);
    if (!ms_dns_tsig_append(out, message, &tsig, &error))
        return ms_lua_fail(L, &error);
    return push_buf(L, out);
}

static const luaL_Reg functions[] = {
    { "update", l_update },
    { "tsig_find", l_tsig_find },
    { "tsig_octets", l_tsig_octets },
    { "tsig_append", l_tsig_append },
    { NULL, NULL },
};

void ms_open_dns_update(lua_State *L)
{
    ms_lua_setfuncs(L, functions);
}
