/* span.c: comparing and cutting spans. See span.h. */
#include "base/span.h"

bool ms_span_ieq(ms_span a, ms_span b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (ms_lower(a.p[i]) != ms_lower(b.p[i]))
            return false;
    return true;
}

bool ms_span_istarts(ms_span s, ms_span start)
{
    return s.n >= start.n && ms_span_ieq(ms_span_of(s.p, start.n), start);
}

ms_span ms_span_trim(ms_span s)
{
    while (s.n > 0 && ms_is_fws(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && ms_is_fws(s.p[s.n - 1]))
        s.n--;
    return s;
}

ms_span ms_span_cut(ms_span s, char c, ms_span *rest)
{
    const char *at = s.n > 0 ? memchr(s.p, c, s.n) : NULL;

    if (at == NULL) {
        *rest = (ms_span){ NULL, 0 };
        return s;
    }
    *rest = (ms_span){ at + 1, (size_t)(s.p + s.n - at) - 1 };
    s.n = (size_t)(at - s.p);
    return s;
}

bool ms_domain_within(ms_span name, ms_span parent)
{
    ms_span tail;

    if (name.n < parent.n)
        return false;
    tail = ms_span_of(name.p + (name.n - parent.n), parent.n);
    if (!ms_span_ieq(tail, parent))
        return false;
    return name.n == parent.n || name.p[name.n - parent.n - 1] == '.';
}
