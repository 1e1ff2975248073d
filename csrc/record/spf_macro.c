/* spf_macro.c: the grammar of SPF's macros (RFC 7208 §7.1). See spf_macro.h. */
#include "record/spf_macro.h"

const char *ms_spf_fault_code(ms_spf_fault fault)
{
    static const char *const code[] = {
        [MS_SPF_FINE] = "spf_ok",
        [MS_SPF_NO_VERSION] = "spf_not_a_record",
        [MS_SPF_TOO_LONG] = "spf_too_long",
        [MS_SPF_TOO_MANY_TERMS] = "spf_too_many_terms",
        [MS_SPF_BAD_CHARACTER] = "spf_bad_character",
        [MS_SPF_UNKNOWN_MECHANISM] = "spf_unknown_mechanism",
        [MS_SPF_BAD_MODIFIER] = "spf_bad_modifier",
        [MS_SPF_TWICE] = "spf_modifier_twice",
        [MS_SPF_UNEXPECTED] = "spf_nothing_allowed",
        [MS_SPF_NO_DOMAIN] = "spf_missing_domain",
        [MS_SPF_BAD_DOMAIN] = "spf_bad_domain",
        [MS_SPF_NO_ADDRESS] = "spf_missing_address",
        [MS_SPF_BAD_ADDRESS] = "spf_bad_address",
        [MS_SPF_BAD_PREFIX] = "spf_bad_prefix",
        [MS_SPF_BAD_MACRO] = "spf_bad_macro",
        [MS_SPF_MACRO_NOT_HERE] = "spf_explanation_macro",
    };

    return code[fault];
}

const char *ms_spf_fault_text(ms_spf_fault fault)
{
    static const char *const text[] = {
        [MS_SPF_FINE] = "nothing is wrong",
        [MS_SPF_NO_VERSION] = "the text does not begin with v=spf1, and is no SPF record",
        [MS_SPF_TOO_LONG] = "the text has more than 65535 octets",
        [MS_SPF_TOO_MANY_TERMS] = "the record has more than 2000 terms",
        [MS_SPF_BAD_CHARACTER] = "a term holds a character that is neither visible nor ASCII",
        [MS_SPF_UNKNOWN_MECHANISM] = "a term is neither a known mechanism nor of the form name=value",
        [MS_SPF_BAD_MODIFIER] = "an equals sign follows what is not the name of a modifier",
        [MS_SPF_TWICE] = "redirect= or exp= occurs twice",
        [MS_SPF_UNEXPECTED] = "something follows a mechanism that has nothing behind its name",
        [MS_SPF_NO_DOMAIN] = "a term lacks its domain name",
        [MS_SPF_BAD_DOMAIN] = "a term's domain name ends neither in a top-level domain nor in a macro",
        [MS_SPF_NO_ADDRESS] = "ip4 or ip6 lacks its address",
        [MS_SPF_BAD_ADDRESS] = "what stands behind ip4: or ip6: is no such address",
        [MS_SPF_BAD_PREFIX] = "the size of a network is no number from 0 to 32 (IPv4) or 128 (IPv6)",
        [MS_SPF_BAD_MACRO] = "a percent sign starts no macro",
        [MS_SPF_MACRO_NOT_HERE] = "a macro is used that only explanations may use",
    };

    return text[fault];
}

static ms_spf_piece literal(ms_span octets)
{
    return (ms_spf_piece){ .literal = octets };
}

static bool is_delimiter(char c)
{
    return c != '\0' && strchr(".-+,/_=", c) != NULL;
}

/* More parts than any name has are all of them; zero is none that may be asked for. */
static bool take_parts(ms_span *s, unsigned *parts)
{
    const unsigned plenty = 100000;
    unsigned value = 0;
    size_t n = 0;

    for (; n < s->n && ms_is_digit(s->p[n]); n++)
        if (value < plenty)
            value = value * 10 + (unsigned)(s->p[n] - '0');
    *s = ms_span_behind(*s, n);
    *parts = value;
    return n == 0 || value > 0;
}

/* What stands between "%{" and "}". */
static bool read_macro(ms_span s, ms_spf_piece *piece)
{
    char letter = s.n > 0 ? ms_lower(s.p[0]) : '\0';

    if (letter == '\0' || strchr("slodiphcrtv", letter) == NULL)
        return false;
    *piece = (ms_spf_piece){ .letter = letter, .escaped = letter != s.p[0] };
    s = ms_span_behind(s, 1);
    if (!take_parts(&s, &piece->parts))
        return false;
    if (s.n > 0 && ms_lower(s.p[0]) == 'r') {
        piece->reversed = true;
        s = ms_span_behind(s, 1);
    }
    piece->delimiters = s;
    for (size_t i = 0; i < s.n; i++)
        if (!is_delimiter(s.p[i]))
            return false;
    return true;
}

/* From "%" on. */
static ms_spf_fault take_macro(ms_span *text, ms_spf_piece *piece)
{
    ms_span rest, inside;

    switch (text->n > 1 ? text->p[1] : '\0') {
    case '%':
        *piece = literal(MS_LIT("%"));
        break;
    case '_':
        *piece = literal(MS_LIT(" "));
        break;
    case '-':
        *piece = literal(MS_LIT("%20"));
        break;
    case '{':
        inside = ms_span_cut(ms_span_behind(*text, 2), '}', &rest);
        if (rest.p == NULL || !read_macro(inside, piece))
            return MS_SPF_BAD_MACRO;
        *text = rest;
        return MS_SPF_FINE;
    default:
        return MS_SPF_BAD_MACRO;
    }
    *text = ms_span_behind(*text, 2);
    return MS_SPF_FINE;
}

ms_spf_fault ms_spf_piece_take(ms_span *text, bool in_explanation, ms_spf_piece *piece)
{
    size_t n = 0;

    if (text->p[0] == '%')
        return take_macro(text, piece);
    for (; n < text->n && text->p[n] != '%'; n++) {
        unsigned char c = (unsigned char)text->p[n];

        if (c < 0x20 || c > 0x7e || (c == 0x20 && !in_explanation))
            return MS_SPF_BAD_CHARACTER;
    }
    *piece = literal(ms_span_of(text->p, n));
    *text = ms_span_behind(*text, n);
    return MS_SPF_FINE;
}

/* The checker of both: *end is the run of literal octets at the end of the text, empty where that ends in a macro. */
static ms_spf_fault check(ms_span text, bool in_explanation, ms_spf_letters *letters, ms_span *end)
{
    *letters = 0;
    *end = MS_LIT("");
    while (text.n > 0) {
        ms_spf_piece piece;
        bool is_macro = text.p[0] == '%';
        ms_spf_fault fault = ms_spf_piece_take(&text, in_explanation, &piece);

        if (fault != MS_SPF_FINE)
            return fault;
        if (piece.letter != 0)
            *letters |= ms_spf_letter(piece.letter);
        *end = is_macro ? MS_LIT("") : piece.literal;
    }
    return MS_SPF_FINE;
}

ms_spf_fault ms_spf_macro_string(ms_span text, bool in_explanation, ms_spf_letters *letters)
{
    ms_span end;

    return check(text, in_explanation, letters, &end);
}

static bool is_alphanumeric(char c)
{
    return ms_is_alpha(c) || ms_is_digit(c);
}

/* Letters, digits, and hyphens between them, but not digits alone. */
static bool is_toplabel(ms_span s)
{
    bool only_digits = true;

    if (s.n == 0 || !is_alphanumeric(s.p[0]) || !is_alphanumeric(s.p[s.n - 1]))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_alphanumeric(s.p[i]) && s.p[i] != '-')
            return false;
        only_digits = only_digits && ms_is_digit(s.p[i]);
    }
    return !only_digits;
}

ms_spf_fault ms_spf_domain_spec(ms_span text, ms_spf_letters *letters)
{
    ms_span end;
    ms_spf_fault fault = check(text, false, letters, &end);
    size_t at;

    if (fault != MS_SPF_FINE)
        return fault;
    if (*letters & (ms_spf_letter('c') | ms_spf_letter('r') | ms_spf_letter('t')))
        return MS_SPF_MACRO_NOT_HERE;
    if (text.n > 0 && end.n == 0)
        return MS_SPF_FINE;
    if (end.n > 0 && end.p[end.n - 1] == '.')
        end.n--;
    for (at = end.n; at > 0 && end.p[at - 1] != '.';)
        at--;
    return at > 0 && is_toplabel(ms_span_behind(end, at)) ? MS_SPF_FINE : MS_SPF_BAD_DOMAIN;
}
