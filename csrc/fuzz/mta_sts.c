/* mta_sts.c: any octets as an MTA-STS record. One in which no error is found is what RFC 8461 §3.1 has, and has an id.
 * An octet 0xff cuts the text into the strings of a TXT record. */
#include "record/mta_sts.h"

#include "fuzz/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    fuzz_text text;
    ms_findings findings = { 0 };
    ms_buf mended = { 0 };
    ms_mta_sts record;

    fuzz_cut(&text, octets, n);
    require(ms_mta_sts_lint(text.strings, text.n, &mended, &record, &findings));
    if (!fuzz_has_error(&findings)) {
        fuzz_require_fields(ms_buf_span(&text.joined), MS_LIT("v=STSv1"), MS_LIT("id"));
        require(record.id.n > 0 && record.id.n <= 32);
        for (size_t i = 0; i < record.id.n; i++)
            require(ms_is_alpha(record.id.p[i]) || ms_is_digit(record.id.p[i]));
    }
    ms_buf_free(&mended);
    ms_buf_free(&text.joined);
    return 0;
}
