/* sign.c: any octets as a message to be signed. What the signer signs, a verifier must pass: the fields and the message
 * that goes out, mended or as it came.
 *
 * The first octet is how to sign (the bits below), the second the size of the pieces, the third the number of names to
 * sign, which stand next, parted by colons. */
#include "dkim/sign.h"
#include "dkim/verify.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

static void require(bool holds)
{
    if (!holds)
        abort();
}

enum {
    SIMPLE_HEADER = 1,
    SIMPLE_BODY = 2,
    NORMALIZE = 4,
    BODY_LENGTH = 8,
    COPY_HEADERS = 16,
    EXPIRE = 32,
    OVERSIGN = 64
};
enum { CHOICES = 3, NOW = 1795000000 };

/* Of RFC 8463 §A. */
static const char pem[] = "-----BEGIN PRIVATE KEY-----\n"
                          "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
                          "-----END PRIVATE KEY-----\n";
static const char record[] = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

typedef struct keyring {
    ms_crypto *crypto;
    ms_private_key *key;
} keyring;

static ms_span take(ms_span *text, size_t n)
{
    ms_span taken = ms_span_of(text->p, n < text->n ? n : text->n);

    *text = ms_span_behind(*text, taken.n);
    return taken;
}

static ms_signer *new_signer(const keyring *ring, unsigned how, ms_span names)
{
    ms_sign_options options = {
        .header_canon = how & SIMPLE_HEADER ? MS_SIMPLE : MS_RELAXED,
        .body_canon = how & SIMPLE_BODY ? MS_SIMPLE : MS_RELAXED,
        .headers = how & OVERSIGN ? (ms_span){ NULL, 0 } : names,
        .oversign = how & OVERSIGN ? names : (ms_span){ NULL, 0 },
        .expire = how & EXPIRE ? 3600 : 0,
        .body_length = (how & BODY_LENGTH) != 0,
        .copy_headers = (how & COPY_HEADERS) != 0,
        .lint = true,
        .refuse = true,
        .normalize = (how & NORMALIZE) != 0,
    };
    ms_signing signing = {
        .domain = MS_LIT("example.com"),
        .selector = MS_LIT("s1"),
        .identity = MS_LIT("joe|sixpack@mail.example.com"),
        .type = MS_KEY_ED25519,
        .key = ring->key,
    };
    ms_error error;
    ms_signer *signer = ms_signer_new(ring->crypto, &options, &error);

    if (signer != NULL) {
        require(ms_signer_add(signer, &signing, &error));
        signing.identity.n = 0;
        signing.selector = MS_LIT("s2");
        require(ms_signer_add(signer, &signing, &error) || strcmp(error.code, "bad_header_name") == 0);
    }
    return signer;
}

static bool sign(ms_signer *signer, ms_span message, size_t piece, ms_buf *out, size_t *signatures)
{
    ms_buf mended = { 0 }, *to = &mended;
    ms_span fields, rest = message;
    ms_error error;
    ms_sign_stream *stream = ms_sign_stream_new(signer, &error);
    bool good = true;

    require(stream != NULL);
    *signatures = ms_sign_stream_count(stream);
    ms_sign_stream_reset(stream, NOW);
    while (good && rest.n > 0)
        good = ms_sign_stream_write(stream, take(&rest, piece), to, &error);
    good = good && ms_sign_stream_close(stream, to, &error);
    for (size_t i = 0; good && i < *signatures; i++)
        require(ms_sign_stream_sign(stream, i, &error));
    require(good || (error.code != NULL && strcmp(error.code, "no_memory") != 0));
    if (good) {
        require(ms_sign_stream_fields(stream, &fields, &error));
        ms_buf_add_span(out, fields);
    }
    ms_sign_stream_free(stream);
    ms_buf_add_span(out, mended.n > 0 ? ms_buf_span(&mended) : message);
    ms_buf_free(&mended);
    return good;
}

static void check_passes(const keyring *ring, ms_span signed_message, size_t signatures)
{
    static const ms_verify_options options = { .maximum_signatures = MS_SIGNATURES_DEFAULT, .minimum_key_bits = 1024 };
    const ms_span text = ms_span_str(record);
    const ms_answer answer = { .status = MS_ANSWER_OK, .text = &text, .n = 1 };
    ms_error error;
    ms_verifier *v = ms_verifier_new(ring->crypto, &options, &error);
    size_t cursor = 0;
    ms_span name;

    require(v != NULL);
    ms_verifier_reset(v, NOW);
    require(ms_verifier_write(v, signed_message, &error) && ms_verifier_close(v, &error));
    while (ms_verifier_ask(v, NULL, &cursor, &name)) {
        ms_verifier_answer(v, NULL, name, &answer);
        cursor = 0;
    }
    require(ms_verifier_count(v) >= signatures);
    for (size_t i = 0; i < signatures; i++)
        require(ms_verifier_verdict(v, i)->signature.reason == MS_REASON_PASS);
    ms_verifier_free(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    static keyring ring;
    ms_buf out = { 0 };
    ms_signer *signer;
    ms_span rest, names;
    ms_error error;

    if (ring.crypto == NULL) {
        ring.crypto = ms_crypto_new(&error);
        require(ring.crypto != NULL);
        ring.key = ms_private_key_load(ring.crypto, ms_span_str(pem), (ms_span){ NULL, 0 }, &error);
        require(ring.key != NULL);
    }
    if (n < CHOICES)
        return 0;
    rest = ms_span_of(octets + CHOICES, n - CHOICES);
    names = take(&rest, octets[2]);
    signer = new_signer(&ring, octets[0], names);
    if (signer != NULL) {
        size_t signatures;

        if (sign(signer, rest, (size_t)octets[1] + 1, &out, &signatures))
            check_passes(&ring, ms_buf_span(&out), signatures);
        ms_signer_free(signer);
    }
    ms_buf_free(&out);
    return 0;
}
