/* wsp.c: finding the white space that relaxed canonicalization changes. See wsp.h. */
#include "mail/wsp.h"

#include <stdbool.h>

static inline bool is_change(const char *p, const char *end, bool header)
{
    if (*p == '\t' || (header && (*p == '\r' || *p == '\n')))
        return true;
    if (*p != ' ')
        return false;
    return p + 1 == end || p[1] == ' ' || p[1] == '\t' || p[1] == '\r';
}

static inline const char *scan_octets(const char *p, const char *end, bool header)
{
    while (p < end && !is_change(p, end, header))
        p++;
    return p;
}

static const char *body_portable(const char *p, const char *end)
{
    return scan_octets(p, end, false);
}

static const char *header_portable(const char *p, const char *end)
{
    return scan_octets(p, end, true);
}

#if MS_HAVE_SSE2

/* Each block is loaded twice, the second time one octet further on, so that an octet and the one
 * behind it stand in the same lane. */

static inline unsigned block_sse2(const char *p, bool header)
{
    const __m128i sp = _mm_set1_epi8(' '), tab = _mm_set1_epi8('\t'), cr = _mm_set1_epi8('\r');
    __m128i here = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i next = _mm_loadu_si128((const __m128i *)(const void *)(p + 1));
    __m128i breaks =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(next, sp), _mm_cmpeq_epi8(next, tab)), _mm_cmpeq_epi8(next, cr));
    __m128i change = _mm_or_si128(_mm_cmpeq_epi8(here, tab), _mm_and_si128(_mm_cmpeq_epi8(here, sp), breaks));

    if (header)
        change =
            _mm_or_si128(change, _mm_or_si128(_mm_cmpeq_epi8(here, cr), _mm_cmpeq_epi8(here, _mm_set1_epi8('\n'))));
    return (unsigned)_mm_movemask_epi8(change);
}

/* Looks from `p` on; [start, p) is known to hold no change. What is left behind the last whole block is read as
 * a block that overlaps it. Only the very last octet, which has none behind it, is looked at by itself. */
static inline const char *scan_sse2(const char *start, const char *p, const char *end, bool header)
{
    for (; end - p > 16; p += 16) {
        unsigned change = block_sse2(p, header);

        if (change != 0)
            return p + __builtin_ctz(change);
    }
    if (end - start > 16) {
        unsigned change = block_sse2(end - 17, header);

        if (change != 0)
            return end - 17 + __builtin_ctz(change);
        p = end - 1;
    }
    return scan_octets(p, end, header);
}

static const char *body_sse2(const char *p, const char *end)
{
    return scan_sse2(p, p, end, false);
}

static const char *header_sse2(const char *p, const char *end)
{
    return scan_sse2(p, p, end, true);
}

#endif

#if MS_HAVE_AVX2

/* Dirty upper halves of the registers slow down the SHA-256 that comes next by a fifth, and a tail call
 * leaves them dirty: hence the _mm256_zeroupper below. */
MS_TARGET_AVX2 static inline unsigned block_avx2(const char *p, bool header)
{
    const __m256i sp = _mm256_set1_epi8(' '), tab = _mm256_set1_epi8('\t'), cr = _mm256_set1_epi8('\r');
    __m256i here = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i next = _mm256_loadu_si256((const __m256i *)(const void *)(p + 1));
    __m256i breaks = _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(next, sp), _mm256_cmpeq_epi8(next, tab)),
                                     _mm256_cmpeq_epi8(next, cr));
    __m256i change =
        _mm256_or_si256(_mm256_cmpeq_epi8(here, tab), _mm256_and_si256(_mm256_cmpeq_epi8(here, sp), breaks));

    if (header)
        change = _mm256_or_si256(
            change, _mm256_or_si256(_mm256_cmpeq_epi8(here, cr), _mm256_cmpeq_epi8(here, _mm256_set1_epi8('\n'))));
    return (unsigned)_mm256_movemask_epi8(change);
}

/* No white space at all among 64 octets? An attachment in base64 has none but at its ends. */
MS_TARGET_AVX2 static inline bool is_solid_avx2(const char *p)
{
    const __m256i sp = _mm256_set1_epi8(' '), tab = _mm256_set1_epi8('\t');
    __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
    __m256i wsp = _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(a, sp), _mm256_cmpeq_epi8(a, tab)),
                                  _mm256_or_si256(_mm256_cmpeq_epi8(b, sp), _mm256_cmpeq_epi8(b, tab)));

    return _mm256_movemask_epi8(wsp) == 0;
}

MS_TARGET_AVX2 static const char *body_avx2(const char *start, const char *end)
{
    const char *p = start;

    while (end - p > 64) {
        unsigned first, second;

        if (is_solid_avx2(p)) {
            p += 64;
            continue;
        }
        first = block_avx2(p, false);
        if (first != 0)
            return p + __builtin_ctz(first);
        second = block_avx2(p + 32, false);
        if (second != 0)
            return p + 32 + __builtin_ctz(second);
        p += 64;
    }
    for (; end - p > 32; p += 32) {
        unsigned change = block_avx2(p, false);

        if (change != 0)
            return p + __builtin_ctz(change);
    }
    _mm256_zeroupper();
    return scan_sse2(start, p, end, false);
}

MS_TARGET_AVX2 static const char *header_avx2(const char *start, const char *end)
{
    const char *p = start;

    for (; end - p > 32; p += 32) {
        unsigned change = block_avx2(p, true);

        if (change != 0)
            return p + __builtin_ctz(change);
    }
    _mm256_zeroupper();
    return scan_sse2(start, p, end, true);
}

#endif

ms_wsp_scanner ms_wsp_scanner_of(ms_wsp_level level)
{
    (void)level;
#if MS_HAVE_AVX2
    if (level >= MS_WSP_AVX2 && __builtin_cpu_supports("avx2"))
        return (ms_wsp_scanner){ body_avx2, header_avx2 };
#endif
#if MS_HAVE_SSE2
    if (level >= MS_WSP_SSE2)
        return (ms_wsp_scanner){ body_sse2, header_sse2 };
#endif
    return (ms_wsp_scanner){ body_portable, header_portable };
}
