/* crypto.h: all that mailseal asks of OpenSSL.
 *
 * An ms_crypto holds the algorithms, fetched once (a fetch costs more than hashing a header), and
 * contexts that are used again. One belongs to each Lua state; it is not for two threads at once.
 * Everything made with it must be freed before it.
 */
#ifndef MS_CRYPTO_CRYPTO_H
#define MS_CRYPTO_CRYPTO_H

#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"
#include "crypto/algorithm.h"

#include <stdint.h>

typedef struct ms_crypto ms_crypto;

ms_crypto *ms_crypto_new(ms_error *error);
void ms_crypto_free(ms_crypto *crypto);

/* ---- digest.c: SHA-256. A failure is remembered and told by ms_hash_finish. A hash may be started again. */
typedef struct ms_hash ms_hash;

ms_hash *ms_hash_new(ms_crypto *crypto);
void ms_hash_free(ms_hash *hash);
void ms_hash_start(ms_hash *hash);
void ms_hash_update(ms_hash *hash, const void *p, size_t n);
bool ms_hash_finish(ms_hash *hash, uint8_t digest[MS_SHA256_SIZE]);
/* Lets *to go on from where *from is, which goes on by itself. */
void ms_hash_copy(ms_hash *to, const ms_hash *from);

/* The digest of `octets` at once. */
bool ms_sha256(ms_crypto *crypto, ms_span octets, uint8_t digest[MS_SHA256_SIZE]);
/* HMAC (RFC 2104, RFC 4231), with one of these digests. */
typedef enum ms_hmac_digest { MS_HMAC_SHA256, MS_HMAC_SHA384, MS_HMAC_SHA512 } ms_hmac_digest;
#define MS_HMAC_MAX 64
bool ms_hmac(ms_hmac_digest digest, ms_span key, ms_span octets, uint8_t code[MS_HMAC_MAX], size_t *size);
/* The same with SHA-256. */
bool ms_hmac_sha256(ms_span key, ms_span octets, uint8_t code[MS_SHA256_SIZE]);
/* Are two secrets the same? Takes no longer the more of them is; only their lengths can be told from the time. */
bool ms_same_secret(ms_span a, ms_span b);

/* ---- public_key.c: keys out of DNS, read by our own DER walk and never by d2i_PUBKEY
 * (slow, and lets trailing octets through). */
typedef struct ms_public_key ms_public_key;

/* RSA: `octets` is DER, SubjectPublicKeyInfo or PKCS#1 RSAPublicKey, consumed whole. Ed25519: 32 raw octets.
 * Codes: key_malformed, key_too_small, key_too_large, key_bad_exponent, key_small_order, key_is_spki
 * (an SPKI where Ed25519 wants raw octets), key_wrong_type (an SPKI of another algorithm), no_memory. */
ms_public_key *ms_public_key_new(ms_crypto *crypto, ms_key_type type, ms_span octets, ms_error *error);
/* Would they be a key? Says so without making one, which costs ten times as much. The codes are the same but for
 * no_memory; *bits is the size where they are. */
bool ms_public_key_check(ms_key_type type, ms_span octets, unsigned *bits, ms_error *error);
void ms_public_key_free(ms_public_key *key);
ms_key_type ms_public_key_type(const ms_public_key *key);
unsigned ms_public_key_bits(const ms_public_key *key);

typedef enum ms_verify_result {
    MS_VERIFY_GOOD,
    MS_VERIFY_BAD,     /* the signature is not one of this digest by this key */
    MS_VERIFY_REFUSED, /* the system's crypto policy does not allow the algorithm or key */
    MS_VERIFY_FAILED,  /* out of memory, or OpenSSL is broken */
} ms_verify_result;

/* Is `signature` one of `digest` (a SHA-256)? RSA: PKCS#1 v1.5; Ed25519: PureEdDSA over the digest's octets. */
ms_verify_result ms_public_key_verify(ms_public_key *key, const uint8_t digest[MS_SHA256_SIZE], ms_span signature);

/* Did the private half of this RSA key make `signature`, of whatever SHA-256 digest? Tells a changed text (GOOD) from
 * another key (BAD). An Ed25519 signature does not tell: REFUSED. */
ms_verify_result ms_public_key_made(const ms_public_key *key, ms_span signature);

/* ---- private_key.c */
typedef struct ms_private_key ms_private_key;

/* `bits` is for RSA (0: 2048), a multiple of 8. Under 2048 only with `force`, under 1024 or over 8192 never. Codes:
 * key_too_small, key_too_large, key_bad_bits, no_memory, crypto_unavailable. */
ms_private_key *ms_private_key_generate(ms_crypto *crypto, ms_key_type type, unsigned bits, bool force,
                                        ms_error *error);
/* The same key for one more owner, who frees it too. */
ms_private_key *ms_private_key_share(ms_private_key *key);
void ms_private_key_free(ms_private_key *key);
ms_key_type ms_private_key_type(const ms_private_key *key);
unsigned ms_private_key_bits(const ms_private_key *key);
/* What p= holds, before base64: SPKI DER for RSA, the 32 raw octets for Ed25519. */
bool ms_private_key_public(const ms_private_key *key, ms_buf *out, ms_error *error);
/* Signs a SHA-256 digest; `signature` has room for MS_SIGNATURE_MAX octets. Codes: sign_failed, no_memory. */
bool ms_private_key_sign(ms_private_key *key, const uint8_t digest[MS_SHA256_SIZE], uint8_t *signature, size_t *size,
                         ms_error *error);
/* Are the octets of a record's p= this key's public half? The codes are ms_public_key_new's, and key_mismatch. */
bool ms_private_key_matches(ms_crypto *crypto, const ms_private_key *key, ms_span octets, ms_error *error);

/* ---- pem.c */
/* Reads the first private key in a text: PKCS#1, PKCS#8, either encrypted. `passphrase.p` is NULL where there is none;
 * a terminal is never asked. Codes: key_malformed, key_unsupported (another kind of key), key_public, key_certificate,
 * key_encrypted (no passphrase given), bad_passphrase, key_too_small, key_too_large, key_bad_exponent, no_memory. */
ms_private_key *ms_private_key_load(ms_crypto *crypto, ms_span pem, ms_span passphrase, ms_error *error);
/* Writes PKCS#8, encrypted (AES-256-CBC, PBKDF2 with SHA-256) where a passphrase is given. The caller wipes `out`.
 * Codes: bad_passphrase (empty, or over 1024 octets), no_memory. */
bool ms_private_key_pem(const ms_private_key *key, ms_span passphrase, ms_buf *out, ms_error *error);

/* ---- seal.c: secrets kept where others may read, AES-256-GCM (NIST SP 800-38D) */
enum { MS_SEAL_KEY_SIZE = 32, MS_SEAL_MOST = 1024 * 1024 };

/* Appends `secret` sealed, as base64: an octet that says how (1), a nonce of 96 random bits, the ciphertext, the tag of
 * 128 bits. `associated` is not in it, but must be the same for it to be opened. Two seals are never the same. By one
 * key at most 2^32 are made, or nonces may repeat (§8.3). Codes: too_large, crypto_unavailable, no_memory. */
bool ms_seal(ms_crypto *crypto, const uint8_t key[MS_SEAL_KEY_SIZE], ms_span secret, ms_span associated, ms_buf *out,
             ms_error *error);
/* Opens it into `out`, which is empty, and which the caller wipes. Codes: seal_malformed (it is no such text),
 * seal_broken (it was sealed by another key, for another purpose, or has been changed), crypto_unavailable,
 * no_memory. */
bool ms_unseal(ms_crypto *crypto, const uint8_t key[MS_SEAL_KEY_SIZE], ms_span text, ms_span associated, ms_buf *out,
               ms_error *error);

#endif
