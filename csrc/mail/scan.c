/* scan.c: hastening over octets that need no attention. See scan.h.
 *
 * All scanners use one fact: a CR or LF is bare where "the octet before is CR" and "this octet is LF" differ.
 * So each step compares the octets with themselves one place earlier, and nothing is carried along.
 */
#include "mail/scan.h"

#include "base/simd.h"

#include <stdint.h>

#define EACH(octet) ((uint64_t)0x0101010101010101U * (octet))

/* The high bit of every octet of `word` that is zero, and no other bit. */
static uint64_t zeros(uint64_t word)
{
    return ~(((word & EACH(0x7f)) + EACH(0x7f)) | word | EACH(0x7f));
}

static uint64_t load(const char *p)
{
    uint64_t word;

    memcpy(&word, p, sizeof word);
    return word;
}

/* Is the stride without fault? *lines grows by its LFs, which are at most 128. */
static bool stride_portable(const char *p, size_t *lines)
{
    uint64_t fault = 0, count = 0;

    for (size_t i = 0; i < MS_SCAN_STRIDE; i += sizeof(uint64_t)) {
        uint64_t word = load(p + i);
        uint64_t lf = zeros(word ^ EACH('\n'));

        fault |= zeros(load(p + i - 1) ^ EACH('\r')) ^ lf;
        fault |= zeros(word);
        count += lf >> 7;
    }
    /* Each octet of `count` holds at most 32; the product's top one holds their sum, at most 128 without fault. */
    *lines += (size_t)(count * EACH(1) >> 56);
    return fault == 0;
}

#if MS_HAVE_SSE2
static bool stride_sse2(const char *p, size_t *lines)
{
    const __m128i cr = _mm_set1_epi8('\r'), lf = _mm_set1_epi8('\n'), zero = _mm_setzero_si128();
    __m128i fault = zero, count = zero, least = _mm_set1_epi8(-1);

    for (size_t i = 0; i < MS_SCAN_STRIDE; i += sizeof(__m128i)) {
        __m128i here = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i before = _mm_loadu_si128((const __m128i *)(const void *)(p + i - 1));
        __m128i is_lf = _mm_cmpeq_epi8(here, lf);

        fault = _mm_or_si128(fault, _mm_xor_si128(_mm_cmpeq_epi8(before, cr), is_lf));
        least = _mm_min_epu8(least, here);
        count = _mm_sub_epi8(count, is_lf);
    }
    fault = _mm_or_si128(fault, _mm_cmpeq_epi8(least, zero));
    count = _mm_sad_epu8(count, zero);
    *lines += (size_t)(_mm_cvtsi128_si32(count) + _mm_extract_epi16(count, 4));
    return _mm_movemask_epi8(fault) == 0;
}
#endif

#if MS_HAVE_AVX2
MS_TARGET_AVX2 static bool stride_avx2(const char *p, size_t *lines)
{
    const __m256i cr = _mm256_set1_epi8('\r'), lf = _mm256_set1_epi8('\n'), zero = _mm256_setzero_si256();
    __m256i fault = zero, count = zero, least = _mm256_set1_epi8(-1);
    __m128i sum;

    for (size_t i = 0; i < MS_SCAN_STRIDE; i += sizeof(__m256i)) {
        __m256i here = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
        __m256i before = _mm256_loadu_si256((const __m256i *)(const void *)(p + i - 1));
        __m256i is_lf = _mm256_cmpeq_epi8(here, lf);

        fault = _mm256_or_si256(fault, _mm256_xor_si256(_mm256_cmpeq_epi8(before, cr), is_lf));
        least = _mm256_min_epu8(least, here);
        count = _mm256_sub_epi8(count, is_lf);
    }
    fault = _mm256_or_si256(fault, _mm256_cmpeq_epi8(least, zero));
    count = _mm256_sad_epu8(count, zero);
    sum = _mm_add_epi64(_mm256_castsi256_si128(count), _mm256_extracti128_si256(count, 1));
    *lines += (size_t)(_mm_cvtsi128_si32(sum) + _mm_extract_epi16(sum, 4));
    return _mm256_movemask_epi8(fault) == 0;
}
#endif

/* Goes on while a stride has no fault and an LF. */
#define SCAN(stride)                                                                                                   \
    size_t done = 0;                                                                                                   \
                                                                                                                       \
    for (; n - done >= MS_SCAN_STRIDE; done += MS_SCAN_STRIDE) {                                                       \
        size_t found = 0;                                                                                              \
                                                                                                                       \
        if (!stride(p + done, &found) || found == 0)                                                                   \
            break;                                                                                                     \
        *lines += found;                                                                                               \
    }                                                                                                                  \
    return done

static size_t scan_portable(const char *p, size_t n, size_t *lines)
{
    SCAN(stride_portable);
}

#if MS_HAVE_SSE2
static size_t scan_sse2(const char *p, size_t n, size_t *lines)
{
    SCAN(stride_sse2);
}
#endif

#if MS_HAVE_AVX2
MS_TARGET_AVX2 static size_t scan_avx2(const char *p, size_t n, size_t *lines)
{
    SCAN(stride_avx2);
}
#endif

ms_scanner ms_scanner_named(ms_span name)
{
#if MS_HAVE_AVX2
    if (ms_span_eq(name, MS_LIT("avx2")))
        return __builtin_cpu_supports("avx2") ? scan_avx2 : NULL;
#endif
#if MS_HAVE_SSE2
    if (ms_span_eq(name, MS_LIT("sse2")))
        return scan_sse2;
#endif
    return ms_span_eq(name, MS_LIT("portable")) ? scan_portable : NULL;
}

ms_scanner ms_scanner_best(void)
{
#if MS_HAVE_AVX2
    if (__builtin_cpu_supports("avx2"))
        return scan_avx2;
#endif
#if MS_HAVE_SSE2
    return scan_sse2;
#else
    return scan_portable;
#endif
}
