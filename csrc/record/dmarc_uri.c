/* dmarc_uri.c: where DMARC reports are to go (RFC 9989 §4.6, §4.8, RFC 3986, RFC 6068). See dmarc.h. */
#include "record/dmarc.h"

#include "record/uri.h"

/* "10m" off the end of *item where "!10m" stands there. */
static ms_span take_size(ms_span *item)
{
    ms_span size, uri = ms_span_cut(*item, '!', &size);
    size_t digits = 0;

    while (digits < size.n && ms_is_digit(size.p[digits]))
        digits++;
    if (digits == 0 ||
        (digits < size.n && (digits + 1 < size.n || memchr("kmgt", ms_lower(size.p[digits]), 4) == NULL)))
        return MS_LIT("");
    *item = uri;
    return size;
}

static bool is_mailto(const ms_dmarc_uri *uri)
{
    return ms_span_ieq(uri->scheme, MS_LIT("mailto"));
}

/* Here "!" has to be encoded, too; a comma and a semicolon have cut the list before. */
static bool read_uri(ms_span item, ms_dmarc_uri *uri)
{
    ms_uri parts;

    *uri = (ms_dmarc_uri){ .size = take_size(&item) };
    if (!ms_uri_read(item, &parts) || memchr(item.p, '!', item.n) != NULL)
        return false;
    uri->uri = item;
    uri->scheme = parts.scheme;
    if (!is_mailto(uri))
        return true;
    uri->address = parts.path;
    ms_span_cut(parts.path, '@', &uri->domain);
    return ms_uri_is_mailto(&parts);
}

/* ---- What is wrong with those that are none */

static bool has_white_space(ms_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (ms_is_fws(s.p[i]))
            return true;
    return false;
}

/* What is not ASCII was told of the tag as a whole. */
static void say_what_is_wrong(ms_span item, ms_findings *findings)
{
    ms_span bare = item;

    take_size(&bare);
    if (!ms_is_ascii(item))
        return;
    if (item.n == 0)
        ms_findings_add_once(findings, MS_FINDING_DMARC_EMPTY_URI, item);
    else if (has_white_space(item))
        ms_findings_add(findings, MS_FINDING_DMARC_SPACE_IN_URI, item);
    else if (ms_uri_is_address(bare) && !ms_span_istarts(bare, MS_LIT("mailto")))
        ms_findings_add(findings, MS_FINDING_DMARC_URI_WITHOUT_MAILTO, item);
    else
        ms_findings_add(findings, MS_FINDING_DMARC_BAD_URI, item);
}

static void say_what_is_odd(const ms_dmarc_uri *uri, ms_span item, ms_findings *findings)
{
    if (!is_mailto(uri))
        ms_findings_add(findings, MS_FINDING_DMARC_URI_NOT_MAILTO, item);
    if (uri->size.n > 0)
        ms_findings_add_once(findings, MS_FINDING_DMARC_URI_SIZE, item);
}

void ms_dmarc_read_uris(ms_span value, ms_dmarc_uris *uris, ms_findings *findings)
{
    uris->n = 0;
    for (ms_span rest = value; rest.p != NULL;) {
        ms_span item = ms_span_trim(ms_span_cut(rest, ',', &rest));
        ms_dmarc_uri uri;
        bool valid = read_uri(item, &uri);

        if (valid && uris->n == MS_DMARC_URIS_MAX) {
            if (findings != NULL)
                ms_findings_add_once(findings, MS_FINDING_DMARC_TOO_MANY_URIS, item);
            return;
        }
        if (valid)
            uris->uri[uris->n++] = uri;
        if (findings != NULL && valid)
            say_what_is_odd(&uri, item, findings);
        else if (findings != NULL)
            say_what_is_wrong(item, findings);
    }
}
