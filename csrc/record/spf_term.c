/* spf_term.c: one term of an SPF record (RFC 7208 §5, §6, §12). See spf.h. */
#include "record/spf.h"

#include <arpa/inet.h>

/* What may stand behind a mechanism's name. */
typedef enum argument { NOTHING, MAYBE_DOMAIN, DOMAIN, ADDRESS } argument;

static const struct {
    const char *name;
    argument wants;
    bool sizes; /* of networks: /24, //64, /24//64 */
} rules[] = {
    [MS_SPF_ALL] = { "all", NOTHING, false },          [MS_SPF_INCLUDE] = { "include", DOMAIN, false },
    [MS_SPF_A] = { "a", MAYBE_DOMAIN, true },          [MS_SPF_MX] = { "mx", MAYBE_DOMAIN, true },
    [MS_SPF_PTR] = { "ptr", MAYBE_DOMAIN, false },     [MS_SPF_IP4] = { "ip4", ADDRESS, false },
    [MS_SPF_IP6] = { "ip6", ADDRESS, false },          [MS_SPF_EXISTS] = { "exists", DOMAIN, false },
    [MS_SPF_REDIRECT] = { "redirect", DOMAIN, false }, [MS_SPF_EXP] = { "exp", DOMAIN, false },
    [MS_SPF_OTHER] = { "", NOTHING, false },           [MS_SPF_UNKNOWN] = { "", NOTHING, false },
};

const char *ms_spf_name_text(ms_spf_name name)
{
    return rules[name].name;
}

/* The name among those from `first` to `last`, or `otherwise`. */
static ms_spf_name find_name(ms_span label, ms_spf_name first, ms_spf_name last, ms_spf_name otherwise)
{
    for (int name = first; name <= (int)last; name++)
        if (ms_span_ieq(label, ms_span_str(rules[name].name)))
            return (ms_spf_name)name;
    return otherwise;
}

/* ---- Addresses, and the sizes of networks */

static bool take_number(ms_span *s, int largest, int *number)
{
    size_t n = 0;
    int value = 0;

    for (; n < s->n && ms_is_digit(s->p[n]); n++) {
        value = value * 10 + (s->p[n] - '0');
        if (value > largest || (n > 0 && s->p[0] == '0'))
            return false;
    }
    *s = ms_span_behind(*s, n);
    *number = value;
    return n > 0;
}

bool ms_spf_address4(ms_span text, unsigned char address[4])
{
    for (int i = 0; i < 4; i++) {
        int number;

        if (i > 0) {
            if (text.n == 0 || text.p[0] != '.')
                return false;
            text = ms_span_behind(text, 1);
        }
        if (!take_number(&text, 255, &number))
            return false;
        address[i] = (unsigned char)number;
    }
    return text.n == 0;
}

bool ms_spf_address6(ms_span text, unsigned char address[16])
{
    char terminated[INET6_ADDRSTRLEN];

    if (text.n >= sizeof terminated || memchr(text.p, '\0', text.n) != NULL)
        return false;
    memcpy(terminated, text.p, text.n);
    terminated[text.n] = '\0';
    return inet_pton(AF_INET6, terminated, address) == 1;
}

/* Cuts "/N" off the end of *s, or "//N" where `slashes` is 2. Leaves it where it is no number up to `largest`. */
static void cut_size(ms_span *s, size_t slashes, int largest, int *size)
{
    size_t at = s->n;
    ms_span digits;

    while (at > 0 && ms_is_digit(s->p[at - 1]))
        at--;
    digits = ms_span_behind(*s, at);
    if (at < slashes || memcmp(s->p + at - slashes, "//", slashes) != 0)
        return;
    if (take_number(&digits, largest, size))
        s->n = at - slashes;
    else
        *size = -1;
}

/* Does the text end in a slash and nothing but digits: a size that is none? */
static bool ends_in_size(ms_span s)
{
    while (s.n > 0 && ms_is_digit(s.p[s.n - 1]))
        s.n--;
    return s.n > 0 && s.p[s.n - 1] == '/';
}

/* ---- Terms */

static void read_domain(ms_spf_term *term)
{
    if (term->value.n == 0)
        term->fault = MS_SPF_NO_DOMAIN;
    else
        term->fault = ms_spf_domain_spec(term->value, &term->letters);
    if (term->fault == MS_SPF_BAD_DOMAIN && ends_in_size(term->value))
        term->fault = MS_SPF_BAD_PREFIX;
}

static void read_address(ms_spf_term *term)
{
    bool is_4 = term->name == MS_SPF_IP4;
    int *size = is_4 ? &term->prefix4 : &term->prefix6;
    ms_span behind, address = ms_span_cut(term->value, '/', &behind);

    if (term->value.n == 0) {
        term->fault = MS_SPF_NO_ADDRESS;
        return;
    }
    term->value = address;
    if (!(is_4 ? ms_spf_address4(address, term->address) : ms_spf_address6(address, term->address)))
        term->fault = MS_SPF_BAD_ADDRESS;
    else if (behind.p != NULL && (!take_number(&behind, is_4 ? 32 : 128, size) || behind.n > 0))
        term->fault = MS_SPF_BAD_PREFIX;
    if (term->fault == MS_SPF_BAD_PREFIX)
        *size = -1;
}

/* `rest` is what stands behind the name: nothing, ":…" or "/…". */
static void read_argument(ms_span rest, ms_spf_term *term)
{
    argument wants = rules[term->name].wants;

    if (rules[term->name].sizes) {
        cut_size(&rest, 2, 128, &term->prefix6);
        cut_size(&rest, 1, 32, &term->prefix4);
    }
    if (rest.n > 0 && rest.p[0] == ':')
        term->value = ms_span_behind(rest, 1);
    if (wants == NOTHING && rest.n > 0)
        term->fault = MS_SPF_UNEXPECTED;
    else if (rest.n > 0 && rest.p[0] == '/')
        term->fault = rules[term->name].sizes ? MS_SPF_BAD_PREFIX : MS_SPF_UNEXPECTED;
    else if (wants == ADDRESS)
        read_address(term);
    else if (wants == DOMAIN || term->value.p != NULL)
        read_domain(term);
}

/* How many octets of `s` make a modifier's name (§4.6.1). */
static size_t name_size(ms_span s)
{
    size_t n = 0;

    if (s.n == 0 || !ms_is_alpha(s.p[0]))
        return 0;
    while (n < s.n && (ms_is_alpha(s.p[n]) || ms_is_digit(s.p[n]) || (s.p[n] != '\0' && strchr("-_.", s.p[n]) != NULL)))
        n++;
    return n;
}

static void read_modifier(size_t n, ms_spf_term *term)
{
    term->label = ms_span_of(term->text.p, n);
    term->value = ms_span_behind(term->text, n + 1);
    term->name = find_name(term->label, MS_SPF_REDIRECT, MS_SPF_EXP, MS_SPF_OTHER);
    if (term->name == MS_SPF_OTHER)
        term->fault = ms_spf_macro_string(term->value, false, &term->letters);
    else
        read_domain(term);
}

static void read_mechanism(ms_spf_term *term)
{
    ms_span s = term->text;
    size_t n = 0;

    if (s.p[0] != '\0' && strchr("+-~?", s.p[0]) != NULL) {
        term->qualifier = s.p[0];
        s = ms_span_behind(s, 1);
    }
    while (n < s.n && s.p[n] != ':' && s.p[n] != '/')
        n++;
    term->label = ms_span_of(s.p, n);
    term->name = find_name(term->label, MS_SPF_ALL, MS_SPF_EXISTS, MS_SPF_UNKNOWN);
    if (term->name != MS_SPF_UNKNOWN)
        read_argument(ms_span_behind(s, n), term);
    else
        term->fault = memchr(term->text.p, '=', term->text.n) ? MS_SPF_BAD_MODIFIER : MS_SPF_UNKNOWN_MECHANISM;
}

void ms_spf_term_read(ms_span text, ms_spf_term *term)
{
    size_t n = name_size(text);

    *term = (ms_spf_term){ .name = MS_SPF_UNKNOWN, .text = text, .qualifier = '+', .prefix4 = -1, .prefix6 = -1 };
    term->label = text;
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] <= 0x20 || (unsigned char)text.p[i] > 0x7e)
            term->fault = MS_SPF_BAD_CHARACTER;
    if (text.n == 0)
        term->fault = MS_SPF_UNKNOWN_MECHANISM;
    if (term->fault != MS_SPF_FINE)
        return;
    if (n > 0 && n < text.n && text.p[n] == '=')
        read_modifier(n, term);
    else
        read_mechanism(term);
}
