/* seal.c: secrets sealed with AES-256-GCM. See crypto.h.
 *
 * The nonce is drawn anew for each seal, from the system: one that came twice with one key would give both texts away
 * (NIST SP 800-38D §8). The first octet tells the next form of a seal from this one.
 */
#include "crypto/openssl.h"

#include "base/base64.h"
#include "base/random.h"

#include <openssl/err.h>
#include <stdlib.h>

enum { FORM = 1, NONCE_SIZE = 12, TAG_SIZE = 16, HEAD_SIZE = 1 + NONCE_SIZE, OVERHEAD = HEAD_SIZE + TAG_SIZE };

/* OpenSSL failed, and not for what it was given. */
static bool fail_crypto(ms_error *error)
{
    if (ms_openssl_no_memory())
        return ms_fail_memory(error);
    return ms_fail(error, "crypto_unavailable", "OpenSSL offers no AES-256-GCM here");
}

static bool feed(EVP_CIPHER_CTX *context, uint8_t *out, ms_span octets, int *written)
{
    *written = 0;
    return octets.n == 0 || EVP_CipherUpdate(context, out, written, (const unsigned char *)octets.p, (int)octets.n) > 0;
}

/* A context for one seal, which has been told of `associated`, or NULL. */
static EVP_CIPHER_CTX *begin(ms_crypto *crypto, const uint8_t *key, const uint8_t *nonce, ms_span associated,
                             bool encrypt)
{
    EVP_CIPHER_CTX *context = crypto->aes_256_gcm != NULL ? EVP_CIPHER_CTX_new() : NULL;
    int ignored;

    if (context != NULL && EVP_CipherInit_ex2(context, crypto->aes_256_gcm, key, nonce, encrypt, NULL) > 0 &&
        feed(context, NULL, associated, &ignored))
        return context;
    EVP_CIPHER_CTX_free(context); /* overwrites the key's schedule */
    return NULL;
}

/* ---- sealing */

/* Fills `octets`, which has room for the secret and OVERHEAD. */
static bool encrypt(EVP_CIPHER_CTX *context, ms_span secret, uint8_t *octets)
{
    uint8_t *text = octets + HEAD_SIZE;
    int n, rest;

    return feed(context, text, secret, &n) && EVP_CipherFinal_ex(context, text + n, &rest) > 0 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, text + secret.n) > 0;
}

static bool add_base64(const uint8_t *octets, size_t n, ms_buf *out, ms_error *error)
{
    char *room = ms_buf_reserve(out, (n + 2) / 3 * 4);

    if (room == NULL)
        return ms_fail_memory(error);
    out->n += ms_base64_encode(octets, n, room);
    return true;
}

bool ms_seal(ms_crypto *crypto, const uint8_t key[MS_SEAL_KEY_SIZE], ms_span secret, ms_span associated, ms_buf *out,
             ms_error *error)
{
    size_t size = secret.n + OVERHEAD;
    EVP_CIPHER_CTX *context;
    uint8_t *octets;
    bool ok;

    if (secret.n > MS_SEAL_MOST || associated.n > MS_SEAL_MOST)
        return ms_fail(error, "too_large", "at most %d octets are sealed at a time", MS_SEAL_MOST);
    octets = calloc(1, size);
    if (octets == NULL)
        return ms_fail_memory(error);
    octets[0] = FORM;
    if (!ms_random(octets + 1, NONCE_SIZE)) {
        free(octets);
        return ms_fail(error, "crypto_unavailable", "the system has no random numbers");
    }
    ERR_set_mark();
    context = begin(crypto, key, octets + 1, associated, true);
    ok =
        context != NULL && encrypt(context, secret, octets) ? add_base64(octets, size, out, error) : fail_crypto(error);
    EVP_CIPHER_CTX_free(context);
    ERR_pop_to_mark();
    free(octets);
    return ok;
}

/* ---- opening */

/* Into `secret`, as many octets as the ciphertext has. False where the tag is another, but also where OpenSSL failed.
 */
static bool decrypt(EVP_CIPHER_CTX *context, ms_span ciphertext, uint8_t *tag, uint8_t *secret)
{
    int n, rest;

    return feed(context, secret, ciphertext, &n) &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) > 0 &&
           EVP_CipherFinal_ex(context, secret + n, &rest) > 0;
}

static bool open_octets(ms_crypto *crypto, const uint8_t *key, uint8_t *octets, size_t size, ms_span associated,
                        ms_buf *out, ms_error *error)
{
    ms_span ciphertext = ms_span_of(octets + HEAD_SIZE, size - OVERHEAD);
    char *secret = ms_buf_reserve(out, ciphertext.n + 1);
    EVP_CIPHER_CTX *context;
    bool ok;

    if (secret == NULL)
        return ms_fail_memory(error);
    context = begin(crypto, key, octets + 1, associated, false);
    if (context == NULL)
        return fail_crypto(error);
    ok = decrypt(context, ciphertext, octets + size - TAG_SIZE, (uint8_t *)secret);
    EVP_CIPHER_CTX_free(context);
    if (ok)
        out->n += ciphertext.n;
    else if (ms_openssl_no_memory())
        ms_fail_memory(error);
    else
        ms_fail(error, "seal_broken",
                "the seal does not open: it was made with another key or for another purpose, "
                "or it was changed");
    return ok;
}

bool ms_unseal(ms_crypto *crypto, const uint8_t key[MS_SEAL_KEY_SIZE], ms_span text, ms_span associated, ms_buf *out,
               ms_error *error)
{
    size_t room = ms_base64_room(text.n), size;
    uint8_t *octets;
    bool ok;

    if (text.n / 2 > MS_SEAL_MOST || associated.n > MS_SEAL_MOST)
        return ms_fail(error, "too_large", "no seal of more than %d octets is opened", MS_SEAL_MOST);
    octets = malloc(room);
    if (octets == NULL)
        return ms_fail_memory(error);
    ERR_set_mark();
    if (ms_base64_decode(text, octets, room, &size) && size >= OVERHEAD && octets[0] == FORM)
        ok = open_octets(crypto, key, octets, size, associated, out, error);
    else
        ok = ms_fail(error, "seal_malformed", "this is no seal, or one of a form that is not known here");
    ERR_pop_to_mark();
    free(octets);
    return ok;
}
