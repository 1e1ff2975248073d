/* digest.c: SHA-256 (FIPS 180-4), the one digest of DKIM (RFC 8301 §3.1), and HMAC with it and its larger sisters. See
 * crypto.h.
 *
 * The context is given its algorithm once; starting again then costs a tenth of a microsecond.
 */
#include "crypto/openssl.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdlib.h>

struct ms_hash {
    EVP_MD_CTX *context;
    bool failed;
};

ms_hash *ms_hash_new(ms_crypto *crypto)
{
    ms_hash *hash = calloc(1, sizeof *hash);

    if (hash == NULL)
        return NULL;
    ERR_set_mark();
    hash->context = EVP_MD_CTX_new();
    if (hash->context == NULL || EVP_DigestInit_ex(hash->context, crypto->sha256, NULL) <= 0) {
        ms_hash_free(hash);
        hash = NULL;
    }
    ERR_pop_to_mark();
    return hash;
}

void ms_hash_free(ms_hash *hash)
{
    if (hash == NULL)
        return;
    EVP_MD_CTX_free(hash->context);
    free(hash);
}

void ms_hash_start(ms_hash *hash)
{
    hash->failed = EVP_DigestInit_ex(hash->context, NULL, NULL) <= 0;
}

void ms_hash_update(ms_hash *hash, const void *p, size_t n)
{
    if (!hash->failed && n > 0) /* a context that could not be started must not be touched: OpenSSL 3.0 crashes */
        hash->failed = EVP_DigestUpdate(hash->context, p, n) <= 0;
}

bool ms_hash_finish(ms_hash *hash, uint8_t digest[MS_SHA256_SIZE])
{
    unsigned size = 0;

    if (hash->failed || EVP_DigestFinal_ex(hash->context, digest, &size) <= 0 || size != MS_SHA256_SIZE)
        return false;
    return true;
}

void ms_hash_copy(ms_hash *to, const ms_hash *from)
{
    ERR_set_mark();
    to->failed = from->failed || EVP_MD_CTX_copy_ex(to->context, from->context) <= 0;
    ERR_pop_to_mark();
}

bool ms_sha256(ms_crypto *crypto, ms_span octets, uint8_t digest[MS_SHA256_SIZE])
{
    bool ok;

    ERR_set_mark();
    ok = EVP_Digest(octets.p, octets.n, digest, NULL, crypto->sha256, NULL) > 0;
    ERR_pop_to_mark();
    return ok;
}

bool ms_hmac(ms_hmac_digest digest, ms_span key, ms_span octets, uint8_t code[MS_HMAC_MAX], size_t *size)
{
    static const char *const names[] = { "SHA256", "SHA384", "SHA512" };
    bool ok;

    /* Without a pointer OpenSSL takes the key for one that is yet to come. */
    if (key.p == NULL)
        key = MS_LIT("");
    ERR_set_mark();
    ok = EVP_Q_mac(NULL, "HMAC", NULL, names[digest], NULL, key.p, key.n, (const unsigned char *)octets.p, octets.n,
                   code, MS_HMAC_MAX, size) != NULL;
    ERR_pop_to_mark();
    return ok;
}

bool ms_hmac_sha256(ms_span key, ms_span octets, uint8_t code[MS_SHA256_SIZE])
{
    uint8_t whole[MS_HMAC_MAX];
    size_t size = 0;

    if (!ms_hmac(MS_HMAC_SHA256, key, octets, whole, &size) || size != MS_SHA256_SIZE)
        return false;
    memcpy(code, whole, MS_SHA256_SIZE);
    return true;
}

bool ms_same_secret(ms_span a, ms_span b)
{
    return a.n == b.n && (a.n == 0 || CRYPTO_memcmp(a.p, b.p, a.n) == 0);
}
