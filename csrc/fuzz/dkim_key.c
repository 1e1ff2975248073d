/* dkim_key.c: any octets as a DKIM key record, to both its readers. They must agree: a record in which
 * the lint finds no error is one that the verifier's reader takes, key and all. An octet 0xff cuts
 * the text into the strings of a TXT record. */
#include "record/dkim_key_lint.h"
#include "record/dkim_key_public.h"

#include "fuzz/record.h"

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
    bool fine;

    require(ms_dkim_key_lint(strings, n, &findings));
    fine = !fuzz_has_error(&findings);
    require(ms_dkim_key_is_one(text) || !fine);
    return fine;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    fuzz_text text;
    ms_error error;

    if (crypto == NULL)
        crypto = ms_crypto_new(&error);
    require(crypto != NULL);
    fuzz_cut(&text, octets, n);
    if (lint(ms_buf_span(&text.joined), text.strings, text.n))
        require(usable(ms_buf_span(&text.joined)));
    ms_buf_free(&text.joined);
    return 0;
}
