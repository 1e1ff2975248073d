/* error.h: why something could not be done.
 *
 * A function that can fail takes an ms_error and returns false or NULL; the code is a short
 * stable word for programs ("key_too_small"), the text one sentence for people. Lua gets both:
 * nil, text, code. Running out of memory is one code everywhere: "no_memory".
 */
#ifndef MS_BASE_ERROR_H
#define MS_BASE_ERROR_H

#include <stdbool.h>

typedef struct ms_error {
    const char *code; /* a constant; NULL where nothing failed */
    char text[240];
} ms_error;

#if defined(__GNUC__)
#define MS_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define MS_PRINTF(fmt, args)
#endif

/* Fills *e and returns false, so that a caller can `return ms_fail(…)`. A text that is too long is cut. */
bool ms_fail(ms_error *e, const char *code, const char *format, ...) MS_PRINTF(3, 4);
bool ms_fail_memory(ms_error *e);

#endif
