/* tls_rpt.c: any octets as a TLS reporting record. One in which no error is found is what RFC 8460 §3 has, and names a
 * place that reports can go to. An octet 0xff cuts the text into the strings of a TXT record. */
#include "record/tls_rpt.h"

#include "fuzz/record.h"

static void require_rua(ms_span rua)
{
    ms_span rest = rua, uri;
    size_t found = 0;

    for (size_t i = 0; i < rua.n; i++)
        require((rua.p[i] > 0x20 && rua.p[i] < 0x7f && rua.p[i] != '!') || ms_is_wsp(rua.p[i]));
    for (; ms_tls_rpt_next(&rest, &uri); found++)
        require(ms_span_istarts(uri, MS_LIT("mailto:")) || ms_span_istarts(uri, MS_LIT("https://")));
    require(found > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    fuzz_text text;
    ms_findings findings = { 0 };
    ms_buf mended = { 0 };
    ms_tls_rpt record;

    fuzz_cut(&text, octets, n);
    require(ms_tls_rpt_lint(text.strings, text.n, &mended, &record, &findings));
    if (!fuzz_has_error(&findings)) {
        fuzz_require_fields(ms_buf_span(&text.joined), MS_LIT("v=TLSRPTv1"), MS_LIT("rua"));
        require_rua(record.rua);
    }
    ms_buf_free(&mended);
    ms_buf_free(&text.joined);
    return 0;
}
