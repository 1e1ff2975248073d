/* printable.c: see printable.h. */
#include "base/printable.h"

#include "base/utf8.h"

static bool is_control(unsigned char octet)
{
    return octet < 0x20 || octet == 0x7f;
}

bool ms_is_plain(ms_span text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < 0x20 || (unsigned char)text.p[i] >= 0x7f)
            return false;
    return true;
}

/* Controls of C1, ends of lines, and what changes the direction of writing. */
static bool is_harmful(uint32_t code)
{
    return (code >= 0x80 && code <= 0x9f) || code == 0x061c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static void add_escaped(ms_buf *out, ms_span octets)
{
    for (size_t i = 0; i < octets.n; i++) {
        unsigned char octet = (unsigned char)octets.p[i];
        char digits[4] = { '\\', (char)('0' + octet / 100), (char)('0' + octet / 10 % 10), (char)('0' + octet % 10) };

        ms_buf_add(out, digits, sizeof digits);
    }
}

/* Takes a character off *text, or an octet that is none; false in that case. */
static bool take(ms_span *text, ms_span *piece, uint32_t *code)
{
    const char *start = text->p;
    bool is_character = ms_utf8_take(text, code);

    if (!is_character) {
        text->p++;
        text->n--;
    }
    *piece = ms_span_of(start, (size_t)(text->p - start));
    return is_character;
}

void ms_printable_add(ms_buf *out, ms_span text)
{
    ms_span piece;
    uint32_t code;

    while (text.n > 0) {
        bool is_character = take(&text, &piece, &code);

        if (!is_character || (code < 0x80 && is_control((unsigned char)code)) || is_harmful(code))
            add_escaped(out, piece);
        else
            ms_buf_add_span(out, piece);
    }
}

void ms_utf8_mend(ms_buf *out, ms_span text)
{
    ms_span piece;
    uint32_t code;

    while (text.n > 0) {
        if (take(&text, &piece, &code))
            ms_buf_add_span(out, piece);
        else
            ms_utf8_add(out, 0xfffd);
    }
}

static void add_json_escape(ms_buf *out, uint32_t code)
{
    static const char digit[] = "0123456789abcdef";

    switch (code) {
    case '\n':
        ms_buf_add_str(out, "\\n");
        break;
    case '\r':
        ms_buf_add_str(out, "\\r");
        break;
    case '\t':
        ms_buf_add_str(out, "\\t");
        break;
    default: /* none that is escaped is beyond U+FFFF */
        ms_buf_add_str(out, "\\u");
        for (int shift = 12; shift >= 0; shift -= 4)
            ms_buf_add_char(out, digit[code >> shift & 15]);
    }
}

/* The characters at the front of the text that stand for themselves in JSON. */
static ms_span take_plain(ms_span *text)
{
    ms_span run = { text->p, 0 };

    while (run.n < text->n) {
        unsigned char c = (unsigned char)text->p[run.n];

        if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
            break;
        run.n++;
    }
    text->p += run.n;
    text->n -= run.n;
    return run;
}

void ms_json_add(ms_buf *out, ms_span text)
{
    ms_span piece;
    uint32_t code;

    ms_buf_add_char(out, '"');
    for (;;) {
        ms_buf_add_span(out, take_plain(&text));
        if (text.n == 0)
            break;
        if (!take(&text, &piece, &code)) {
            ms_utf8_add(out, 0xfffd);
        } else if ((code < 0x80 && is_control((unsigned char)code)) || is_harmful(code)) {
            add_json_escape(out, code);
        } else {
            if (code == '"' || code == '\\')
                ms_buf_add_char(out, '\\');
            ms_buf_add_span(out, piece);
        }
    }
    ms_buf_add_char(out, '"');
}
