/* explain.c: what a signature that does not pass still proves. See explain.h. */
#include "dkim/explain.h"

#include "base/base64.h"
#include "dkim/header_hash.h"
#include "dkim/signature.h"
#include "record/dkim_key_public.h"

/* ---- is the body that was signed the beginning of the one that came? */

typedef struct search {
    ms_body_canon canon; /* has been given the body as far as it is read */
    ms_hash *hash;       /* of what it has let go */
    ms_hash *ended;      /* a copy, to be finished */
    ms_body_prefix *wanted;
    size_t n;
} search;

/* Is the body, were it to end here, a wanted one? */
static bool try_end(search *s, size_t size)
{
    ms_body_canon canon;
    uint8_t digest[MS_SHA256_SIZE];

    ms_sink_flush(&s->canon.sink);
    ms_hash_copy(s->ended, s->hash);
    canon = s->canon;
    canon.sink.to = s->ended;
    ms_body_canon_finish(&canon);
    if (!ms_hash_finish(s->ended, digest))
        return false;
    for (size_t i = 0; i < s->n; i++) {
        ms_body_prefix *wanted = &s->wanted[i];

        if (!wanted->sound || wanted->found || memcmp(digest, wanted->hash, sizeof digest) != 0)
            continue;
        wanted->found = true;
        wanted->size = size;
    }
    return true;
}

/* The size of the line at `p`, its LF included; what has none is all one line. */
static size_t line_size(const char *p, const char *end)
{
    const char *lf = memchr(p, '\n', (size_t)(end - p));

    return lf != NULL ? (size_t)(lf - p) + 1 : (size_t)(end - p);
}

/* Nothing but a line end: to end behind it is to end before it, for empty lines at the end do not count. */
static bool is_empty_line(const char *p, size_t n)
{
    return n == 2 && p[0] == '\r' && p[1] == '\n';
}

static bool look(search *s, ms_span body)
{
    const char *p = body.p, *end = body.p + body.n;

    if (body.n > MS_FOOTER_MAX) {
        p = end - MS_FOOTER_MAX - 1; /* perhaps the LF of a line that ends just there */
        p += line_size(p, end);
        ms_body_canon_write(&s->canon, body.p, (size_t)(p - body.p));
    }
    if (!try_end(s, (size_t)(p - body.p)))
        return false;
    while (p < end) {
        size_t n = line_size(p, end);
        bool empty = is_empty_line(p, n);

        ms_body_canon_write(&s->canon, p, n);
        p += n;
        if (!empty && !try_end(s, (size_t)(p - body.p)))
            return false;
    }
    return true;
}

static bool read_hash(ms_span bh, uint8_t hash[MS_SHA256_SIZE])
{
    uint8_t octets[2 * MS_SHA256_SIZE];
    size_t size;

    if (!ms_base64_decode(bh, octets, sizeof octets, &size) || size != MS_SHA256_SIZE)
        return false;
    memcpy(hash, octets, MS_SHA256_SIZE);
    return true;
}

bool ms_body_prefixes(ms_crypto *crypto, ms_canon canon, ms_span body, ms_body_prefix *wanted, size_t n,
                      ms_error *error)
{
    search s = { .hash = ms_hash_new(crypto), .ended = ms_hash_new(crypto), .wanted = wanted, .n = n };
    bool ok = false;

    for (size_t i = 0; i < n; i++) {
        wanted[i].found = false;
        wanted[i].sound = read_hash(wanted[i].bh, wanted[i].hash);
    }
    if (s.hash != NULL && s.ended != NULL) {
        ms_hash_start(s.hash);
        ms_body_canon_init(&s.canon, canon, ms_write_to_hash, s.hash);
        ok = look(&s, body);
    }
    ms_hash_free(s.hash);
    ms_hash_free(s.ended);
    return ok || ms_fail_memory(error);
}

/* ---- is it this body? */

bool ms_body_matches(ms_crypto *crypto, ms_canon canon, ms_span body, uint64_t limit, ms_span bh, bool *matches,
                     ms_error *error)
{
    uint8_t hash[MS_SHA256_SIZE];
    ms_body_hashes hashes;
    size_t index;
    bool ok;

    *matches = false;
    if (!read_hash(bh, hash))
        return true;
    ms_body_hashes_init(&hashes, crypto);
    ok = ms_body_hashes_want(&hashes, canon, limit, &index);
    if (ok) {
        ms_body_hashes_write(&hashes, body.p, body.n);
        ok = ms_body_hashes_finish(&hashes);
    }
    if (ok)
        *matches = (limit == MS_NO_LIMIT || limit <= hashes.of[canon].octets) &&
                   memcmp(hashes.item[index].digest, hash, sizeof hash) == 0;
    ms_body_hashes_free(&hashes);
    return ok || ms_fail_memory(error);
}

/* ---- whose signature is it? */

static ms_made made_by(const ms_public_key *key, const ms_signature *signature)
{
    switch (ms_public_key_made(key, ms_span_of(signature->octets, signature->size))) {
    case MS_VERIFY_GOOD:
        return MS_MADE_BY_THIS_KEY;
    case MS_VERIFY_BAD:
        return MS_MADE_BY_ANOTHER;
    default:
        return MS_MADE_UNKNOWN;
    }
}

ms_made ms_signature_made(ms_crypto *crypto, ms_span field, ms_span record)
{
    ms_made made = MS_MADE_UNKNOWN;
    ms_header header = { 0 };
    ms_public_key *key;
    ms_dkim_key read;
    ms_error error;

    if (ms_dkim_key_parse(record, &read) != MS_DKIM_KEY_OK)
        return MS_MADE_UNKNOWN;
    key = ms_dkim_key_build(crypto, &read, &error);
    if (key != NULL && ms_header_parse(&header, field) && header.n > 0) {
        ms_signature signature;

        ms_signature_parse(&signature, &header.field[0]);
        if (signature.reason == MS_REASON_PASS && signature.type == ms_public_key_type(key))
            made = made_by(key, &signature);
    }
    ms_header_free(&header);
    ms_public_key_free(key);
    return made;
}
