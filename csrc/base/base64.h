/* base64.h: RFC 4648 §4, as DKIM uses it (RFC 6376 §2.10).
 *
 * Decoding is strict: folding white space is passed over, any other foreign octet, a missing or
 * superfluous '=' and non-zero padding bits are errors.
 */
#ifndef MS_BASE_BASE64_H
#define MS_BASE_BASE64_H

#include "base/span.h"

#include <stdint.h>

/* The most octets that `n` base64 characters can stand for. */
static inline size_t ms_base64_room(size_t n)
{
    return n / 4 * 3 + 3;
}

/* Decodes into `out` (ms_base64_room(text.n) octets are enough); false where `text` is not base64. */
bool ms_base64_decode(ms_span text, uint8_t *out, size_t room, size_t *written);

/* Encodes without line breaks; `out` takes (n + 2) / 3 * 4 characters, no NUL. Returns how many. */
size_t ms_base64_encode(const uint8_t *octets, size_t n, char *out);

#endif
