/* script.c: scripts of labels. See script.h. */
#include "mail/script.h"

#include "base/utf8.h"

#include <stdint.h>

/* Numbers in `names`. */
enum {
    LATIN = 1,
    HAN_WITH_BOPOMOFO,
    JAPANESE,
    KOREAN,
    SCRIPTS = 256,
};

/* A code point of first..last belongs to the scripts whose numbers stand at sets[set], up to a 0. */
typedef struct script_range {
    uint32_t first;
    uint32_t last;
    unsigned set;
} script_range;

#include "mail/script_data.h"

/* One bit a script. */
typedef struct script_set {
    uint64_t bits[SCRIPTS / 64];
} script_set;

static bool has(const script_set *set, unsigned script)
{
    return (set->bits[script / 64] >> script % 64 & 1) != 0;
}

/* The scripts of a code point, numbers up to a 0; NULL where it belongs to all. */
static const unsigned char *scripts_of(uint32_t code)
{
    size_t low = 0, high = sizeof ranges / sizeof *ranges;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (code > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == sizeof ranges / sizeof *ranges || code < ranges[low].first)
        return NULL;
    return sets + ranges[low].set;
}

/* Leaves in *common what is in the list as well. */
static void intersect(script_set *common, const unsigned char *list)
{
    script_set own = { { 0 } };

    for (; *list != 0; list++)
        own.bits[*list / 64] |= (uint64_t)1 << *list % 64;
    for (size_t i = 0; i < SCRIPTS / 64; i++)
        common->bits[i] &= own.bits[i];
}

static bool is_empty(const script_set *set)
{
    for (size_t i = 0; i < SCRIPTS / 64; i++)
        if (set->bits[i] != 0)
            return false;
    return true;
}

/* Adds the script to the names, where it is not there. */
static void note(ms_scripts *found, const char *name)
{
    for (size_t i = 0; i < found->n; i++)
        if (found->name[i] == name)
            return;
    if (found->n < MS_SCRIPTS_MAX)
        found->name[found->n++] = name;
}

/* Is this the set of a character that belongs to one script, or to one and what that is written with? */
static bool is_single(const unsigned char *list)
{
    return list[1] == 0 || (list[1] >= HAN_WITH_BOPOMOFO && list[1] <= KOREAN);
}

ms_scripts ms_scripts_of(ms_span label)
{
    ms_scripts found = { .n = 0 };
    script_set all, without_latin;
    uint32_t code;

    memset(&all, 0xff, sizeof all);
    without_latin = all;
    while (label.n > 0 && ms_utf8_take(&label, &code)) {
        const unsigned char *list = scripts_of(code);

        if (list == NULL)
            continue;
        if (is_single(list))
            note(&found, names[*list]);
        intersect(&all, list);
        if (memchr(list, LATIN, strlen((const char *)list)) == NULL)
            intersect(&without_latin, list);
    }
    found.mixed = is_empty(&all) && !has(&without_latin, HAN_WITH_BOPOMOFO) && !has(&without_latin, JAPANESE) &&
                  !has(&without_latin, KOREAN);
    return found;
}
