/* openssl.h: what the files of csrc/crypto share, and nobody else includes: the insides of ms_crypto.
 *
 * OpenSSL notes every failure in a queue of the thread, which the host program reads too (nginx takes
 * what is left there for an error of its own connections). So whatever may fail stands between
 * ERR_set_mark and ERR_pop_to_mark. Only whole names of algorithms fetched from the default library
 * context are used, so that a system's configuration (providers, FIPS, policies) has its say.
 */
#ifndef MS_CRYPTO_OPENSSL_H
#define MS_CRYPTO_OPENSSL_H

#include "crypto/crypto.h"

#include <openssl/evp.h>

struct ms_crypto {
    EVP_MD *sha256;
    EVP_PKEY_CTX *rsa;     /* makes RSA keys out of their numbers, again and again */
    EVP_PKEY_CTX *ed25519; /* NULL where the system has no Ed25519 (a FIPS provider of old) */
};

#endif
