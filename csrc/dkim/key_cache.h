/* key_cache.h: public keys by the name they were found at, ready to verify.
 *
 * Building a key costs more than verifying with it, so a parsed key is kept until its record's TTL
 * ends, the least recently used going first when the cache is full. Only good keys are kept: what
 * is missing or broken is DNS's to remember.
 */
#ifndef MS_DKIM_KEY_CACHE_H
#define MS_DKIM_KEY_CACHE_H

#include "crypto/crypto.h"

#include <stdint.h>

/* A key as a verifier needs it: the record's say, and the key itself. */
typedef struct ms_found_key {
    ms_public_key *key; /* owned by whoever holds the ms_found_key */
    bool sha256_allowed;
    bool email_allowed;
    bool testing;
    bool strict;
    bool authentic; /* DNSSEC-validated, by the resolver's word */
} ms_found_key;

typedef struct ms_key_cache ms_key_cache;

/* Room for `size` keys, at least one. */
ms_key_cache *ms_key_cache_new(size_t size);
void ms_key_cache_free(ms_key_cache *cache);
void ms_key_cache_clear(ms_key_cache *cache);
size_t ms_key_cache_count(const ms_key_cache *cache);

/* The key found at `name` (lower case), where there is one whose TTL has not ended; else NULL. It stays good until the
 * cache is next written to. */
const ms_found_key *ms_key_cache_get(ms_key_cache *cache, ms_span name);
/* Keeps found->key, which is the cache's from then on, for `ttl` seconds. NULL when memory is out: then it stays the
 * caller's. */
const ms_found_key *ms_key_cache_put(ms_key_cache *cache, ms_span name, const ms_found_key *found, uint32_t ttl);

/* TTLs run by the monotonic clock, never by the time that a message is verified at, which may be any. This lets the
 * cache's clock run ahead, so that a test need not wait. */
void ms_key_cache_advance(ms_key_cache *cache, uint64_t seconds);

#endif
