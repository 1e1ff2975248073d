/* bimi.c: the BIMI assertion record. See bimi.h. */
#include "record/bimi.h"

#include "record/uri.h"

const ms_tag_kind ms_bimi_kind = {
    .rules = { .names = "v l a avp lps", .name_marks = "_", .ascii = true },
    .version = "BIMI1",
    .stem = "BIMI",
    .main = "l",
    .not_a_record = MS_FINDING_BIMI_NOT_A_RECORD,
    .bad_version = MS_FINDING_BIMI_BAD_VERSION,
};

static ms_span value_of(const ms_lint_tag *tag)
{
    return tag != NULL ? tag->value : MS_LIT("");
}

/* Is what `tag` names an https URI to be used? Commas have to be encoded, for the value is one URI and no list. */
static bool check_uri(const ms_lint_tag *tag, ms_uri *uri, ms_findings *findings)
{
    bool is_uri = ms_uri_read(tag->value, uri) && memchr(tag->value.p, ',', tag->value.n) == NULL;

    if (is_uri && ms_uri_is_https(uri))
        return true;
    if (is_uri && !ms_span_ieq(uri->scheme, MS_LIT("https")))
        ms_findings_add(findings, MS_FINDING_BIMI_NOT_HTTPS, tag->piece);
    else if (ms_is_ascii(tag->value)) /* otherwise that is what is wrong, and was told */
        ms_findings_add(findings, MS_FINDING_BIMI_BAD_URI, tag->piece);
    return false;
}

/* What stands behind the last dot of the path's last segment. */
static ms_span suffix_of(ms_span path)
{
    for (size_t i = path.n; i > 0 && path.p[i - 1] != '/'; i--)
        if (path.p[i - 1] == '.')
            return ms_span_behind(path, i);
    return MS_LIT("");
}

static bool is_one_of(ms_span word, const char *words)
{
    for (ms_span rest = ms_span_str(words); rest.p != NULL;)
        if (ms_span_ieq(word, ms_span_cut(rest, ' ', &rest)))
            return true;
    return false;
}

/* §4.3.2: a location that ends like an image of another format is an error. */
static void check_format(const ms_lint_tag *l, const ms_uri *uri, ms_findings *findings)
{
    ms_span suffix = suffix_of(uri->path);

    if (is_one_of(suffix, "svg svgz"))
        return;
    if (is_one_of(suffix, "png jpg jpeg jfif gif webp avif bmp ico tif tiff heic eps ai pdf psd"))
        ms_findings_add_as(findings, MS_FINDING_BIMI_NOT_SVG, MS_ERROR, l->piece);
    else
        ms_findings_add_as(findings, MS_FINDING_BIMI_NOT_SVG, MS_WARNING, l->piece);
}

static void read_locations(ms_bimi *record, ms_findings *findings)
{
    const ms_lint_tag *l = ms_tag_list_find(&record->tags, "l"), *a = ms_tag_list_find(&record->tags, "a");
    ms_uri uri;

    record->location = value_of(l);
    record->evidence = value_of(a);
    record->declined = l != NULL && record->location.n == 0 && record->evidence.n == 0;
    if (l == NULL)
        ms_findings_add(findings, MS_FINDING_BIMI_MISSING_L, MS_LIT(""));
    else if (l->value.n > 0 && check_uri(l, &uri, findings))
        check_format(l, &uri, findings);
    if (a != NULL && a->value.n > 0)
        check_uri(a, &uri, findings);
    if (record->declined)
        ms_findings_add(findings, MS_FINDING_BIMI_DECLINED, l->piece);
    else if (l != NULL && record->location.n == 0)
        ms_findings_add(findings, MS_FINDING_BIMI_EMPTY_L, l->piece);
    else if (record->location.n > 0 && record->evidence.n == 0)
        ms_findings_add(findings, MS_FINDING_BIMI_NO_CERTIFICATE, MS_LIT(""));
}

static void read_avatar(ms_bimi *record, ms_findings *findings)
{
    const ms_lint_tag *avp = ms_tag_list_find(&record->tags, "avp");

    record->personal = avp != NULL && ms_span_eq(avp->value, MS_LIT("personal"));
    if (avp != NULL && !record->personal && !ms_span_eq(avp->value, MS_LIT("brand")))
        ms_findings_add(findings, MS_FINDING_BIMI_BAD_AVP, avp->piece);
}

/* Letters, digits and hyphens, as many as a DNS label holds. */
static bool is_local_part(ms_span word)
{
    for (size_t i = 0; i < word.n; i++)
        if (!ms_is_alpha(word.p[i]) && !ms_is_digit(word.p[i]) && word.p[i] != '-')
            return false;
    return word.n > 0 && word.n <= 63;
}

static void read_local_parts(ms_bimi *record, ms_findings *findings)
{
    const ms_lint_tag *lps = ms_tag_list_find(&record->tags, "lps");

    record->by_local_part = lps != NULL;
    record->local_parts = value_of(lps);
    for (ms_span rest = record->local_parts; rest.n > 0;) {
        if (!is_local_part(ms_span_trim(ms_span_cut(rest, ',', &rest))) || (rest.p != NULL && rest.n == 0)) {
            ms_findings_add(findings, MS_FINDING_BIMI_BAD_LPS, lps->piece);
            record->by_local_part = false;
            return;
        }
    }
}

bool ms_bimi_lint(const ms_span *strings, size_t n, ms_buf *text, ms_bimi *record, ms_findings *findings)
{
    *record = (ms_bimi){ 0 };
    if (!ms_tag_kind_lint(&ms_bimi_kind, strings, n, text, &record->tags, findings))
        return false;
    if (record->tags.n == 0)
        return true;
    read_locations(record, findings);
    read_avatar(record, findings);
    read_local_parts(record, findings);
    ms_tag_list_unknown(&ms_bimi_kind.rules, &record->tags, findings);
    return !findings->failed;
}
