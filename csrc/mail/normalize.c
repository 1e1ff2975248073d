/* normalize.c: mends a message's line ends. See normalize.h. */
#include "mail/normalize.h"

ms_normalizer ms_normalize_start(void)
{
    return (ms_normalizer){ .scan = ms_scanner_best() };
}

static void add_crlf(ms_normalizer *normalizer, ms_buf *out)
{
    ms_buf_add(out, "\r\n", 2);
    normalizer->in_line = false;
}

/* The CRs that were held stand before no LF: each ends a line. */
static void release(ms_normalizer *normalizer, ms_buf *out)
{
    for (; normalizer->held > 0; normalizer->held--) {
        add_crlf(normalizer, out);
        normalizer->bare_cr++;
    }
}

static void end_line(ms_normalizer *normalizer, ms_buf *out)
{
    if (normalizer->held == 0)
        normalizer->bare_lf++;
    else
        normalizer->bare_cr += normalizer->held - 1;
    normalizer->held = 0;
    add_crlf(normalizer, out);
}

static void add_text(ms_normalizer *normalizer, const char *p, size_t n, ms_buf *out)
{
    ms_buf_add(out, p, n);
    normalizer->in_line = true;
}

/* The octets at `p` that end no line and are no NUL. */
static size_t text_size(const char *p, const char *end)
{
    const char *at = p;

    while (at < end && *at != '\r' && *at != '\n' && *at != '\0')
        at++;
    return (size_t)(at - p);
}

/* Takes what stands at `p` up to the next LF; returns where it stopped. */
static const char *mend_line(ms_normalizer *normalizer, const char *p, const char *end, ms_buf *out)
{
    while (p < end) {
        size_t n = text_size(p, end);

        if (n > 0) {
            release(normalizer, out);
            add_text(normalizer, p, n, out);
            p += n;
            continue;
        }
        switch (*p++) {
        case '\n':
            end_line(normalizer, out);
            return p;
        case '\r':
            normalizer->held++;
            break;
        default:
            normalizer->nul++;
        }
    }
    return p;
}

void ms_normalize(ms_normalizer *normalizer, ms_span piece, ms_buf *out)
{
    const char *p = piece.p, *end = p + piece.n;

    while (p < end) {
        size_t plain, lines = 0;

        p = mend_line(normalizer, p, end, out);
        plain = normalizer->scan(p, (size_t)(end - p), &lines);
        if (plain == 0)
            continue;
        p += plain;
        if (p[-1] == '\r') {
            normalizer->held = 1;
            add_text(normalizer, p - plain, plain - 1, out);
        } else {
            add_text(normalizer, p - plain, plain, out);
            normalizer->in_line = p[-1] != '\n';
        }
    }
}

void ms_normalize_end(ms_normalizer *normalizer, ms_buf *out)
{
    release(normalizer, out);
    if (!normalizer->in_line)
        return;
    add_crlf(normalizer, out);
    normalizer->final_crlf = true;
}
