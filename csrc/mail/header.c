/* header.c: a message's header section, cut into fields. See header.h. */
#include "mail/header.h"

#include <stdlib.h>

bool ms_is_field_name(ms_span name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] <= ' ' || name.p[i] > '~')
            return false;
    return name.n > 0;
}

/* Behind the CRLF that ends the field which starts at `p`, or `end`. */
static const char *field_end(const char *p, const char *end)
{
    const char *at = p;

    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        bool crlf = at > p && at[-1] == '\r';

        at++;
        if (crlf && (at == end || !ms_is_wsp(*at)))
            return at;
    }
    return end;
}

static ms_field cut_field(const char *p, const char *end)
{
    ms_field field = { .whole = ms_span_of(p, (size_t)(end - p)) };
    ms_span text = field.whole;

    if (text.n >= 2 && end[-2] == '\r' && end[-1] == '\n')
        text.n -= 2;
    field.name = ms_span_cut(text, ':', &field.value);
    if (field.value.p == NULL) {
        field.name.n = 0;
        field.value = text;
    }
    while (field.name.n > 0 && ms_is_wsp(field.name.p[field.name.n - 1]))
        field.name.n--;
    field.key = ms_field_key(field.name);
    return field;
}

static bool make_room(ms_header *header)
{
    size_t cap = header->cap ? header->cap * 2 : 32;
    ms_field *field;

    if (header->n < header->cap)
        return true;
    field = realloc(header->field, cap * sizeof *field);
    if (field == NULL)
        return false;
    header->field = field;
    header->cap = cap;
    return true;
}

bool ms_header_parse(ms_header *header, ms_span block)
{
    const char *p = block.p, *end = block.p + block.n;

    header->n = 0;
    while (p < end) {
        const char *next = field_end(p, end);

        if (!make_room(header))
            return false;
        header->field[header->n++] = cut_field(p, next);
        p = next;
    }
    return true;
}

void ms_header_free(ms_header *header)
{
    free(header->field);
    *header = (ms_header){ 0 };
}

bool ms_header_end(ms_span message, size_t from, size_t *size)
{
    const char *p, *end = message.p + message.n;

    if (message.n >= 2 && message.p[0] == '\r' && message.p[1] == '\n') {
        *size = 0;
        return true;
    }
    /* An ending may straddle what was seen before. */
    from = from > 3 ? from - 3 : 0;
    for (p = message.p + from; end - p >= 4; p++) {
        p = memchr(p, '\r', (size_t)(end - p) - 3);
        if (p == NULL)
            return false;
        if (memcmp(p, "\r\n\r\n", 4) == 0) {
            *size = (size_t)(p - message.p) + 2;
            return true;
        }
    }
    return false;
}

size_t ms_header_count(const ms_header *header, const char *name, size_t *first)
{
    ms_span wanted = ms_span_str(name);
    size_t count = 0;

    for (size_t i = header->n; i-- > 0;) {
        if (!ms_span_ieq(header->field[i].name, wanted))
            continue;
        *first = i;
        count++;
    }
    return count;
}
