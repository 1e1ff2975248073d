/* wsp.c: finding the white space that relaxed canonicalization changes. See wsp.h. */
#include "mail/wsp.h"

#include <stdbool.h>
#include <stdint.h>

/* ---- one octet at a time */

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

static const char *header_portable(const char *p, const char *end)
{
    return scan_octets(p, end, true);
}

/* ---- windows of 64 octets: a bit for each octet that is changed. The octet behind the window is read, too. */

enum { WINDOW = 64 };

static inline uint64_t changes_portable(const char *p)
{
    uint64_t changes = 0;

    for (int i = 0; i < WINDOW; i++)
        changes |= (uint64_t)is_change(p + i, p + WINDOW + 1, false) << i;
    return changes;
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

static inline uint64_t changes_sse2(const char *p)
{
    return block_sse2(p, false) | (uint64_t)block_sse2(p + 16, false) << 16 |
           (uint64_t)block_sse2(p + 32, false) << 32 | (uint64_t)block_sse2(p + 48, false) << 48;
}

/* Looks from `p` on; [start, p) is known to hold no change. What is left behind the last whole block is read as
 * a block that overlaps it. Only the very last octet, which has none behind it, is looked at by itself. */
static inline const char *scan_sse2(const char *start, const char *p, const char *end)
{
    for (; end - p > 16; p += 16) {
        unsigned change = block_sse2(p, true);

        if (change != 0)
            return p + __builtin_ctz(change);
    }
    if (end - start > 16) {
        unsigned change = block_sse2(end - 17, true);

        if (change != 0)
            return end - 17 + __builtin_ctz(change);
        p = end - 1;
    }
    return scan_octets(p, end, true);
}

static const char *header_sse2(const char *p, const char *end)
{
    return scan_sse2(p, p, end);
}

#endif

#if MS_HAVE_AVX2

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

/* Passes over windows without any white space, as an attachment in base64 is full of, and no further than `end`. */
MS_TARGET_AVX2 static inline const char *skip_solid_avx2(const char *p, const char *end)
{
    const __m256i sp = _mm256_set1_epi8(' '), tab = _mm256_set1_epi8('\t');

    for (; end - p > WINDOW; p += WINDOW) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p);
        __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
        __m256i wsp = _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(a, sp), _mm256_cmpeq_epi8(a, tab)),
                                      _mm256_or_si256(_mm256_cmpeq_epi8(b, sp), _mm256_cmpeq_epi8(b, tab)));

        if (_mm256_movemask_epi8(wsp) != 0)
            break;
    }
    return p;
}

MS_TARGET_AVX2 static inline uint64_t changes_avx2(const char *p)
{
    return block_avx2(p, false) | (uint64_t)block_avx2(p + 32, false) << 32;
}

/* Dirty upper halves of the registers slow down the SHA-256 that comes next by a fifth, and a tail call
 * leaves them dirty: hence the _mm256_zeroupper. */
MS_TARGET_AVX2 static const char *header_avx2(const char *start, const char *end)
{
    const char *p = start;

    for (; end - p > 32; p += 32) {
        unsigned change = block_avx2(p, true);

        if (change != 0)
            return p + __builtin_ctz(change);
    }
    _mm256_zeroupper();
    return scan_sse2(start, p, end);
}

#endif

/* ---- bodies */

/* What has no change is handed on in pieces of this size at least once, while it is in the cache. */
enum { PIECE = 16384 };

static inline bool is_line_end(const char *p, const char *end)
{
    return *p == '\r' && end - p >= 2 && p[1] == '\n';
}

/* Writes [run, change) and what the white space at `change` becomes; returns what stands behind it. */
static inline const char *take_change(ms_sink *sink, const char *run, const char *change, const char *end)
{
    const char *behind = ms_wsp_skip(change, end);
    bool ends_line = is_line_end(behind, end), keep = *change == ' ' && !ends_line;

    ms_sink_add_run(sink, run, (size_t)(change - run) + keep, (size_t)(end - run));
    if (!keep && !ends_line)
        ms_sink_add(sink, " ", 1);
    return behind;
}

static inline void relax_octets(ms_sink *sink, const char *run, const char *p, const char *end)
{
    while ((p = scan_octets(p, end, false)) < end)
        p = run = take_change(sink, run, p, end);
    ms_sink_add(sink, run, (size_t)(end - run));
}

/* The whole of it, made once for each kind of machine, for a window's changes must be found without a call. */
#define RELAX(skip_solid, changes_in)                                                                                  \
    const char *run = p; /* from here on nothing has been written */                                                   \
                                                                                                                       \
    while (end - p > WINDOW) {                                                                                         \
        uint64_t changes = changes_in(p);                                                                              \
        const char *window = p;                                                                                        \
                                                                                                                       \
        p += WINDOW;                                                                                                   \
        while (changes != 0) {                                                                                         \
            run = take_change(sink, run, window + lowest_bit(changes), end);                                           \
            changes = run < p ? changes & ~(uint64_t)0 << (run - window) : 0;                                          \
        }                                                                                                              \
        if (run > p) {                                                                                                 \
            p = run;                                                                                                   \
            continue;                                                                                                  \
        }                                                                                                              \
        p = skip_solid(p, end - run > PIECE ? run + PIECE : end);                                                      \
        if (p - run >= PIECE - WINDOW) {                                                                               \
            ms_sink_add(sink, run, (size_t)(p - run));                                                                 \
            run = p;                                                                                                   \
        }                                                                                                              \
    }                                                                                                                  \
    relax_octets(sink, run, p, end)

static inline int lowest_bit(uint64_t bits)
{
#if defined(__GNUC__)
    return __builtin_ctzll(bits);
#else
    int bit = 0;

    for (; (bits & 1) == 0; bits >>= 1)
        bit++;
    return bit;
#endif
}

static inline const char *skip_none(const char *p, const char *end)
{
    (void)end;
    return p;
}

static void body_portable(ms_sink *sink, const char *p, const char *end)
{
    RELAX(skip_none, changes_portable);
}

#if MS_HAVE_SSE2
static void body_sse2(ms_sink *sink, const char *p, const char *end)
{
    RELAX(skip_none, changes_sse2);
}
#endif

#if MS_HAVE_AVX2
MS_TARGET_AVX2 static void body_avx2(ms_sink *sink, const char *p, const char *end)
{
    RELAX(skip_solid_avx2, changes_avx2);
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
