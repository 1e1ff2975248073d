/* openssl.h: what the files of csrc/crypto share, and nobody else includes: the insides of ms_crypto.
 *
 * OpenSSL notes every failure in a queue of the thread, which the host program reads too (nginx takes
 * what is left there for an error of its own connections). So whatever may fail on bad input stands between
 * ERR_set_mark and ERR_pop_to_mark; hashing, which fails only for want of memory, does not. Algorithms are fetched by
 * name from the default library context, so that a system's configuration (providers, FIPS, policies) has its say.
 */
#ifndef MS_CRYPTO_OPENSSL_H
#define MS_CRYPTO_OPENSSL_H

#include "crypto/crypto.h"

#include <openssl/core.h>
#include <openssl/evp.h>

struct ms_crypto {
    EVP_MD *sha256;
    EVP_CIPHER *aes_256_gcm; /* NULL where the system has none */
    EVP_PKEY_CTX *rsa;       /* makes RSA keys out of their numbers, again and again */
    EVP_PKEY_CTX *ed25519;   /* the same for Ed25519; NULL where the system has none (FIPS providers before 3.4) */
};

/* The parameters of an RSA signature in DKIM: PKCS#1 v1.5 over SHA-256 (RFC 6376 §3.3.2). */
extern const OSSL_PARAM ms_rsa_parameters[];

struct ms_private_key {
    ms_key_type type;
    unsigned bits;
    EVP_PKEY *pkey;
    EVP_PKEY_CTX *rsa;   /* set up to sign */
    EVP_MD_CTX *ed25519; /* the same */
    unsigned sharers;    /* owners beyond the first */
};

/* A private key of a PKEY, which is taken whether or not this fails. What comes from outside has its numbers checked.
 */
ms_private_key *ms_private_key_of(EVP_PKEY *pkey, bool from_outside, ms_error *error);

/* Did OpenSSL fail for want of memory? The cause is the first of its notes, unless the host program left others there.
 */
bool ms_openssl_no_memory(void);

#endif
