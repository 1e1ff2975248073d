/* canon_header.c: canonicalization of header fields (RFC 6376 §3.4.1, §3.4.2, §3.7). See canon.h. */
#include "mail/canon.h"

/* Lower-cased, in pieces, for a name may be longer than anything honest. */
static void add_name(ms_sink *sink, ms_span name)
{
    while (name.n > 0) {
        size_t room = MS_GATHER_SIZE - sink->gathered, n = name.n < room ? name.n : room;
        char *to = sink->gather + sink->gathered;

        for (size_t i = 0; i < n; i++)
            to[i] = ms_lower(name.p[i]);
        sink->gathered += n;
        name.p += n;
        name.n -= n;
        if (name.n > 0)
            ms_sink_flush(sink);
    }
    ms_sink_add(sink, ":", 1);
}

/* What relaxed takes for white space at `p`: WSP, or a CRLF, which inside a field is always a fold. Its length, or 0.
 */
static inline size_t blank_at(const char *p, const char *end)
{
    if (ms_is_wsp(*p))
        return 1;
    return *p == '\r' && end - p >= 2 && p[1] == '\n' ? 2 : 0;
}

static inline const char *skip_blank(const char *p, const char *end)
{
    size_t n;

    while (p < end && (n = blank_at(p, end)) > 0)
        p += n;
    return p;
}

/* A value in relaxed form: unfolded, each run of white space one SP. *pending carries, from one piece of
 * a value to the next, whether there was white space; it is written only when something follows it. */
static void add_value(ms_sink *sink, const ms_wsp_scanner *scanner, ms_span value, bool *pending)
{
    const char *p = value.p, *end = value.p + value.n;

    while (p < end) {
        const char *change = scanner->find_in_header(p, end);

        if (change > p) {
            if (*pending)
                ms_sink_add(sink, " ", 1);
            *pending = false;
            ms_sink_add(sink, p, (size_t)(change - p));
            p = change;
            continue;
        }
        p = skip_blank(change, end);
        if (p > change) {
            *pending = true;
            continue;
        }
        /* A bare CR or LF. */
        if (*pending)
            ms_sink_add(sink, " ", 1);
        *pending = false;
        ms_sink_add(sink, p++, 1);
    }
}

static ms_span skip_leading(ms_span value)
{
    const char *end = value.p + value.n, *p = skip_blank(value.p, end);

    return ms_span_of(p, (size_t)(end - p));
}

void ms_canon_field(ms_sink *sink, const ms_wsp_scanner *scanner, ms_canon canon, const ms_field *field)
{
    bool pending = false;

    if (canon == MS_SIMPLE) {
        bool ended = field->value.p + field->value.n < field->whole.p + field->whole.n;

        ms_sink_add(sink, field->whole.p, field->whole.n);
        if (!ended)
            ms_sink_add(sink, "\r\n", 2);
        return;
    }
    add_name(sink, field->name);
    add_value(sink, scanner, skip_leading(field->value), &pending);
    ms_sink_add(sink, "\r\n", 2);
}

void ms_canon_signature(ms_sink *sink, const ms_wsp_scanner *scanner, ms_canon canon, const ms_field *field,
                        ms_span hole)
{
    const char *end = field->value.p + field->value.n, *behind = hole.p + hole.n;
    bool pending = false;

    if (canon == MS_SIMPLE) {
        ms_sink_add(sink, field->whole.p, (size_t)(hole.p - field->whole.p));
        ms_sink_add(sink, behind, (size_t)(end - behind));
        return;
    }
    add_name(sink, field->name);
    add_value(sink, scanner, skip_leading(ms_span_of(field->value.p, (size_t)(hole.p - field->value.p))), &pending);
    add_value(sink, scanner, ms_span_of(behind, (size_t)(end - behind)), &pending);
}
