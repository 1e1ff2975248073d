/* body_hash.h: the hashes of a body (RFC 6376 §3.7, step 1).
 *
 * However many signatures a message has, each canonicalization runs once over its body, and each
 * distinct pair of canonicalization and l= is hashed once.
 */
#ifndef MS_DKIM_BODY_HASH_H
#define MS_DKIM_BODY_HASH_H

#include "crypto/crypto.h"
#include "mail/canon.h"

typedef struct ms_body_hash {
    ms_canon canon;
    uint64_t limit; /* l=, or MS_NO_LIMIT */
    uint64_t left;
    ms_hash *hash;
    uint8_t digest[MS_SHA256_SIZE];
} ms_body_hash;

#define MS_NO_LIMIT UINT64_MAX

typedef struct ms_body_hashes {
    ms_crypto *crypto;
    ms_body_hash *item; /* `n` are in use; those between n and cap keep their hash for the next message */
    size_t n, cap;
    struct ms_body_octets {
        struct ms_body_hashes *hashes;
        ms_body_canon canon;
        uint64_t octets; /* canonical octets so far */
        bool wanted;
    } of[2];
} ms_body_hashes;

void ms_body_hashes_init(ms_body_hashes *hashes, ms_crypto *crypto);
void ms_body_hashes_free(ms_body_hashes *hashes);
/* For another message. */
void ms_body_hashes_reset(ms_body_hashes *hashes);
/* The index of that hash, which is added where it is not there yet; false when memory is out. */
bool ms_body_hashes_want(ms_body_hashes *hashes, ms_canon canon, uint64_t limit, size_t *index);
void ms_body_hashes_write(ms_body_hashes *hashes, const char *p, size_t n);
/* Now digest[] and octets stand. False where OpenSSL failed. */
bool ms_body_hashes_finish(ms_body_hashes *hashes);

#endif
