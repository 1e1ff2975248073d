/* public_key.c: keys out of DNS, and signatures checked with them. See crypto.h.
 *
 * A key keeps the OpenSSL context in which it was set up to verify, so that another signature by it
 * costs the bare operation. What OpenSSL would let through is refused here: e = 1 or as long as the
 * modulus, octets behind the DER, Ed25519 points of small order (by which any message verifies).
 * A key that the system's policy does not let us use is still a key; verifying with it says REFUSED.
 */
#include "crypto/der.h"
#include "crypto/openssl.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <stdlib.h>

struct ms_public_key {
    ms_key_type type;
    unsigned bits;
    ms_verify_result usable; /* GOOD, or why it cannot verify */
    EVP_PKEY *pkey;
    EVP_PKEY_CTX *rsa;   /* set up to verify */
    EVP_MD_CTX *ed25519; /* the same */
};

/* The y coordinates of the points of order 1, 2, 4 and 8, little-endian, those first that are written the canonical
 * way; the last two are 0 and 1 with the field's prime added. The sign of x, the top bit, is left out. */
static const uint8_t small_order[][MS_ED25519_KEY_SIZE] = {
    { 0 },
    { 1 },
    { 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
    { 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
      0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
    { 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
      0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
    { 0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
    { 0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
};

static bool is_small_order(const uint8_t y[MS_ED25519_KEY_SIZE])
{
    for (size_t i = 0; i < sizeof small_order / sizeof small_order[0]; i++) {
        if (memcmp(y, small_order[i], MS_ED25519_KEY_SIZE) == 0)
            return true;
    }
    return false;
}

/* Is y, little-endian, the field's prime 2^255 - 19 or more (RFC 8032 §5.1.3)? */
static bool is_beyond_prime(const uint8_t y[MS_ED25519_KEY_SIZE])
{
    if (y[0] < 0xed || y[MS_ED25519_KEY_SIZE - 1] != 0x7f)
        return false;
    for (size_t i = 1; i < MS_ED25519_KEY_SIZE - 1; i++) {
        if (y[i] != 0xff)
            return false;
    }
    return true;
}

static bool check_ed25519(ms_span octets, ms_error *error)
{
    uint8_t y[MS_ED25519_KEY_SIZE];
    ms_der_kind kind;

    if (octets.n != MS_ED25519_KEY_SIZE) {
        kind = ms_der_public_key(octets).kind;
        if (kind == MS_DER_ED25519)
            return ms_fail(error, "key_is_spki",
                           "the key is wrapped in a SubjectPublicKeyInfo; RFC 8463 wants its last 32 octets alone");
        if (kind != MS_DER_BROKEN)
            return ms_fail(error, "key_wrong_type", "the record says Ed25519, but the key is of another type");
        return ms_fail(error, "key_malformed", "an Ed25519 key has 32 octets, this one %zu", octets.n);
    }
    memcpy(y, octets.p, sizeof y);
    y[sizeof y - 1] &= 0x7f;
    if (is_small_order(y))
        return ms_fail(error, "key_small_order", "the key is a point of small order, by which any message verifies");
    if (is_beyond_prime(y))
        return ms_fail(error, "key_malformed", "the key is no point in canonical form");
    return true;
}

static bool check_exponent(ms_span e, ms_error *error)
{
    bool is_one = e.n == 1 && e.p[0] == 1;

    if (ms_der_odd(e) && !is_one && e.n * 8 <= MS_RSA_EXPONENT_MAX_BITS)
        return true;
    return ms_fail(error, "key_bad_exponent", "the key's public exponent is not an odd number from 3 to 2^%d",
                   MS_RSA_EXPONENT_MAX_BITS);
}

static bool check_rsa(ms_span octets, ms_der_key *rsa, ms_error *error)
{
    unsigned bits;

    *rsa = ms_der_public_key(octets);
    if (rsa->kind == MS_DER_BROKEN && octets.n == MS_ED25519_KEY_SIZE)
        return ms_fail(error, "key_malformed", "the record says RSA, but the key has 32 octets, as Ed25519 keys have");
    if (rsa->kind == MS_DER_BROKEN)
        return ms_fail(error, "key_malformed", "the key is not the DER of one RSA public key; it may be cut short");
    if (rsa->kind != MS_DER_RSA)
        return ms_fail(error, "key_wrong_type", "the record says RSA, but the key is of another type");
    bits = ms_der_bits(rsa->modulus);
    if (bits < MS_RSA_MIN_BITS)
        return ms_fail(error, "key_too_small", "the key has %u bits, fewer than the %d of RFC 8301", bits,
                       MS_RSA_MIN_BITS);
    if (bits > MS_RSA_MAX_BITS)
        return ms_fail(error, "key_too_large", "the key has %u bits, more than the %d that are read", bits,
                       MS_RSA_MAX_BITS);
    if (!ms_der_odd(rsa->modulus))
        return ms_fail(error, "key_malformed", "the key's modulus is even, so it is no RSA key");
    return check_exponent(rsa->exponent, error);
}

bool ms_public_key_check(ms_key_type type, ms_span octets, unsigned *bits, ms_error *error)
{
    ms_der_key rsa;

    if (type == MS_KEY_RSA ? !check_rsa(octets, &rsa, error) : !check_ed25519(octets, error))
        return false;
    *bits = type == MS_KEY_RSA ? ms_der_bits(rsa.modulus) : MS_ED25519_KEY_SIZE * 8;
    return true;
}

/* A big-endian number as a parameter, whose octets stand in the machine's order in `room`. */
static OSSL_PARAM number(const char *name, ms_span value, uint8_t *room)
{
    const uint16_t one = 1;
    bool little = *(const uint8_t *)&one == 1;

    for (size_t i = 0; i < value.n; i++)
        room[little ? value.n - 1 - i : i] = (uint8_t)value.p[i];
    return OSSL_PARAM_construct_BN(name, room, value.n);
}

static void import_rsa(ms_crypto *crypto, ms_public_key *key, const ms_der_key *rsa)
{
    uint8_t n[MS_RSA_MAX_BITS / 8], e[MS_RSA_EXPONENT_MAX_BITS / 8];
    OSSL_PARAM parameters[] = {
        number(OSSL_PKEY_PARAM_RSA_N, rsa->modulus, n),
        number(OSSL_PKEY_PARAM_RSA_E, rsa->exponent, e),
        OSSL_PARAM_construct_end(),
    };

    key->bits = ms_der_bits(rsa->modulus);
    if (EVP_PKEY_fromdata(crypto->rsa, &key->pkey, EVP_PKEY_PUBLIC_KEY, parameters) <= 0)
        return;
    key->rsa = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    if (key->rsa != NULL && EVP_PKEY_verify_init_ex(key->rsa, ms_rsa_parameters) > 0)
        key->usable = MS_VERIFY_GOOD;
}

static void import_ed25519(ms_crypto *crypto, ms_public_key *key, ms_span octets)
{
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)octets.p, octets.n),
        OSSL_PARAM_construct_end(),
    };

    key->bits = 256;
    if (crypto->ed25519 == NULL || EVP_PKEY_fromdata(crypto->ed25519, &key->pkey, EVP_PKEY_PUBLIC_KEY, parameters) <= 0)
        return;
    key->ed25519 = EVP_MD_CTX_new();
    if (key->ed25519 != NULL && EVP_DigestVerifyInit(key->ed25519, NULL, NULL, NULL, key->pkey) > 0)
        key->usable = MS_VERIFY_GOOD;
}

ms_public_key *ms_public_key_new(ms_crypto *crypto, ms_key_type type, ms_span octets, ms_error *error)
{
    ms_public_key *key;
    ms_der_key rsa;
    bool no_memory;

    if (type == MS_KEY_RSA ? !check_rsa(octets, &rsa, error) : !check_ed25519(octets, error))
        return NULL;
    key = calloc(1, sizeof *key);
    if (key == NULL) {
        ms_fail_memory(error);
        return NULL;
    }
    key->type = type;
    key->usable = MS_VERIFY_REFUSED;
    ERR_set_mark();
    if (type == MS_KEY_RSA)
        import_rsa(crypto, key, &rsa);
    else
        import_ed25519(crypto, key, octets);
    no_memory = key->usable != MS_VERIFY_GOOD && ms_openssl_no_memory();
    ERR_pop_to_mark();
    if (no_memory) {
        ms_fail_memory(error);
        ms_public_key_free(key);
        return NULL;
    }
    return key;
}

void ms_public_key_free(ms_public_key *key)
{
    if (key == NULL)
        return;
    EVP_PKEY_CTX_free(key->rsa);
    EVP_MD_CTX_free(key->ed25519);
    EVP_PKEY_free(key->pkey);
    free(key);
}

ms_key_type ms_public_key_type(const ms_public_key *key)
{
    return key->type;
}

unsigned ms_public_key_bits(const ms_public_key *key)
{
    return key->bits;
}

/* Why OpenSSL did not say that an RSA signature is good. What is wrong with the signature, the RSA code says itself;
 * what the provider or EVP say before it comes to that is policy. */
static ms_verify_result why_not(void)
{
    unsigned long e = ERR_peek_last_error();

    if (ms_openssl_no_memory())
        return MS_VERIFY_FAILED;
    if (ERR_GET_LIB(e) == ERR_LIB_EVP)
        return MS_VERIFY_REFUSED;
    if (ERR_GET_LIB(e) == ERR_LIB_PROV && ERR_GET_REASON(e) != ERR_R_RSA_LIB)
        return MS_VERIFY_REFUSED;
    return MS_VERIFY_BAD;
}

static ms_verify_result verify_rsa(ms_public_key *key, const uint8_t *digest, ms_span signature)
{
    if (signature.n != (key->bits + 7) / 8)
        return MS_VERIFY_BAD;
    if (EVP_PKEY_verify(key->rsa, (const uint8_t *)signature.p, signature.n, digest, MS_SHA256_SIZE) == 1)
        return MS_VERIFY_GOOD;
    return why_not();
}

/* A context that has given its verdict must be started again: without naming the key where OpenSSL lets us, for naming
 * it makes OpenSSL look everything up anew. */
static bool restart_ed25519(ms_public_key *key)
{
    return EVP_DigestVerifyInit(key->ed25519, NULL, NULL, NULL, NULL) > 0 ||
           EVP_DigestVerifyInit(key->ed25519, NULL, NULL, NULL, key->pkey) > 0;
}

static ms_verify_result verify_ed25519(ms_public_key *key, const uint8_t *digest, ms_span signature)
{
    if (signature.n != MS_ED25519_SIGNATURE_SIZE)
        return MS_VERIFY_BAD;
    if (!restart_ed25519(key))
        return ms_openssl_no_memory() ? MS_VERIFY_FAILED : MS_VERIFY_REFUSED;
    if (EVP_DigestVerify(key->ed25519, (const uint8_t *)signature.p, signature.n, digest, MS_SHA256_SIZE) == 1)
        return MS_VERIFY_GOOD;
    return MS_VERIFY_BAD;
}

ms_verify_result ms_public_key_verify(ms_public_key *key, const uint8_t digest[MS_SHA256_SIZE], ms_span signature)
{
    ms_verify_result result;

    if (key->usable != MS_VERIFY_GOOD)
        return key->usable;
    ERR_set_mark();
    if (key->type == MS_KEY_RSA)
        result = verify_rsa(key, digest, signature);
    else
        result = verify_ed25519(key, digest, signature);
    ERR_pop_to_mark();
    return result;
}

static ms_verify_result recover_rsa(EVP_PKEY_CTX *context, ms_span signature)
{
    uint8_t digest[MS_RSA_MAX_BITS / 8]; /* as large as the modulus, which is what OpenSSL asks for */
    size_t size = sizeof digest;

    if (EVP_PKEY_verify_recover_init_ex(context, ms_rsa_parameters) <= 0)
        return ms_openssl_no_memory() ? MS_VERIFY_FAILED : MS_VERIFY_REFUSED;
    if (EVP_PKEY_verify_recover(context, digest, &size, (const uint8_t *)signature.p, signature.n) <= 0)
        return why_not();
    return size == MS_SHA256_SIZE ? MS_VERIFY_GOOD : MS_VERIFY_BAD;
}

ms_verify_result ms_public_key_made(const ms_public_key *key, ms_span signature)
{
    ms_verify_result result = MS_VERIFY_FAILED;
    EVP_PKEY_CTX *context;

    if (key->type != MS_KEY_RSA || key->usable != MS_VERIFY_GOOD)
        return MS_VERIFY_REFUSED;
    if (signature.n != (key->bits + 7) / 8)
        return MS_VERIFY_BAD;
    ERR_set_mark();
    context = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    if (context != NULL)
        result = recover_rsa(context, signature);
    EVP_PKEY_CTX_free(context);
    ERR_pop_to_mark();
    return result;
}
