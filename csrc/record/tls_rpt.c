/* tls_rpt.c: the TLS reporting record. See tls_rpt.h. */
#include "record/tls_rpt.h"

#include "record/uri.h"

const ms_tag_kind ms_tls_rpt_kind = {
    .rules = MS_STS_TAG_RULES("v rua"),
    .version = "TLSRPTv1",
    .stem = "TLS",
    .main = "rua",
    .not_a_record = MS_FINDING_TLS_RPT_NOT_A_RECORD,
    .bad_version = MS_FINDING_TLS_RPT_BAD_VERSION,
};

/* The scheme is one of the two that reports go by. */
static bool is_known_scheme(const ms_uri *uri)
{
    return ms_span_ieq(uri->scheme, MS_LIT("mailto")) || ms_span_ieq(uri->scheme, MS_LIT("https"));
}

static bool is_usable(const ms_uri *uri)
{
    return ms_uri_is_mailto(uri) || ms_uri_is_https(uri);
}

/* "!" has to be encoded, as "," and ";" have, which part lists. */
static bool read_uri(ms_span item, ms_uri *uri)
{
    return ms_uri_read(item, uri) && memchr(item.p, '!', item.n) == NULL;
}

bool ms_tls_rpt_next(ms_span *rest, ms_span *uri)
{
    ms_uri parts;

    while (rest->p != NULL) {
        *uri = ms_span_trim(ms_span_cut(*rest, ',', rest));
        if (read_uri(*uri, &parts) && is_usable(&parts))
            return true;
    }
    return false;
}

/* What is not ASCII was told of the tag as a whole. */
static void check_uri(const ms_lint_tag *rua, ms_span item, bool others, ms_findings *findings)
{
    ms_uri uri;

    if (!ms_is_ascii(item))
        return;
    if (item.n == 0)
        ms_findings_add_once(findings, MS_FINDING_TLS_RPT_BAD_URI, rua->piece);
    else if (ms_uri_is_address(item))
        ms_findings_add(findings, MS_FINDING_TLS_RPT_NO_MAILTO, item);
    else if (!read_uri(item, &uri) || (is_known_scheme(&uri) && !is_usable(&uri)))
        ms_findings_add(findings, MS_FINDING_TLS_RPT_BAD_URI, item);
    else if (!is_known_scheme(&uri))
        ms_findings_add_as(findings, MS_FINDING_TLS_RPT_OTHER_SCHEME, others ? MS_WARNING : MS_ERROR, item);
}

static void check_rua(const ms_lint_tag *rua, ms_findings *findings)
{
    ms_span rest = rua->value, uri;
    bool usable = ms_tls_rpt_next(&rest, &uri);

    for (rest = rua->value; rest.p != NULL;) {
        ms_span item = ms_span_trim(ms_span_cut(rest, ',', &rest));

        check_uri(rua, item, usable, findings);
    }
}

bool ms_tls_rpt_lint(const ms_span *strings, size_t n, ms_buf *text, ms_tls_rpt *record, ms_findings *findings)
{
    const ms_lint_tag *rua;

    *record = (ms_tls_rpt){ 0 };
    if (!ms_tag_kind_lint(&ms_tls_rpt_kind, strings, n, text, &record->tags, findings))
        return false;
    if (record->tags.n == 0)
        return true;
    ms_tags_lint_addresses(findings, MS_FINDING_TLS_RPT_URI_BEHIND_SEMICOLON);
    rua = ms_tag_list_find(&record->tags, "rua");
    if (rua == NULL || rua->value.n == 0) {
        ms_findings_add(findings, MS_FINDING_TLS_RPT_MISSING_RUA, MS_LIT(""));
    } else {
        record->rua = rua->value;
        check_rua(rua, findings);
    }
    ms_tag_list_unknown(&ms_tls_rpt_kind.rules, &record->tags, findings);
    return !findings->failed;
}
