/* taglist.c: the tag=value lists of DKIM and DMARC (RFC 6376 §3.2). See taglist.h.
 *
 * A signature is read for every message, so the octets are looked at eight at a time for what may
 * not stand in a tag, and semicolons are found by memchr.
 */
#include "record/taglist.h"

#include "base/simd.h"

#include <stdint.h>

/* Every octet of `w` that is under 0x20, or is 0x7f, has the top bit of its place set in the result.
 * (Subtracting may lend from the place above only where the place below already has a hit.) */
static inline uint64_t suspicious(uint64_t w)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    uint64_t delete = w ^ (ones * 0x7f);

    return (((w - ones * 0x20) & ~w) | ((delete - ones) & ~delete)) & tops;
}

/* A control character at `p` is allowed where it is TAB, or CRLF before white space; returns how
 * many octets it takes, or 0. */
static size_t allowed_control(const char *p, const char *end)
{
    if (*p == '\t')
        return 1;
    if (*p == '\r' && end - p >= 3 && p[1] == '\n' && ms_is_wsp(p[2]))
        return 3;
    return 0;
}

/* The first control character in [p, end), or `end`. */
static const char *find_control(const char *p, const char *end)
{
    uint64_t w;

#if MS_HAVE_SSE2
    for (; end - p >= 16; p += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
        int found = _mm_movemask_epi8(_mm_or_si128(low, _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f))));

        if (found != 0)
            return p + __builtin_ctz((unsigned)found);
    }
#endif
    while (end - p >= 8 && (memcpy(&w, p, 8), suspicious(w) == 0))
        p += 8;
    while (p < end && (unsigned char)*p >= 0x20 && *p != 0x7f)
        p++;
    return p;
}

/* No control characters but those of folding white space? */
static bool clean(ms_span s)
{
    const char *p = s.p, *end = s.p + s.n;

    while ((p = find_control(p, end)) < end) {
        size_t step = allowed_control(p, end);

        if (step == 0)
            return false;
        p += step;
    }
    return true;
}

static bool is_name(ms_span s)
{
    if (s.n == 0 || !ms_is_alpha(s.p[0]))
        return false;
    for (size_t i = 1; i < s.n; i++)
        if (!ms_is_alpha(s.p[i]) && !ms_is_digit(s.p[i]) && s.p[i] != '_')
            return false;
    return true;
}

static bool has(const ms_tags *tags, ms_span name)
{
    for (size_t i = 0; i < tags->n; i++)
        if (ms_span_eq(tags->tag[i].name, name))
            return true;
    return false;
}

/* Adds the tag that `piece` is. `seen` has a bit for every first letter, apart for names of one
 * letter and for longer ones: only where the bit is set can the name have come before. */
static ms_tags_result add(ms_tags *tags, ms_span piece, uint64_t *seen)
{
    ms_span value, name = ms_span_trim(ms_span_cut(piece, '=', &value));
    ms_tag *tag = &tags->tag[tags->n];
    uint64_t bit;

    if (value.p == NULL)
        return MS_TAGS_NO_EQUALS;
    if (!is_name(name))
        return MS_TAGS_BAD_NAME;
    bit = UINT64_C(1) << ((name.p[0] & 31) | (name.n > 1 ? 32 : 0));
    if ((*seen & bit) && has(tags, name))
        return MS_TAGS_DUPLICATE;
    if (tags->n == MS_TAGS_MAX)
        return MS_TAGS_TOO_MANY;
    *seen |= bit;
    tags->n++;
    tag->name = name;
    tag->value = ms_span_trim(value);
    return MS_TAGS_OK;
}

ms_tags_result ms_tags_parse(ms_span text, ms_tags *tags)
{
    ms_span rest = text;
    uint64_t seen = 0;
    bool all_clean = clean(text);

    tags->n = 0;
    tags->culprit = (ms_span){ NULL, 0 };
    do {
        ms_span piece = ms_span_cut(rest, ';', &rest);
        ms_tags_result result = MS_TAGS_BAD_VALUE;

        if (all_clean || clean(piece)) {
            if (rest.p == NULL && ms_span_trim(piece).n == 0)
                return tags->n > 0 ? MS_TAGS_OK : MS_TAGS_EMPTY;
            result = add(tags, piece, &seen);
        }
        if (result != MS_TAGS_OK) {
            tags->culprit = piece;
            return result;
        }
    } while (rest.p != NULL);
    return MS_TAGS_OK;
}

const ms_tag *ms_tags_find(const ms_tags *tags, const char *name)
{
    size_t n = strlen(name);

    for (size_t i = 0; i < tags->n; i++) {
        ms_span s = tags->tag[i].name;

        if (s.n == n && s.p[0] == name[0] && memcmp(s.p, name, n) == 0)
            return &tags->tag[i];
    }
    return NULL;
}

const char *ms_tags_result_text(ms_tags_result result)
{
    static const char *const text[] = {
        [MS_TAGS_OK] = "a list of tags",
        [MS_TAGS_EMPTY] = "there is no tag at all",
        [MS_TAGS_NO_EQUALS] = "a piece between semicolons is not of the form name=value",
        [MS_TAGS_BAD_NAME] = "a tag's name is not a letter followed by letters, digits or underscores",
        [MS_TAGS_BAD_VALUE] = "a tag holds a control character or a line break that does not fold",
        [MS_TAGS_DUPLICATE] = "a tag occurs twice",
        [MS_TAGS_TOO_MANY] = "there are too many tags",
    };

    return text[result];
}

const char *ms_tags_result_code(ms_tags_result result)
{
    static const char *const code[] = {
        [MS_TAGS_OK] = "tags_ok",
        [MS_TAGS_EMPTY] = "tags_empty",
        [MS_TAGS_NO_EQUALS] = "tag_no_equals",
        [MS_TAGS_BAD_NAME] = "tag_bad_name",
        [MS_TAGS_BAD_VALUE] = "tag_bad_value",
        [MS_TAGS_DUPLICATE] = "tag_duplicate",
        [MS_TAGS_TOO_MANY] = "tags_too_many",
    };

    return code[result];
}
