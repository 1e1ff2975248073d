/* dmarc_uri.c: where DMARC reports are to go (RFC 9989 §4.6, §4.8, RFC 3986, RFC 6068). See dmarc.h. */
#include "record/dmarc.h"

#include "mail/domain.h"

static bool is_hex(char c)
{
    return ms_is_digit(c) || (ms_lower(c) >= 'a' && ms_lower(c) <= 'f');
}

/* unreserved, reserved and pct-encoded (RFC 3986 §2), without "," ";" and "!", which have to be encoded here */
static bool has_uri_characters(ms_span s)
{
    for (size_t i = 0; i < s.n; i++) {
        bool encoded = s.p[i] == '%' && s.n - i > 2 && is_hex(s.p[i + 1]) && is_hex(s.p[i + 2]);

        if (!ms_is_alpha(s.p[i]) && !ms_is_digit(s.p[i]) && memchr("-._~:/?#[]@$&'()*+=", s.p[i], 19) == NULL &&
            !encoded)
            return false;
    }
    return true;
}

/* ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) (RFC 3986 §3.1) */
static bool is_scheme(ms_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ms_is_alpha(s.p[i]) && (i == 0 || (!ms_is_digit(s.p[i]) && memchr("+-.", s.p[i], 3) == NULL)))
            return false;
    return s.n > 0;
}

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

/* The last "@" parts an address; the other side of it holds none that is not encoded. */
static bool is_address(ms_span s, ms_span *domain)
{
    ms_span local = ms_span_cut(s, '@', domain);

    return local.n > 0 && ms_domain_valid(*domain);
}

static bool is_mailto(const ms_dmarc_uri *uri)
{
    return ms_span_ieq(uri->scheme, MS_LIT("mailto"));
}

static bool read_uri(ms_span item, ms_dmarc_uri *uri)
{
    ms_span rest, headers;

    *uri = (ms_dmarc_uri){ .size = take_size(&item) };
    uri->uri = item;
    uri->scheme = ms_span_cut(item, ':', &rest);
    if (!is_scheme(uri->scheme) || rest.n == 0 || !has_uri_characters(rest))
        return false;
    if (!is_mailto(uri))
        return true;
    uri->address = ms_span_cut(rest, '?', &headers);
    return is_address(uri->address, &uri->domain);
}

/* ---- What is wrong with those that are none */

static bool has_white_space(ms_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (ms_is_fws(s.p[i]))
            return true;
    return false;
}

static void say_what_is_wrong(ms_span item, ms_findings *findings)
{
    ms_span domain, bare = item;

    take_size(&bare);
    if (item.n == 0)
        ms_findings_add_once(findings, MS_FINDING_DMARC_EMPTY_URI, item);
    else if (has_white_space(item))
        ms_findings_add(findings, MS_FINDING_DMARC_SPACE_IN_URI, item);
    else if (is_address(bare, &domain) && memchr(bare.p, ':', bare.n) == NULL)
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
