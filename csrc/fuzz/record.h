/* record.h: what the fuzz targets of the kinds of record share. */
#ifndef MS_FUZZ_RECORD_H
#define MS_FUZZ_RECORD_H

#include "record/finding.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

static inline void require(bool holds)
{
    if (!holds)
        abort();
}

/* The octets as the strings of a TXT record, cut at each octet 0xff, and joined. */
typedef struct fuzz_text {
    ms_span strings[8];
    size_t n;
    ms_buf joined;
} fuzz_text;

static inline void fuzz_cut(fuzz_text *text, const uint8_t *octets, size_t n)
{
    ms_span rest = ms_span_of(octets, n);

    *text = (fuzz_text){ 0 };
    while (rest.p != NULL && text->n < 8) {
        text->strings[text->n] = ms_span_cut(rest, '\xff', &rest);
        ms_buf_add_span(&text->joined, text->strings[text->n++]);
    }
    require(!text->joined.failed);
}

/* They are so many at most, can be shown, and an error among them is what has_error says. Frees them. */
static inline bool fuzz_has_error(ms_findings *findings)
{
    ms_buf message = { 0 };
    bool error = false, has_error = findings->has_error;

    require(findings->n <= MS_FINDINGS_MAX);
    for (size_t i = 0; i < findings->n; i++) {
        ms_finding_message(findings, i, &message);
        error = error || findings->finding[i].severity == MS_ERROR;
    }
    for (size_t i = 0; i < message.n; i++)
        require(message.p[i] >= 0x20 && message.p[i] < 0x7f);
    require(error == has_error);
    ms_buf_free(&message);
    ms_findings_free(findings);
    return error;
}

static inline bool fuzz_is_name(ms_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ms_is_alpha(s.p[i]) && !ms_is_digit(s.p[i]) && (i == 0 || memchr("_-.", s.p[i], 3) == NULL))
            return false;
    return s.n > 0 && s.n <= 32;
}

/* The text as RFC 8460 §3 and RFC 8461 §3.1 have it: the version, fields of printing characters, and `main` among them;
 * read once more here, by another way. */
static inline void fuzz_require_fields(ms_span text, ms_span version, ms_span main)
{
    bool has_main = false;
    ms_span rest;

    require(ms_span_eq(ms_span_cut(text, ';', &rest), version) && rest.p != NULL);
    while (rest.p != NULL) {
        ms_span value, name, field = ms_span_cut(rest, ';', &rest);

        while (field.n > 0 && ms_is_wsp(field.p[0]))
            field = ms_span_behind(field, 1);
        while (field.n > 0 && ms_is_wsp(field.p[field.n - 1]))
            field.n--;
        if (field.n == 0 && rest.p == NULL)
            break;
        name = ms_span_cut(field, '=', &value);
        require(fuzz_is_name(name) && value.n > 0);
        if (ms_span_eq(name, main)) {
            has_main = true;
            continue;
        }
        for (size_t i = 0; i < value.n; i++)
            require(ms_span_eq(name, MS_LIT("v")) || (value.p[i] > 0x20 && value.p[i] < 0x7f && value.p[i] != '='));
    }
    require(has_main);
}

#endif
