/* lint.c: is a message fit to be signed? See lint.h. */
#include "mail/lint.h"

#include "base/utf8.h"

enum {
    LINE_MAX_OCTETS = 998,
};

static const struct {
    const char *name;
    const char *text;
} codes[MS_LINT_CODES] = {
    [MS_LINT_BARE_CR] = { "bare_cr", "a CR without an LF behind it" },
    [MS_LINT_BARE_LF] = { "bare_lf", "an LF without a CR before it" },
    [MS_LINT_NUL] = { "nul", "a NUL octet" },
    [MS_LINT_LINE_TOO_LONG] = { "line_too_long", "a line of more than 998 octets" },
    [MS_LINT_HEADER_MALFORMED] = { "header_malformed", "a header line that is no field: no colon, or a bad name" },
    [MS_LINT_NO_FROM] = { "no_from", "no From field" },
    [MS_LINT_MULTIPLE_FROM] = { "multiple_from", "more than one From field" },
    [MS_LINT_NO_DATE] = { "no_date", "no Date field" },
    [MS_LINT_NO_MESSAGE_ID] = { "no_message_id", "no Message-ID field" },
    [MS_LINT_DUPLICATE_FIELD] = { "duplicate_field", "a second field of a kind that may occur once" },
    [MS_LINT_HEADER_NOT_UTF8] = { "header_not_utf8", "a header field that is neither ASCII nor UTF-8" },
    [MS_LINT_SPACE_BEFORE_COLON] = { "space_before_colon", "white space between a field's name and its colon" },
    [MS_LINT_HEADER_NOT_ASCII] = { "header_not_ascii", "a header field in UTF-8, which needs SMTPUTF8 all the way" },
    [MS_LINT_NO_EMPTY_LINE] = { "no_empty_line", "no empty line ends the header: a message without a body" },
    [MS_LINT_NO_FINAL_CRLF] = { "no_final_crlf", "the last line does not end in CRLF" },
};

const char *ms_lint_name(ms_lint_code code)
{
    return codes[code].name;
}

const char *ms_lint_text(ms_lint_code code)
{
    return codes[code].text;
}

const char *ms_lint_severity(ms_lint_code code)
{
    if (code < MS_LINT_DUPLICATE_FIELD)
        return "error";
    return code < MS_LINT_HEADER_NOT_ASCII ? "warning" : "advice";
}

ms_lint ms_lint_start(void)
{
    return (ms_lint){ .line = 1, .scan = ms_scanner_best() };
}

static void note(ms_lint *lint, ms_lint_code code, size_t line)
{
    ms_lint_finding *finding = &lint->finding[code];

    if (finding->count++ == 0)
        finding->line = line;
}

/* CRs and NULs in a part of a line that holds no LF; an LF follows it where `ended`. */
static void look_inside(ms_lint *lint, ms_span text, bool ended)
{
    const char *end = text.p + text.n;

    for (const char *p = text.p; p < end && (p = memchr(p, '\0', (size_t)(end - p))) != NULL; p++)
        note(lint, MS_LINT_NUL, lint->line);
    for (const char *p = text.p; p < end && (p = memchr(p, '\r', (size_t)(end - p))) != NULL; p++)
        if (p + 1 < end)
            note(lint, MS_LINT_BARE_CR, lint->line);
    lint->after_cr = end[-1] == '\r';
    lint->column += text.n - (ended && lint->after_cr ? 1 : 0);
}

static void end_line(ms_lint *lint)
{
    if (!lint->after_cr)
        note(lint, MS_LINT_BARE_LF, lint->line);
    if (lint->column > LINE_MAX_OCTETS)
        note(lint, MS_LINT_LINE_TOO_LONG, lint->line);
    lint->after_cr = false;
    lint->column = 0;
    lint->line++;
}

/* Looks at the rest of the present line, or what there is of it; returns where it ends. */
static const char *look_at_line(ms_lint *lint, const char *p, const char *end)
{
    const char *lf = memchr(p, '\n', (size_t)(end - p));
    ms_span text = ms_span_of(p, (size_t)((lf != NULL ? lf : end) - p));

    if (lint->after_cr && text.n > 0)
        note(lint, MS_LINT_BARE_CR, lint->line);
    else if (lint->after_cr)
        lint->column--; /* The CR that an earlier piece ended with belongs to the line's end. */
    if (text.n > 0)
        look_inside(lint, text, lf != NULL);
    if (lf == NULL)
        return end;
    end_line(lint);
    return lf + 1;
}

/* Where in its line stands `p`? A line starts shortly before it. */
static void find_column(ms_lint *lint, const char *p)
{
    const char *start = p;

    while (start[-1] != '\n')
        start--;
    lint->column = (size_t)(p - start);
    lint->after_cr = p[-1] == '\r';
}

void ms_lint_octets(ms_lint *lint, ms_span piece)
{
    const char *p = piece.p, *end = p + piece.n;

    while (p < end) {
        size_t plain;

        p = look_at_line(lint, p, end);
        plain = lint->scan(p, (size_t)(end - p), &lint->line);
        if (plain == 0)
            continue;
        p += plain;
        find_column(lint, p);
    }
}

/* The fields that occur once at most (RFC 5322 §3.6). */
enum { DATE, FROM, SENDER, REPLY_TO, TO, CC, BCC, MESSAGE_ID, IN_REPLY_TO, REFERENCES, SUBJECT, SINGLES };

static int single_field(ms_span name)
{
    static const ms_span names[SINGLES] = {
        [DATE] = { "date", 4 },
        [FROM] = { "from", 4 },
        [SENDER] = { "sender", 6 },
        [REPLY_TO] = { "reply-to", 8 },
        [TO] = { "to", 2 },
        [CC] = { "cc", 2 },
        [BCC] = { "bcc", 3 },
        [MESSAGE_ID] = { "message-id", 10 },
        [IN_REPLY_TO] = { "in-reply-to", 11 },
        [REFERENCES] = { "references", 10 },
        [SUBJECT] = { "subject", 7 },
    };

    for (int i = 0; i < SINGLES; i++)
        if (name.n == names[i].n && ms_span_ieq(name, names[i]))
            return i;
    return SINGLES;
}

static bool is_ascii(ms_span text)
{
    uint64_t all = 0, word;
    size_t i = 0;

    for (; text.n - i >= sizeof word; i += sizeof word) {
        memcpy(&word, text.p + i, sizeof word);
        all |= word;
    }
    for (; i < text.n; i++)
        all |= (unsigned char)text.p[i];
    return (all & 0x8080808080808080U) == 0;
}

/* Notes what begins at `p` in `block`. Lines are counted for the first of a kind alone, or many fields would take
 * quadratic time. */
static void note_at(ms_lint *lint, ms_lint_code code, ms_span block, const char *p)
{
    size_t line = 1;
    bool inside = (uintptr_t)p - (uintptr_t)block.p < block.n; /* not a field that was added to what came */

    if (lint->finding[code].count > 0) {
        lint->finding[code].count++;
        return;
    }
    for (const char *at = block.p; inside && at < p && (at = memchr(at, '\n', (size_t)(p - at))) != NULL; at++)
        line++;
    note(lint, code, inside ? line : 0);
}

static void look_at_field(ms_lint *lint, const ms_field *field, ms_span block, bool ascii, size_t seen[SINGLES])
{
    int single = single_field(field->name);
    const char *at = field->whole.p;

    if (!ms_is_field_name(field->name))
        note_at(lint, MS_LINT_HEADER_MALFORMED, block, at);
    else if (field->value.p > field->name.p + field->name.n + 1)
        note_at(lint, MS_LINT_SPACE_BEFORE_COLON, block, at);
    if (single < SINGLES && seen[single]++ > 0)
        note_at(lint, single == FROM ? MS_LINT_MULTIPLE_FROM : MS_LINT_DUPLICATE_FIELD, block, at);
    if (!ascii && !is_ascii(field->whole))
        note_at(lint, ms_utf8_valid(field->whole) ? MS_LINT_HEADER_NOT_ASCII : MS_LINT_HEADER_NOT_UTF8, block, at);
}

void ms_lint_header(ms_lint *lint, const ms_header *header, ms_span block, bool ended)
{
    size_t seen[SINGLES] = { 0 };
    bool ascii = is_ascii(block);

    for (size_t i = 0; i < header->n; i++)
        look_at_field(lint, &header->field[i], block, ascii, seen);
    if (seen[FROM] == 0)
        note(lint, MS_LINT_NO_FROM, 0);
    if (seen[DATE] == 0)
        note(lint, MS_LINT_NO_DATE, 0);
    if (seen[MESSAGE_ID] == 0)
        note(lint, MS_LINT_NO_MESSAGE_ID, 0);
    if (!ended)
        note(lint, MS_LINT_NO_EMPTY_LINE, 0);
}

void ms_lint_end(ms_lint *lint)
{
    if (lint->after_cr)
        note(lint, MS_LINT_BARE_CR, lint->line);
    if (lint->column > LINE_MAX_OCTETS)
        note(lint, MS_LINT_LINE_TOO_LONG, lint->line);
    if (lint->column > 0)
        note(lint, MS_LINT_NO_FINAL_CRLF, lint->line);
    lint->after_cr = false;
}

/* Is `a` the better one to tell? What stands in a line goes before what is missing: it may be why. */
static bool comes_before(const ms_lint_finding *a, const ms_lint_finding *b)
{
    return a->line > 0 && (b->line == 0 || a->line < b->line);
}

bool ms_lint_passes(const ms_lint *lint, ms_error *error)
{
    int first = MS_LINT_CODES;

    for (int code = 0; code < MS_LINT_DUPLICATE_FIELD; code++)
        if (lint->finding[code].count > 0 &&
            (first == MS_LINT_CODES || comes_before(&lint->finding[code], &lint->finding[first])))
            first = code;
    if (first == MS_LINT_CODES)
        return true;
    if (lint->finding[first].line == 0)
        return ms_fail(error, codes[first].name, "the message has %s", codes[first].text);
    return ms_fail(error, codes[first].name, "line %zu of the message: %s", lint->finding[first].line,
                   codes[first].text);
}
