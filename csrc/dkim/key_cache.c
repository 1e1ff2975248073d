/* key_cache.c: public keys by name: a hash table of chains, and a list from the most to the least
 * recently used, threaded through the same entries. See key_cache.h. */
#include "dkim/key_cache.h"

#include "base/random.h"

#include <stdlib.h>
#include <time.h>

typedef struct entry {
    struct entry *chain;         /* in the same bucket */
    struct entry *newer, *older; /* by use */
    uint64_t expires;
    uint32_t hash;
    ms_found_key found;
    size_t n;
    char name[];
} entry;

struct ms_key_cache {
    entry **bucket;
    size_t mask;
    size_t count, size;
    entry *newest, *oldest;
    uint32_t seed;  /* so that nobody can choose names that share a bucket */
    uint64_t ahead; /* of the clock, in seconds */
};

/* Where the coarse clock is to be had: seconds are all that matters, and it is asked for every message. */
#if defined(CLOCK_MONOTONIC_COARSE)
#define CACHE_CLOCK CLOCK_MONOTONIC_COARSE
#else
#define CACHE_CLOCK CLOCK_MONOTONIC
#endif

static uint64_t now(const ms_key_cache *cache)
{
    struct timespec time;

    clock_gettime(CACHE_CLOCK, &time);
    return (uint64_t)time.tv_sec + cache->ahead;
}

void ms_key_cache_advance(ms_key_cache *cache, uint64_t seconds)
{
    cache->ahead += seconds;
}

ms_key_cache *ms_key_cache_new(size_t size)
{
    ms_key_cache *cache = calloc(1, sizeof *cache);
    size_t buckets = 16;

    if (cache == NULL)
        return NULL;
    cache->size = size > 0 ? size : 1;
    while (buckets < cache->size && buckets < (size_t)1 << 20)
        buckets *= 2;
    cache->bucket = calloc(buckets, sizeof *cache->bucket);
    if (cache->bucket == NULL || !ms_random(&cache->seed, sizeof cache->seed)) {
        free(cache->bucket);
        free(cache);
        return NULL;
    }
    cache->mask = buckets - 1;
    return cache;
}

static uint32_t hash_of(const ms_key_cache *cache, ms_span name)
{
    uint32_t h = cache->seed ^ 2166136261u;

    for (size_t i = 0; i < name.n; i++)
        h = (h ^ (unsigned char)name.p[i]) * 16777619u;
    return h ^ h >> 15;
}

static void unlist(ms_key_cache *cache, entry *e)
{
    *(e->newer ? &e->newer->older : &cache->newest) = e->older;
    *(e->older ? &e->older->newer : &cache->oldest) = e->newer;
}

static void list_first(ms_key_cache *cache, entry *e)
{
    e->newer = NULL;
    e->older = cache->newest;
    *(e->older ? &e->older->newer : &cache->oldest) = e;
    cache->newest = e;
}

static entry **find(ms_key_cache *cache, ms_span name, uint32_t hash)
{
    entry **at = &cache->bucket[hash & cache->mask];

    while (*at != NULL && !((*at)->hash == hash && ms_span_eq(ms_span_of((*at)->name, (*at)->n), name)))
        at = &(*at)->chain;
    return at;
}

static void drop(ms_key_cache *cache, entry **at)
{
    entry *e = *at;

    *at = e->chain; /* NOLINT(clang-analyzer-core.NullDereference): an entry of the list is in its bucket, too */
    unlist(cache, e);
    cache->count--;
    ms_public_key_free(e->found.key);
    free(e);
}

const ms_found_key *ms_key_cache_get(ms_key_cache *cache, ms_span name)
{
    entry **at = find(cache, name, hash_of(cache, name));
    entry *e = *at;

    if (e == NULL)
        return NULL;
    if (e->expires <= now(cache)) {
        drop(cache, at);
        return NULL;
    }
    if (cache->newest != e) {
        unlist(cache, e);
        list_first(cache, e);
    }
    return &e->found;
}

const ms_found_key *ms_key_cache_put(ms_key_cache *cache, ms_span name, const ms_found_key *found, uint32_t ttl)
{
    uint32_t hash = hash_of(cache, name);
    entry *e = malloc(sizeof *e + name.n), **at;

    if (e == NULL)
        return NULL;
    at = find(cache, name, hash);
    if (*at != NULL)
        drop(cache, at);
    if (cache->count == cache->size)
        drop(cache, find(cache, ms_span_of(cache->oldest->name, cache->oldest->n), cache->oldest->hash));
    e->expires = now(cache) + ttl;
    e->hash = hash;
    e->found = *found;
    e->n = name.n;
    memcpy(e->name, name.p, name.n);
    at = &cache->bucket[hash & cache->mask];
    e->chain = *at;
    *at = e;
    list_first(cache, e);
    cache->count++;
    return &e->found;
}

size_t ms_key_cache_count(const ms_key_cache *cache)
{
    return cache->count;
}

void ms_key_cache_clear(ms_key_cache *cache)
{
    while (cache->oldest != NULL)
        drop(cache, find(cache, ms_span_of(cache->oldest->name, cache->oldest->n), cache->oldest->hash));
}

void ms_key_cache_free(ms_key_cache *cache)
{
    if (cache == NULL)
        return;
    ms_key_cache_clear(cache);
    free(cache->bucket);
    free(cache);
}
