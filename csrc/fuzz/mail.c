/* mail.c: any octets as a message. Every scanner, in pieces of any size, must find and mend the same; what is
 * mended must have nothing left to mend; an author's domain must be a domain name. The first octet is the pieces' size.
 */
#include "mail/address.h"
#include "mail/lint.h"
#include "mail/normalize.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static ms_span take_piece(ms_span *text, size_t size)
{
    ms_span piece = ms_span_of(text->p, text->n < size ? text->n : size);

    text->p += piece.n;
    text->n -= piece.n;
    return piece;
}

static ms_lint lint(ms_span text, ms_scanner scanner, size_t size)
{
    ms_lint found = ms_lint_start();

    found.scan = scanner;
    while (text.n > 0)
        ms_lint_octets(&found, take_piece(&text, size));
    ms_lint_end(&found);
    return found;
}

static ms_buf normalize(ms_span text, ms_scanner scanner, size_t size)
{
    ms_normalizer normalizer = ms_normalize_start();
    ms_buf out = { 0 };

    normalizer.scan = scanner;
    while (text.n > 0)
        ms_normalize(&normalizer, take_piece(&text, size), &out);
    ms_normalize_end(&normalizer, &out);
    require(!out.failed);
    return out;
}

static void check_octets(ms_span text, size_t size)
{
    static const ms_span names[] = { { "portable", 8 }, { "sse2", 4 }, { "avx2", 4 } };
    ms_lint wanted = lint(text, ms_scanner_best(), SIZE_MAX);
    ms_buf mended = normalize(text, ms_scanner_best(), SIZE_MAX);
    ms_lint after = lint(ms_buf_span(&mended), ms_scanner_best(), SIZE_MAX);

    require(after.finding[MS_LINT_BARE_CR].count == 0 && after.finding[MS_LINT_BARE_LF].count == 0);
    require(after.finding[MS_LINT_NUL].count == 0 && after.finding[MS_LINT_NO_FINAL_CRLF].count == 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        ms_scanner scanner = ms_scanner_named(names[i]);
        ms_lint found;
        ms_buf again;

        if (scanner == NULL)
            continue;
        found = lint(text, scanner, size);
        require(memcmp(found.finding, wanted.finding, sizeof found.finding) == 0);
        again = normalize(text, scanner, size);
        require(ms_span_eq(ms_buf_span(&again), ms_buf_span(&mended)));
        ms_buf_free(&again);
    }
    ms_buf_free(&mended);
}

static void check_header(ms_span text)
{
    ms_header header = { 0 };
    ms_lint found = ms_lint_start();
    ms_authors authors;
    ms_error error;
    size_t size;
    bool ended = ms_header_end(text, 0, &size);
    ms_span block = ended ? ms_span_of(text.p, size) : text;

    require(ms_header_parse(&header, block) && ms_author_domains(&header, &authors));
    ms_lint_header(&found, &header, block, ended);
    require(authors.n <= MS_AUTHORS_MAX && (authors.n == 1 || authors.result != MS_AUTHORS_OK));
    for (size_t i = 0; i < authors.n; i++)
        require(ms_domain_valid(ms_span_str(authors.domain[i])));
    /* One author means one From field, and never a second for the lint. */
    require(authors.n == 0 || found.finding[MS_LINT_MULTIPLE_FROM].count + found.finding[MS_LINT_NO_FROM].count == 0);
    require(ms_lint_passes(&found, &error) || error.code != NULL);
    ms_header_free(&header);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    ms_span text = ms_span_of(octets, n);

    if (n == 0)
        return 0;
    (void)take_piece(&text, 1);
    check_octets(text, (size_t)octets[0] + 1);
    check_header(text);
    return 0;
}
