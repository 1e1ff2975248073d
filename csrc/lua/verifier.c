/* verifier.c: the type "mailseal.verifier": feed, ask, answer, read the results. */
#include "lua/dkim.h"

#include "base/base64.h"

#define VERIFIER "mailseal.verifier"

typedef struct verifier_box {
    ms_verifier *verifier;
    ms_buf scratch; /* for what a result says that stands nowhere as it is */
} verifier_box;

static ms_verifier *check_verifier(lua_State *L)
{
    return ((verifier_box *)luaL_checkudata(L, 1, VERIFIER))->verifier;
}

static int verifier_gc(lua_State *L)
{
    verifier_box *box = luaL_checkudata(L, 1, VERIFIER);

    ms_verifier_free(box->verifier);
    box->verifier = NULL;
    ms_buf_free(&box->scratch);
    return 0;
}

/* verifier(options) */
static int new_verifier(lua_State *L)
{
    ms_crypto *crypto = ms_lua_crypto(L);
    ms_verify_options options = {
        .maximum_signatures = (size_t)ms_lua_number(L, 1, "maximum_signatures"),
        .minimum_key_bits = (unsigned)ms_lua_number(L, 1, "minimum_key_bits"),
        .clock_slack = ms_lua_number(L, 1, "clock_slack"),
        .accept_body_length = ms_lua_flag(L, 1, "accept_body_length"),
        .normalize = ms_lua_flag(L, 1, "normalize"),
    };
    verifier_box *box = ms_lua_new_box(L, sizeof *box, VERIFIER);
    ms_error error;

    box->verifier = ms_verifier_new(crypto, &options, &error);
    return box->verifier != NULL ? 1 : ms_lua_fail(L, &error);
}

/* verifier:start(now) */
static int verifier_start(lua_State *L)
{
    ms_verifier_reset(check_verifier(L), ms_lua_check_time(L, 2));
    return 0;
}

/* verifier:write(chunk) -> true | nil, message, code */
static int verifier_write(lua_State *L)
{
    ms_verifier *verifier = check_verifier(L);
    ms_error error;

    if (!ms_verifier_write(verifier, ms_lua_check_span(L, 2), &error))
        return ms_lua_fail(L, &error);
    lua_pushboolean(L, 1);
    return 1;
}

/* Pushes the list of names to ask for, or nil where everything is decided. A name may stand in it twice. */
static void push_names(lua_State *L, ms_verifier *verifier, ms_key_cache *cache)
{
    size_t cursor = 0;
    ms_span name;
    int n = 0;

    lua_pushnil(L);
    while (ms_verifier_ask(verifier, cache, &cursor, &name)) {
        if (n == 0) {
            lua_pop(L, 1);
            lua_newtable(L);
        }
        lua_pushlstring(L, name.p, name.n);
        lua_rawseti(L, -2, ++n);
    }
}

/* verifier:close(cache | nil) -> true, names to ask for or nil | nil, message, code */
static int verifier_close(lua_State *L)
{
    ms_verifier *verifier = check_verifier(L);
    ms_key_cache *cache = ms_lua_opt_key_cache(L, 2);
    ms_error error;

    if (!ms_verifier_close(verifier, &error))
        return ms_lua_fail(L, &error);
    lua_pushboolean(L, 1);
    push_names(L, verifier, cache);
    return 2;
}

/* verifier:whole(message, now, cache | nil): start, write and close in one call. */
static int verifier_whole(lua_State *L)
{
    ms_verifier *verifier = check_verifier(L);
    ms_span message = ms_lua_check_span(L, 2);
    uint64_t now = ms_lua_check_time(L, 3);
    ms_key_cache *cache = ms_lua_opt_key_cache(L, 4);
    ms_error error;

    ms_verifier_reset(verifier, now);
    if (!ms_verifier_write(verifier, message, &error) || !ms_verifier_close(verifier, &error))
        return ms_lua_fail(L, &error);
    lua_pushboolean(L, 1);
    push_names(L, verifier, cache);
    return 2;
}

static const char *const statuses[] = { "ok",      "nodata", "nxdomain",    "servfail", "refused",
                                        "timeout", "bogus",  "unavailable", NULL };

/* verifier:answer(cache | nil, name, status, texts | nil, ttl | nil, authentic) */
static int verifier_answer(lua_State *L)
{
    ms_verifier *verifier = check_verifier(L);
    ms_key_cache *cache = ms_lua_opt_key_cache(L, 2);
    ms_span name = ms_lua_check_span(L, 3), *text;
    ms_answer answer = { .status = (ms_answer_status)luaL_checkoption(L, 4, NULL, statuses) };
    lua_Number ttl = luaL_optnumber(L, 6, 0);

    answer.ttl = ttl > 0 && ttl < 4294967295.0 ? (uint32_t)ttl : 0;
    answer.authentic = lua_toboolean(L, 7);
    answer.n = lua_istable(L, 5) ? lua_rawlen(L, 5) : 0;
    text = lua_newuserdata(L, (answer.n + 1) * sizeof *text);
    luaL_checkstack(L, (int)(answer.n < 1000 ? answer.n : 1000) + 4, "too many TXT records");
    for (size_t i = 0; i < answer.n; i++) {
        /* Left on the stack's table, the string stays alive. */
        lua_rawgeti(L, 5, (int)i + 1);
        text[i] = ms_lua_check_span(L, -1);
        lua_pop(L, 1);
    }
    answer.text = text;
    ms_verifier_answer(verifier, cache, name, &answer);
    return 0;
}

/* ---- results: tables with the fields that lua/mailseal/dkim.lua documents */

static void set_span(lua_State *L, const char *name, ms_span value)
{
    if (value.p == NULL)
        return;
    lua_pushlstring(L, value.p, value.n);
    lua_setfield(L, -2, name);
}

static void set_word(lua_State *L, const char *name, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, name);
}

static void set_integer(lua_State *L, const char *name, uint64_t value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, name);
}

static void set_flag(lua_State *L, const char *name, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, name);
}

/* A number that may be absent. */
static void set_optional(lua_State *L, const char *name, uint64_t value)
{
    if (value != MS_NO_NUMBER)
        set_integer(L, name, value);
}

static void set_text(lua_State *L, const ms_verdict *verdict, ms_buf *scratch)
{
    ms_buf_clear(scratch);
    ms_verdict_text(verdict, scratch);
    set_span(L, "text", scratch->failed ? MS_LIT("") : ms_buf_span(scratch));
}

/* h= without its folding. */
static void set_headers(lua_State *L, ms_span headers, ms_buf *scratch)
{
    char *to = headers.p ? ms_buf_reserve(scratch, headers.n) : NULL;
    size_t n = 0;

    if (to == NULL)
        return;
    for (size_t i = 0; i < headers.n; i++)
        if (!ms_is_fws(headers.p[i]))
            to[n++] = headers.p[i];
    set_span(L, "headers", ms_span_of(to, n));
}

/* The beginning of b=, for header.b of Authentication-Results (RFC 6008). */
static void set_signature(lua_State *L, const ms_signature *s)
{
    enum { OCTETS = 12 };
    char text[OCTETS / 3 * 4];

    if (s->size >= OCTETS)
        set_span(L, "signature", ms_span_of(text, ms_base64_encode(s->octets, OCTETS, text)));
}

static void set_canonicalization(lua_State *L, const ms_signature *s)
{
    static const char *const name[2][2] = {
        { "simple/simple", "simple/relaxed" },
        { "relaxed/simple", "relaxed/relaxed" },
    };

    set_word(L, "canonicalization", name[s->header_canon][s->body_canon]);
}

/* What was seen in the signature itself. */
static void set_seen(lua_State *L, const ms_signature *s, ms_buf *scratch)
{
    set_span(L, "domain", s->domain);
    set_span(L, "selector", s->selector);
    set_span(L, "identity", s->identity);
    set_span(L, "algorithm", s->algorithm);
    set_canonicalization(L, s);
    set_headers(L, s->headers, scratch);
    set_signature(L, s);
    set_optional(L, "timestamp", s->timestamp);
    set_optional(L, "expiration", s->expiration);
    set_optional(L, "body_length", s->body_length);
}

static void push_result(lua_State *L, const ms_verdict *verdict, ms_buf *scratch)
{
    const ms_signature *s = &verdict->signature;

    lua_createtable(L, 0, 20);
    set_word(L, "result", ms_result_word(ms_reason_result(s->reason)));
    if (s->reason != MS_REASON_PASS)
        set_word(L, "reason", ms_reason_code(s->reason));
    set_text(L, verdict, scratch);
    set_seen(L, s, scratch);
    if (verdict->in_future)
        set_flag(L, "in_future", true);
    if (verdict->key_name.n > 0)
        set_span(L, "key_name", ms_buf_span(&verdict->key_name));
    set_integer(L, "octets_unsigned", verdict->octets_unsigned);
    set_flag(L, "testing", verdict->testing);
    set_flag(L, "authenticated_data", verdict->authentic);
    if (verdict->key_bits == 0)
        return;
    set_integer(L, "key_bits", verdict->key_bits);
    set_flag(L, "header_intact", verdict->header_intact);
}

/* verifier:results() -> a list of results, from the top of the header down, and how many signatures were left out */
static int verifier_results(lua_State *L)
{
    ms_verifier *verifier = check_verifier(L);
    verifier_box *box = lua_touserdata(L, 1);
    size_t n = ms_verifier_count(verifier);

    lua_createtable(L, (int)n, 0);
    for (size_t i = 0; i < n; i++) {
        push_result(L, ms_verifier_verdict(verifier, i), &box->scratch);
        lua_rawseti(L, -2, (int)i + 1);
    }
    lua_pushinteger(L, (lua_Integer)ms_verifier_ignored(verifier));
    return 2;
}

/* reasons() -> { { code =, result =, text = } … } */
static int reasons(lua_State *L)
{
    lua_createtable(L, MS_REASON_COUNT - 1, 0);
    for (int i = 1; i < MS_REASON_COUNT; i++) {
        lua_createtable(L, 0, 3);
        set_word(L, "code", ms_reason_code((ms_reason)i));
        set_word(L, "result", ms_result_word(ms_reason_result((ms_reason)i)));
        set_word(L, "text", ms_reason_text((ms_reason)i));
        lua_rawseti(L, -2, i);
    }
    return 1;
}

void ms_lua_add_verifier(lua_State *L)
{
    static const luaL_Reg methods[] = {
        { "start", verifier_start },   { "write", verifier_write },
        { "close", verifier_close },   { "whole", verifier_whole },
        { "answer", verifier_answer }, { "results", verifier_results },
        { "__gc", verifier_gc },       { NULL, NULL },
    };
    static const luaL_Reg functions[] = {
        { "verifier", new_verifier },
        { "reasons", reasons },
        { NULL, NULL },
    };

    ms_lua_type(L, VERIFIER, methods);
    ms_lua_setfuncs(L, functions);
}
