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
    verifier_box *box = luaL_checkudata(L, 1, VERIFIER);

    luaL_argcheck(L, box->verifier != NULL, 1, "the verifier is no more");
    return box->verifier;
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

static int push_outcome(lua_State *L, ms_verifier *verifier, ms_key_cache *cache)
{
    lua_pushboolean(L, 1);
    push_names(L, verifier, cache);
    lua_pushinteger(L, (lua_Integer)ms_verifier_count(verifier));
    lua_pushinteger(L, (lua_Integer)ms_verifier_ignored(verifier));
    return 4;
}

/* verifier:close(cache | nil) -> true, names to ask for or nil, how many results there will be, how many signatures are
 * left out | nil, message, code */
static int verifier_close(lua_State *L)
{
    ms_verifier *verifier = check_verifier(L);
    ms_key_cache *cache = ms_lua_opt_key_cache(L, 2);
    ms_error error;

    if (!ms_verifier_close(verifier, &error))
        return ms_lua_fail(L, &error);
    return push_outcome(L, verifier, cache);
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
    return push_outcome(L, verifier, cache);
}

static const char *const statuses[] = { "ok",      "nodata", "nxdomain",    "servfail", "refused",
                                        "timeout", "bogus",  "unavailable", NULL };

/* verifier:answer(cache | nil, name, status, texts | nil, ttl | nil, authentic) */
static int verifier_answer(lua_State *L)
{
    ms_verifier *verifier = check_verifier(L);
    ms_key_cache *cache = ms_lua_opt_key_cache(L, 2);
    ms_span name = ms_lua_check_span(L, 3);
    ms_lua_strings text = { .n = 0 };
    ms_answer answer = { .status = (ms_answer_status)luaL_checkoption(L, 4, NULL, statuses) };
    lua_Number ttl = luaL_optnumber(L, 6, 0);

    answer.ttl = ttl > 0 && ttl < 4294967295.0 ? (uint32_t)ttl : 0;
    answer.authentic = lua_toboolean(L, 7);
    if (!lua_isnoneornil(L, 5))
        ms_lua_check_strings(L, 5, &text);
    answer.text = text.p;
    answer.n = text.n;
    ms_verifier_answer(verifier, cache, name, &answer);
    return 0;
}

/* ---- results */

static void push_span(lua_State *L, ms_span value)
{
    if (value.p == NULL)
        lua_pushnil(L);
    else
        lua_pushlstring(L, value.p, value.n);
}

static void push_number(lua_State *L, uint64_t value)
{
    if (value == MS_NO_NUMBER)
        lua_pushnil(L);
    else
        lua_pushinteger(L, (lua_Integer)value);
}

static void push_text(lua_State *L, const ms_verdict *verdict, ms_buf *scratch)
{
    const char *text = ms_reason_text(verdict->signature.reason);

    if (strchr(text, '%') == NULL) {
        lua_pushstring(L, text);
        return;
    }
    ms_buf_clear(scratch);
    ms_verdict_text(verdict, scratch);
    push_span(L, scratch->failed ? ms_span_str(text) : ms_buf_span(scratch));
}

/* h= without its folding. */
static void push_headers(lua_State *L, ms_span headers, ms_buf *scratch)
{
    char *to = NULL;
    size_t n = 0;

    ms_buf_clear(scratch);
    if (headers.p != NULL)
        to = ms_buf_reserve(scratch, headers.n + 1);
    for (size_t i = 0; to != NULL && i < headers.n; i++)
        if (!ms_is_fws(headers.p[i]))
            to[n++] = headers.p[i];
    push_span(L, ms_span_of(to, n));
}

/* The beginning of b=, for header.b of Authentication-Results (RFC 6008). */
static void push_signature(lua_State *L, const ms_signature *s)
{
    enum { OCTETS = 12 };
    char text[OCTETS / 3 * 4];

    if (s->size >= OCTETS)
        lua_pushlstring(L, text, ms_base64_encode(s->octets, OCTETS, text));
    else
        lua_pushnil(L);
}

static void push_canonicalization(lua_State *L, const ms_signature *s)
{
    static const char *const name[2][2] = {
        { "simple/simple", "simple/relaxed" },
        { "relaxed/simple", "relaxed/relaxed" },
    };

    lua_pushstring(L, name[s->header_canon][s->body_canon]);
}

/* What the signature says of itself. */
static void push_signature_tags(lua_State *L, const ms_signature *s, ms_buf *scratch)
{
    push_span(L, s->domain);
    push_span(L, s->selector);
    push_span(L, s->identity);
    push_span(L, s->algorithm);
    push_canonicalization(L, s);
    push_headers(L, s->headers, scratch);
    push_signature(L, s);
    push_number(L, s->timestamp);
    push_number(L, s->expiration);
    push_number(L, s->body_length);
}

/* What was found with its key. */
static void push_key_facts(lua_State *L, const ms_verdict *verdict)
{
    push_span(L, verdict->key_name.n > 0 ? ms_buf_span(&verdict->key_name) : (ms_span){ NULL, 0 });
    push_number(L, verdict->key_bits > 0 ? verdict->key_bits : MS_NO_NUMBER);
    lua_pushboolean(L, verdict->testing);
    lua_pushboolean(L, verdict->authentic);
    if (verdict->header_checked)
        lua_pushboolean(L, verdict->header_intact);
    else
        lua_pushnil(L);
}

/* verifier:result(index) -> the values of lua/mailseal/dkim.lua's read_result, in its order; a table is made sooner
 * there. */
static int verifier_result(lua_State *L)
{
    ms_verifier *verifier = check_verifier(L);
    verifier_box *box = lua_touserdata(L, 1);
    lua_Integer index = luaL_checkinteger(L, 2);
    const ms_verdict *verdict;
    ms_reason reason;

    luaL_argcheck(L, index >= 1 && (size_t)index <= ms_verifier_count(verifier), 2, "no such signature");
    luaL_checkstack(L, 24, "results");
    verdict = ms_verifier_verdict(verifier, (size_t)index - 1);
    reason = verdict->signature.reason;
    lua_pushstring(L, ms_result_word(ms_reason_result(reason)));
    if (reason == MS_REASON_PASS)
        lua_pushnil(L);
    else
        lua_pushstring(L, ms_reason_code(reason));
    push_text(L, verdict, &box->scratch);
    push_signature_tags(L, &verdict->signature, &box->scratch);
    push_key_facts(L, verdict);
    push_number(L, verdict->octets_unsigned);
    if (verdict->in_future)
        lua_pushboolean(L, 1);
    else
        lua_pushnil(L);
    return lua_gettop(L) - 2;
}

static void set_word(lua_State *L, const char *name, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, name);
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
        { "answer", verifier_answer }, { "result", verifier_result },
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
