/* explain.c: any octets as a body that a relay may have changed. The first octet chooses the canonicalization, the next
 * two a place. What stands in front of the line end before it is taken for the body that was signed, and must be found
 * as the beginning of the whole, or a shorter one of the same form. Every mending must end, write no more than it may,
 * and leave alone what it has mended where there is nothing left to mend. */
#include "dkim/explain.h"

#include "base/base64.h"
#include "dkim/header_hash.h"
#include "mail/mend.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

static void require(bool holds)
{
    if (!holds)
        abort();
}

enum { CHOICES = 3 };

static ms_crypto *crypto;

static void hash_body(ms_canon canon, ms_span body, uint8_t digest[MS_SHA256_SIZE])
{
    ms_hash *hash = ms_hash_new(crypto);
    ms_body_canon form;

    require(hash != NULL);
    ms_hash_start(hash);
    ms_body_canon_init(&form, canon, ms_write_to_hash, hash);
    if (body.n > 0)
        ms_body_canon_write(&form, body.p, body.n);
    ms_body_canon_finish(&form);
    require(ms_hash_finish(hash, digest));
    ms_hash_free(hash);
}

/* Up to behind the last LF in front of `at`. */
static ms_span lines_before(ms_span body, size_t at)
{
    while (at > 0 && body.p[at - 1] != '\n')
        at--;
    return ms_span_of(body.p, at);
}

static void check_prefixes(ms_canon canon, ms_span body, size_t at)
{
    ms_span begin = lines_before(body, at < body.n ? at : body.n);
    ms_body_prefix wanted[3] = { { .size = 0 } };
    char bh[2][MS_SHA256_SIZE * 2];
    uint8_t digest[MS_SHA256_SIZE];
    ms_error error;
    bool matches;

    hash_body(canon, begin, digest);
    wanted[0].bh = ms_span_of(bh[0], ms_base64_encode(digest, sizeof digest, bh[0]));
    hash_body(canon, body, digest);
    wanted[1].bh = ms_span_of(bh[1], ms_base64_encode(digest, sizeof digest, bh[1]));
    wanted[2].bh = body;
    require(ms_body_prefixes(crypto, canon, body, wanted, 3, &error));
    require(wanted[1].found && (!wanted[2].found || wanted[2].sound));
    require(wanted[0].found || body.n - begin.n > MS_FOOTER_MAX);
    for (int i = 0; i < 2; i++) {
        if (!wanted[i].found)
            continue;
        require(wanted[i].size <= (i == 0 ? begin.n : body.n));
        hash_body(canon, ms_span_of(body.p, wanted[i].size), digest);
        require(memcmp(digest, wanted[i].hash, sizeof digest) == 0);
        require(ms_body_matches(crypto, canon, ms_span_of(body.p, wanted[i].size), MS_NO_LIMIT, wanted[i].bh, &matches,
                                &error));
        require(matches);
    }
}

static void check_mending(ms_mending mending, ms_span body)
{
    bool expands = mending == MS_MEND_FOLDED_SPACES;
    ms_buf out = { 0 };

    ms_mend(mending, body, &out);
    require(!out.failed && out.n <= (expands ? body.n * 8 : body.n * 2 + 2));
    if (mending == MS_MEND_TRAILING_SPACE || mending == MS_MEND_SEPARATOR || mending == MS_MEND_FOLDED_SPACES ||
        mending == MS_MEND_LINES_ABOVE) {
        ms_buf again = { 0 };

        ms_mend(mending, ms_buf_span(&out), &again);
        require(!again.failed && ms_span_eq(ms_buf_span(&again), ms_buf_span(&out)));
        ms_buf_free(&again);
    }
    ms_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    ms_error error;
    ms_span body;

    if (crypto == NULL)
        crypto = ms_crypto_new(&error);
    require(crypto != NULL);
    if (n < CHOICES)
        return 0;
    body = ms_span_of(octets + CHOICES, n - CHOICES);
    check_prefixes(octets[0] % 2 == 0 ? MS_SIMPLE : MS_RELAXED, body, (size_t)octets[1] << 8 | octets[2]);
    for (int i = 0; i < MS_MENDINGS; i++)
        check_mending((ms_mending)i, body);
    return 0;
}
