/* spf_record.c: any octets as an SPF record, to both its readers. They must agree: a record in which the lint finds no
 * error is one that the strict reader takes. An octet 0xff cuts the text into the strings of a TXT record. */
#include "record/spf_lint.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Its terms, a space between two, are the same record again. */
static void read_again(const ms_spf *spf)
{
    ms_buf text = { 0 };
    ms_spf again;

    ms_buf_add_str(&text, "v=spf1");
    for (size_t i = 0; i < spf->n; i++) {
        require(spf->term[i].text.p != NULL);
        ms_buf_add_char(&text, ' ');
        ms_buf_add_span(&text, spf->term[i].text);
    }
    require(ms_spf_read(ms_buf_span(&text), &again));
    require(again.fault == spf->fault && again.n == spf->n && again.lookups == spf->lookups);
    for (size_t i = 0; i < spf->n; i++) {
        const ms_spf_term *a = &spf->term[i], *b = &again.term[i];

        require(a->name == b->name && a->fault == b->fault && ms_span_eq(a->value, b->value));
        require(a->prefix4 == b->prefix4 && a->prefix6 == b->prefix6 && a->letters == b->letters);
    }
    ms_spf_free(&again);
    ms_buf_free(&text);
}

static bool usable(ms_span text)
{
    ms_spf spf;
    bool ok;

    require(ms_spf_read(text, &spf));
    ok = spf.fault == MS_SPF_FINE;
    require(spf.n <= MS_SPF_TERMS_MAX && spf.lookups <= spf.n);
    for (size_t i = 0; i < spf.n; i++) {
        const ms_spf_term *term = &spf.term[i];

        require(term->text.p >= text.p && term->text.p + term->text.n <= text.p + text.n);
        require(term->prefix4 <= 32 && term->prefix6 <= 128);
        require(!ok || (term->fault == MS_SPF_FINE && term->name != MS_SPF_UNKNOWN));
    }
    if (spf.n > 0 && spf.fault != MS_SPF_TOO_MANY_TERMS)
        read_again(&spf);
    ms_spf_free(&spf);
    return ok;
}

/* True where it finds no error. */
static bool lint(const ms_span *strings, size_t n)
{
    ms_findings findings = { 0 };
    ms_buf message = { 0 };
    bool error = false;

    require(ms_spf_lint(strings, n, &findings));
    require(findings.n <= MS_FINDINGS_MAX);
    for (size_t i = 0; i < findings.n; i++) {
        ms_finding_message(&findings, i, &message);
        error = error || findings.finding[i].severity == MS_ERROR;
    }
    for (size_t i = 0; i < message.n; i++)
        require(message.p[i] >= 0x20 && message.p[i] < 0x7f);
    ms_buf_free(&message);
    ms_findings_free(&findings);
    return !error;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    enum { STRINGS = 8 };
    ms_span rest = ms_span_of(octets, n), strings[STRINGS];
    ms_buf joined = { 0 };
    size_t count = 0;
    bool strict;

    while (rest.p != NULL && count < STRINGS) {
        strings[count] = ms_span_cut(rest, '\xff', &rest);
        ms_buf_add_span(&joined, strings[count++]);
    }
    require(!joined.failed);
    strict = usable(ms_buf_span(&joined));
    require(strict || !lint(strings, count));
    if (strict)
        lint(strings, count);
    ms_buf_free(&joined);
    return 0;
}
