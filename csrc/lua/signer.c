/* signer.c: the types "mailseal.signer" and "mailseal.sign_stream". */
#include "lua/dkim.h"
#include "lua/mail.h"

#include "dkim/sign.h"
#include "dkim/sign_names.h"

#define SIGNER "mailseal.signer"
#define STREAM "mailseal.sign_stream"

typedef struct signer_box {
    ms_signer *signer;
} signer_box;

typedef struct stream_box {
    ms_sign_stream *stream;
    ms_buf out; /* mended octets, or octets to sign */
} stream_box;

/* ---- signers */

static ms_signer *check_signer(lua_State *L, int index)
{
    signer_box *box = luaL_checkudata(L, index, SIGNER);

    luaL_argcheck(L, box->signer != NULL, index, "the signer is no more");
    return box->signer;
}

static int signer_gc(lua_State *L)
{
    signer_box *box = luaL_checkudata(L, 1, SIGNER);

    ms_signer_free(box->signer);
    box->signer = NULL;
    return 0;
}

/* A field that is a string or nil; it lives as long as the table does. */
static ms_span string_field(lua_State *L, int index, const char *name)
{
    ms_span s = { NULL, 0 };

    lua_getfield(L, index, name);
    if (lua_isstring(L, -1))
        s.p = lua_tolstring(L, -1, &s.n);
    lua_pop(L, 1);
    return s;
}

/* signer(options): options.headers and .oversign are colon-separated strings. -> signer | nil, message, code */
static int new_signer(lua_State *L)
{
    ms_crypto *crypto = ms_lua_crypto(L);
    ms_sign_options options = {
        .header_canon = ms_lua_flag(L, 1, "relaxed_header") ? MS_RELAXED : MS_SIMPLE,
        .body_canon = ms_lua_flag(L, 1, "relaxed_body") ? MS_RELAXED : MS_SIMPLE,
        .headers = string_field(L, 1, "headers"),
        .oversign = string_field(L, 1, "oversign"),
        .expire = ms_lua_number(L, 1, "expire"),
        .body_length = ms_lua_flag(L, 1, "body_length"),
        .copy_headers = ms_lua_flag(L, 1, "copy_headers"),
        .lint = ms_lua_flag(L, 1, "lint"),
        .refuse = ms_lua_flag(L, 1, "refuse"),
        .normalize = ms_lua_flag(L, 1, "normalize"),
    };
    signer_box *box = ms_lua_new_box(L, sizeof *box, SIGNER);
    ms_error error;

    box->signer = ms_signer_new(crypto, &options, &error);
    return box->signer != NULL ? 1 : ms_lua_fail(L, &error);
}

/* signer:add { domain =, selector =, identity =, type = "rsa" | "ed25519", key = key | nil } -> true | nil, message,
 * code */
static int signer_add(lua_State *L)
{
    ms_signer *signer = check_signer(L, 1);
    ms_signing signing;
    ms_error error;

    luaL_checktype(L, 2, LUA_TTABLE);
    signing.domain = string_field(L, 2, "domain");
    signing.selector = string_field(L, 2, "selector");
    signing.identity = string_field(L, 2, "identity");
    signing.type = ms_span_eq(string_field(L, 2, "type"), MS_LIT("rsa")) ? MS_KEY_RSA : MS_KEY_ED25519;
    signing.bits = (unsigned)ms_lua_number(L, 2, "bits");
    lua_getfield(L, 2, "key");
    signing.key = lua_isnil(L, -1) ? NULL : ms_lua_check_private_key(L, -1);
    if (!ms_signer_add(signer, &signing, &error))
        return ms_lua_fail(L, &error);
    lua_pushboolean(L, 1);
    return 1;
}

/* ---- streams */

static stream_box *check_stream(lua_State *L)
{
    stream_box *box = luaL_checkudata(L, 1, STREAM);

    luaL_argcheck(L, box->stream != NULL, 1, "the stream is no more");
    return box;
}

static int stream_gc(lua_State *L)
{
    stream_box *box = luaL_checkudata(L, 1, STREAM);

    ms_sign_stream_free(box->stream);
    box->stream = NULL;
    ms_buf_free(&box->out);
    return 0;
}

/* signer:stream() */
static int signer_stream(lua_State *L)
{
    ms_signer *signer = check_signer(L, 1);
    stream_box *box = ms_lua_new_box(L, sizeof *box, STREAM);
    ms_error error;

    box->stream = ms_sign_stream_new(signer, &error);
    return box->stream != NULL ? 1 : ms_lua_fail(L, &error);
}

/* stream:start(now) */
static int stream_start(lua_State *L)
{
    ms_sign_stream_reset(check_stream(L)->stream, ms_lua_check_time(L, 2));
    return 0;
}

/* stream:write(chunk) -> mended octets ("" where nothing is normalized) | nil, message, code */
static int stream_write(lua_State *L)
{
    stream_box *box = check_stream(L);
    ms_error error;

    ms_buf_clear(&box->out);
    if (!ms_sign_stream_write(box->stream, ms_lua_check_span(L, 2), &box->out, &error))
        return ms_lua_fail(L, &error);
    lua_pushlstring(L, box->out.p ? box->out.p : "", box->out.n);
    return 1;
}

/* stream:close() -> mended octets | nil, message, code */
static int stream_close(lua_State *L)
{
    stream_box *box = check_stream(L);
    ms_error error;

    ms_buf_clear(&box->out);
    if (!ms_sign_stream_close(box->stream, &box->out, &error))
        return ms_lua_fail(L, &error);
    lua_pushlstring(L, box->out.p ? box->out.p : "", box->out.n);
    return 1;
}

/* stream:findings() -> a list of what the lint found */
static int stream_findings(lua_State *L)
{
    ms_lua_push_findings(L, ms_sign_stream_lint(check_stream(L)->stream));
    return 1;
}

static size_t check_index(lua_State *L, const stream_box *box)
{
    lua_Integer index = luaL_checkinteger(L, 2);

    luaL_argcheck(L, index >= 1 && (size_t)index <= ms_sign_stream_count(box->stream), 2, "no such signing");
    return (size_t)index - 1;
}

/* stream:sign(index) -> true | nil, message, code */
static int stream_sign(lua_State *L)
{
    stream_box *box = check_stream(L);
    size_t index = check_index(L, box);
    ms_error error;

    if (!ms_sign_stream_sign(box->stream, index, &error))
        return ms_lua_fail(L, &error);
    lua_pushboolean(L, 1);
    return 1;
}

/* stream:octets(index) -> what is to be signed, the SHA-256 of the canonical header, d=, s= | nil, message, code */
static int stream_octets(lua_State *L)
{
    stream_box *box = check_stream(L);
    size_t index = check_index(L, box);
    uint8_t digest[MS_SHA256_SIZE];
    ms_span domain, selector;
    ms_error error;

    ms_buf_clear(&box->out);
    if (!ms_sign_stream_octets(box->stream, index, &box->out, digest, &error))
        return ms_lua_fail(L, &error);
    lua_pushlstring(L, box->out.p, box->out.n);
    lua_pushlstring(L, (const char *)digest, sizeof digest);
    ms_sign_stream_who(box->stream, index, &domain, &selector);
    lua_pushlstring(L, domain.p, domain.n);
    lua_pushlstring(L, selector.p, selector.n);
    return 4;
}

/* stream:complete(index, signature) -> true | nil, message, code */
static int stream_complete(lua_State *L)
{
    stream_box *box = check_stream(L);
    size_t index = check_index(L, box);
    ms_error error;

    if (!ms_sign_stream_complete(box->stream, index, ms_lua_check_span(L, 3), &error))
        return ms_lua_fail(L, &error);
    lua_pushboolean(L, 1);
    return 1;
}

/* stream:fields() -> what is to stand before the message | nil, message, code */
static int stream_fields(lua_State *L)
{
    ms_span fields;
    ms_error error;

    if (!ms_sign_stream_fields(check_stream(L)->stream, &fields, &error))
        return ms_lua_fail(L, &error);
    lua_pushlstring(L, fields.p, fields.n);
    return 1;
}

/* default_headers() -> names, colon-separated */
static int default_headers(lua_State *L)
{
    ms_span names = ms_sign_default_headers();

    lua_pushlstring(L, names.p, names.n);
    return 1;
}

void ms_lua_add_signer(lua_State *L)
{
    static const luaL_Reg signer_methods[] = {
        { "add", signer_add },
        { "stream", signer_stream },
        { "__gc", signer_gc },
        { NULL, NULL },
    };
    static const luaL_Reg stream_methods[] = {
        { "start", stream_start },       { "write", stream_write },
        { "close", stream_close },       { "findings", stream_findings },
        { "sign", stream_sign },         { "octets", stream_octets },
        { "complete", stream_complete }, { "fields", stream_fields },
        { "__gc", stream_gc },           { NULL, NULL },
    };
    static const luaL_Reg functions[] = {
        { "signer", new_signer },
        { "default_headers", default_headers },
        { NULL, NULL },
    };

    ms_lua_type(L, SIGNER, signer_methods);
    ms_lua_type(L, STREAM, stream_methods);
    ms_lua_setfuncs(L, functions);
}
