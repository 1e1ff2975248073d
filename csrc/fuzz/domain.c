/* domain.c: any octets as a domain name. What becomes A-labels must be valid, stay as it is the second time, and come
 * back from its U-labels. Whatever they are, the scripts that they are written in can be told. */
#include "mail/domain.h"
#include "mail/script.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    ms_buf ascii = { 0 }, again = { 0 }, unicode = { 0 };
    ms_error error = { NULL, "" };

    if (ms_domain_to_ascii(ms_span_of(octets, n), &ascii, &error)) {
        require(ms_domain_valid(ms_buf_span(&ascii)));
        require(ms_domain_to_ascii(ms_buf_span(&ascii), &again, &error));
        require(ms_span_eq(ms_buf_span(&ascii), ms_buf_span(&again)));
        require(ms_domain_to_unicode(ms_buf_span(&ascii), &unicode, &error));
        ms_buf_clear(&again);
        require(ms_domain_to_ascii(ms_buf_span(&unicode), &again, &error));
        require(ms_span_eq(ms_buf_span(&ascii), ms_buf_span(&again)));
    } else {
        require(error.code != NULL && ascii.n == 0);
    }
    require(ms_scripts_of(ms_span_of(octets, n)).n <= MS_SCRIPTS_MAX);
    ms_buf_free(&ascii);
    ms_buf_free(&again);
    ms_buf_free(&unicode);
    return 0;
}
