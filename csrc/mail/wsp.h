/* wsp.h: finding the white space that relaxed canonicalization changes (RFC 6376 §3.4.2, §3.4.4).
 *
 * Most octets of a message go into the hash as they are. These scanners run over them 16 to 64 at a
 * time and stop only where something must be looked at, so that what lies between can be hashed
 * where it is. A portable version stands beside the ones for SSE2 and AVX2, gives the same answers,
 * and is what other machines run.
 */
#ifndef MS_MAIL_WSP_H
#define MS_MAIL_WSP_H

#include "base/simd.h"
#include "base/span.h"
#include "mail/sink.h"

#include <stddef.h>

/* Writes the relaxed form of [p, end) to *sink: every run of white space becomes one SP, or nothing before CRLF. The
 * last octet is no white space, nor a CR or LF. */
typedef void ms_wsp_relax(ms_sink *sink, const char *p, const char *end);

/* The first octet in [p, end) that is a TAB, CR or LF, or a SP before SP, TAB or CR; `end` where there is none.
 * What stands at `end` is not looked at: a SP in the last place counts as changed. */
typedef const char *ms_wsp_scan(const char *p, const char *end);

typedef struct ms_wsp_scanner {
    ms_wsp_relax *relax_body;
    ms_wsp_scan *find_in_header;
} ms_wsp_scanner;

/* Behind the run of SP and TAB that starts at `p`, before `end`. */
static inline const char *ms_wsp_skip(const char *p, const char *end)
{
#if MS_HAVE_SSE2
    while (end - p >= 16) {
        __m128i octets = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i wsp =
            _mm_or_si128(_mm_cmpeq_epi8(octets, _mm_set1_epi8(' ')), _mm_cmpeq_epi8(octets, _mm_set1_epi8('\t')));
        unsigned others = ~(unsigned)_mm_movemask_epi8(wsp) & 0xffff;

        if (others != 0)
            return p + __builtin_ctz(others);
        p += 16;
    }
#endif
    while (p < end && ms_is_wsp(*p))
        p++;
    return p;
}

/* In order of speed. The machine may not have them all. */
typedef enum ms_wsp_level { MS_WSP_PORTABLE, MS_WSP_SSE2, MS_WSP_AVX2 } ms_wsp_level;

/* The scanner of that level, or the best below it that this machine can run. */
ms_wsp_scanner ms_wsp_scanner_of(ms_wsp_level level);

#endif
