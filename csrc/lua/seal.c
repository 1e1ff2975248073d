/* seal.c: mailseal.core.seal: secrets sealed ("mailseal.seal_key" seals and opens), digests, random octets.
 *
 * seal.new_key() | seal.key(octets) | seal.read_key(path) -> a key of 32 octets that never leaves its userdata, other
 * than into a file: key:save(path). key:seal(secret, associated) and key:open(text, associated) are of strings;
 * key:seal_key and key:open_key of a private key of mailseal.key, whose text never becomes a Lua string. What can fail
 * returns nil, message, code.
 */
#include "lua/binding.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/random.h"

#define SEAL_KEY "mailseal.seal_key"

/* A key file holds base64, as `openssl rand -base64 32` writes it, and an end of line. */
enum { FILE_MOST = 64, TEXT_SIZE = (MS_SEAL_KEY_SIZE + 2) / 3 * 4 };

typedef struct seal_box {
    uint8_t octets[MS_SEAL_KEY_SIZE];
    bool filled;
} seal_box;

/* ---- a key to seal with */

static void wipe(volatile uint8_t *octets, size_t n)
{
    while (n > 0)
        octets[--n] = 0;
}

static seal_box *new_key(lua_State *L)
{
    return ms_lua_new_box(L, sizeof(seal_box), SEAL_KEY);
}

static seal_box *check_key(lua_State *L)
{
    seal_box *box = luaL_checkudata(L, 1, SEAL_KEY);

    luaL_argcheck(L, box->filled, 1, "the key is no more");
    return box;
}

static int seal_key_gc(lua_State *L)
{
    seal_box *box = luaL_checkudata(L, 1, SEAL_KEY);

    wipe(box->octets, sizeof box->octets);
    box->filled = false;
    return 0;
}

static int seal_key_tostring(lua_State *L)
{
    lua_pushliteral(L, SEAL_KEY);
    return 1;
}

static int seal_new_key(lua_State *L)
{
    seal_box *box = new_key(L);

    if (!ms_random(box->octets, sizeof box->octets))
        return luaL_error(L, "the system has no random numbers");
    box->filled = true;
    return 1;
}

static int seal_key(lua_State *L)
{
    ms_span octets = ms_lua_check_span(L, 1);
    seal_box *box;

    luaL_argcheck(L, octets.n == MS_SEAL_KEY_SIZE, 1, "a key to seal with has 32 octets");
    box = new_key(L);
    memcpy(box->octets, octets.p, octets.n);
    box->filled = true;
    return 1;
}

/* Decoded outside of the box first, for the decoder may write one octet more than there are. */
static bool decode(seal_box *box, ms_span text)
{
    uint8_t octets[MS_SEAL_KEY_SIZE + 3];
    size_t size = 0;

    text = ms_span_trim(text);
    box->filled =
        text.n == TEXT_SIZE && ms_base64_decode(text, octets, sizeof octets, &size) && size == MS_SEAL_KEY_SIZE;
    if (box->filled)
        memcpy(box->octets, octets, MS_SEAL_KEY_SIZE);
    wipe(octets, sizeof octets);
    return box->filled;
}

/* read_key(path) -> key, or nil, message, code: those of ms_file_read_secret, or bad_key */
static int seal_read_key(lua_State *L)
{
    ms_span path = ms_lua_check_span(L, 1);
    seal_box *box = new_key(L);
    ms_buf *text = ms_lua_new_secret(L);
    ms_error error;
    bool ok = ms_file_read_secret(path, FILE_MOST, text, &error);

    if (ok && !decode(box, ms_buf_span(text)))
        ok = ms_fail(&error, "bad_key", "%.150s holds no key to seal with: base64 of 32 octets is wanted", path.p);
    ms_buf_wipe(text);
    if (!ok)
        return ms_lua_fail(L, &error);
    lua_pop(L, 1);
    return 1;
}

/* key:save(path) -> true, or nil, message, code: those of ms_file_write_secret; a file that is there stays */
static int seal_key_save(lua_State *L)
{
    const seal_box *box = check_key(L);
    ms_span path = ms_lua_check_span(L, 2);
    ms_buf *text = ms_lua_new_secret(L);
    char *room = ms_buf_reserve(text, TEXT_SIZE + 1);
    ms_error error;
    bool ok;

    if (room != NULL) {
        text->n = ms_base64_encode(box->octets, sizeof box->octets, room);
        ms_buf_add_char(text, '\n');
        ok = ms_file_write_secret(path, ms_buf_span(text), false, &error);
    } else {
        ok = ms_fail_memory(&error);
    }
    ms_buf_wipe(text);
    if (!ok)
        return ms_lua_fail(L, &error);
    lua_pushboolean(L, 1);
    return 1;
}

/* ---- sealing and opening */

static int push_seal(lua_State *L, const seal_box *box, ms_span secret, ms_span associated)
{
    ms_crypto *crypto = ms_lua_crypto(L);
    ms_buf *text = ms_lua_new_buf(L);
    ms_error error;

    if (!ms_seal(crypto, box->octets, secret, associated, text, &error))
        return ms_lua_fail(L, &error);
    lua_pushlstring(L, text->p, text->n);
    return 1;
}

static bool unseal(lua_State *L, ms_buf *secret, ms_error *error)
{
    ms_crypto *crypto = ms_lua_crypto(L);
    const seal_box *box = check_key(L);
    ms_span text = ms_lua_check_span(L, 2), associated = ms_lua_check_span(L, 3);

    return ms_unseal(crypto, box->octets, text, associated, secret, error);
}

static int seal_key_seal(lua_State *L)
{
    const seal_box *box = check_key(L);
    ms_span secret = ms_lua_check_span(L, 2), associated = ms_lua_check_span(L, 3);

    return push_seal(L, box, secret, associated);
}

static int seal_key_open(lua_State *L)
{
    ms_buf *secret = ms_lua_new_secret(L);
    ms_error error;

    if (!unseal(L, secret, &error))
        return ms_lua_fail(L, &error);
    lua_pushlstring(L, secret->p, secret->n);
    ms_buf_wipe(secret);
    return 1;
}

static int seal_key_seal_key(lua_State *L)
{
    const seal_box *box = check_key(L);
    ms_private_key *key = ms_lua_check_private_key(L, 2);
    ms_span associated = ms_lua_check_span(L, 3);
    ms_buf *pem = ms_lua_new_secret(L);
    ms_error error;
    int results;

    if (!ms_private_key_pem(key, (ms_span){ NULL, 0 }, pem, &error))
        return ms_lua_fail(L, &error);
    results = push_seal(L, box, ms_buf_span(pem), associated);
    ms_buf_wipe(pem); /* not only when Lua gets to collecting it */
    return results;
}

static int seal_key_open_key(lua_State *L)
{
    ms_crypto *crypto = ms_lua_crypto(L);
    ms_buf *pem = ms_lua_new_secret(L);
    ms_private_key **key;
    ms_error error;

    if (!unseal(L, pem, &error))
        return ms_lua_fail(L, &error);
    key = ms_lua_new_private_key(L);
    *key = ms_private_key_load(crypto, ms_buf_span(pem), (ms_span){ NULL, 0 }, &error);
    ms_buf_wipe(pem);
    return *key != NULL ? 1 : ms_lua_fail(L, &error);
}

/* key:code(text) -> 32 octets that nobody without the key can tell: HMAC-SHA256 */
static int seal_key_code(lua_State *L)
{
    const seal_box *box = check_key(L);
    uint8_t code[MS_SHA256_SIZE];

    if (!ms_hmac_sha256(ms_span_of(box->octets, sizeof box->octets), ms_lua_check_span(L, 2), code))
        return luaL_error(L, "OpenSSL offers no HMAC here, or is out of memory");
    lua_pushlstring(L, (const char *)code, sizeof code);
    return 1;
}

/* ---- digests, comparing, chance */

/* sha256(octets) -> 32 octets */
static int seal_sha256(lua_State *L)
{
    ms_crypto *crypto = ms_lua_crypto(L);
    uint8_t digest[MS_SHA256_SIZE];

    if (!ms_sha256(crypto, ms_lua_check_span(L, 1), digest))
        return luaL_error(L, "out of memory");
    lua_pushlstring(L, (const char *)digest, sizeof digest);
    return 1;
}

/* hmac_sha256(key, octets) -> 32 octets */
static int seal_hmac_sha256(lua_State *L)
{
    uint8_t code[MS_SHA256_SIZE];

    if (!ms_hmac_sha256(ms_lua_check_span(L, 1), ms_lua_check_span(L, 2), code))
        return luaL_error(L, "OpenSSL offers no HMAC here, or is out of memory");
    lua_pushlstring(L, (const char *)code, sizeof code);
    return 1;
}

/* hmac(algorithm, key, octets) -> 32, 48 or 64 octets; the algorithm is "sha256", "sha384" or "sha512" */
static int seal_hmac(lua_State *L)
{
    static const char *const algorithms[] = { "sha256", "sha384", "sha512", NULL };
    ms_hmac_digest digest = (ms_hmac_digest)luaL_checkoption(L, 1, NULL, algorithms);
    uint8_t code[MS_HMAC_MAX];
    size_t size;

    if (!ms_hmac(digest, ms_lua_check_span(L, 2), ms_lua_check_span(L, 3), code, &size))
        return luaL_error(L, "OpenSSL offers no HMAC here, or is out of memory");
    lua_pushlstring(L, (const char *)code, size);
    return 1;
}

/* same(a, b) -> boolean, in constant time for strings of one length */
static int seal_same(lua_State *L)
{
    lua_pushboolean(L, ms_same_secret(ms_lua_check_span(L, 1), ms_lua_check_span(L, 2)));
    return 1;
}

/* random(n) -> n octets from the system, at most 1024 */
static int seal_random(lua_State *L)
{
    char octets[1024];
    lua_Integer n = luaL_checkinteger(L, 1);

    luaL_argcheck(L, n > 0 && n <= (lua_Integer)sizeof octets, 1, "1 to 1024 octets");
    if (!ms_random(octets, (size_t)n))
        return luaL_error(L, "the system has no random numbers");
    lua_pushlstring(L, octets, (size_t)n);
    return 1;
}

static const luaL_Reg key_methods[] = {
    { "__gc", seal_key_gc },           { "__tostring", seal_key_tostring }, { "save", seal_key_save },
    { "seal", seal_key_seal },         { "open", seal_key_open },           { "seal_key", seal_key_seal_key },
    { "open_key", seal_key_open_key }, { "code", seal_key_code },           { NULL, NULL },
};

static const luaL_Reg functions[] = {
    { "new_key", seal_new_key },
    { "key", seal_key },
    { "read_key", seal_read_key },
    { "sha256", seal_sha256 },
    { "hmac_sha256", seal_hmac_sha256 },
    { "same", seal_same },
    { "hmac", seal_hmac },
    { "random", seal_random },
    { NULL, NULL },
};

int ms_open_seal(lua_State *L)
{
    ms_lua_type(L, SEAL_KEY, key_methods);
    lua_newtable(L);
    ms_lua_setfuncs(L, functions);
    return 1;
}
