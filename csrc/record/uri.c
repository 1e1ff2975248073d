/* uri.c: the URIs that records name. See uri.h. */
#include "record/uri.h"

#include "mail/domain.h"

static bool is_hex(char c)
{
    return ms_is_digit(c) || (ms_lower(c) >= 'a' && ms_lower(c) <= 'f');
}

/* unreserved, reserved and pct-encoded (RFC 3986 §2) */
static bool has_uri_characters(ms_span s)
{
    for (size_t i = 0; i < s.n; i++) {
        bool plain = ms_is_alpha(s.p[i]) || ms_is_digit(s.p[i]) ||
                     (s.p[i] != '\0' && strchr("-._~:/?#[]@!$&'()*+,;=", s.p[i]) != NULL);
        bool encoded = s.p[i] == '%' && s.n - i > 2 && is_hex(s.p[i + 1]) && is_hex(s.p[i + 2]);

        if (!plain && !encoded)
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

/* What stands before the first of the characters `ends`. */
static ms_span before_any(ms_span s, const char *ends)
{
    size_t n = 0;

    while (n < s.n && (s.p[n] == '\0' || strchr(ends, s.p[n]) == NULL))
        n++;
    return ms_span_of(s.p, n);
}

/* host [ ":" port ]: the host, or nothing where the port is no number. */
static ms_span host_of(ms_span authority)
{
    ms_span port, host;

    if (authority.n > 0 && authority.p[0] == '[')
        return authority;
    host = ms_span_cut(authority, ':', &port);
    for (size_t i = 0; i < port.n; i++)
        if (!ms_is_digit(port.p[i]))
            return MS_LIT("");
    return host;
}

bool ms_uri_read(ms_span text, ms_uri *uri)
{
    ms_span rest;

    *uri = (ms_uri){ .scheme = ms_span_cut(text, ':', &rest) };
    if (!is_scheme(uri->scheme) || rest.n == 0 || !has_uri_characters(rest))
        return false;
    if (rest.n >= 2 && rest.p[0] == '/' && rest.p[1] == '/') {
        ms_span authority = before_any(ms_span_behind(rest, 2), "/?#");

        rest = ms_span_behind(rest, 2 + authority.n);
        uri->host = host_of(authority);
    }
    uri->path = before_any(rest, "?#");
    return true;
}

/* A domain name with a dot in it (ms_domain_valid) whose last label is no number, for that would be an address. */
static bool is_host_name(ms_span name)
{
    size_t last = name.n;

    while (last > 0 && name.p[last - 1] != '.')
        last--;
    if (last == 0 || !ms_domain_valid(name))
        return false;
    for (size_t i = last; i < name.n; i++)
        if (!ms_is_digit(name.p[i]))
            return true;
    return false;
}

bool ms_uri_is_https(const ms_uri *uri)
{
    return ms_span_ieq(uri->scheme, MS_LIT("https")) && is_host_name(uri->host);
}

bool ms_uri_is_address(ms_span text)
{
    ms_span domain, local = ms_span_cut(text, '@', &domain);

    return local.n > 0 && has_uri_characters(local) && memchr(local.p, ':', local.n) == NULL && is_host_name(domain);
}

bool ms_uri_is_mailto(const ms_uri *uri)
{
    return ms_span_ieq(uri->scheme, MS_LIT("mailto")) && uri->host.n == 0 && ms_uri_is_address(uri->path);
}
