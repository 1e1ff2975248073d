/* dmarc_lint.c: what is wrong with a DMARC record (RFC 9989 §4.7). See dmarc_lint.h. */
#include "record/dmarc_lint.h"

#include "record/dmarc.h"

static const ms_tag_rules rules = {
    .names = "v p sp np adkim aspf t psd rua ruf fo pct rf ri",
    .name_marks = "",
    .ascii = true,
    .tolerant = true,
};

typedef struct lint {
    ms_findings *findings;
    bool is_report;         /* a report authorisation, which has no policy */
    ms_span text;           /* as published */
    ms_tag_list tags;       /* as they were meant */
    ms_dmarc meant;         /* what those say */
    ms_dmarc_result result; /* of reading them */
} lint;

static void add(lint *l, ms_finding_code code, ms_span found)
{
    ms_findings_add(l->findings, code, found);
}

/* It is no record at all. */
static void refuse(lint *l)
{
    add(l, l->is_report ? MS_FINDING_DMARC_REPORT_NOT_A_RECORD : MS_FINDING_DMARC_NOT_A_RECORD, l->text);
}

static const ms_lint_tag *find(const lint *l, const char *name)
{
    return ms_tag_list_find(&l->tags, name);
}

/* ---- What it is */

/* Is the text meant as a DMARC record? The tags p, t and v stand in DKIM keys as well. */
static bool is_meant_as_one(const lint *l)
{
    static const char *const own[] = { "sp", "np", "adkim", "aspf", "rua", "ruf", "fo", "pct" };
    const ms_lint_tag *v = find(l, "v"), *p = find(l, "p");

    if (v != NULL)
        return ms_span_istarts(v->value, MS_LIT("DMARC"));
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (find(l, own[i]) != NULL)
            return true;
    return p != NULL && (ms_span_ieq(p->value, MS_LIT("none")) || ms_span_ieq(p->value, MS_LIT("quarantine")) ||
                         ms_span_ieq(p->value, MS_LIT("reject")));
}

static void check_version(lint *l)
{
    const ms_lint_tag *v = find(l, "v");

    if (v == NULL) {
        add(l, MS_FINDING_DMARC_MISSING_VERSION, MS_LIT(""));
        return;
    }
    if (v != l->tags.tag)
        add(l, MS_FINDING_DMARC_VERSION_NOT_FIRST, l->tags.tag[0].name);
    else if (ms_is_fws(l->text.p[0]))
        add(l, MS_FINDING_DMARC_SPACE_BEFORE_VERSION, l->text);
    if (ms_span_eq(v->value, MS_LIT("DMARC1")))
        return;
    if (ms_span_ieq(v->value, MS_LIT("DMARC1")))
        add(l, MS_FINDING_DMARC_VERSION_CASE, v->piece);
    else
        add(l, MS_FINDING_DMARC_WRONG_VERSION, v->piece);
}

/* ---- What it comes to */

static bool is_weaker(ms_dmarc_policy policy, ms_dmarc_policy than)
{
    return policy != MS_DMARC_UNSET && policy < than;
}

static void check_policy(lint *l)
{
    const ms_dmarc *meant = &l->meant;
    const ms_lint_tag *p = find(l, "p");

    if (p == NULL)
        add(l, l->result == MS_DMARC_OK ? MS_FINDING_DMARC_POLICY_ASSUMED : MS_FINDING_DMARC_MISSING_POLICY,
            MS_LIT(""));
    else if (!meant->assumed && meant->policy == MS_DMARC_NONE)
        add(l, MS_FINDING_DMARC_POLICY_NONE, p->piece);
    if (is_weaker(meant->subdomain, meant->policy))
        add(l, MS_FINDING_DMARC_SUBDOMAINS_WEAKER, find(l, "sp")->piece);
    if (is_weaker(meant->nonexisting, meant->policy))
        add(l, MS_FINDING_DMARC_SUBDOMAINS_WEAKER, find(l, "np")->piece);
}

static void check_flags(lint *l)
{
    const ms_dmarc *meant = &l->meant;
    bool enforced =
        meant->policy > MS_DMARC_NONE || meant->subdomain > MS_DMARC_NONE || meant->nonexisting > MS_DMARC_NONE;

    if (meant->testing)
        add(l, enforced ? MS_FINDING_DMARC_TESTING : MS_FINDING_DMARC_TESTING_NOTHING, find(l, "t")->piece);
    if (meant->psd == 'y')
        add(l, MS_FINDING_DMARC_PUBLIC_SUFFIX, find(l, "psd")->piece);
}

static void check_reports(lint *l)
{
    if (find(l, "rua") == NULL)
        add(l, MS_FINDING_DMARC_NO_REPORTS, MS_LIT(""));
    if (find(l, "fo") != NULL && find(l, "ruf") == NULL)
        add(l, MS_FINDING_DMARC_FAILURE_OPTIONS_ALONE, find(l, "fo")->piece);
}

static void check_obsolete_tags(lint *l)
{
    const ms_lint_tag *pct = find(l, "pct"), *rf = find(l, "rf"), *ri = find(l, "ri");

    if (pct != NULL)
        add(l, MS_FINDING_DMARC_PCT, pct->piece);
    if (rf != NULL)
        add(l, MS_FINDING_DMARC_OBSOLETE_TAG, rf->piece);
    if (ri != NULL)
        add(l, MS_FINDING_DMARC_OBSOLETE_TAG, ri->piece);
}

/* ---- What receivers make of it */

static bool says_the_same(const ms_dmarc *a, const ms_dmarc *b)
{
    return a->policy == b->policy && a->subdomain == b->subdomain && a->nonexisting == b->nonexisting &&
           a->assumed == b->assumed && a->strict_dkim == b->strict_dkim && a->strict_spf == b->strict_spf &&
           a->testing == b->testing && a->psd == b->psd && a->fo == b->fo && a->rua.n == b->rua.n &&
           a->ruf.n == b->ruf.n;
}

static bool is_slip(ms_finding_code code)
{
    return code == MS_FINDING_TAG_MISSING_SEMICOLON || code == MS_FINDING_TAG_NO_EQUALS ||
           code == MS_FINDING_TAG_COLON || code == MS_FINDING_TAG_BAD_NAME || code == MS_FINDING_TAG_CASE ||
           code == MS_FINDING_TAG_DUPLICATE || code == MS_FINDING_TAGS_TWICE || code == MS_FINDING_TAGS_TOO_MANY ||
           code == MS_FINDING_TAG_NOT_ASCII;
}

/* Slips in the list are but warnings, for receivers pass over the piece. Where they then read something else than was
 * meant, or nothing, they are errors. */
static void compare_with_published(lint *l)
{
    ms_dmarc read;
    ms_dmarc_result result = l->is_report ? ms_dmarc_report_parse(l->text, &read) : ms_dmarc_parse(l->text, &read);

    if (result == MS_DMARC_OK && says_the_same(&read, &l->meant))
        return;
    for (size_t i = 0; i < l->findings->n; i++)
        if (is_slip(l->findings->finding[i].code)) {
            l->findings->finding[i].severity = MS_ERROR;
            l->findings->has_error = true;
        }
    if (result != MS_DMARC_OK && !l->findings->has_error)
        refuse(l);
}

/* ---- The whole */

static void check_tags(lint *l)
{
    ms_tags_lint_addresses(l->findings, MS_FINDING_DMARC_URI_BEHIND_SEMICOLON);
    check_version(l);
    l->result = ms_dmarc_read(&l->tags, &l->meant, l->findings);
    check_policy(l);
    check_flags(l);
    check_reports(l);
    check_obsolete_tags(l);
    compare_with_published(l);
    ms_tag_list_unknown(&rules, &l->tags, l->findings);
}

/* Of the tags of a policy record it has but the addresses, which may take the place of those that were asked for. */
static void check_report_tags(lint *l)
{
    ms_tags_lint_addresses(l->findings, MS_FINDING_DMARC_URI_BEHIND_SEMICOLON);
    check_version(l);
    ms_dmarc_read(&l->tags, &l->meant, NULL);
    for (size_t i = 0; i < l->tags.n; i++) {
        const ms_lint_tag *tag = &l->tags.tag[i];
        ms_dmarc_uris uris;

        if (ms_span_eq(tag->name, MS_LIT("rua")) || ms_span_eq(tag->name, MS_LIT("ruf")))
            ms_dmarc_read_uris(tag->value, &uris, l->findings);
        else if (!ms_span_eq(tag->name, MS_LIT("v")))
            add(l, MS_FINDING_DMARC_REPORT_UNUSED_TAG, tag->name);
    }
    compare_with_published(l);
}

static bool look(const ms_span *strings, size_t n, ms_findings *findings, bool is_report)
{
    lint l = { .findings = findings, .is_report = is_report };
    ms_buf joined = { 0 }, meant = { 0 };
    size_t mark;
    bool ok;

    for (size_t i = 0; i < n; i++)
        ms_buf_add_span(&joined, strings[i]);
    l.text = ms_buf_span(&joined);
    mark = findings->n;
    ok = !joined.failed && ms_tags_lint_strings(&rules, strings, n, &meant, &l.tags, findings);
    if (ok && is_meant_as_one(&l)) {
        (is_report ? check_report_tags : check_tags)(&l);
    } else if (ok) {
        findings->n = mark;
        refuse(&l);
    }
    ms_buf_free(&joined);
    ms_buf_free(&meant);
    return ok && !findings->failed;
}

bool ms_dmarc_lint(const ms_span *strings, size_t n, ms_findings *findings)
{
    return look(strings, n, findings, false);
}

bool ms_dmarc_report_lint(const ms_span *strings, size_t n, ms_findings *findings)
{
    return look(strings, n, findings, true);
}
