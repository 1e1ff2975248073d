/* mend.c: takes back what a relay may have done to a body on its way. See mend.h. */
#include "mail/mend.h"

#include "base/base64.h"

enum {
    TAB_STOP = 8,
    WRAPPED_MIN = 950, /* relays break lines at 990 or 998 octets, some a little before */
};

/* A line as it stands in the body: its text, and its CRLF where it has one. */
typedef struct line {
    ms_span text;
    ms_span end;
} line;

static line next_line(ms_span *rest)
{
    const char *p = rest->p, *stop = p + rest->n, *lf = p;
    line found;

    do {
        lf = memchr(lf, '\n', (size_t)(stop - lf));
        lf = lf != NULL ? lf + 1 : stop;
    } while (lf < stop && (lf - p < 2 || lf[-2] != '\r'));
    found.text = ms_span_of(p, (size_t)(lf - p));
    found.end = (ms_span){ lf, 0 };
    if (found.text.n >= 2 && lf[-2] == '\r' && lf[-1] == '\n') {
        found.text.n -= 2;
        found.end = ms_span_of(lf - 2, 2);
    }
    *rest = ms_span_behind(*rest, (size_t)(lf - p));
    return found;
}

static bool starts(ms_span text, ms_span with)
{
    return text.n >= with.n && memcmp(text.p, with.p, with.n) == 0;
}

/* ---- what becomes of one line's text */

static void drop_trailing_space(ms_span text, ms_buf *out)
{
    while (text.n > 0 && ms_is_wsp(text.p[text.n - 1]))
        text.n--;
    ms_buf_add_span(out, text);
}

static void complete_separator(ms_span text, ms_buf *out)
{
    ms_buf_add_span(out, text);
    if (ms_span_eq(text, MS_LIT("--")))
        ms_buf_add_char(out, ' ');
}

static void restore_tabs(ms_span text, ms_buf *out)
{
    const ms_span stop = MS_LIT("        ");

    for (; starts(text, stop); text = ms_span_behind(text, TAB_STOP))
        ms_buf_add_char(out, '\t');
    ms_buf_add_span(out, text);
}

static void expand_tabs(ms_span text, ms_buf *out)
{
    size_t column = 0;

    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '\t') {
            ms_buf_add_char(out, text.p[i]);
            column++;
            continue;
        }
        do {
            ms_buf_add_char(out, ' ');
            column++;
        } while (column % TAB_STOP != 0);
    }
}

static void unescape_from(ms_span text, ms_buf *out)
{
    ms_buf_add_span(out, starts(text, MS_LIT(">From ")) ? ms_span_behind(text, 1) : text);
}

static void unstuff_dot(ms_span text, ms_buf *out)
{
    ms_buf_add_span(out, starts(text, MS_LIT("..")) ? ms_span_behind(text, 1) : text);
}

/* ---- what becomes of a whole body */

static void mend_lines(void (*mend_text)(ms_span, ms_buf *), ms_span body, ms_buf *out)
{
    while (body.n > 0) {
        line one = next_line(&body);

        mend_text(one.text, out);
        ms_buf_add_span(out, one.end);
    }
}

static void drop_lines_above(ms_span body, ms_buf *out)
{
    while (starts(body, MS_LIT("\r\n")))
        body = ms_span_behind(body, 2);
    ms_buf_add_span(out, body);
}

static void add_line_above(ms_span body, ms_buf *out)
{
    ms_buf_add_str(out, "\r\n");
    ms_buf_add_span(out, body);
}

/* Of every two lines the second must be empty, or nothing was doubled and nothing is mended. */
static void drop_every_second(ms_span body, ms_buf *out)
{
    ms_span rest = body;

    for (size_t number = 0; rest.n > 0; number++)
        if (next_line(&rest).text.n > 0 && number % 2 == 1) {
            ms_buf_add_span(out, body);
            return;
        }
    for (size_t number = 0; body.n > 0; number++) {
        line one = next_line(&body);

        if (number % 2 == 1)
            continue;
        ms_buf_add_span(out, one.text);
        ms_buf_add_span(out, one.end);
    }
}

/* The pieces of a long line are told by their length; the last is shorter. */
static void join_wrapped(ms_span body, bool with_bang, ms_buf *out)
{
    while (body.n > 0) {
        line one = next_line(&body);
        bool broken = one.text.n >= WRAPPED_MIN && one.end.n > 0 &&
                      (with_bang ? one.text.p[one.text.n - 1] == '!' : starts(body, MS_LIT(" ")));

        if (!broken) {
            ms_buf_add_span(out, one.text);
            ms_buf_add_span(out, one.end);
            continue;
        }
        ms_buf_add(out, one.text.p, one.text.n - with_bang);
        if (starts(body, MS_LIT(" ")))
            body = ms_span_behind(body, 1);
    }
}

static void drop_crs(ms_span body, ms_buf *out)
{
    while (body.n > 0) {
        line one = next_line(&body);

        ms_buf_add_span(out, one.text);
        if (one.end.n > 0)
            ms_buf_add_char(out, '\n');
    }
}

/* ---- encodings */

static int hex_value(char c)
{
    if (ms_is_digit(c))
        return c - '0';
    c = ms_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One line without the white space at its end; true where it ends softly, in "=". */
static bool add_quoted_printable(ms_span text, ms_buf *out)
{
    const char *end;

    while (text.n > 0 && ms_is_wsp(text.p[text.n - 1]))
        text.n--;
    end = text.p + text.n;
    for (const char *p = text.p; p < end; p++) {
        bool coded = *p == '=' && end - p >= 3 && hex_value(p[1]) >= 0 && hex_value(p[2]) >= 0;

        if (*p == '=' && p + 1 == end)
            return true;
        ms_buf_add_char(out, coded ? (char)(hex_value(p[1]) << 4 | hex_value(p[2])) : *p);
        p += coded ? 2 : 0;
    }
    return false;
}

static void decode_quoted_printable(ms_span body, ms_buf *out)
{
    while (body.n > 0) {
        line one = next_line(&body);

        if (!add_quoted_printable(one.text, out))
            ms_buf_add_span(out, one.end);
    }
}

static void decode_base64(ms_span body, ms_buf *out)
{
    size_t room = ms_base64_room(body.n), written = 0;
    char *to = ms_buf_reserve(out, room);

    if (to != NULL && ms_base64_decode(body, (uint8_t *)to, room, &written))
        out->n += written;
    else
        ms_buf_add_span(out, body);
}

/* ---- all of them */

const char *ms_mending_name(ms_mending mending)
{
    static const char *const names[MS_MENDINGS] = {
        "trailing_space",   "separator", "expanded_tabs",     "folded_spaces", "lines_above", "line_lost",
        "lines_doubled",    "wrapped",   "wrapped_with_bang", "from_lines",    "dots",        "bare_lf",
        "quoted_printable", "base64",
    };

    return mending < MS_MENDINGS ? names[mending] : NULL;
}

void ms_mend(ms_mending mending, ms_span body, ms_buf *out)
{
    static void (*const of_text[MS_MENDINGS])(ms_span, ms_buf *) = {
        [MS_MEND_TRAILING_SPACE] = drop_trailing_space, [MS_MEND_SEPARATOR] = complete_separator,
        [MS_MEND_EXPANDED_TABS] = restore_tabs,         [MS_MEND_FOLDED_SPACES] = expand_tabs,
        [MS_MEND_FROM_LINES] = unescape_from,           [MS_MEND_DOTS] = unstuff_dot,
    };

    switch (mending) {
    case MS_MEND_LINES_ABOVE:
        drop_lines_above(body, out);
        break;
    case MS_MEND_LINE_LOST:
        add_line_above(body, out);
        break;
    case MS_MEND_LINES_DOUBLED:
        drop_every_second(body, out);
        break;
    case MS_MEND_WRAPPED:
        join_wrapped(body, false, out);
        break;
    case MS_MEND_WRAPPED_WITH_BANG:
        join_wrapped(body, true, out);
        break;
    case MS_MEND_BARE_LF:
        drop_crs(body, out);
        break;
    case MS_MEND_QUOTED_PRINTABLE:
        decode_quoted_printable(body, out);
        break;
    case MS_MEND_BASE64:
        decode_base64(body, out);
        break;
    default:
        mend_lines(of_text[mending], body, out);
    }
}
