/* sign.c: the signer, and the stream that takes a message. See sign.h; the field itself is sign_field.c's. */
#include "dkim/sign.h"

#include "dkim/head.h"
#include "dkim/header_hash.h"
#include "dkim/sign_field.h"
#include "mail/domain.h"
#include "mail/missing.h"
#include "mail/normalize.h"

#include <stdlib.h>

/* ---- the signer */

ms_signer *ms_signer_new(ms_crypto *crypto, const ms_sign_options *options, ms_error *error)
{
    ms_signer *signer = calloc(1, sizeof *signer);

    if (signer == NULL) {
        ms_fail_memory(error);
        return NULL;
    }
    signer->crypto = crypto;
    signer->options = *options;
    signer->options.headers = signer->options.oversign = (ms_span){ NULL, 0 };
    if (!ms_sign_names_init(&signer->names, options->headers, options->oversign, error)) {
        ms_signer_free(signer);
        return NULL;
    }
    return signer;
}

static void free_who(ms_signing_kept *who)
{
    ms_private_key_free(who->key);
    ms_buf_free(&who->domain);
    ms_buf_free(&who->selector);
    ms_buf_free(&who->identity);
}

void ms_signer_free(ms_signer *signer)
{
    if (signer == NULL || signer->sharers-- > 0)
        return;
    for (size_t i = 0; i < signer->n; i++)
        free_who(&signer->who[i]);
    free(signer->who);
    ms_sign_names_free(&signer->names);
    free(signer);
}

static bool keep_name(ms_buf *to, ms_span name, const char *code, const char *what, ms_error *error)
{
    size_t start = to->n; /* an identity's local part may stand before it */
    ms_error why;

    if (ms_domain_to_ascii(name, to, &why)) {
        if (ms_domain_valid(ms_span_of(to->p + start, to->n - start)))
            return true;
        ms_fail(&why, code, "it is not a domain name");
    }
    if (strcmp(why.code, "no_memory") == 0)
        return ms_fail_memory(error);
    return ms_fail(error, code, "the %s \"%.*s\" cannot be used: %s", what, (int)(name.n < 80 ? name.n : 80), name.p,
                   why.text);
}

static bool keep_identity(ms_signing_kept *who, ms_span identity, ms_error *error)
{
    const char *at;
    ms_span local, domain;
    size_t start;

    if (identity.n == 0)
        return true;
    at = identity.p + identity.n;
    while (at > identity.p && at[-1] != '@')
        at--;
    if (at == identity.p)
        return ms_fail(error, "bad_identity", "the identity has no \"@\"");
    local = ms_span_of(identity.p, (size_t)(at - identity.p) - 1);
    domain = ms_span_of(at, identity.n - local.n - 1);
    ms_dkim_quote(&who->identity, local);
    ms_buf_add_char(&who->identity, '@');
    start = who->identity.n;
    if (!keep_name(&who->identity, domain, "bad_identity", "identity's domain", error))
        return false;
    if (!ms_domain_within(ms_span_of(who->identity.p + start, who->identity.n - start), ms_buf_span(&who->domain)))
        return ms_fail(error, "bad_identity", "the identity's domain is not within the signing domain");
    return who->identity.failed ? ms_fail_memory(error) : true;
}

static bool keep(ms_signing_kept *who, const ms_signing *signing, ms_error *error)
{
    if (!keep_name(&who->domain, signing->domain, "bad_domain", "signing domain", error) ||
        !keep_name(&who->selector, signing->selector, "bad_selector", "selector", error))
        return false;
    if (memchr(who->domain.p, '.', who->domain.n) == NULL)
        return ms_fail(error, "bad_domain", "the signing domain has one label only");
    if (who->selector.n + sizeof "._domainkey." - 1 + who->domain.n > MS_DOMAIN_MAX)
        return ms_fail(error, "bad_domain", "selector and signing domain are too long for one name in DNS");
    who->type = signing->type;
    who->bits = signing->bits;
    if (signing->key != NULL)
        who->key = ms_private_key_share(signing->key);
    return keep_identity(who, signing->identity, error);
}

bool ms_signer_add(ms_signer *signer, const ms_signing *signing, ms_error *error)
{
    ms_signing_kept *who;

    if (signer->n > 0 && ms_sign_names_oversign(&signer->names, MS_LIT("DKIM-Signature")))
        return ms_fail(error, "bad_header_name",
                       "where several sign, DKIM-Signature cannot be oversigned: "
                       "each signature would break the others");
    who = realloc(signer->who, (signer->n + 1) * sizeof *who);
    if (who == NULL)
        return ms_fail_memory(error);
    signer->who = who;
    who[signer->n] = (ms_signing_kept){ 0 };
    if (!keep(&who[signer->n], signing, error)) {
        free_who(&who[signer->n]);
        return false;
    }
    signer->n++;
    return true;
}

/* ---- the stream */

struct ms_sign_stream {
    ms_signer *signer;
    uint64_t now;
    ms_wsp_scanner scanner;
    ms_head head;
    bool ended; /* an empty line ended the header */
    ms_lint lint;
    ms_normalizer normalizer;
    ms_body_hashes bodies;
    size_t body; /* index of the body hash */
    ms_hash *header_hash;
    ms_buf added;  /* fields that the message lacked (normalize) */
    ms_buf names;  /* h= */
    ms_buf copied; /* z= */
    ms_buf field;  /* being made, up to "b=" */
    ms_buf fields; /* finished */
};

ms_sign_stream *ms_sign_stream_new(ms_signer *signer, ms_error *error)
{
    ms_sign_stream *s = calloc(1, sizeof *s);

    if (s != NULL) {
        s->signer = signer;
        signer->sharers++;
        s->scanner = ms_wsp_scanner_of(MS_WSP_AVX2);
        ms_body_hashes_init(&s->bodies, signer->crypto);
        s->header_hash = ms_hash_new(signer->crypto);
    }
    if (s == NULL || s->header_hash == NULL) {
        ms_sign_stream_free(s);
        ms_fail_memory(error);
        return NULL;
    }
    ms_sign_stream_reset(s, 0);
    return s;
}

void ms_sign_stream_free(ms_sign_stream *s)
{
    if (s == NULL)
        return;
    ms_head_free(&s->head);
    ms_body_hashes_free(&s->bodies);
    ms_hash_free(s->header_hash);
    ms_buf_free(&s->added);
    ms_buf_free(&s->names);
    ms_buf_free(&s->copied);
    ms_buf_free(&s->fields);
    ms_buf_free(&s->field);
    ms_signer_free(s->signer);
    free(s);
}

void ms_sign_stream_reset(ms_sign_stream *s, uint64_t now)
{
    s->now = now;
    ms_head_reset(&s->head);
    ms_body_hashes_reset(&s->bodies);
    s->lint = ms_lint_start();
    s->normalizer = ms_normalize_start();
    ms_buf_clear(&s->added);
    ms_buf_clear(&s->fields);
}

/* A run is looked at and hashed in pieces of this size, so that the second finds it in the cache. */
enum { PIECE = 32768 };

static bool want_body(ms_sign_stream *s, ms_error *error)
{
    return ms_body_hashes_want(&s->bodies, s->signer->options.body_canon, MS_NO_LIMIT, &s->body) ||
           ms_fail_memory(error);
}

/* A header section without end is most often one whose lines end in LF: then that is what to say. */
static bool explain(const ms_sign_stream *s, ms_error *error)
{
    if (s->signer->options.refuse && strcmp(error->code, "header_too_large") == 0)
        ms_lint_passes(&s->lint, error);
    return false;
}

static bool take_piece(ms_sign_stream *s, ms_span piece, ms_error *error)
{
    if (s->signer->options.lint)
        ms_lint_octets(&s->lint, piece);
    if (!s->head.complete) {
        if (!ms_head_write(&s->head, &piece, error))
            return explain(s, error);
        s->ended = s->head.complete;
        if (s->head.complete && !want_body(s, error))
            return false;
    }
    if (piece.n > 0)
        ms_body_hashes_write(&s->bodies, piece.p, piece.n);
    return true;
}

/* A run of the message as it will be sent. */
static bool take(ms_sign_stream *s, ms_span run, ms_error *error)
{
    while (run.n > 0) {
        size_t n = run.n < PIECE ? run.n : PIECE;

        if (!take_piece(s, ms_span_of(run.p, n), error))
            return false;
        run.p += n;
        run.n -= n;
    }
    return true;
}

static bool take_mended(ms_sign_stream *s, const ms_buf *mended, size_t from, ms_error *error)
{
    if (mended->failed)
        return ms_fail_memory(error);
    return mended->n == from || take(s, ms_span_of(mended->p + from, mended->n - from), error);
}

bool ms_sign_stream_write(ms_sign_stream *s, ms_span chunk, ms_buf *mended, ms_error *error)
{
    size_t from = mended->n;

    if (!s->signer->options.normalize)
        return take(s, chunk, error);
    ms_normalize(&s->normalizer, chunk, mended);
    return take_mended(s, mended, from, error);
}

/* Everything that has come, header and body, makes a Message-ID; the domain is that of the first signing. */
static bool add_missing(ms_sign_stream *s, ms_error *error)
{
    enum { UNIQUE_SIZE = 16 };
    uint8_t digest[MS_SHA256_SIZE];
    ms_origin origin = { s->now, digest, UNIQUE_SIZE, ms_buf_span(&s->signer->who[0].domain) };

    ms_hash_start(s->header_hash);
    ms_hash_update(s->header_hash, s->head.kept.p, s->head.kept.n);
    ms_hash_update(s->header_hash, s->bodies.item[s->body].digest, MS_SHA256_SIZE);
    ms_hash_update(s->header_hash, &s->now, sizeof s->now);
    if (!ms_hash_finish(s->header_hash, digest))
        return ms_fail(error, "sign_failed", "the header could not be hashed");
    ms_missing_write(&s->head.header, &origin, &s->added);
    if (s->added.failed)
        return ms_fail_memory(error);
    return ms_head_append(&s->head, ms_buf_span(&s->added), error);
}

/* The message has come whole: what is to be signed of its header? */
static bool take_header(ms_sign_stream *s, ms_error *error)
{
    const ms_sign_options *options = &s->signer->options;
    const ms_header *header = &s->head.header;

    if (options->normalize && s->signer->n > 0 && !add_missing(s, error))
        return false;
    if (options->lint) {
        ms_lint_header(&s->lint, header, ms_buf_span(&s->head.kept), s->ended);
        ms_lint_end(&s->lint);
    }
    if (options->refuse && !ms_lint_passes(&s->lint, error))
        return false;
    if (!ms_sign_names_write(&s->signer->names, header, &s->names, error))
        return false;
    if (options->copy_headers && !ms_sign_field_copies(header, ms_buf_span(&s->names), &s->copied))
        return ms_fail_memory(error);
    return true;
}

bool ms_sign_stream_close(ms_sign_stream *s, ms_buf *mended, ms_error *error)
{
    size_t from = mended->n;

    if (s->signer->options.normalize) {
        ms_normalize_end(&s->normalizer, mended);
        if (!take_mended(s, mended, from, error))
            return false;
    }
    if (!s->head.complete) {
        s->ended = false;
        if (!ms_head_close(&s->head, error) || !want_body(s, error))
            return false;
    }
    if (!ms_body_hashes_finish(&s->bodies))
        return ms_fail(error, "sign_failed", "the body could not be hashed");
    return take_header(s, error);
}

size_t ms_sign_stream_count(const ms_sign_stream *s)
{
    return s->signer->n;
}

const ms_lint *ms_sign_stream_lint(const ms_sign_stream *s)
{
    return &s->lint;
}

void ms_sign_stream_who(const ms_sign_stream *s, size_t index, ms_span *domain, ms_span *selector)
{
    *domain = ms_buf_span(&s->signer->who[index].domain);
    *selector = ms_buf_span(&s->signer->who[index].selector);
}

/* ---- one signing */

static bool make_field(ms_sign_stream *s, size_t index, ms_error *error)
{
    ms_sign_facts facts = {
        .now = s->now,
        .names = ms_buf_span(&s->names),
        .copied = ms_buf_span(&s->copied),
        .body_hash = s->bodies.item[s->body].digest,
        .body_octets = s->bodies.of[s->signer->options.body_canon].octets,
    };

    ms_buf_clear(&s->field);
    ms_sign_field_begin(s->signer, &s->signer->who[index], &facts, &s->field);
    return s->field.failed ? ms_fail_memory(error) : true;
}

static void write_octets(ms_sign_stream *s, ms_sink_write *write, void *to)
{
    ms_span whole = ms_buf_span(&s->field);
    ms_field own = { .whole = whole };
    ms_header_input input = {
        .header = &s->head.header,
        .taken = s->head.taken,
        .scanner = &s->scanner,
        .canon = s->signer->options.header_canon,
        .names = ms_buf_span(&s->names),
        .own = &own,
        .hole = ms_span_of(whole.p + whole.n, 0),
    };
    ms_sink sink;

    own.name = ms_span_cut(whole, ':', &own.value);
    ms_sink_init(&sink, write, to);
    ms_header_octets(&input, &sink);
}

static bool hash_header(ms_sign_stream *s, uint8_t digest[MS_SHA256_SIZE], ms_error *error)
{
    ms_hash_start(s->header_hash);
    write_octets(s, ms_write_to_hash, s->header_hash);
    return ms_hash_finish(s->header_hash, digest) || ms_fail(error, "sign_failed", "the header could not be hashed");
}

static bool finish_field(ms_sign_stream *s, ms_span signature, ms_error *error)
{
    ms_sign_field_end(&s->field, signature);
    ms_buf_add_span(&s->fields, ms_buf_span(&s->field));
    return s->field.failed || s->fields.failed ? ms_fail_memory(error) : true;
}

bool ms_sign_stream_sign(ms_sign_stream *s, size_t index, ms_error *error)
{
    uint8_t digest[MS_SHA256_SIZE], signature[MS_SIGNATURE_MAX];
    size_t n;

    return make_field(s, index, error) && hash_header(s, digest, error) &&
           ms_private_key_sign(s->signer->who[index].key, digest, signature, &n, error) &&
           finish_field(s, ms_span_of(signature, n), error);
}

bool ms_sign_stream_octets(ms_sign_stream *s, size_t index, ms_buf *octets, uint8_t digest[MS_SHA256_SIZE],
                           ms_error *error)
{
    if (!make_field(s, index, error) || !hash_header(s, digest, error))
        return false;
    if (s->signer->who[index].type == MS_KEY_RSA)
        write_octets(s, ms_write_to_buf, octets);
    else
        ms_buf_add(octets, digest, MS_SHA256_SIZE);
    return octets->failed ? ms_fail_memory(error) : true;
}

bool ms_sign_stream_complete(ms_sign_stream *s, size_t index, ms_span signature, ms_error *error)
{
    const ms_signing_kept *who = &s->signer->who[index];
    bool good = signature.n >= MS_RSA_MIN_BITS / 8 && signature.n <= MS_SIGNATURE_MAX;

    if (who->type == MS_KEY_ED25519)
        good = signature.n == MS_ED25519_SIGNATURE_SIZE;
    else if (who->bits > 0)
        good = good && signature.n == (who->bits + 7) / 8;

    if (!good)
        return ms_fail(error, "bad_signature", "the signing callback returned %zu octets, which is no signature",
                       signature.n);
    return finish_field(s, signature, error);
}

bool ms_sign_stream_fields(ms_sign_stream *s, ms_span *fields, ms_error *error)
{
    ms_buf_add_span(&s->fields, ms_buf_span(&s->added));
    *fields = ms_buf_span(&s->fields);
    return s->fields.failed ? ms_fail_memory(error) : true;
}
