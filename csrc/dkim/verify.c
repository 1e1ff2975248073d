/* verify.c: verifying the signatures of a message. See verify.h. */
#include "dkim/verify.h"

#include "dkim/body_hash.h"
#include "dkim/head.h"
#include "dkim/header_hash.h"
#include "mail/normalize.h"
#include "record/dkim_key_public.h"

#include <stdlib.h>

struct ms_verifier {
    ms_crypto *crypto;
    ms_verify_options options;
    uint64_t now;
    ms_wsp_scanner scanner;
    ms_normalizer normalizer;
    ms_buf mended;
    ms_head head;
    ms_body_hashes bodies;
    ms_hash *header_hash;
    ms_sink sink;
    ms_verdict **verdict; /* `n` are in use; those up to cap are kept for the next message */
    size_t n, cap;
    size_t evaluated, ignored;
};

/* ---- life */

ms_verifier *ms_verifier_new(ms_crypto *crypto, const ms_verify_options *options, ms_error *error)
{
    ms_verifier *v = calloc(1, sizeof *v);

    if (v == NULL) {
        ms_fail_memory(error);
        return NULL;
    }
    v->crypto = crypto;
    v->options = *options;
    v->scanner = ms_wsp_scanner_of(MS_WSP_AVX2);
    ms_body_hashes_init(&v->bodies, crypto);
    v->header_hash = ms_hash_new(crypto);
    if (v->header_hash == NULL) {
        ms_fail_memory(error);
        ms_verifier_free(v);
        return NULL;
    }
    ms_sink_init(&v->sink, ms_write_to_hash, v->header_hash);
    ms_verifier_reset(v, 0);
    return v;
}

void ms_verifier_free(ms_verifier *v)
{
    if (v == NULL)
        return;
    for (size_t i = 0; i < v->cap; i++) {
        ms_buf_free(&v->verdict[i]->key_name);
        free(v->verdict[i]);
    }
    free(v->verdict);
    ms_buf_free(&v->mended);
    ms_head_free(&v->head);
    ms_body_hashes_free(&v->bodies);
    ms_hash_free(v->header_hash);
    free(v);
}

void ms_verifier_reset(ms_verifier *v, uint64_t now)
{
    v->normalizer = ms_normalize_start();
    ms_head_reset(&v->head);
    ms_body_hashes_reset(&v->bodies);
    v->now = now;
    v->n = v->evaluated = v->ignored = 0;
}

/* ---- the header has come */

static ms_verdict *next_verdict(ms_verifier *v)
{
    ms_verdict **list;

    if (v->n == v->cap) {
        list = realloc(v->verdict, (v->cap + 1) * sizeof *list);
        if (list == NULL)
            return NULL;
        v->verdict = list;
        list[v->cap] = calloc(1, sizeof **list);
        if (list[v->cap] == NULL)
            return NULL;
        v->cap++;
    }
    return v->verdict[v->n++];
}

static bool hash_header(ms_verifier *v, ms_verdict *verdict, const ms_field *field)
{
    const ms_signature *s = &verdict->signature;
    ms_header_input input = {
        .header = &v->head.header,
        .taken = v->head.taken,
        .scanner = &v->scanner,
        .canon = s->header_canon,
        .names = s->headers,
        .own = field,
        .hole = s->b_hole,
    };

    ms_hash_start(v->header_hash);
    ms_header_octets(&input, &v->sink);
    return ms_hash_finish(v->header_hash, verdict->header_digest);
}

static void check_times(const ms_verifier *v, ms_verdict *verdict)
{
    ms_signature *s = &verdict->signature;

    verdict->in_future = s->timestamp != MS_NO_NUMBER && s->timestamp > v->now + v->options.clock_slack;
    if (s->reason == MS_REASON_PASS && s->expiration != MS_NO_NUMBER && v->now > s->expiration + v->options.clock_slack)
        s->reason = MS_REASON_EXPIRED;
}

/* Reads one signature; false when memory is out. Caps come before any hashing. */
static bool take_signature(ms_verifier *v, const ms_field *field)
{
    ms_verdict *verdict = next_verdict(v);
    ms_signature *s;

    if (verdict == NULL)
        return false;
    s = &verdict->signature;
    ms_signature_parse(s, field);
    check_times(v, verdict);
    verdict->octets_unsigned = 0;
    verdict->key_bits = 0;
    verdict->testing = verdict->authentic = verdict->waiting = false;
    verdict->header_checked = verdict->header_intact = false;
    ms_buf_clear(&verdict->key_name);

    if (s->reason != MS_REASON_PASS || !ms_signature_key_name(s, &verdict->key_name)) {
        if (v->n - v->evaluated > MS_MALFORMED_MAX) {
            v->n--;
            v->ignored++;
        }
        return true;
    }
    if (v->evaluated == v->options.maximum_signatures) {
        v->n--;
        v->ignored++;
        return true;
    }
    v->evaluated++;
    /* Until its key comes, a signature is one that could not be verified, never one that passes. */
    verdict->waiting = hash_header(v, verdict, field);
    s->reason = verdict->waiting ? MS_REASON_DNS_UNAVAILABLE : MS_REASON_INTERNAL;
    return ms_body_hashes_want(&v->bodies, s->body_canon, s->body_length, &verdict->body);
}

static bool take_header(ms_verifier *v, ms_error *error)
{
    const ms_header *header = &v->head.header;
    const ms_span name = MS_LIT("dkim-signature");
    const unsigned key = ms_field_key(name);

    for (size_t i = 0; i < header->n; i++)
        if (header->field[i].key == key && ms_span_ieq(header->field[i].name, name) &&
            !take_signature(v, &header->field[i]))
            return ms_fail_memory(error);
    return true;
}

static void decide(ms_verdict *verdict, ms_reason reason)
{
    verdict->signature.reason = reason;
    verdict->waiting = false;
}

/* Mended input is taken in pieces of this size, so that a copy of the whole is never made. */
enum { PIECE = 65536 };

static bool take(ms_verifier *v, ms_span chunk, ms_error *error)
{
    if (!v->head.complete) {
        if (!ms_head_write(&v->head, &chunk, error))
            return false;
        if (v->head.complete && !take_header(v, error))
            return false;
    }
    if (chunk.n > 0)
        ms_body_hashes_write(&v->bodies, chunk.p, chunk.n);
    return true;
}

static bool take_mended(ms_verifier *v, ms_error *error)
{
    if (v->mended.failed)
        return ms_fail_memory(error);
    return v->mended.n == 0 || take(v, ms_buf_span(&v->mended), error);
}

bool ms_verifier_write(ms_verifier *v, ms_span chunk, ms_error *error)
{
    if (!v->options.normalize)
        return take(v, chunk, error);
    while (chunk.n > 0) {
        size_t n = chunk.n < PIECE ? chunk.n : PIECE;

        ms_buf_clear(&v->mended);
        ms_normalize(&v->normalizer, ms_span_of(chunk.p, n), &v->mended);
        if (!take_mended(v, error))
            return false;
        chunk.p += n;
        chunk.n -= n;
    }
    return true;
}

static void fail_waiting(ms_verifier *v)
{
    for (size_t i = 0; i < v->n; i++)
        if (v->verdict[i]->waiting)
            decide(v->verdict[i], MS_REASON_INTERNAL);
}

bool ms_verifier_close(ms_verifier *v, ms_error *error)
{
    if (v->options.normalize) {
        ms_buf_clear(&v->mended);
        ms_normalize_end(&v->normalizer, &v->mended);
        if (!take_mended(v, error))
            return false;
    }
    if (!v->head.complete && (!ms_head_close(&v->head, error) || !take_header(v, error)))
        return false;
    if (!ms_body_hashes_finish(&v->bodies))
        fail_waiting(v);
    return true;
}

/* ---- the keys have come */

/* What the body alone has to say. */
static ms_reason check_body(const ms_verifier *v, ms_verdict *verdict)
{
    const ms_signature *s = &verdict->signature;
    const ms_body_hash *body = &v->bodies.item[verdict->body];
    uint64_t octets = v->bodies.of[s->body_canon].octets;

    if (s->body_length != MS_NO_NUMBER) {
        if (s->body_length > octets)
            return MS_REASON_BODY_SHORTER_THAN_SIGNED;
        verdict->octets_unsigned = octets - s->body_length;
    }
    if (memcmp(body->digest, s->body_hash, MS_SHA256_SIZE) != 0)
        return MS_REASON_BODY_HASH_MISMATCH;
    return MS_REASON_PASS;
}

/* §6.1.2 steps 4 to 9: may this key be used for this signature? */
static ms_reason check_key(const ms_verifier *v, const ms_signature *s, const ms_found_key *found)
{
    if (ms_public_key_type(found->key) != s->type)
        return MS_REASON_KEY_TYPE_MISMATCH;
    if (!found->sha256_allowed)
        return MS_REASON_KEY_HASH_NOT_ALLOWED;
    if (!found->email_allowed)
        return MS_REASON_KEY_NOT_FOR_EMAIL;
    if (found->strict && !s->identity_is_domain)
        return MS_REASON_KEY_IDENTITY_STRICT;
    if (s->type == MS_KEY_RSA && ms_public_key_bits(found->key) < v->options.minimum_key_bits)
        return MS_REASON_KEY_BELOW_POLICY;
    return MS_REASON_PASS;
}

static ms_reason judge(const ms_verifier *v, ms_verdict *verdict, const ms_found_key *found)
{
    const ms_signature *s = &verdict->signature;
    ms_reason reason = check_key(v, s, found), body;
    ms_verify_result result;

    if (reason != MS_REASON_PASS)
        return reason;
    result = ms_public_key_verify(found->key, verdict->header_digest, ms_span_of(s->octets, s->size));
    if (result == MS_VERIFY_REFUSED)
        return MS_REASON_ALGORITHM_REFUSED;
    if (result == MS_VERIFY_FAILED)
        return MS_REASON_INTERNAL;
    verdict->header_checked = true;
    verdict->header_intact = result == MS_VERIFY_GOOD;
    body = check_body(v, verdict);
    if (body != MS_REASON_PASS)
        return body;
    if (result == MS_VERIFY_BAD)
        return MS_REASON_SIGNATURE_MISMATCH;
    if (verdict->octets_unsigned > 0 && !v->options.accept_body_length)
        return MS_REASON_BODY_PARTLY_SIGNED;
    return MS_REASON_PASS;
}

static void evaluate(const ms_verifier *v, ms_verdict *verdict, const ms_found_key *found)
{
    verdict->key_bits = ms_public_key_bits(found->key);
    verdict->testing = found->testing;
    verdict->authentic = found->authentic;
    decide(verdict, judge(v, verdict, found));
}

bool ms_verifier_ask(ms_verifier *v, ms_key_cache *cache, size_t *cursor, ms_span *name)
{
    for (; *cursor < v->n; ++*cursor) {
        ms_verdict *verdict = v->verdict[*cursor];
        const ms_found_key *found;

        if (!verdict->waiting)
            continue;
        *name = ms_buf_span(&verdict->key_name);
        found = cache ? ms_key_cache_get(cache, *name) : NULL;
        if (found == NULL) {
            ++*cursor;
            return true;
        }
        evaluate(v, verdict, found);
    }
    return false;
}

static ms_reason reason_of_record(ms_dkim_key_result result)
{
    switch (result) {
    case MS_DKIM_KEY_OK:
        return MS_REASON_PASS;
    case MS_DKIM_KEY_VERSION:
        return MS_REASON_KEY_VERSION;
    case MS_DKIM_KEY_NO_P:
        return MS_REASON_KEY_NO_P;
    case MS_DKIM_KEY_REVOKED:
        return MS_REASON_KEY_REVOKED;
    case MS_DKIM_KEY_UNKNOWN_K:
        return MS_REASON_KEY_TYPE_UNKNOWN;
    case MS_DKIM_KEY_NOT_A_KEY:
        return MS_REASON_KEY_NOT_A_KEY;
    case MS_DKIM_KEY_SYNTAX:
        break;
    }
    return MS_REASON_KEY_SYNTAX;
}

static ms_reason build_key(ms_crypto *crypto, const ms_dkim_key *record, ms_found_key *found)
{
    ms_error error;

    found->key = ms_dkim_key_build(crypto, record, &error);
    if (found->key == NULL) {
        ms_reason otherwise = strcmp(error.code, "no_memory") == 0 ? MS_REASON_INTERNAL : MS_REASON_KEY_MALFORMED;

        return ms_reason_of_code(error.code, otherwise);
    }
    found->sha256_allowed = record->sha256_allowed;
    found->email_allowed = record->email_allowed;
    found->testing = record->testing;
    found->strict = record->strict;
    return MS_REASON_PASS;
}

/* §3.6.2.2: TXT records that are no key record are passed over, and so are those of another version (§3.6.1 v=), which
 * are told of only where there is nothing else. Of key records there must be one. */
static ms_reason find_key(ms_crypto *crypto, const ms_answer *answer, ms_found_key *found)
{
    ms_dkim_key_result result = MS_DKIM_KEY_NOT_A_KEY;
    ms_dkim_key record;
    size_t records = 0;

    for (size_t i = 0; i < answer->n; i++) {
        ms_dkim_key read;
        ms_dkim_key_result this = ms_dkim_key_parse(answer->text[i], &read);

        if (this == MS_DKIM_KEY_NOT_A_KEY || (this == MS_DKIM_KEY_VERSION && records > 0))
            continue;
        records += this != MS_DKIM_KEY_VERSION;
        result = this;
        record = read;
    }
    if (records > 1)
        return MS_REASON_KEY_RECORDS_SEVERAL;
    if (result != MS_DKIM_KEY_OK)
        return reason_of_record(result);
    found->authentic = answer->authentic;
    return build_key(crypto, &record, found);
}

static ms_reason reason_of_answer(const ms_answer *answer)
{
    static const ms_reason reason[] = {
        [MS_ANSWER_OK] = MS_REASON_PASS,
        [MS_ANSWER_NODATA] = MS_REASON_KEY_RECORD_MISSING,
        [MS_ANSWER_NXDOMAIN] = MS_REASON_KEY_NAME_MISSING,
        [MS_ANSWER_SERVFAIL] = MS_REASON_DNS_SERVFAIL,
        [MS_ANSWER_REFUSED] = MS_REASON_DNS_REFUSED,
        [MS_ANSWER_TIMEOUT] = MS_REASON_DNS_TIMEOUT,
        [MS_ANSWER_BOGUS] = MS_REASON_DNSSEC_BOGUS,
        [MS_ANSWER_UNAVAILABLE] = MS_REASON_DNS_UNAVAILABLE,
    };

    return answer->status == MS_ANSWER_OK && answer->n == 0 ? MS_REASON_KEY_RECORD_MISSING : reason[answer->status];
}

/* No key. A body that is not the one signed cannot pass, whatever DNS will say later. */
static void decide_without_key(const ms_verifier *v, ms_verdict *verdict, ms_reason reason)
{
    if (ms_reason_result(reason) == MS_RESULT_TEMPERROR) {
        ms_reason body = check_body(v, verdict);

        if (body != MS_REASON_PASS)
            reason = body;
    }
    decide(verdict, reason);
}

void ms_verifier_answer(ms_verifier *v, ms_key_cache *cache, ms_span name, const ms_answer *answer)
{
    ms_reason reason = reason_of_answer(answer);
    ms_found_key found = { 0 };
    const ms_found_key *use = &found;

    if (reason == MS_REASON_PASS)
        reason = find_key(v->crypto, answer, &found);
    if (found.key != NULL && cache != NULL && answer->ttl > 0) {
        const ms_found_key *kept = ms_key_cache_put(cache, name, &found, answer->ttl);

        if (kept != NULL) {
            found.key = NULL;
            use = kept;
        }
    }
    for (size_t i = 0; i < v->n; i++) {
        ms_verdict *verdict = v->verdict[i];

        if (!verdict->waiting || !ms_span_eq(ms_buf_span(&verdict->key_name), name))
            continue;
        if (reason == MS_REASON_PASS)
            evaluate(v, verdict, use);
        else
            decide_without_key(v, verdict, reason);
    }
    ms_public_key_free(found.key);
}

/* ---- what came of it */

size_t ms_verifier_count(const ms_verifier *v)
{
    return v->n;
}

const ms_verdict *ms_verifier_verdict(const ms_verifier *v, size_t index)
{
    return v->verdict[index];
}

size_t ms_verifier_ignored(const ms_verifier *v)
{
    return v->ignored;
}

static void add_visible(ms_buf *out, ms_span s)
{
    enum { MOST = 300 };
    size_t n = s.n < MOST ? s.n : MOST;
    char *to = ms_buf_reserve(out, n);

    if (to == NULL)
        return;
    for (size_t i = 0; i < n; i++)
        to[i] = s.p[i] >= ' ' && s.p[i] <= '~' ? s.p[i] : '?';
    out->n += n;
    if (n < s.n)
        ms_buf_add_str(out, "...");
}

void ms_verdict_text(const ms_verdict *verdict, ms_buf *out)
{
    const ms_signature *s = &verdict->signature;
    const char *text = ms_reason_text(s->reason);

    for (;; text += 2) {
        size_t plain = strcspn(text, "%");

        ms_buf_add(out, text, plain);
        text += plain;
        if (*text == '\0')
            return;
        switch (text[1]) {
        case 'n':
            add_visible(out, ms_buf_span(&verdict->key_name));
            break;
        case 'd':
            add_visible(out, s->domain);
            break;
        case 'i':
            add_visible(out, s->identity.n > 0 ? s->identity : s->domain);
            break;
        default:
            add_visible(out, s->detail);
            break;
        }
    }
}
