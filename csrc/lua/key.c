/* key.c: mailseal.core.key: private keys ("mailseal.key"), and public keys as a record holds them
 * ("mailseal.public_key"). lua/mailseal/key.lua is the public face and says what each does. */
#include "lua/binding.h"

#include "base/base64.h"
#include "base/file.h"
#include "record/dkim_key_public.h"

#include <stdlib.h>

#define PUBLIC_KEY "mailseal.public_key"

typedef struct key_box {
    ms_private_key *key;
} key_box;

typedef struct public_box {
    ms_public_key *key;
} public_box;

static const char *const types[] = { "rsa", "ed25519", NULL }; /* as ms_key_type counts */

ms_private_key *ms_lua_check_private_key(lua_State *L, int index)
{
    key_box *box = luaL_checkudata(L, index, MS_LUA_KEY);

    if (box->key == NULL)
        luaL_argerror(L, index, "the key is no more");
    return box->key;
}

ms_private_key **ms_lua_new_private_key(lua_State *L)
{
    key_box *box = ms_lua_new_box(L, sizeof *box, MS_LUA_KEY);

    return &box->key;
}

/* ---- private keys */

static int key_generate(lua_State *L)
{
    ms_crypto *crypto = ms_lua_crypto(L);
    int type = luaL_checkoption(L, 1, NULL, types);
    lua_Integer bits = luaL_optinteger(L, 2, 0);
    bool force = lua_toboolean(L, 3);
    key_box *box = ms_lua_new_box(L, sizeof *box, MS_LUA_KEY);
    ms_error error;

    luaL_argcheck(L, bits >= 0 && bits <= 1000000, 2, "a number of bits");
    box->key = ms_private_key_generate(crypto, (ms_key_type)type, (unsigned)bits, force, &error);
    return box->key != NULL ? 1 : ms_lua_fail(L, &error);
}

static int key_load(lua_State *L)
{
    ms_crypto *crypto = ms_lua_crypto(L);
    ms_span pem = ms_lua_check_span(L, 1), passphrase = ms_lua_opt_span(L, 2);
    key_box *box = ms_lua_new_box(L, sizeof *box, MS_LUA_KEY);
    ms_error error;

    box->key = ms_private_key_load(crypto, pem, passphrase, &error);
    return box->key != NULL ? 1 : ms_lua_fail(L, &error);
}

static int key_gc(lua_State *L)
{
    key_box *box = luaL_checkudata(L, 1, MS_LUA_KEY);

    ms_private_key_free(box->key);
    box->key = NULL;
    return 0;
}

static int key_type(lua_State *L)
{
    lua_pushstring(L, types[ms_private_key_type(ms_lua_check_private_key(L, 1))]);
    return 1;
}

static int key_bits(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)ms_private_key_bits(ms_lua_check_private_key(L, 1)));
    return 1;
}

static int key_tostring(lua_State *L)
{
    ms_private_key *key = ms_lua_check_private_key(L, 1);

    lua_pushfstring(L, "%s: %s, %d bits", MS_LUA_KEY, types[ms_private_key_type(key)], (int)ms_private_key_bits(key));
    return 1;
}

static int key_pem(lua_State *L)
{
    ms_private_key *key = ms_lua_check_private_key(L, 1);
    ms_span passphrase = ms_lua_opt_span(L, 2);
    ms_buf *pem = ms_lua_new_secret(L);
    ms_error error;

    if (!ms_private_key_pem(key, passphrase, pem, &error))
        return ms_lua_fail(L, &error);
    lua_pushlstring(L, pem->p, pem->n);
    ms_buf_wipe(pem);
    return 1;
}

/* save(key, path, force, passphrase): the text goes to the file without ever being a Lua string. */
static int key_save(lua_State *L)
{
    ms_private_key *key = ms_lua_check_private_key(L, 1);
    ms_span path = ms_lua_check_span(L, 2), passphrase = ms_lua_opt_span(L, 4);
    ms_buf *pem = ms_lua_new_secret(L);
    ms_error error;
    bool ok;

    ok = ms_private_key_pem(key, passphrase, pem, &error) &&
         ms_file_write_secret(path, ms_buf_span(pem), lua_toboolean(L, 3), &error);
    ms_buf_wipe(pem);
    if (!ok)
        return ms_lua_fail(L, &error);
    lua_pushboolean(L, 1);
    return 1;
}

static int key_public(lua_State *L)
{
    ms_private_key *key = ms_lua_check_private_key(L, 1);
    ms_buf *octets = ms_lua_new_buf(L), *text = ms_lua_new_buf(L);
    ms_error error;

    if (!ms_private_key_public(key, octets, &error))
        return ms_lua_fail(L, &error);
    if (ms_buf_reserve(text, (octets->n + 2) / 3 * 4) == NULL) {
        ms_fail_memory(&error);
        return ms_lua_fail(L, &error);
    }
    lua_pushlstring(L, text->p, ms_base64_encode((const uint8_t *)octets->p, octets->n, text->p));
    return 1;
}

static const uint8_t *check_digest(lua_State *L, int index)
{
    ms_span digest = ms_lua_check_span(L, index);

    luaL_argcheck(L, digest.n == MS_SHA256_SIZE, index, "a SHA-256 digest has 32 octets");
    return (const uint8_t *)digest.p;
}

static int key_sign(lua_State *L)
{
    ms_private_key *key = ms_lua_check_private_key(L, 1);
    const uint8_t *digest = check_digest(L, 2);
    uint8_t signature[MS_SIGNATURE_MAX];
    size_t size;
    ms_error error;

    if (!ms_private_key_sign(key, digest, signature, &size, &error))
        return ms_lua_fail(L, &error);
    lua_pushlstring(L, (const char *)signature, size);
    return 1;
}

/* ---- does a record belong to a key? */

static int key_matches(lua_State *L)
{
    ms_crypto *crypto = ms_lua_crypto(L);
    ms_private_key *key = ms_lua_check_private_key(L, 1);
    ms_error error;

    if (!ms_dkim_key_matches(crypto, ms_lua_check_span(L, 2), key, &error))
        return ms_lua_fail(L, &error);
    lua_pushboolean(L, 1);
    return 1;
}

/* ---- public keys */

static ms_public_key *check_public(lua_State *L, int index)
{
    public_box *box = luaL_checkudata(L, index, PUBLIC_KEY);

    if (box->key == NULL)
        luaL_argerror(L, index, "the key is no more");
    return box->key;
}

static int public_new(lua_State *L)
{
    ms_crypto *crypto = ms_lua_crypto(L);
    int type = luaL_checkoption(L, 1, NULL, types);
    ms_span octets = ms_lua_check_span(L, 2);
    public_box *box = ms_lua_new_box(L, sizeof *box, PUBLIC_KEY);
    ms_error error;

    box->key = ms_public_key_new(crypto, (ms_key_type)type, octets, &error);
    return box->key != NULL ? 1 : ms_lua_fail(L, &error);
}

static int public_gc(lua_State *L)
{
    public_box *box = luaL_checkudata(L, 1, PUBLIC_KEY);

    ms_public_key_free(box->key);
    box->key = NULL;
    return 0;
}

static int public_type(lua_State *L)
{
    lua_pushstring(L, types[ms_public_key_type(check_public(L, 1))]);
    return 1;
}

static int public_bits(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)ms_public_key_bits(check_public(L, 1)));
    return 1;
}

/* verify(key, digest, signature): "good", "bad", "refused" or "failed". */
static int public_verify(lua_State *L)
{
    static const char *const names[] = {
        [MS_VERIFY_GOOD] = "good",
        [MS_VERIFY_BAD] = "bad",
        [MS_VERIFY_REFUSED] = "refused",
        [MS_VERIFY_FAILED] = "failed",
    };
    ms_public_key *key = check_public(L, 1);
    const uint8_t *digest = check_digest(L, 2);

    lua_pushstring(L, names[ms_public_key_verify(key, digest, ms_lua_check_span(L, 3))]);
    return 1;
}

/* ---- all of it */

static const luaL_Reg key_methods[] = {
    { "__gc", key_gc }, { "__tostring", key_tostring }, { "type", key_type },     { "bits", key_bits },
    { "pem", key_pem }, { "sign", key_sign },           { "public", key_public }, { "matches", key_matches },
    { NULL, NULL },
};

static const luaL_Reg public_methods[] = {
    { "__gc", public_gc },       { "type", public_type }, { "bits", public_bits },
    { "verify", public_verify }, { NULL, NULL },
};

static const luaL_Reg functions[] = {
    { "generate", key_generate }, { "load", key_load }, { "save", key_save },
    { "public_key", public_new }, { NULL, NULL },
};

int ms_open_key(lua_State *L)
{
    ms_lua_type(L, MS_LUA_KEY, key_methods);
    ms_lua_type(L, PUBLIC_KEY, public_methods);
    lua_newtable(L);
    ms_lua_setfuncs(L, functions);
    luaL_getmetatable(L, MS_LUA_KEY);
    lua_getfield(L, -1, "__index"); /* for mailseal.key to add its own methods to */
    lua_remove(L, -2);
    lua_setfield(L, -2, "methods");
    return 1;
}
