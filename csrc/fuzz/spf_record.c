/* spf_record.c: any octets as an SPF record, to both its readers. They must agree: a record in which the lint finds no
 * error is one that the strict reader takes. An octet 0xff cuts the text into the strings of a TXT record. */
#include "record/spf_lint.h"

#include "fuzz/record.h"

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

    require(ms_spf_lint(strings, n, &findings));
    return !fuzz_has_error(&findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    fuzz_text text;
    bool strict, fine;

    fuzz_cut(&text, octets, n);
    strict = usable(ms_buf_span(&text.joined));
    fine = lint(text.strings, text.n);
    require(strict || !fine);
    ms_buf_free(&text.joined);
    return 0;
}
