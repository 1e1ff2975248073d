/* crypto.c: the algorithms, fetched once. See crypto.h. */
#include "crypto/openssl.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <stdlib.h>

/* OpenSSL takes pointers that are not const, and does not write through these. */
const OSSL_PARAM ms_rsa_parameters[] = {
    { OSSL_SIGNATURE_PARAM_DIGEST, OSSL_PARAM_UTF8_STRING, (void *)"SHA256", 6, 0 },
    { OSSL_SIGNATURE_PARAM_PAD_MODE, OSSL_PARAM_UTF8_STRING, (void *)OSSL_PKEY_RSA_PAD_MODE_PKCSV15,
      sizeof OSSL_PKEY_RSA_PAD_MODE_PKCSV15 - 1, 0 },
    { NULL, 0, NULL, 0, 0 },
};

bool ms_openssl_no_memory(void)
{
    return ERR_GET_REASON(ERR_peek_error()) == ERR_R_MALLOC_FAILURE ||
           ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE;
}

/* A context that turns numbers into keys of `type`, or NULL. */
static EVP_PKEY_CTX *import_context(const char *type)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);

    if (context != NULL && EVP_PKEY_fromdata_init(context) <= 0) {
        EVP_PKEY_CTX_free(context);
        return NULL;
    }
    return context;
}

ms_crypto *ms_crypto_new(ms_error *error)
{
    ms_crypto *crypto = calloc(1, sizeof *crypto);

    if (crypto == NULL) {
        ms_fail_memory(error);
        return NULL;
    }
    ERR_set_mark();
    crypto->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    crypto->aes_256_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    crypto->rsa = import_context("RSA");
    crypto->ed25519 = import_context("ED25519");
    ERR_pop_to_mark();
    if (crypto->sha256 == NULL || crypto->rsa == NULL) {
        ms_fail(error, "crypto_unavailable", "OpenSSL offers no SHA-256 or no RSA here");
        ms_crypto_free(crypto);
        return NULL;
    }
    return crypto;
}

void ms_crypto_free(ms_crypto *crypto)
{
    if (crypto == NULL)
        return;
    EVP_MD_free(crypto->sha256);
    EVP_CIPHER_free(crypto->aes_256_gcm);
    EVP_PKEY_CTX_free(crypto->rsa);
    EVP_PKEY_CTX_free(crypto->ed25519);
    free(crypto);
}
