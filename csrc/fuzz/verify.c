/* verify.c: any octets as a message to be verified, and as what DNS says of its keys.
 *
 * The first four octets choose: how to verify (the bits below), the size of the chunks, what DNS says (a status, and
 * which records), and how large the answer's TTL is. Where the records are the input's own, they stand next, parted and
 * ended by 0xff. The rest is the message. However it is cut, however often the verifier has been used, and
 * whether the keys come from DNS or from the cache, the verdicts must be the same, and no signature may pass that was
 * not asked about. */
#include "dkim/verify.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

static void require(bool holds)
{
    if (!holds)
        abort();
}

enum { NORMALIZE = 1, ACCEPT_BODY_LENGTH = 2, ONE_SIGNATURE = 4, LARGE_KEYS = 8, USE_CACHE = 16 };
enum { CHOICES = 4, RECORDS_MAX = 4, NOW = 1528637909 };

/* The keys of the examples of RFC 6376 and RFC 8463, and what a name may hold in their stead. */
static const char rfc6376[] =
    "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYt"
    "IxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4O"
    "uKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB";
static const char rfc8463_ed25519[] = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
static const char rfc8463_rsa[] =
    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5"
    "qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3"
    "rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB";
static const char strict[] = "v=DKIM1; k=ed25519; t=y:s; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
static const char small_order[] = "v=DKIM1; k=ed25519; p=AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
static const char revoked[] = "v=DKIM1; p=";
static const char spf[] = "v=spf1 -all";

typedef struct input {
    unsigned how;
    size_t chunk;
    ms_answer_status status;
    unsigned kind;
    uint32_t ttl;
    ms_span own[RECORDS_MAX];
    size_t owned;
    ms_span message;
} input;

static ms_span take(ms_span *text, size_t n)
{
    ms_span taken = ms_span_of(text->p, n < text->n ? n : text->n);

    *text = ms_span_behind(*text, taken.n);
    return taken;
}

static bool read_input(input *in, const uint8_t *octets, size_t n)
{
    ms_span rest;

    if (n < CHOICES)
        return false;
    rest = ms_span_of(octets + CHOICES, n - CHOICES);
    *in = (input){
        .how = octets[0],
        .chunk = octets[1] == 255 ? SIZE_MAX : (size_t)octets[1] + 1,
        .status = (ms_answer_status)(octets[2] % (MS_ANSWER_UNAVAILABLE + 1)),
        .kind = octets[2] >> 4,
        .ttl = octets[3],
    };
    while (in->kind == 1 && in->owned < RECORDS_MAX) {
        ms_span behind, record = ms_span_cut(rest, '\xff', &behind);

        if (behind.p == NULL)
            break;
        in->own[in->owned++] = record;
        rest = behind;
    }
    in->message = rest;
    return true;
}

/* Every kind but the input's own, which is `own`. */
static size_t find_records(const input *in, ms_span name, const ms_span *own, ms_span *records)
{
    bool football = ms_span_ieq(name, MS_LIT("brisbane._domainkey.football.example.com"));
    bool test = ms_span_ieq(name, MS_LIT("test._domainkey.football.example.com"));
    size_t n = 0;

    switch (in->kind) {
    case 1:
        for (; n < in->owned; n++)
            records[n] = own[n];
        return n;
    case 2:
        return 0;
    case 3:
        records[n++] = ms_span_str(spf);
        records[n++] = ms_span_str(rfc8463_ed25519);
        return n;
    case 4:
        records[n++] = ms_span_str(rfc8463_ed25519);
        records[n++] = ms_span_str(rfc8463_rsa);
        return n;
    case 5:
        records[n++] = ms_span_str(strict);
        return n;
    case 6:
        records[n++] = ms_span_str(small_order);
        return n;
    case 7:
        records[n++] = ms_span_str(revoked);
        return n;
    default:
        records[n++] = ms_span_str(football ? rfc8463_ed25519 : test ? rfc8463_rsa : rfc6376);
        return n;
    }
}

static bool write(ms_verifier *v, ms_span message, size_t chunk, ms_error *error)
{
    while (message.n > 0)
        if (!ms_verifier_write(v, take(&message, chunk), error))
            return false;
    return ms_verifier_close(v, error);
}

/* Asks until all is decided, which no name may need more than once. */
static size_t answer_all(const input *in, ms_verifier *v, ms_key_cache *cache)
{
    size_t cursor = 0, asked = 0;
    ms_span name, records[RECORDS_MAX];
    ms_answer answer = { .status = in->status, .text = records, .ttl = in->ttl, .authentic = in->ttl % 2 == 1 };

    for (; ms_verifier_ask(v, cache, &cursor, &name); asked++, cursor = 0) {
        require(asked < MS_SIGNATURES_DEFAULT);
        for (size_t i = 0; i < ms_verifier_count(v); i++)
            require(!ms_verifier_verdict(v, i)->waiting ||
                    ms_verifier_verdict(v, i)->signature.reason != MS_REASON_PASS);
        answer.n = find_records(in, name, in->own, records);
        ms_verifier_answer(v, cache, name, &answer);
    }
    return asked;
}

static void check_verdict(const input *in, const ms_verdict *verdict)
{
    const ms_signature *s = &verdict->signature;
    ms_buf text = { 0 };

    require(!verdict->waiting && s->reason < MS_REASON_COUNT && s->reason != MS_REASON_INTERNAL);
    ms_verdict_text(verdict, &text);
    require(text.n > 0);
    for (size_t i = 0; i < text.n; i++)
        require(text.p[i] >= ' ' && text.p[i] <= '~');
    ms_buf_free(&text);
    if (s->reason != MS_REASON_PASS)
        return;
    require(in->status == MS_ANSWER_OK && verdict->header_intact);
    require(verdict->octets_unsigned == 0 || (in->how & ACCEPT_BODY_LENGTH) != 0);
    require(s->type == MS_KEY_ED25519 || verdict->key_bits >= (in->how & LARGE_KEYS ? 2048u : 1024u));
    require(s->expiration == MS_NO_NUMBER || s->expiration >= NOW);
}

static void check_verdicts(const input *in, const ms_verifier *v)
{
    size_t most = in->how & ONE_SIGNATURE ? 1 : MS_SIGNATURES_DEFAULT;

    require(ms_verifier_count(v) <= most + MS_MALFORMED_MAX);
    for (size_t i = 0; i < ms_verifier_count(v); i++)
        check_verdict(in, ms_verifier_verdict(v, i));
}

static void check_same(const ms_verifier *v, const ms_verifier *w)
{
    require(ms_verifier_count(v) == ms_verifier_count(w) && ms_verifier_ignored(v) == ms_verifier_ignored(w));
    for (size_t i = 0; i < ms_verifier_count(v); i++) {
        const ms_verdict *a = ms_verifier_verdict(v, i), *b = ms_verifier_verdict(w, i);

        require(a->signature.reason == b->signature.reason && a->octets_unsigned == b->octets_unsigned);
        require(a->key_bits == b->key_bits && a->testing == b->testing && a->authentic == b->authentic);
        require(a->in_future == b->in_future && a->header_intact == b->header_intact);
        require(ms_span_eq(ms_buf_span(&a->key_name), ms_buf_span(&b->key_name)));
    }
}

static ms_verifier *new_verifier(ms_crypto *crypto, const input *in)
{
    ms_verify_options options = {
        .maximum_signatures = in->how & ONE_SIGNATURE ? 1 : MS_SIGNATURES_DEFAULT,
        .minimum_key_bits = in->how & LARGE_KEYS ? 2048 : 1024,
        .normalize = (in->how & NORMALIZE) != 0,
        .accept_body_length = (in->how & ACCEPT_BODY_LENGTH) != 0,
    };
    ms_error error;
    ms_verifier *v = ms_verifier_new(crypto, &options, &error);

    require(v != NULL);
    ms_verifier_reset(v, NOW);
    return v;
}

static void check(const input *in, ms_verifier *whole, ms_verifier *chunks, ms_key_cache *cache)
{
    ms_error error, other;
    bool read = write(whole, in->message, SIZE_MAX, &error);

    require(write(chunks, in->message, in->chunk, &other) == read);
    require(read || strcmp(error.code, other.code) == 0);
    if (!read)
        return;
    answer_all(in, whole, NULL);
    answer_all(in, chunks, cache);
    check_verdicts(in, whole);
    check_same(whole, chunks);
    /* Used again: by the cache, where there is one, and with nothing left of the last message. */
    ms_verifier_reset(chunks, NOW);
    require(write(chunks, in->message, in->chunk, &other));
    answer_all(in, chunks, cache);
    check_same(whole, chunks);
}

static ms_crypto *crypto;

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    ms_verifier *whole, *chunks;
    ms_key_cache *cache = NULL;
    ms_error error;
    input in;

    if (crypto == NULL)
        crypto = ms_crypto_new(&error);
    require(crypto != NULL);
    if (!read_input(&in, octets, n))
        return 0;
    if (in.how & USE_CACHE)
        require((cache = ms_key_cache_new(2)) != NULL);
    whole = new_verifier(crypto, &in);
    chunks = new_verifier(crypto, &in);
    check(&in, whole, chunks, cache);
    ms_verifier_free(whole);
    ms_verifier_free(chunks);
    ms_key_cache_free(cache);
    return 0;
}
