/* span.c: comparing spans. See span.h. */
#include "base/span.h"

bool ms_span_ieq_slowly(ms_span a, ms_span b)
{
    for (size_t i = 0; i < a.n; i++)
        if (ms_lower(a.p[i]) != ms_lower(b.p[i]))
            return false;
    return true;
}

bool ms_span_istarts(ms_span s, ms_span start)
{
    return s.n >= start.n && ms_span_ieq(ms_span_of(s.p, start.n), start);
}
