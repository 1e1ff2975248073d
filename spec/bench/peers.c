/* peers.c: what the benchmark measures mailseal against: OpenSSL alone, and libopendkim.
 *
 * A Lua module of its own (mailseal_bench), so that all contestants are called the same way, once a
 * message. The floor is the least that any implementation has to do: hash the message's octets with
 * SHA-256 once and sign, or verify, one digest, with everything fetched, loaded and initialised
 * beforehand. libopendkim, where it was found (HAVE_OPENDKIM), is used as a milter uses it
 * (spec/support/opendkim.h), its library handle made once.
 */
#include <stdbool.h>
#include <time.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <lauxlib.h>
#include <lua.h>

#define FLOOR "mailseal_bench.floor"

/* ---- the floor */

typedef struct floor_state {
    EVP_MD *sha256;
    EVP_MD_CTX *hash;
    EVP_PKEY *key;
    EVP_PKEY_CTX *sign;   /* RSA, kept initialised */
    EVP_PKEY_CTX *verify; /* RSA, kept initialised */
    EVP_MD_CTX *ed_sign;
    EVP_MD_CTX *ed_verify;
    unsigned char signature[512];
    size_t size;
} floor_state;

static floor_state *check_floor(lua_State *L)
{
    return luaL_checkudata(L, 1, FLOOR);
}

static int floor_gc(lua_State *L)
{
    floor_state *f = check_floor(L);

    EVP_MD_CTX_free(f->ed_verify);
    EVP_MD_CTX_free(f->ed_sign);
    EVP_PKEY_CTX_free(f->verify);
    EVP_PKEY_CTX_free(f->sign);
    EVP_PKEY_free(f->key);
    EVP_MD_CTX_free(f->hash);
    EVP_MD_free(f->sha256);
    *f = (floor_state){ 0 };
    return 0;
}

static EVP_PKEY_CTX *rsa_context(floor_state *f, int (*init)(EVP_PKEY_CTX *))
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, f->key, NULL);

    if (context && init(context) == 1 && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
        EVP_PKEY_CTX_set_signature_md(context, f->sha256) == 1)
        return context;
    EVP_PKEY_CTX_free(context);
    return NULL;
}

static bool floor_load(floor_state *f, const char *pem, size_t n)
{
    BIO *bio = BIO_new_mem_buf(pem, (int)n);

    f->sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    f->hash = EVP_MD_CTX_new();
    f->key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    if (!f->sha256 || !f->hash || !f->key || EVP_DigestInit_ex(f->hash, f->sha256, NULL) != 1)
        return false;
    if (EVP_PKEY_is_a(f->key, "RSA")) {
        f->sign = rsa_context(f, EVP_PKEY_sign_init);
        f->verify = rsa_context(f, EVP_PKEY_verify_init);
        return f->sign && f->verify;
    }
    f->ed_sign = EVP_MD_CTX_new();
    f->ed_verify = EVP_MD_CTX_new();
    return f->ed_sign && f->ed_verify && EVP_DigestSignInit(f->ed_sign, NULL, NULL, NULL, f->key) == 1 &&
           EVP_DigestVerifyInit(f->ed_verify, NULL, NULL, NULL, f->key) == 1;
}

static bool floor_digest(floor_state *f, const char *message, size_t n, unsigned char digest[32])
{
    unsigned size = 32;

    return EVP_DigestInit_ex(f->hash, NULL, NULL) == 1 && EVP_DigestUpdate(f->hash, message, n) == 1 &&
           EVP_DigestFinal_ex(f->hash, digest, &size) == 1;
}

static bool floor_sign_digest(floor_state *f, const unsigned char digest[32])
{
    f->size = sizeof f->signature;
    if (f->sign)
        return EVP_PKEY_sign(f->sign, f->signature, &f->size, digest, 32) == 1;
    return EVP_DigestSign(f->ed_sign, f->signature, &f->size, digest, 32) == 1;
}

static bool floor_verify_digest(floor_state *f, const unsigned char digest[32])
{
    if (f->verify)
        return EVP_PKEY_verify(f->verify, f->signature, f->size, digest, 32) == 1;
    return EVP_DigestVerify(f->ed_verify, f->signature, f->size, digest, 32) == 1;
}

/* floor:sign(message): the signature is kept, for floor:verify. */
static int floor_sign(lua_State *L)
{
    floor_state *f = check_floor(L);
    size_t n;
    const char *message = luaL_checklstring(L, 2, &n);
    unsigned char digest[32];

    if (!floor_digest(f, message, n, digest) || !floor_sign_digest(f, digest))
        return luaL_error(L, "OpenSSL cannot sign");
    return 0;
}

/* floor:verify(message): against the signature of the last message signed. */
static int floor_verify(lua_State *L)
{
    floor_state *f = check_floor(L);
    size_t n;
    const char *message = luaL_checklstring(L, 2, &n);
    unsigned char digest[32];

    if (!floor_digest(f, message, n, digest) || !floor_verify_digest(f, digest))
        return luaL_error(L, "OpenSSL cannot verify, or another message was signed");
    return 0;
}

/* floor(pem) */
static int new_floor(lua_State *L)
{
    size_t n;
    const char *pem = luaL_checklstring(L, 1, &n);
    floor_state *f = lua_newuserdata(L, sizeof *f);

    *f = (floor_state){ 0 };
    luaL_getmetatable(L, FLOOR);
    lua_setmetatable(L, -2);
    if (!floor_load(f, pem, n))
        return luaL_error(L, "OpenSSL cannot load the key");
    return 1;
}

/* ---- libopendkim */

#ifdef HAVE_OPENDKIM
#include "spec/support/opendkim.h"

#define OPENDKIM "mailseal_bench.opendkim"

typedef struct opendkim_state {
    DKIM_LIB *library;
    opendkim_zone zone;
    opendkim_options options;
} opendkim_state;

static opendkim_state *check_opendkim(lua_State *L)
{
    return luaL_checkudata(L, 1, OPENDKIM);
}

static int opendkim_gc(lua_State *L)
{
    opendkim_state *o = check_opendkim(L);

    if (o->library)
        dkim_close(o->library);
    o->library = NULL;
    return 0;
}

/* opendkim:sign(message): the header field. */
static int opendkim_lua_sign(lua_State *L)
{
    opendkim_state *o = check_opendkim(L);
    size_t n;
    const char *message = luaL_checklstring(L, 2, &n);
    char field[4096];

    if (!opendkim_sign(o->library, &o->options, message, n, field, sizeof field))
        return luaL_error(L, "libopendkim: %s", field);
    lua_pushstring(L, field);
    return 1;
}

/* opendkim:verify(message): true, or an error. */
static int opendkim_lua_verify(lua_State *L)
{
    opendkim_state *o = check_opendkim(L);
    size_t n;
    const char *message = luaL_checklstring(L, 2, &n);
    char why[512];

    if (!opendkim_verify(o->library, &o->zone, message, n, why, sizeof why))
        return luaL_error(L, "libopendkim: %s", why);
    lua_pushboolean(L, 1);
    return 1;
}

static dkim_canon_t check_canonicalization(lua_State *L, int index)
{
    static const char *const names[] = { "simple", "relaxed", NULL };

    return luaL_checkoption(L, index, NULL, names) == 1 ? DKIM_CANON_RELAXED : DKIM_CANON_SIMPLE;
}

/* opendkim(domain, selector, pem, record, "rsa" | "ed25519", header, body); the strings must outlive it. */
static int new_opendkim(lua_State *L)
{
    static const char *const types[] = { "rsa", "ed25519", NULL };
    opendkim_options options = {
        .domain = luaL_checkstring(L, 1),
        .selector = luaL_checkstring(L, 2),
        .pem = luaL_checkstring(L, 3),
        .algorithm = luaL_checkoption(L, 5, NULL, types) == 0 ? DKIM_SIGN_RSASHA256 : DKIM_SIGN_ED25519SHA256,
        .header = check_canonicalization(L, 6),
        .body = check_canonicalization(L, 7),
    };
    const char *record = luaL_checkstring(L, 4);
    opendkim_state *o = lua_newuserdata(L, sizeof *o);

    *o = (opendkim_state){ .options = options };
    luaL_getmetatable(L, OPENDKIM);
    lua_setmetatable(L, -2);
    snprintf(o->zone.record[0].name, sizeof o->zone.record[0].name, "%s._domainkey.%s", options.selector,
             options.domain);
    snprintf(o->zone.record[0].text, sizeof o->zone.record[0].text, "%s", record);
    o->zone.n = 1;
    o->library = opendkim_open(0);
    if (!o->library)
        return luaL_error(L, "libopendkim cannot be initialised");
    return 1;
}

#endif

/* ---- the machine */

/* The processor time of this process in seconds: what else runs on the machine does not count. */
static int processor_time(lua_State *L)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    lua_pushnumber(L, (lua_Number)now.tv_sec + (lua_Number)now.tv_nsec / 1e9);
    return 1;
}

static int openssl_version(lua_State *L)
{
    lua_pushstring(L, OpenSSL_version(OPENSSL_VERSION));
    return 1;
}

static void make_type(lua_State *L, const char *name, const char *const *names, const lua_CFunction *functions)
{
    luaL_newmetatable(L, name);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    for (; *names; names++, functions++) {
        lua_pushcfunction(L, *functions);
        lua_setfield(L, -2, *names);
    }
    lua_pop(L, 1);
}

static void add_function(lua_State *L, const char *name, lua_CFunction function)
{
    lua_pushcfunction(L, function);
    lua_setfield(L, -2, name);
}

__attribute__((visibility("default"))) int luaopen_mailseal_bench(lua_State *L);

int luaopen_mailseal_bench(lua_State *L)
{
    static const char *const names[] = { "sign", "verify", "__gc", NULL };

    make_type(L, FLOOR, names, (const lua_CFunction[]){ floor_sign, floor_verify, floor_gc });
    lua_newtable(L);
    add_function(L, "floor", new_floor);
#ifdef HAVE_OPENDKIM
    make_type(L, OPENDKIM, names, (const lua_CFunction[]){ opendkim_lua_sign, opendkim_lua_verify, opendkim_gc });
    add_function(L, "opendkim", new_opendkim);
#endif
    add_function(L, "processor_time", processor_time);
    add_function(L, "openssl_version", openssl_version);
    return 1;
}
