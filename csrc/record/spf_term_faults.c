/* spf_term_faults.c: why a term of an SPF record cannot be read. See spf_lint.h.
 *
 * Receivers know but that a term is wrong; what people meant by it shows which of many slips it is.
 */
#include "record/spf_lint.h"

static bool has_any(ms_span s, const char *characters)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '\0' && strchr(characters, s.p[i]) != NULL)
            return true;
    return false;
}

static bool is_one_of(ms_span s, const char *const *words)
{
    for (; *words != NULL; words++)
        if (ms_span_ieq(s, ms_span_str(*words)))
            return true;
    return false;
}

/* What people call ip4 and ip6. */
static bool is_ip_name(ms_span label)
{
    static const char *const names[] = {
        "ip", "ipv4", "ipv6", "ip-4", "ip-6", "ipaddress", "ipaddr", "i4", "i6", NULL
    };

    return is_one_of(label, names);
}

bool ms_spf_is_mechanism_name(ms_span label)
{
    static const char *const names[] = { "include", "a", "mx", "ptr", "ip4", "ip6", "exists", "includes", NULL };

    return is_one_of(label, names) || is_ip_name(label);
}

static bool is_address4(ms_span s)
{
    unsigned char address[4];

    return ms_spf_address4(s, address);
}

static bool is_address6(ms_span s)
{
    unsigned char address[16];

    return ms_spf_address6(s, address);
}

/* Without "/24" at its end. */
static ms_span without_size(ms_span s)
{
    ms_span size;

    return ms_span_cut(s, '/', &size);
}

bool ms_spf_is_address(ms_span text)
{
    ms_span address = without_size(text);

    return is_address4(address) || is_address6(address);
}

bool ms_spf_is_placeholder(ms_span value)
{
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] == '{' && (i == 0 || value.p[i - 1] != '%'))
            return true;
    if (value.n > 0 && value.p[0] == '$')
        return true;
    return has_any(value, "<>[]") && !ms_spf_is_address(ms_span_of(value.p + 1, value.n > 2 ? value.n - 2 : 0));
}

/* "your.server.ip", "x.x.x.x": it stands where an address or a whole name was to be put. */
static bool stands_in(ms_span value)
{
    size_t n = 0;

    while (n < value.n && (value.p[n] == 'x' || value.p[n] == 'X' || value.p[n] == '.'))
        n++;
    return ms_spf_is_placeholder(value) || ms_span_istarts(value, MS_LIT("your")) || (n > 0 && n == value.n);
}

bool ms_spf_has_second_name(const ms_spf_term *term)
{
    ms_span behind, label = ms_span_cut(term->value, ':', &behind);

    return behind.p != NULL && ms_spf_is_mechanism_name(label) && (term->name != MS_SPF_IP6 || label.n > 1);
}

/* "ip4.192.0.2.1", "include_spf.example.net" */
static bool lacks_colon(ms_span text)
{
    ms_span rest;
    ms_spf_letters letters;

    if (ms_span_istarts(text, MS_LIT("include")))
        return ms_spf_domain_spec(text, &letters) == MS_SPF_FINE;
    if (!ms_span_istarts(text, MS_LIT("ip4")) && !ms_span_istarts(text, MS_LIT("ip6")))
        return false;
    rest = ms_span_behind(text, 3);
    return ms_spf_is_address(rest) || ms_spf_is_address(ms_span_behind(rest, rest.n > 0));
}

static ms_finding_code of_unknown(const ms_spf_term *term)
{
    ms_span behind, label = ms_span_cut(term->label, ':', &behind);
    ms_spf_letters letters;

    if (ms_spf_is_address(term->text))
        return MS_FINDING_SPF_BARE_ADDRESS;
    if (ms_spf_is_placeholder(term->text))
        return MS_FINDING_SPF_PLACEHOLDER;
    if (is_ip_name(label))
        return MS_FINDING_SPF_IP_NAME;
    if (ms_span_ieq(label, MS_LIT("redirect")) || ms_span_ieq(label, MS_LIT("exp")))
        return has_any(term->text, ":") ? MS_FINDING_SPF_COLON_FOR_EQUALS : MS_FINDING_SPF_MISSING_DOMAIN;
    if (lacks_colon(term->label))
        return MS_FINDING_SPF_MISSING_COLON;
    if (!has_any(term->text, ":/=@") && !ms_span_istarts(term->label, MS_LIT("all.")) &&
        ms_spf_domain_spec(term->text, &letters) == MS_SPF_FINE)
        return MS_FINDING_SPF_BARE_DOMAIN;
    return MS_FINDING_SPF_UNKNOWN_MECHANISM;
}

static ms_finding_code of_bad_modifier(const ms_spf_term *term)
{
    ms_span behind, label = ms_span_cut(term->label, '=', &behind);

    return ms_spf_is_mechanism_name(label) ? MS_FINDING_SPF_EQUALS_FOR_COLON : MS_FINDING_SPF_BAD_MODIFIER;
}

static bool ends_in_slash(ms_span s)
{
    return s.n > 0 && s.p[s.n - 1] == '/';
}

/* Of a name that does not end as one, or that is followed by the size of a network. */
static ms_finding_code of_bad_domain(const ms_spf_term *term)
{
    bool takes_size = term->name == MS_SPF_A || term->name == MS_SPF_MX;

    if (ms_spf_is_address(term->value))
        return MS_FINDING_SPF_ADDRESS_AS_DOMAIN;
    if (stands_in(term->value) && term->name != MS_SPF_EXP) /* where people write a sentence */
        return MS_FINDING_SPF_PLACEHOLDER;
    if (ms_spf_has_second_name(term))
        return MS_FINDING_SPF_NAME_TWICE;
    if (term->fault == MS_SPF_BAD_PREFIX && !has_any(term->value, ":") && (takes_size || !ends_in_slash(term->value)))
        return takes_size ? MS_FINDING_SPF_BAD_PREFIX : MS_FINDING_SPF_NOTHING_ALLOWED;
    return has_any(term->value, "@/*:") ? MS_FINDING_SPF_ODD_NAME : MS_FINDING_SPF_BAD_DOMAIN;
}

static bool is_range(ms_span value)
{
    ms_span last, first = ms_span_cut(value, '-', &last);

    return last.p != NULL && ms_spf_is_address(first) && last.n > 0 && (ms_is_digit(last.p[0]) || is_address6(last));
}

static ms_finding_code of_bad_address(const ms_spf_term *term)
{
    ms_spf_letters letters;

    if (term->name == MS_SPF_IP4 && is_address6(term->value))
        return MS_FINDING_SPF_IP6_IN_IP4;
    if (term->name == MS_SPF_IP6 && is_address4(term->value))
        return MS_FINDING_SPF_IP4_IN_IP6;
    if (is_range(term->value))
        return MS_FINDING_SPF_ADDRESS_RANGE;
    if (stands_in(term->value))
        return MS_FINDING_SPF_PLACEHOLDER;
    if (ms_spf_has_second_name(term))
        return MS_FINDING_SPF_NAME_TWICE;
    if (ms_spf_domain_spec(term->value, &letters) == MS_SPF_FINE && !has_any(term->value, ":@/"))
        return MS_FINDING_SPF_NAME_AS_ADDRESS;
    return MS_FINDING_SPF_BAD_ADDRESS;
}

static ms_finding_code of_bad_prefix(const ms_spf_term *term)
{
    ms_span size;

    if (term->name != MS_SPF_IP4 && term->name != MS_SPF_IP6 && term->value.p != NULL)
        return of_bad_domain(term);
    ms_span_cut(term->text, '/', &size);
    return is_address4(size) ? MS_FINDING_SPF_NETMASK : MS_FINDING_SPF_BAD_PREFIX;
}

ms_finding_code ms_spf_finding_of_fault(const ms_spf_term *term)
{
    switch (term->fault) {
    case MS_SPF_BAD_CHARACTER:
        return MS_FINDING_SPF_BAD_CHARACTER;
    case MS_SPF_UNKNOWN_MECHANISM:
        return of_unknown(term);
    case MS_SPF_BAD_MODIFIER:
        return of_bad_modifier(term);
    case MS_SPF_TWICE:
        return MS_FINDING_SPF_MODIFIER_TWICE;
    case MS_SPF_UNEXPECTED:
        return MS_FINDING_SPF_NOTHING_ALLOWED;
    case MS_SPF_NO_DOMAIN:
        return MS_FINDING_SPF_MISSING_DOMAIN;
    case MS_SPF_BAD_DOMAIN:
        return of_bad_domain(term);
    case MS_SPF_NO_ADDRESS:
        return MS_FINDING_SPF_MISSING_ADDRESS;
    case MS_SPF_BAD_ADDRESS:
        return of_bad_address(term);
    case MS_SPF_BAD_PREFIX:
        return of_bad_prefix(term);
    case MS_SPF_BAD_MACRO:
        return MS_FINDING_SPF_BAD_MACRO;
    case MS_SPF_MACRO_NOT_HERE:
        return MS_FINDING_SPF_EXPLANATION_MACRO;
    default:
        return MS_FINDING_SPF_UNKNOWN_MECHANISM;
    }
}
