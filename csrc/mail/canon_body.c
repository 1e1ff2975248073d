/* canon_body.c: canonicalization of bodies (RFC 6376 §3.4.3, §3.4.4). See canon.h.
 *
 * A chunk is cut in three: blanks at its head, which continue what the last chunk left open; its
 * core, which starts and ends with an octet that is not blank; and the blanks at its tail, which
 * the next chunk decides. In the core nothing is undecided, so it is scanned and passed on in
 * blocks that fit the first-level cache; only the blanks go octet by octet.
 */
#include "mail/canon.h"

void ms_body_canon_init(ms_body_canon *body, ms_canon canon, ms_sink_write *write, void *to)
{
    body->canon = canon;
    body->scanner = ms_wsp_scanner_of(MS_WSP_AVX2);
    ms_sink_init(&body->sink, write, to);
    body->line_ends = 0;
    body->space = body->cr = body->anything = false;
}

static inline bool is_blank(const ms_body_canon *body, char c)
{
    return c == '\r' || c == '\n' || (body->canon == MS_RELAXED && ms_is_wsp(c));
}

/* Something follows, so what was held back counts. */
static void release(ms_body_canon *body)
{
    for (; body->line_ends > 0; body->line_ends--)
        ms_sink_add(&body->sink, "\r\n", 2);
    if (body->space)
        ms_sink_add(&body->sink, " ", 1);
    body->space = false;
    if (body->cr)
        ms_sink_add(&body->sink, "\r", 1);
    body->cr = false;
    body->anything = true;
}

static void take_blank(ms_body_canon *body, char c)
{
    if (c == '\n' && body->cr) {
        body->cr = body->space = false;
        body->line_ends++;
        return;
    }
    if (body->cr || c == '\n')
        release(body);
    if (c == '\r')
        body->cr = true;
    else if (c == '\n')
        ms_sink_add(&body->sink, "\n", 1);
    else
        body->space = true;
}

void ms_body_canon_write(ms_body_canon *body, const char *p, size_t n)
{
    const char *end = p + n, *core_end = end;

    for (; p < end && is_blank(body, *p); p++)
        take_blank(body, *p);
    if (p == end)
        return;
    while (is_blank(body, core_end[-1]))
        core_end--;
    release(body);
    if (body->canon == MS_RELAXED)
        body->scanner.relax_body(&body->sink, p, core_end);
    else
        ms_sink_add(&body->sink, p, (size_t)(core_end - p));
    for (; core_end < end; core_end++)
        take_blank(body, *core_end);
}

void ms_body_canon_finish(ms_body_canon *body)
{
    if (body->cr)
        release(body);
    /* The simple form of an empty body is a CRLF, the relaxed one nothing at all. */
    if (body->anything || body->canon == MS_SIMPLE)
        ms_sink_add(&body->sink, "\r\n", 2);
    ms_sink_flush(&body->sink);
}
