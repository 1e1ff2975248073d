/* dmarc_record.c: any octets as a DMARC record and as a report authorisation, to all their readers. What is read lies
 * in the text. The readers must agree: a record in which the lint finds no error is one that receivers use, and one
 * that they pass over has an error. An octet 0xff cuts the text into the strings of a TXT record. */
#include "record/dmarc.h"
#include "record/dmarc_lint.h"

#include "fuzz/record.h"

static void check_inside(ms_span text, ms_span s)
{
    require(s.n == 0 || (s.p >= text.p && s.p + s.n <= text.p + text.n));
}

static void check_uris(ms_span text, const ms_dmarc_uris *uris)
{
    require(uris->n <= MS_DMARC_URIS_MAX);
    for (size_t i = 0; i < uris->n; i++) {
        const ms_dmarc_uri *uri = &uris->uri[i];

        check_inside(text, uri->uri);
        check_inside(uri->uri, uri->scheme);
        check_inside(uri->uri, uri->address);
        check_inside(uri->address, uri->domain);
        check_inside(text, uri->size);
        require(uri->scheme.n > 0 && (uri->address.n == 0) == (uri->domain.n == 0));
    }
}

static void check_record(ms_span text, const ms_dmarc *record, ms_dmarc_result result)
{
    check_uris(text, &record->rua);
    check_uris(text, &record->ruf);
    require(record->psd == 'y' || record->psd == 'n' || record->psd == 'u');
    require(record->fo > 0 && record->fo < 16 && (record->fo & 3) != 3);
    require(record->policy != MS_DMARC_UNSET);
    require(!record->assumed || record->policy == MS_DMARC_NONE);
    require(result != MS_DMARC_NO_POLICY || (record->assumed && record->rua.n == 0));
}

/* Without an error? */
static bool is_fine(bool (*lint)(const ms_span *, size_t, ms_findings *), const ms_span *strings, size_t n)
{
    ms_findings findings = { 0 };

    require(lint(strings, n, &findings));
    return !fuzz_has_error(&findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    fuzz_text given;
    ms_span text;
    ms_dmarc record;
    ms_dmarc_result result;

    fuzz_cut(&given, octets, n);
    text = ms_buf_span(&given.joined);
    result = ms_dmarc_parse(text, &record);
    check_record(text, &record, result);
    require(!is_fine(ms_dmarc_lint, given.strings, given.n) || result == MS_DMARC_OK);
    result = ms_dmarc_report_parse(text, &record);
    require(result != MS_DMARC_NO_POLICY);
    require(!is_fine(ms_dmarc_report_lint, given.strings, given.n) || result == MS_DMARC_OK);
    ms_buf_free(&given.joined);
    return 0;
}
