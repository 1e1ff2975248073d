/* private_key.c: keys made, and signatures made with them. See crypto.h.
 *
 * A key keeps the OpenSSL context in which it was set up to sign, so that each signature costs the bare
 * operation. RSA's first one costs more, for OpenSSL then prepares its blinding: keep keys that are in use.
 */
#include "crypto/der.h"
#include "crypto/openssl.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>

enum { DEFAULT_BITS = 2048 };

/* ---- the numbers of an RSA key */

typedef struct rsa_numbers {
    BIGNUM *n, *e, *d, *p, *q, *dp, *dq, *qinv; /* RFC 8017 §3.2 */
    BIGNUM *work, *less;                        /* to reckon with */
} rsa_numbers;

static bool fetch(const EVP_PKEY *pkey, const char *name, BN_CTX *pool, BIGNUM **number)
{
    *number = BN_CTX_get(pool);
    return *number != NULL && EVP_PKEY_get_bn_param(pkey, name, number) == 1;
}

/* False where a number is missing: keys of three primes and keys without primes are not read. */
static bool fetch_numbers(const EVP_PKEY *pkey, BN_CTX *pool, rsa_numbers *r)
{
    r->work = BN_CTX_get(pool);
    r->less = BN_CTX_get(pool);
    return r->less != NULL && fetch(pkey, OSSL_PKEY_PARAM_RSA_N, pool, &r->n) &&
           fetch(pkey, OSSL_PKEY_PARAM_RSA_E, pool, &r->e) && fetch(pkey, OSSL_PKEY_PARAM_RSA_D, pool, &r->d) &&
           fetch(pkey, OSSL_PKEY_PARAM_RSA_FACTOR1, pool, &r->p) &&
           fetch(pkey, OSSL_PKEY_PARAM_RSA_FACTOR2, pool, &r->q) &&
           fetch(pkey, OSSL_PKEY_PARAM_RSA_EXPONENT1, pool, &r->dp) &&
           fetch(pkey, OSSL_PKEY_PARAM_RSA_EXPONENT2, pool, &r->dq) &&
           fetch(pkey, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, pool, &r->qinv);
}

/* Is a * b = 1 modulo m? */
static bool is_inverse(const rsa_numbers *r, const BIGNUM *a, const BIGNUM *b, const BIGNUM *m, BN_CTX *pool)
{
    return BN_mod_mul(r->work, a, b, m, pool) == 1 && BN_is_one(r->work);
}

/* Do the exponents belong to this prime: e d = 1 and e dp = 1 modulo p - 1, and dp no longer than it? */
static bool prime_fits(const rsa_numbers *r, const BIGNUM *p, const BIGNUM *dp, BN_CTX *pool)
{
    return BN_is_odd(p) && BN_sub(r->less, p, BN_value_one()) == 1 && BN_cmp(dp, r->less) < 0 &&
           is_inverse(r, r->e, r->d, r->less, pool) && is_inverse(r, r->e, dp, r->less, pool);
}

/* Do a key's numbers belong together? A damaged key would otherwise sign, and no receiver could verify. Whether the
 * primes are primes is not asked: that takes longer than signing. */
static bool numbers_fit(const rsa_numbers *r, BN_CTX *pool)
{
    return BN_mul(r->work, r->p, r->q, pool) == 1 && BN_cmp(r->work, r->n) == 0 && prime_fits(r, r->p, r->dp, pool) &&
           prime_fits(r, r->q, r->dq, pool) && is_inverse(r, r->q, r->qinv, r->p, pool);
}

static bool exponent_fits(const BIGNUM *e)
{
    return BN_is_odd(e) && !BN_is_one(e) && BN_num_bits(e) <= MS_RSA_EXPONENT_MAX_BITS;
}

/* BN_CTX overwrites what it frees. */
static bool check_numbers(const EVP_PKEY *pkey, ms_error *error)
{
    BN_CTX *pool = BN_CTX_new();
    rsa_numbers r;
    bool ok;

    if (pool == NULL)
        return ms_fail_memory(error);
    BN_CTX_start(pool);
    ok = fetch_numbers(pkey, pool, &r);
    if (!ok && ms_openssl_no_memory())
        ok = ms_fail_memory(error);
    else if (!ok)
        ok = ms_fail(error, "key_malformed", "the key lacks one of the numbers of an RSA key with two primes");
    else if (!exponent_fits(r.e))
        ok = ms_fail(error, "key_bad_exponent", "the key's public exponent is not an odd number from 3 to 2^%d",
                     MS_RSA_EXPONENT_MAX_BITS);
    else if (!numbers_fit(&r, pool))
        ok = ms_fail(error, "key_malformed", "the key is damaged, or has more than two primes: its numbers do not fit");
    else
        ok = true;
    BN_CTX_end(pool);
    BN_CTX_free(pool);
    return ok;
}

/* ---- a key */

static bool set_up_rsa(ms_private_key *key)
{
    key->rsa = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    return key->rsa != NULL && EVP_PKEY_sign_init_ex(key->rsa, ms_rsa_parameters) > 0;
}

static bool set_up_ed25519(ms_private_key *key)
{
    key->ed25519 = EVP_MD_CTX_new();
    return key->ed25519 != NULL && EVP_DigestSignInit(key->ed25519, NULL, NULL, NULL, key->pkey) > 0;
}

static bool check_size(unsigned bits, ms_error *error)
{
    if (bits < MS_RSA_MIN_BITS)
        return ms_fail(error, "key_too_small", "an RSA key of %u bits is refused: RFC 8301 wants at least %d", bits,
                       MS_RSA_MIN_BITS);
    if (bits > MS_RSA_MAX_BITS)
        return ms_fail(error, "key_too_large", "an RSA key of %u bits is refused: %d are the most", bits,
                       MS_RSA_MAX_BITS);
    return true;
}

static bool fill(ms_private_key *key, bool from_outside, ms_error *error)
{
    const char *name = EVP_PKEY_get0_type_name(key->pkey);
    int bits = EVP_PKEY_get_bits(key->pkey);

    if (bits <= 0)
        return ms_fail_memory(error);
    key->bits = (unsigned)bits;
    if (EVP_PKEY_is_a(key->pkey, "ED25519")) {
        key->type = MS_KEY_ED25519;
        key->bits = 256;
    } else if (!EVP_PKEY_is_a(key->pkey, "RSA")) {
        return ms_fail(error, "key_unsupported", "the key is of type %s; DKIM knows RSA and Ed25519",
                       name != NULL ? name : "unknown");
    } else if (!check_size(key->bits, error) || (from_outside && !check_numbers(key->pkey, error))) {
        return false;
    }
    if (key->type == MS_KEY_RSA ? set_up_rsa(key) : set_up_ed25519(key))
        return true;
    if (ms_openssl_no_memory())
        return ms_fail_memory(error);
    return ms_fail(error, "crypto_unavailable", "OpenSSL does not sign with this key here");
}

ms_private_key *ms_private_key_of(EVP_PKEY *pkey, bool from_outside, ms_error *error)
{
    ms_private_key *key = calloc(1, sizeof *key);
    bool ok;

    if (key == NULL) {
        EVP_PKEY_free(pkey);
        ms_fail_memory(error);
        return NULL;
    }
    key->pkey = pkey;
    ERR_set_mark();
    ok = fill(key, from_outside, error);
    ERR_pop_to_mark();
    if (ok)
        return key;
    ms_private_key_free(key);
    return NULL;
}

ms_private_key *ms_private_key_share(ms_private_key *key)
{
    key->sharers++;
    return key;
}

void ms_private_key_free(ms_private_key *key)
{
    if (key == NULL || key->sharers-- > 0)
        return;
    EVP_PKEY_CTX_free(key->rsa);
    EVP_MD_CTX_free(key->ed25519);
    EVP_PKEY_free(key->pkey); /* overwrites the key */
    free(key);
}

ms_key_type ms_private_key_type(const ms_private_key *key)
{
    return key->type;
}

unsigned ms_private_key_bits(const ms_private_key *key)
{
    return key->bits;
}

/* ---- a new key */

static bool check_new_size(unsigned bits, bool force, ms_error *error)
{
    if (!check_size(bits, error))
        return false;
    if (bits < DEFAULT_BITS && !force)
        return ms_fail(error, "key_too_small", "an RSA key of %u bits is weak; take %d, or force it", bits,
                       DEFAULT_BITS);
    if (bits % 8 != 0)
        return ms_fail(error, "key_bad_bits", "an RSA key has a multiple of 8 bits, not %u", bits);
    return true;
}

static EVP_PKEY *generate(ms_key_type type, unsigned bits)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type == MS_KEY_RSA ? "RSA" : "ED25519", NULL);
    EVP_PKEY *pkey = NULL;

    if (context != NULL && EVP_PKEY_keygen_init(context) > 0 &&
        (type != MS_KEY_RSA || EVP_PKEY_CTX_set_rsa_keygen_bits(context, (int)bits) > 0))
        EVP_PKEY_generate(context, &pkey);
    EVP_PKEY_CTX_free(context);
    return pkey;
}

ms_private_key *ms_private_key_generate(ms_crypto *crypto, ms_key_type type, unsigned bits, bool force, ms_error *error)
{
    EVP_PKEY *pkey;

    (void)crypto;
    if (bits == 0)
        bits = DEFAULT_BITS;
    if (type == MS_KEY_RSA && !check_new_size(bits, force, error))
        return NULL;
    ERR_set_mark();
    pkey = generate(type, bits);
    if (pkey == NULL && ms_openssl_no_memory())
        ms_fail_memory(error);
    else if (pkey == NULL)
        ms_fail(error, "crypto_unavailable", "OpenSSL does not make such a key here");
    ERR_pop_to_mark();
    return pkey == NULL ? NULL : ms_private_key_of(pkey, false, error);
}

/* ---- its public half */

bool ms_private_key_public(const ms_private_key *key, ms_buf *out, ms_error *error)
{
    uint8_t raw[MS_ED25519_KEY_SIZE], *der = NULL;
    size_t n = sizeof raw;
    int length;

    ERR_set_mark();
    if (key->type == MS_KEY_ED25519) {
        if (EVP_PKEY_get_raw_public_key(key->pkey, raw, &n) == 1)
            ms_buf_add(out, raw, n);
        else
            out->failed = true;
    } else {
        length = i2d_PUBKEY(key->pkey, &der);
        if (length > 0)
            ms_buf_add(out, der, (size_t)length);
        else
            out->failed = true;
        OPENSSL_free(der);
    }
    ERR_pop_to_mark();
    return !out->failed || ms_fail_memory(error);
}

/* Is it the same key, whichever of its two forms `theirs` has? */
static bool same_public(ms_key_type type, ms_span ours, ms_span theirs)
{
    ms_der_key a, b;

    if (type == MS_KEY_ED25519)
        return ms_span_eq(ours, theirs);
    a = ms_der_public_key(ours);
    b = ms_der_public_key(theirs);
    return ms_span_eq(a.modulus, b.modulus) && ms_span_eq(a.exponent, b.exponent);
}

bool ms_private_key_matches(ms_crypto *crypto, const ms_private_key *key, ms_span octets, ms_error *error)
{
    ms_public_key *theirs = ms_public_key_new(crypto, key->type, octets, error);
    ms_buf ours = { 0 };
    bool ok;

    if (theirs == NULL)
        return false;
    ms_public_key_free(theirs);
    ok = ms_private_key_public(key, &ours, error);
    if (ok && !same_public(key->type, ms_buf_span(&ours), octets))
        ok = ms_fail(error, "key_mismatch", "the record holds the public half of another key");
    ms_buf_free(&ours);
    return ok;
}

/* ---- signing */

static bool sign_rsa(ms_private_key *key, const uint8_t *digest, uint8_t *signature, size_t *size)
{
    return EVP_PKEY_sign(key->rsa, signature, size, digest, MS_SHA256_SIZE) > 0;
}

/* A context that has signed must be started again, as in public_key.c. */
static bool sign_ed25519(ms_private_key *key, const uint8_t *digest, uint8_t *signature, size_t *size)
{
    if (EVP_DigestSignInit(key->ed25519, NULL, NULL, NULL, NULL) <= 0 &&
        EVP_DigestSignInit(key->ed25519, NULL, NULL, NULL, key->pkey) <= 0)
        return false;
    return EVP_DigestSign(key->ed25519, signature, size, digest, MS_SHA256_SIZE) > 0;
}

bool ms_private_key_sign(ms_private_key *key, const uint8_t digest[MS_SHA256_SIZE], uint8_t *signature, size_t *size,
                         ms_error *error)
{
    const char *reason;
    bool ok;

    *size = MS_SIGNATURE_MAX;
    ERR_set_mark();
    ok = key->type == MS_KEY_RSA ? sign_rsa(key, digest, signature, size) : sign_ed25519(key, digest, signature, size);
    if (!ok && ms_openssl_no_memory()) {
        ms_fail_memory(error);
    } else if (!ok) {
        reason = ERR_reason_error_string(ERR_peek_last_error());
        ms_fail(error, "sign_failed", "OpenSSL does not sign with this key: %s",
                reason != NULL ? reason : "it gives no reason");
    }
    ERR_pop_to_mark();
    return ok;
}
