/* der.h: the DER of a public key (X.690 §8, §10; RFC 5280 §4.1.2.7, RFC 8017 §A.1.1), and no more of it.
 *
 * What is read comes from DNS. One canonical encoding is let through: lengths and integers as short
 * as can be, no indefinite length, nothing behind the key. The spans point into the input.
 */
#ifndef MS_CRYPTO_DER_H
#define MS_CRYPTO_DER_H

#include "base/span.h"

typedef enum ms_der_kind {
    MS_DER_BROKEN,  /* not the DER of a public key, or not only that */
    MS_DER_RSA,     /* SubjectPublicKeyInfo with rsaEncryption, or a bare PKCS#1 RSAPublicKey */
    MS_DER_ED25519, /* SubjectPublicKeyInfo of RFC 8410 */
    MS_DER_OTHER,   /* SubjectPublicKeyInfo of another algorithm */
} ms_der_kind;

typedef struct ms_der_key {
    ms_der_kind kind;
    ms_span modulus;  /* RSA: big-endian, without leading zeros; empty is 0 */
    ms_span exponent; /* the same */
} ms_der_key;

ms_der_key ms_der_public_key(ms_span octets);

/* How many bits the big-endian number has that starts with no zero octet. */
unsigned ms_der_bits(ms_span number);

/* Is it odd? */
bool ms_der_odd(ms_span number);

#endif
