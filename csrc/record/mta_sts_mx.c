/* mta_sts_mx.c: the patterns of MX hosts in an MTA-STS policy (RFC 8461 §3.2, §4.1). See mta_sts_policy.h. */
#include "mail/domain.h"
#include "record/mta_sts_policy.h"

/* A number in the last place is part of an address. */
static bool is_host(ms_span name)
{
    size_t last = name.n;

    while (last > 0 && ms_is_digit(name.p[last - 1]))
        last--;
    return ms_domain_valid(name) && last > 0 && (last == name.n || name.p[last - 1] != '.');
}

static bool is_wildcard(ms_span pattern)
{
    return pattern.n >= 2 && pattern.p[0] == '*' && pattern.p[1] == '.';
}

/* What stands behind the "*.". */
static ms_span name_of(ms_span pattern)
{
    return is_wildcard(pattern) ? ms_span_behind(pattern, 2) : pattern;
}

bool ms_mta_sts_mx_is_pattern(ms_span pattern)
{
    return is_host(name_of(pattern));
}

bool ms_mta_sts_mx_has_stray_asterisk(ms_span pattern)
{
    ms_span name = name_of(pattern);

    return name.n > 0 && memchr(name.p, '*', name.n) != NULL;
}

bool ms_mta_sts_mx_matches(ms_span pattern, ms_span host)
{
    ms_span rest;

    if (host.n > 0 && host.p[host.n - 1] == '.')
        host.n--;
    if (!is_wildcard(pattern))
        return host.n > 0 && ms_span_ieq(pattern, host);
    return ms_span_cut(host, '.', &rest).n > 0 && rest.n > 0 && ms_span_ieq(ms_span_behind(pattern, 2), rest);
}
