/* dns_rdata.c: any text as a record's data in presentation form. The first two octets are the type; tokens are parted
 * by spaces. What was written must be data that its type can hold. */
#include "dns/rdata.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Cuts the text into at most so many tokens. */
static size_t cut(ms_span text, ms_span *tokens, size_t max)
{
    size_t n = 0;

    while (text.n > 0 && n < max) {
        ms_span token = ms_span_cut(text, ' ', &text);

        if (token.n > 0)
            tokens[n++] = token;
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    static const ms_dns_name origin = { 3, { 1, 'x', 0 } };
    ms_span tokens[64];
    ms_buf out = { 0 };
    ms_error error = { 0 };
    unsigned type;

    if (n < 2)
        return 0;
    type = (unsigned)(octets[0] << 8 | octets[1]);
    n = cut(ms_span_of(octets + 2, n - 2), tokens, sizeof tokens / sizeof tokens[0]);
    if (ms_dns_rdata_write(&out, type, tokens, n, &origin, &error))
        require(out.n == 0 || (out.n <= 0xffff && ms_dns_rdata_valid(ms_buf_span(&out), 0, out.n, type)));
    else
        require(error.code != NULL && error.text[0] != '\0');
    ms_buf_free(&out);
    return 0;
}
