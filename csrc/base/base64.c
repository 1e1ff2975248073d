/* base64.c: RFC 4648 §4. See base64.h. */
#include "base/base64.h"

#include "base/simd.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* What a character stands for: 0 to 63, or one of these. */
enum { FOREIGN = 64, SPACE = 65, PAD = 66 };

/* clang-format off */
static const uint8_t values[256] = {
    64, 64, 64, 64, 64, 64, 64, 64, 64, 65, 65, 64, 64, 65, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    65, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 62, 64, 64, 64, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 66, 64, 64,
    64,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 64,
    64, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
};
/* clang-format on */

static inline unsigned value_of(char c)
{
    return values[(unsigned char)c];
}

static inline void put(uint8_t *o, unsigned a, unsigned b, unsigned c, unsigned d)
{
    unsigned bits = a << 18 | b << 12 | c << 6 | d;

    o[0] = (uint8_t)(bits >> 16);
    o[1] = (uint8_t)(bits >> 8);
    o[2] = (uint8_t)bits;
}

#if MS_HAVE_AVX2

/* `value` in every place where low <= c <= high, 0 elsewhere. */
MS_TARGET_AVX2 static inline __m256i in_range(__m256i c, char low, char high, char value)
{
    __m256i above = _mm256_cmpgt_epi8(c, _mm256_set1_epi8((char)(low - 1)));
    __m256i beyond = _mm256_cmpgt_epi8(c, _mm256_set1_epi8(high));

    return _mm256_and_si256(_mm256_andnot_si256(beyond, above), _mm256_set1_epi8(value));
}

/* Thirty-two characters at a time: what must be added to a character to get its value is never 0, so that where it
 * is, the character is foreign. Each 12 octets are stored as 16, so there must be room for 4 more. */
MS_TARGET_AVX2 static const char *decode_blocks(const char *p, const char *end, uint8_t **out, const uint8_t *out_end)
{
    const __m256i join = _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, 2, 1, 0, 6, 5, 4, 10,
                                          9, 8, 14, 13, 12, -1, -1, -1, -1);
    uint8_t *o = *out;

    for (; end - p >= 32 && out_end - o >= 28; p += 32, o += 24) {
        __m256i c = _mm256_loadu_si256((const __m256i *)(const void *)p);
        __m256i letters = _mm256_or_si256(in_range(c, 'A', 'Z', -'A'), in_range(c, 'a', 'z', 26 - 'a'));
        __m256i others =
            _mm256_or_si256(_mm256_or_si256(in_range(c, '0', '9', 52 - '0'), in_range(c, '+', '+', 62 - '+')),
                            in_range(c, '/', '/', 63 - '/'));
        __m256i shift = _mm256_or_si256(letters, others), pairs, quads;

        if (_mm256_movemask_epi8(_mm256_cmpeq_epi8(shift, _mm256_setzero_si256())) != 0)
            break;
        pairs = _mm256_maddubs_epi16(_mm256_add_epi8(c, shift), _mm256_set1_epi32(0x01400140));
        quads = _mm256_shuffle_epi8(_mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000)), join);
        _mm_storeu_si128((__m128i *)(void *)o, _mm256_castsi256_si128(quads));
        _mm_storeu_si128((__m128i *)(void *)(o + 12), _mm256_extracti128_si256(quads, 1));
    }
    *out = o;
    return p;
}

#endif

/* As many characters at a time as the machine can, then eight, then four, for as long as they are all of the alphabet:
 * the body of the work. */
static const char *decode_runs(const char *p, const char *end, uint8_t **out, const uint8_t *out_end)
{
    uint8_t *o;

#if MS_HAVE_AVX2
    if (end - p >= 32 && __builtin_cpu_supports("avx2"))
        p = decode_blocks(p, end, out, out_end);
#endif
    o = *out;
    for (; end - p >= 8 && out_end - o >= 6; p += 8, o += 6) {
        unsigned a = value_of(p[0]), b = value_of(p[1]), c = value_of(p[2]), d = value_of(p[3]);
        unsigned e = value_of(p[4]), f = value_of(p[5]), g = value_of(p[6]), h = value_of(p[7]);

        if ((a | b | c | d | e | f | g | h) >= 64)
            break;
        put(o, a, b, c, d);
        put(o + 3, e, f, g, h);
    }
    for (; end - p >= 4 && out_end - o >= 3; p += 4, o += 3) {
        unsigned a = value_of(p[0]), b = value_of(p[1]), c = value_of(p[2]), d = value_of(p[3]);

        if ((a | b | c | d) >= 64)
            break;
        put(o, a, b, c, d);
    }
    *out = o;
    return p;
}

/* One group with white space among or padding behind its characters. Fewer than four characters
 * and no padding are an error; so are padding bits that are not zero. Sets *last on padding. */
static const char *decode_group(const char *p, const char *end, uint8_t group[3], size_t *octets, bool *last)
{
    unsigned long bits = 0;
    int characters = 0, pads = 0;

    for (; p < end && characters + pads < 4; p++) {
        unsigned v = value_of(*p);

        if (v == SPACE)
            continue;
        if (v == FOREIGN || (v == PAD && characters < 2) || (v < 64 && pads > 0))
            return NULL;
        bits = bits << 6 | (v == PAD ? 0 : v);
        characters += v < 64;
        pads += v == PAD;
    }
    *last = pads > 0;
    *octets = 0;
    if (characters + pads == 0)
        return p;
    if (characters + pads != 4 || (pads == 1 && (bits & 0xff) != 0) || (pads == 2 && (bits & 0xffff) != 0))
        return NULL;
    group[0] = (uint8_t)(bits >> 16);
    group[1] = (uint8_t)(bits >> 8);
    group[2] = (uint8_t)bits;
    *octets = (size_t)(3 - pads);
    return p;
}

bool ms_base64_decode(ms_span text, uint8_t *out, size_t room, size_t *written)
{
    const char *p = text.p, *end = text.p + text.n;
    uint8_t *o = out;
    bool last = false;

    *written = 0;
    while (p < end) {
        uint8_t group[3];
        size_t octets;

        if (!last)
            p = decode_runs(p, end, &o, out + room);
        p = decode_group(p, end, group, &octets, &last);
        if (p == NULL || octets > (size_t)(out + room - o))
            return false;
        memcpy(o, group, octets);
        o += octets;
        if (!last)
            continue;
        for (; p < end; p++)
            if (value_of(*p) != SPACE)
                return false;
    }
    *written = (size_t)(o - out);
    return true;
}

size_t ms_base64_encode(const uint8_t *octets, size_t n, char *out)
{
    char *o = out;
    size_t i;

    for (i = 0; i + 3 <= n; i += 3, o += 4) {
        unsigned long bits = (unsigned long)octets[i] << 16 | (unsigned long)octets[i + 1] << 8 | octets[i + 2];

        o[0] = alphabet[bits >> 18];
        o[1] = alphabet[bits >> 12 & 63];
        o[2] = alphabet[bits >> 6 & 63];
        o[3] = alphabet[bits & 63];
    }
    if (i < n) {
        unsigned long bits = (unsigned long)octets[i] << 16 | (i + 1 < n ? (unsigned long)octets[i + 1] << 8 : 0);

        o[0] = alphabet[bits >> 18];
        o[1] = alphabet[bits >> 12 & 63];
        o[2] = i + 1 < n ? alphabet[bits >> 6 & 63] : '=';
        o[3] = '=';
        o += 4;
    }
    return (size_t)(o - out);
}
