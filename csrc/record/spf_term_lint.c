/* spf_term_lint.c: what is wrong with one term of an SPF record. See spf_lint.h. */
#include "record/spf_lint.h"

/* ---- Names */

/* Literal octets of a name that no host's name has, and no list of addresses needs. */
static bool is_odd_octet(char c)
{
    return !ms_is_alpha(c) && !ms_is_digit(c) && (c == '\0' || strchr(".-_+=", c) == NULL);
}

/* Labels of no or too many octets, or of odd ones. What macros come to is not known, and they may be parts of labels.
 */
static bool is_odd_name(ms_span name)
{
    size_t size = 0;

    while (name.n > 0) {
        ms_spf_piece piece;
        size_t longest = size;
        bool is_macro = name.p[0] == '%';

        if (ms_spf_piece_take(&name, false, &piece) != MS_SPF_FINE)
            return true;
        if (is_macro) {
            size = 1;
            continue;
        }
        for (size_t i = 0; i < piece.literal.n; i++) {
            char c = piece.literal.p[i];

            if (is_odd_octet(c) || (c == '.' && size == 0))
                return true;
            size = c == '.' ? 0 : size + 1;
            longest = size > longest ? size : longest;
        }
        if (longest > 63)
            return true;
    }
    return false;
}

static void lint_name(const ms_spf_term *term, ms_findings *findings)
{
    ms_span name = term->value;

    if (name.n == 0 || term->name == MS_SPF_OTHER)
        return;
    if (ms_spf_is_placeholder(name))
        ms_spf_add(findings, MS_FINDING_SPF_PLACEHOLDER, term->text);
    else if (ms_spf_has_second_name(term))
        ms_spf_add(findings, MS_FINDING_SPF_NAME_TWICE, term->text);
    else if (is_odd_name(name) || (term->letters == 0 && name.n > 254))
        ms_spf_add(findings, MS_FINDING_SPF_ODD_NAME, term->text);
    else if (name.p[name.n - 1] == '.')
        ms_spf_add(findings, MS_FINDING_SPF_TRAILING_DOT, term->text);
    if (term->letters & ms_spf_letter('p'))
        ms_spf_add(findings, MS_FINDING_SPF_MACRO_P, term->text);
}

/* ---- Networks */

/* RFC 1918, RFC 1122 §3.2.1.3, RFC 3927; RFC 4193 and RFC 4291 §2.4 */
static bool is_private(const ms_spf_term *term)
{
    const unsigned char *a = term->address;

    if (term->name == MS_SPF_IP6) {
        bool small = true;

        for (int i = 0; i < 15; i++)
            small = small && a[i] == 0;
        return (a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0xc0) == 0x80) || (small && a[15] <= 1);
    }
    return a[0] == 10 || a[0] == 127 || (a[0] == 172 && (a[1] & 0xf0) == 16) || (a[0] == 192 && a[1] == 168) ||
           (a[0] == 169 && a[1] == 254);
}

static bool is_mapped(const ms_spf_term *term)
{
    static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

    return term->name == MS_SPF_IP6 && memcmp(term->address, mapped, sizeof mapped) == 0;
}

/* Is a bit set behind the first `prefix` ones? */
static bool has_host_bits(const unsigned char *address, int prefix, int bits)
{
    for (int i = prefix; i < bits; i++)
        if (address[i / 8] >> (7 - i % 8) & 1)
            return true;
    return false;
}

/* The least sizes that are not taken for a slip: no mail service has more than a /8, or a /16 of IPv6. A sign other
 * than "+" authorises nobody. */
static void lint_size(const ms_spf_term *term, ms_findings *findings)
{
    if (term->qualifier != '+')
        return;
    if (term->prefix4 == 0 || term->prefix6 == 0)
        ms_spf_add(findings, MS_FINDING_SPF_WHOLE_INTERNET, term->text);
    else if ((term->prefix4 > 0 && term->prefix4 < 8) || (term->prefix6 > 0 && term->prefix6 < 16))
        ms_spf_add(findings, MS_FINDING_SPF_WIDE_NETWORK, term->text);
}

static void lint_address(const ms_spf_term *term, ms_findings *findings)
{
    bool is_4 = term->name == MS_SPF_IP4;
    int prefix = is_4 ? term->prefix4 : term->prefix6;

    if (prefix != 0 && is_mapped(term))
        ms_spf_add(findings, MS_FINDING_SPF_MAPPED_ADDRESS, term->text);
    else if (prefix != 0 && is_private(term))
        ms_spf_add(findings, MS_FINDING_SPF_PRIVATE_ADDRESS, term->text);
    else
        lint_size(term, findings);
    if (prefix > 0 && has_host_bits(term->address, prefix, is_4 ? 32 : 128))
        ms_spf_add(findings, MS_FINDING_SPF_HOST_BITS, term->text);
}

/* ---- Terms that can be read */

static void lint_modifier(const ms_spf_term *term, ms_findings *findings)
{
    if (term->name != MS_SPF_OTHER || ms_spf_is_version(term))
        return;
    if (ms_spf_is_mechanism_name(term->label))
        ms_spf_add(findings, MS_FINDING_SPF_EQUALS_FOR_COLON, term->text);
    else
        ms_spf_add(findings, MS_FINDING_SPF_UNKNOWN_MODIFIER, term->text);
}

static void lint_all(const ms_spf_term *term, ms_findings *findings)
{
    if (term->qualifier == '+')
        ms_spf_add(findings, MS_FINDING_SPF_PLUS_ALL, term->text);
    else if (term->qualifier == '?')
        ms_spf_add(findings, MS_FINDING_SPF_NEUTRAL_ALL, term->text);
}

static void lint_case(const ms_spf_term *term, ms_findings *findings)
{
    for (size_t i = 0; i < term->label.n; i++)
        if (term->label.p[i] != ms_lower(term->label.p[i])) {
            ms_findings_add_once(findings, MS_FINDING_SPF_UPPERCASE, term->text);
            return;
        }
}

void ms_spf_term_lint(const ms_spf_term *term, ms_findings *findings)
{
    if (term->fault != MS_SPF_FINE) {
        ms_spf_add(findings, ms_spf_finding_of_fault(term), term->text);
        return;
    }
    lint_modifier(term, findings);
    if (term->name == MS_SPF_ALL)
        lint_all(term, findings);
    else if (!ms_spf_is_modifier(term->name) && term->qualifier != '+')
        ms_spf_add(findings, MS_FINDING_SPF_QUALIFIED_SENDER, term->text);
    if (term->name == MS_SPF_PTR)
        ms_spf_add(findings, MS_FINDING_SPF_PTR, term->text);
    if (term->name == MS_SPF_IP4 || term->name == MS_SPF_IP6)
        lint_address(term, findings);
    else
        lint_name(term, findings);
    if (term->name == MS_SPF_A || term->name == MS_SPF_MX)
        lint_size(term, findings);
    if (term->name != MS_SPF_OTHER)
        lint_case(term, findings);
}
