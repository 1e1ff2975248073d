/* simd.h: which vector instructions there are to compile for.
 *
 * SSE2 belongs to every x86-64; AVX2 is compiled for function by function, by MS_TARGET_AVX2, and whether
 * the machine has it is asked when the program runs. Whatever uses either has a portable version beside
 * it: -DMS_PORTABLE builds those alone, as a machine of another kind would (`make test-portable`).
 */
#ifndef MS_BASE_SIMD_H
#define MS_BASE_SIMD_H

#if defined(__SSE2__) && defined(__GNUC__) && !defined(MS_PORTABLE)
#define MS_HAVE_SSE2 1
#include <emmintrin.h>
#else
#define MS_HAVE_SSE2 0
#endif

#if MS_HAVE_SSE2 && defined(__x86_64__)
#define MS_HAVE_AVX2   1
#define MS_TARGET_AVX2 __attribute__((target("avx2")))
#include <immintrin.h>
#else
#define MS_HAVE_AVX2 0
#endif

#endif
