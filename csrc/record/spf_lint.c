/* spf_lint.c: what is wrong with an SPF record as a whole. See spf_lint.h. */
#include "record/spf_lint.h"

#include "record/paste.h"

enum {
    LOOKUPS_MAX = 10,  /* RFC 7208 §4.6.4 */
    LENGTH_GOOD = 450, /* §3.4 */
};

void ms_spf_add(ms_findings *findings, ms_finding_code code, ms_span found)
{
    if (ms_finding_kind_of(code)->severity == MS_ERROR || findings->n < MS_FINDINGS_MAX / 2)
        ms_findings_add(findings, code, found);
}

static void add_number(ms_findings *findings, ms_finding_code code, size_t number)
{
    char room[MS_DIGITS_MAX];

    ms_spf_add(findings, code, ms_digits(number, room));
}

/* ---- The order of terms */

bool ms_spf_is_version(const ms_spf_term *term)
{
    return term->name == MS_SPF_OTHER && ms_span_ieq(term->text, MS_LIT("v=spf1"));
}

/* Is there a term that was meant as an all or redirect=, and said to be none? A last one of which nothing but the name
 * is there was, whatever that is. */
static bool has_broken_end(const ms_spf *spf)
{
    const ms_spf_term *last = spf->n > 0 ? &spf->term[spf->n - 1] : NULL;

    if (last != NULL && last->name == MS_SPF_UNKNOWN && memchr(last->text.p, ':', last->text.n) == NULL &&
        memchr(last->text.p, '.', last->text.n) == NULL)
        return true;
    for (size_t i = 0; i < spf->n; i++) {
        ms_span label = spf->term[i].label;

        if (spf->term[i].name == MS_SPF_UNKNOWN && label.n > 0 && strchr("+-~?!=", label.p[0]) != NULL)
            label = ms_span_behind(label, 1);
        if (spf->term[i].name == MS_SPF_UNKNOWN &&
            (ms_span_istarts(label, MS_LIT("all")) || ms_span_istarts(label, MS_LIT("redirect"))))
            return true;
    }
    return false;
}

/* Looks for a v=spf1 inside the record. True where a second record begins with it that nobody comes to. */
static bool check_versions(const ms_spf *spf, ms_findings *findings)
{
    const ms_spf_term *version = NULL;

    for (size_t i = 0; i < spf->n; i++) {
        const ms_spf_term *term = &spf->term[i];

        if (version == NULL && ms_spf_is_version(term)) {
            version = term;
        } else if (version != NULL && spf->all != NULL && spf->all < version && term->name < MS_SPF_REDIRECT &&
                   term->name != MS_SPF_ALL) {
            ms_spf_add(findings, MS_FINDING_SPF_RECORDS_JOINED, term->text);
            return true;
        }
    }
    if (version != NULL)
        ms_spf_add(findings, MS_FINDING_SPF_VERSION_TWICE, version->text);
    return false;
}

static void check_all(const ms_spf *spf, ms_findings *findings)
{
    bool another = false, after = false;

    if (check_versions(spf, findings))
        return;
    if (spf->all == NULL && spf->redirect == NULL && !has_broken_end(spf))
        ms_spf_add(findings, MS_FINDING_SPF_NO_ALL, MS_LIT(""));
    for (const ms_spf_term *term = spf->all; term != NULL && term < spf->term + spf->n; term++) {
        if (term == spf->all || ms_spf_is_modifier(term->name) || term->name == MS_SPF_UNKNOWN)
            continue;
        if (term->name == MS_SPF_ALL && !another)
            ms_spf_add(findings, MS_FINDING_SPF_TWO_ALL, term->text);
        else if (term->name != MS_SPF_ALL && !after)
            ms_spf_add(findings, MS_FINDING_SPF_AFTER_ALL, term->text);
        another = another || term->name == MS_SPF_ALL;
        after = after || term->name != MS_SPF_ALL;
    }
}

static void check_redirect(const ms_spf *spf, ms_findings *findings)
{
    if (spf->redirect == NULL)
        return;
    if (spf->all != NULL) {
        ms_spf_add(findings, MS_FINDING_SPF_REDIRECT_WITH_ALL, spf->redirect->text);
        return;
    }
    for (const ms_spf_term *term = spf->redirect; term < spf->term + spf->n; term++)
        if (!ms_spf_is_modifier(term->name) && term->name != MS_SPF_UNKNOWN) {
            ms_spf_add(findings, MS_FINDING_SPF_REDIRECT_NOT_LAST, spf->redirect->text);
            return;
        }
}

/* ---- The same term twice */

/* FNV-1a of the text in lower case. */
static uint32_t hash_of(ms_span text)
{
    uint32_t hash = 2166136261U;

    for (size_t i = 0; i < text.n; i++)
        hash = (hash ^ (unsigned char)ms_lower(text.p[i])) * 16777619U;
    return hash;
}

static void check_duplicates(const ms_spf *spf, ms_findings *findings)
{
    uint32_t hash[MS_SPF_TERMS_MAX];

    for (size_t i = 0; i < spf->n; i++) {
        const ms_spf_term *term = &spf->term[i];
        size_t before = 0;

        hash[i] = hash_of(term->text);
        if (term->name >= MS_SPF_REDIRECT || term->name == MS_SPF_ALL)
            continue;
        for (size_t j = 0; j < i && before < 2; j++)
            before += hash[j] == hash[i] && ms_span_ieq(spf->term[j].text, term->text);
        if (before == 1)
            ms_spf_add(findings, MS_FINDING_SPF_DUPLICATE_TERM, term->text);
    }
}

/* ---- The whole */

static void check_length(const ms_spf *spf, size_t octets, ms_findings *findings)
{
    if (octets > MS_SPF_TEXT_MAX)
        add_number(findings, MS_FINDING_SPF_TOO_LONG, octets);
    else if (octets > LENGTH_GOOD)
        add_number(findings, MS_FINDING_SPF_LONG, octets);
    if (spf->fault == MS_SPF_TOO_MANY_TERMS)
        ms_spf_add(findings, MS_FINDING_SPF_TOO_MANY_TERMS, spf->culprit);
}

/* Did a DNS host keep the first 255 octets, or a last string of as many, and drop what stood behind? */
static bool is_cut(const ms_spf *spf, const ms_span *strings, size_t n)
{
    const ms_spf_term *last = spf->n > 0 ? &spf->term[spf->n - 1] : NULL;

    if (n == 0 || strings[n - 1].n != MS_TXT_STRING_MAX || last == NULL)
        return false;
    return last->fault != MS_SPF_FINE || (spf->all == NULL && spf->redirect == NULL);
}

static void check_record(const ms_spf *spf, const ms_span *strings, size_t n, ms_findings *findings)
{
    bool cut = is_cut(spf, strings, n);

    if (cut)
        ms_spf_add(findings, MS_FINDING_SPF_CUT_AT_255, spf->term[spf->n - 1].text);
    for (size_t i = 0; i + cut < spf->n; i++)
        ms_spf_term_lint(&spf->term[i], findings);
    if (!cut)
        check_all(spf, findings);
    check_redirect(spf, findings);
    check_duplicates(spf, findings);
    if (spf->lookups > LOOKUPS_MAX)
        add_number(findings, MS_FINDING_SPF_RECORD_TOO_MANY_LOOKUPS, spf->lookups);
}

bool ms_spf_lint(const ms_span *strings, size_t n, ms_findings *findings)
{
    ms_buf text = { 0 }, pasted = { 0 }, meant = { 0 };
    ms_spf spf = { 0 };
    bool as_it_was, ok = false;

    ms_paste_join(strings, n, &text, findings);
    ms_paste_mend(ms_buf_span(&text), NULL, &pasted, findings);
    if (text.failed || pasted.failed)
        goto out;
    as_it_was = ms_span_eq(ms_buf_span(&text), ms_buf_span(&pasted));
    ok = true;
    if (!ms_spf_mend(ms_buf_span(&pasted), strings, as_it_was ? n : 0, &meant, findings))
        goto out;
    ok = !meant.failed && ms_spf_read(ms_buf_span(&meant), &spf);
    if (!ok)
        goto out;
    check_length(&spf, text.n, findings);
    if (spf.fault != MS_SPF_TOO_LONG)
        check_record(&spf, strings, n, findings);
out:
    ms_spf_free(&spf);
    ms_buf_free(&text);
    ms_buf_free(&pasted);
    ms_buf_free(&meant);
    return ok && !findings->failed;
}
