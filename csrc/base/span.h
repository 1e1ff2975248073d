/* span.h: a piece of somebody else's octets.
 *
 * Everything that mailseal reads comes from outside, may hold NUL, and is not
 * terminated; so a length travels with every pointer. A span owns nothing: it
 * lives as long as what it points into. Letters are compared as ASCII whatever
 * the locale says, for mail and DNS names are ASCII (RFC 5322 §1.2.2, RFC 4343).
 */
#ifndef MS_BASE_SPAN_H
#define MS_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct ms_span {
    const char *p;
    size_t n;
} ms_span;

#define MS_LIT(s) ((ms_span){ (s), sizeof(s) - 1 })

static inline ms_span ms_span_of(const void *p, size_t n)
{
    return (ms_span){ (const char *)p, n };
}

/* Of a constant of our own; never of input. */
static inline ms_span ms_span_str(const char *s)
{
    return (ms_span){ s, strlen(s) };
}

static inline bool ms_is_wsp(char c)
{
    return c == ' ' || c == '\t';
}

/* White space as a tag list may hold it after unfolding by hand: RFC 6376 §2.8 FWS. */
static inline bool ms_is_fws(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline bool ms_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline char ms_lower(char c)
{
    return (c >= 'A' && c <= 'Z') ? (char)(c + ('a' - 'A')) : c;
}

static inline bool ms_is_alpha(char c)
{
    return ms_lower(c) >= 'a' && ms_lower(c) <= 'z';
}

/* No octet over 0x7f? */
static inline bool ms_is_ascii(ms_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] > 0x7f)
            return false;
    return true;
}

static inline bool ms_span_eq(ms_span a, ms_span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* What is left behind its first n octets, of which there must be as many. */
static inline ms_span ms_span_behind(ms_span s, size_t n)
{
    return (ms_span){ n > 0 ? s.p + n : s.p, s.n - n }; /* an empty span may have no pointer to add to */
}

bool ms_span_ieq_slowly(ms_span a, ms_span b);

/* Equal but for the case of ASCII letters. */
static inline bool ms_span_ieq(ms_span a, ms_span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0 || ms_span_ieq_slowly(a, b));
}

/* The same of the start of `s`. */
bool ms_span_istarts(ms_span s, ms_span start);

/* Without white space (SP, TAB, CR, LF) at either end. */
static inline ms_span ms_span_trim(ms_span s)
{
    while (s.n > 0 && ms_is_fws(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && ms_is_fws(s.p[s.n - 1]))
        s.n--;
    return s;
}

/* Cuts `s` at the first `c`: returns what stands before it and leaves what stands behind in *rest
 * (empty, with a NULL pointer, where there is no `c`). */
static inline ms_span ms_span_cut(ms_span s, char c, ms_span *rest)
{
    const char *at = s.n > 0 ? (const char *)memchr(s.p, c, s.n) : NULL;

    if (at == NULL) {
        *rest = (ms_span){ NULL, 0 };
        return s;
    }
    *rest = (ms_span){ at + 1, (size_t)(s.p + s.n - at) - 1 };
    s.n = (size_t)(at - s.p);
    return s;
}

#endif
