/* spf_words.c: what a word of an SPF record may have been meant as. See spf_words.h. */
#include "record/spf_words.h"

#include "record/spf_lint.h"

bool ms_spf_is_separator(char c)
{
    return ms_is_fws(c) || c == ',' || c == ';';
}

bool ms_spf_is_qualifier(char c)
{
    return c != '\0' && strchr("+-~?", c) != NULL;
}

ms_span ms_spf_skip_space(ms_span s)
{
    while (s.n > 0 && ms_is_fws(s.p[0]))
        s = ms_span_behind(s, 1);
    return s;
}

ms_span ms_spf_skip_qualifier(ms_span s)
{
    return ms_span_behind(s, s.n > 0 && ms_spf_is_qualifier(s.p[0]));
}

ms_span ms_spf_word_of(ms_span s)
{
    size_t n = 0;

    while (n < s.n && !ms_spf_is_separator(s.p[n]))
        n++;
    return ms_span_of(s.p, n);
}

/* Is it a term of SPF beyond doubt? English words and the tags of other records are none. */
static bool is_sure_term(ms_span word)
{
    ms_spf_term term;

    if (word.n == 0)
        return false;
    ms_spf_term_read(word, &term);
    switch (term.name) {
    case MS_SPF_ALL:
        return ms_spf_is_qualifier(word.p[0]) && term.fault == MS_SPF_FINE;
    case MS_SPF_A:
    case MS_SPF_MX:
    case MS_SPF_INCLUDE:
    case MS_SPF_IP4:
    case MS_SPF_IP6:
    case MS_SPF_EXISTS:
    case MS_SPF_REDIRECT:
        return term.value.n > 0;
    default:
        return false;
    }
}

bool ms_spf_has_sure_term(ms_span text)
{
    while (text.n > 0) {
        ms_span word = ms_spf_word_of(text);

        if (is_sure_term(word))
            return true;
        text = ms_span_behind(text, word.n + (word.n < text.n));
    }
    return false;
}

/* ---- Terms */

bool ms_spf_starts_term(ms_span s)
{
    static const char *const names[] = { "include", "a",   "mx",   "ptr",  "ip4",    "ip6", "exists", "redirect",
                                         "exp",     "all", "ipv4", "ipv6", "v=spf1", "ip",  NULL };

    s = ms_spf_skip_qualifier(s);
    for (const char *const *name = names; *name != NULL; name++) {
        ms_span known = ms_span_str(*name);
        char next = s.n > known.n ? s.p[known.n] : ' ';

        if (ms_span_istarts(s, known) && (ms_spf_is_separator(next) || next == ':' || next == '=' || next == '/'))
            return true;
    }
    return false;
}

/* Is it a, mx or ptr, and then the end or the next term's sign? */
static bool is_bare_mechanism(ms_span s)
{
    size_t n = 0;

    while (n < s.n && !ms_spf_is_qualifier(s.p[n]))
        n++;
    s.n = n;
    return ms_span_ieq(s, MS_LIT("a")) || ms_span_ieq(s, MS_LIT("mx")) || ms_span_ieq(s, MS_LIT("ptr"));
}

bool ms_spf_runs_into(ms_span tail, char before, bool in_ip4)
{
    static const char *const sure[] = { "include:", "ip4:", "ip6:", "exists:", "redirect=", "v=spf1", NULL };
    ms_span s = ms_spf_skip_qualifier(tail);

    if (before != '\0' && strchr("<[({", before) != NULL) /* a placeholder, or a macro */
        return false;
    if (s.n < tail.n && (ms_span_ieq(s, MS_LIT("all")) || (tail.p[0] == '+' && is_bare_mechanism(s))))
        return true;
    if (before == ':' || before == '=') /* "include:ip4:": a name too many */
        return false;
    for (const char *const *name = sure; *name != NULL; name++)
        if (ms_span_istarts(s, ms_span_str(*name)))
            return true;
    return in_ip4 && (s.n < tail.n || ms_is_digit(before)) &&
           (ms_span_istarts(s, MS_LIT("a:")) || ms_span_istarts(s, MS_LIT("mx:")));
}

/* ---- Versions */

bool ms_spf_is_version_end(ms_span s)
{
    return s.n == 0 || ms_spf_is_separator(s.p[0]);
}

size_t ms_spf_meant_version(ms_span text)
{
    ms_span s = text, number;

    if (ms_span_istarts(s, MS_LIT("v")))
        s = ms_spf_skip_space(ms_span_behind(s, 1));
    if (s.n > 0 && (s.p[0] == '=' || s.p[0] == ':'))
        s = ms_spf_skip_space(ms_span_behind(s, 1));
    if (!ms_span_istarts(s, MS_LIT("spf")))
        return 0;
    number = ms_span_behind(s, 3);
    while (number.n > 0 && (ms_is_digit(number.p[0]) || number.p[0] == '.' || number.p[0] == ':'))
        number = ms_span_behind(number, 1);
    if (number.n > 0 && ms_is_digit(number.p[-1]) && strchr("=_|\\", number.p[0]) != NULL)
        return text.n - number.n + 1;
    return ms_spf_is_version_end(number) || number.p[-1] == ':' ? text.n - number.n : 0;
}

bool ms_spf_is_other_version(ms_span word)
{
    static const char *const versions[] = { "v=dmarc", "v=dkim", "v=bimi", "v=sts", "v=tlsrpt", NULL };

    for (const char *const *version = versions; *version != NULL; version++)
        if (ms_span_istarts(word, ms_span_str(*version)))
            return true;
    return false;
}

size_t ms_spf_find_version(ms_span text)
{
    const ms_span version = MS_LIT("v=spf1");

    for (size_t i = 1; i < text.n; i++) {
        ms_span s = ms_span_behind(text, i);

        if (!ms_is_alpha(text.p[i - 1]) && ms_span_istarts(s, version) &&
            ms_spf_is_version_end(ms_span_behind(s, version.n)))
            return i;
    }
    return 0;
}

/* ---- Signs, and pieces of terms */

char ms_spf_typographic_sign(ms_span word, size_t *n)
{
    static const struct {
        ms_span octets;
        char meant;
    } signs[] = {
        { { "\xe2\x80\x90", 3 }, '-' }, /* U+2010 hyphen */
        { { "\xe2\x80\x91", 3 }, '-' }, /* U+2011 non-breaking hyphen */
        { { "\xe2\x80\x92", 3 }, '-' }, /* U+2012 figure dash */
        { { "\xe2\x80\x93", 3 }, '-' }, /* U+2013 en dash */
        { { "\xe2\x80\x94", 3 }, '-' }, /* U+2014 em dash */
        { { "\xe2\x88\x92", 3 }, '-' }, /* U+2212 minus */
        { { "\xef\xbc\x8d", 3 }, '-' }, /* U+FF0D full-width hyphen */
        { { "\xcb\x9c", 2 }, '~' },     /* U+02DC small tilde */
        { { "\xe2\x88\xbc", 3 }, '~' }, /* U+223C tilde operator */
        { { "\xef\xbd\x9e", 3 }, '~' }, /* U+FF5E full-width tilde */
        { { NULL, 0 }, '\0' },
    };
    size_t i = 0;

    while (signs[i].meant != '\0' && !ms_span_istarts(word, signs[i].octets))
        i++;
    *n = signs[i].octets.n;
    return signs[i].meant;
}

char ms_spf_missing_sign(ms_span word, ms_span next)
{
    static const struct {
        const char *name;
        char sign;
    } terms[] = { { "include", ':' }, { "ip4", ':' },  { "ip6", ':' },      { "exists", ':' }, { "ip", ':' },
                  { "ipv4", ':' },    { "ipv6", ':' }, { "redirect", '=' }, { "exp", '=' } };
    ms_spf_letters letters;
    char sign = '\0';

    word = ms_spf_skip_qualifier(word);
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        if (ms_span_ieq(word, ms_span_str(terms[i].name)))
            sign = terms[i].sign;
    if (sign == '\0' || next.n == 0 || ms_spf_starts_term(next))
        return '\0';
    if (ms_spf_is_address(next))
        return sign;
    return next.p[0] != ':' && next.p[0] != '=' && ms_spf_domain_spec(next, &letters) == MS_SPF_FINE ? sign : '\0';
}

/* "/24" or "//64" */
static bool starts_size(ms_span s)
{
    size_t n = s.n > 1 && s.p[1] == '/' ? 2 : 1;

    return n < s.n && ms_is_digit(s.p[n]);
}

bool ms_spf_belong_together(ms_span word, ms_span next)
{
    char last = word.n > 0 ? word.p[word.n - 1] : ' ', first = next.n > 0 ? next.p[0] : ' ';
    size_t n;

    if (word.n == 0 || next.n == 0)
        return false;
    if (first == '/' && !starts_size(next))
        return false;
    if (first == ':' || first == '=' || first == '/')
        return ms_is_alpha(last) || ms_is_digit(last);
    if (last == '/')
        return ms_is_digit(first);
    if (ms_spf_is_qualifier(first) || ms_spf_typographic_sign(next, &n) != '\0')
        return false;
    if (word.n == 1 ? ms_spf_is_qualifier(last) : ms_spf_typographic_sign(word, &n) != '\0' && n == word.n)
        return true;
    return (last == ':' || last == '=') && !ms_spf_starts_term(next);
}
