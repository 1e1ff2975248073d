/* algorithm.h: the names of what signs (RFC 6376 §3.3, RFC 8463 §3). No OpenSSL here. */
#ifndef MS_CRYPTO_ALGORITHM_H
#define MS_CRYPTO_ALGORITHM_H

typedef enum ms_key_type {
    MS_KEY_RSA,
    MS_KEY_ED25519,
} ms_key_type;

enum {
    MS_SHA256_SIZE = 32,
    MS_RSA_MIN_BITS = 1024, /* RFC 8301 §3.2 */
    MS_RSA_MAX_BITS = 8192,
    MS_RSA_EXPONENT_MAX_BITS = 64,
    MS_ED25519_KEY_SIZE = 32,
    MS_ED25519_SIGNATURE_SIZE = 64,
    MS_SIGNATURE_MAX = MS_RSA_MAX_BITS / 8,
};

#endif
