/* dkim_key.c: any octets as a DKIM key record, to both its readers. They must agree: a record in which
 * the lint finds no error is one that the verifier's reader takes, key and all. An octet 0xff cuts
 * the text into the strings of a TXT record. */
#include "record/dkim_key_lint.h"
#include "record/dkim_key_public.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static ms_crypto *crypto;

static bool usable(ms_span text)
{
    ms_dkim_key key;
    ms_error error;
    ms_public_key *public_key;

    if (ms_dkim_key_parse(text, &key) != MS_DKIM_KEY_OK || !key.sha256_allowed || !key.email_allowed)
        return false;
    public_key = ms_dkim_key_build(crypto, &key, &error);
    ms_public_key_free(public_key);
    return public_key != NULL;
}

static bool lint(ms_span text, const ms_span *strings, size_t n)
{
    ms_findings findings = { 0 };
    ms_buf message = { 0 };
    bool error = false;

    require(ms_dkim_key_lint(strings, n, &findings));
    require(findings.n <= MS_FINDINGS_MAX);
    for (size_t i = 0; i < findings.n; i++) {
        ms_finding_message(&findings, i, &message);
        error = error || findings.finding[i].severity == MS_ERROR;
    }
    for (size_t i = 0; i < message.n; i++)
        require(message.p[i] >= 0x20 && message.p[i] < 0x7f);
    require(ms_dkim_key_is_one(text) || error);
    ms_buf_free(&message);
    ms_findings_free(&findings);
    return !error;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    enum { STRINGS = 8 };
    ms_span text = ms_span_of(octets, n), rest = text, strings[STRINGS];
    ms_buf joined = { 0 };
    ms_error error;
    size_t count = 0;

    if (crypto == NULL)
        crypto = ms_crypto_new(&error);
    require(crypto != NULL);
    while (rest.p != NULL && count < STRINGS) {
        strings[count] = ms_span_cut(rest, '\xff', &rest);
        ms_buf_add_span(&joined, strings[count++]);
    }
    if (lint(ms_buf_span(&joined), strings, count))
        require(usable(ms_buf_span(&joined)));
    ms_buf_free(&joined);
    return 0;
}
