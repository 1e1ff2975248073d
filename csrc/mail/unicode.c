/* unicode.c: looking code points up. See unicode.h. */
#include "mail/unicode.h"

typedef struct code_range {
    uint32_t first;
    uint32_t last;
} code_range;

typedef struct class_range {
    uint32_t first;
    uint32_t last;
    unsigned order;
} class_range;

/* Every `step`th code point of first..last has its lower-case form `delta` further on. */
typedef struct case_range {
    uint32_t first;
    uint32_t last;
    int32_t delta;
    uint32_t step;
} case_range;

typedef struct composition {
    uint16_t base;
    uint16_t mark;
    uint16_t composed;
} composition;

#include "mail/unicode_data.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static bool in_ranges(const code_range *range, size_t n, uint32_t code)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (code > range[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && code >= range[low].first;
}

bool ms_unicode_is_letter(uint32_t code)
{
    return in_ranges(letters, COUNT(letters), code);
}

bool ms_unicode_is_mark(uint32_t code)
{
    return in_ranges(marks, COUNT(marks), code);
}

unsigned ms_unicode_class(uint32_t code)
{
    size_t low = 0, high = COUNT(classes);

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (code > classes[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < COUNT(classes) && code >= classes[low].first ? classes[low].order : 0;
}

uint32_t ms_unicode_lower(uint32_t code)
{
    if (code >= 0xff01 && code <= 0xff5e)
        code -= 0xff01 - 0x21;
    if (code < 0x80)
        return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
    for (size_t i = 0; i < COUNT(upper); i++) {
        if (code < upper[i].first || code > upper[i].last)
            continue;
        if ((code - upper[i].first) % upper[i].step == 0)
            return (uint32_t)((int32_t)code + upper[i].delta);
    }
    return code;
}

bool ms_unicode_expand(uint32_t code, uint32_t into[2])
{
    for (size_t i = 0; i < COUNT(expansions); i++) {
        if (expansions[i].composed != code)
            continue;
        into[0] = expansions[i].base;
        into[1] = expansions[i].mark;
        return true;
    }
    return false;
}

uint32_t ms_unicode_compose(uint32_t base, uint32_t mark)
{
    size_t low = 0, high = COUNT(compositions);

    while (low < high) {
        size_t middle = (low + high) / 2;
        const composition *c = &compositions[middle];

        if (c->base == base && c->mark == mark)
            return c->composed;
        if (c->base < base || (c->base == base && c->mark < mark))
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}
