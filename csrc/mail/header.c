/* header.c: a message's header section, cut into fields. See header.h. */
#include "mail/header.h"

#include "base/simd.h"

#include <stdlib.h>

bool ms_is_field_name(ms_span name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] <= ' ' || name.p[i] > '~')
            return false;
    return name.n > 0;
}

/* ---- line ends, 64 octets at a time where that can be done */

typedef struct newlines {
    const char *next; /* what has not been looked at */
    const char *end;
    const char *window; /* where the bits of `found` count from: a bit for each LF not told yet */
    uint64_t found;
} newlines;

static newlines newlines_of(const char *p, const char *end)
{
    return (newlines){ .next = p, .end = end };
}

#if MS_HAVE_SSE2

enum { WINDOW = 64 };

static inline uint64_t find_newlines(const char *p)
{
    const __m128i lf = _mm_set1_epi8('\n');
    uint64_t found = 0;

    for (int i = 0; i < WINDOW; i += 16) {
        __m128i octets = _mm_loadu_si128((const __m128i *)(const void *)(p + i));

        found |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(octets, lf)) << i;
    }
    return found;
}

static inline bool in_window(newlines *lines)
{
    while (lines->found == 0 && lines->end - lines->next >= WINDOW) {
        lines->window = lines->next;
        lines->found = find_newlines(lines->window);
        lines->next += WINDOW;
    }
    return lines->found != 0;
}

#endif

/* The next LF, or NULL. */
static const char *next_newline(newlines *lines)
{
    const char *at;

#if MS_HAVE_SSE2
    if (in_window(lines)) {
        at = lines->window + __builtin_ctzll(lines->found);
        lines->found &= lines->found - 1;
        return at;
    }
#endif
    at = lines->next < lines->end ? memchr(lines->next, '\n', (size_t)(lines->end - lines->next)) : NULL;
    lines->next = at ? at + 1 : lines->end;
    return at;
}

/* ---- fields */

/* Behind the CRLF that ends the field which starts at `p`, or `end`. */
static const char *field_end(newlines *lines, const char *p, const char *end)
{
    const char *at;

    while ((at = next_newline(lines)) != NULL)
        if (at > p && at[-1] == '\r' && (at + 1 == end || !ms_is_wsp(at[1])))
            return at + 1;
    return end;
}

/* Written where it is to stay: copying a struct just put together costs more than all the rest here. */
static void cut_field(ms_field *field, const char *p, const char *end)
{
    size_t n = (size_t)(end - p), name;
    const char *colon;

    field->whole.p = p;
    field->whole.n = n;
    if (n >= 2 && end[-2] == '\r' && end[-1] == '\n')
        n -= 2;
    colon = memchr(p, ':', n);
    name = colon ? (size_t)(colon - p) : 0;
    field->value.p = colon ? colon + 1 : p;
    field->value.n = n - (size_t)(field->value.p - p);
    while (name > 0 && ms_is_wsp(p[name - 1]))
        name--;
    field->name.p = p;
    field->name.n = name;
    field->key = ms_field_key(ms_span_of(p, name));
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

bool ms_header_append(ms_header *header, ms_span block)
{
    const char *p = block.p, *end;
    newlines lines;

    if (block.n == 0)
        return true;
    end = block.p + block.n;
    lines = newlines_of(p, end);
    while (p < end) {
        const char *next = field_end(&lines, p, end);

        if (!make_room(header))
            return false;
        cut_field(&header->field[header->n], p, next);
        header->present |= ms_field_bit(header->field[header->n++].key);
        p = next;
    }
    return true;
}

bool ms_header_parse(ms_header *header, ms_span block)
{
    header->n = 0;
    header->present = 0;
    return ms_header_append(header, block);
}

void ms_header_free(ms_header *header)
{
    free(header->field);
    *header = (ms_header){ 0 };
}

/* The first LF in [p, end) that a CR stands behind, or NULL. */
static const char *find_lf_cr(const char *p, const char *end)
{
#if MS_HAVE_SSE2
    const __m128i lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r');

    for (; end - p > 16; p += 16) {
        __m128i here = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i next = _mm_loadu_si128((const __m128i *)(const void *)(p + 1));
        int found = _mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(here, lf), _mm_cmpeq_epi8(next, cr)));

        if (found != 0)
            return p + __builtin_ctz((unsigned)found);
    }
#endif
    for (; end - p >= 2; p++)
        if (p[0] == '\n' && p[1] == '\r')
            return p;
    return NULL;
}

bool ms_header_end(ms_span message, size_t from, size_t *size)
{
    const char *at, *start = message.p, *end;

    if (message.n < 2)
        return false;
    end = start + message.n;
    if (start[0] == '\r' && start[1] == '\n') {
        *size = 0;
        return true;
    }
    /* An ending may straddle what was seen before. */
    for (at = start + (from > 3 ? from - 3 : 0); (at = find_lf_cr(at, end)) != NULL; at++) {
        if (end - at < 3 || at == start || at[-1] != '\r' || at[2] != '\n')
            continue;
        *size = (size_t)(at + 1 - start);
        return true;
    }
    return false;
}

size_t ms_header_count(const ms_header *header, ms_span name, unsigned key)
{
    size_t count = 0;

    if ((header->present & ms_field_bit(key)) == 0)
        return 0;
    for (size_t i = 0; i < header->n; i++)
        if (header->field[i].key == key && ms_span_ieq(header->field[i].name, name))
            count++;
    return count;
}
