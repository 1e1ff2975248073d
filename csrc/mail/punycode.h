/* punycode.h: the ASCII form of an internationalised label's code points (RFC 3492).
 *
 * Only the bare encoding: the "xn--" in front, and which code points a label may hold, are
 * domain.c's affair. Every sum and product is checked, for the input comes from anyone.
 */
#ifndef MS_MAIL_PUNYCODE_H
#define MS_MAIL_PUNYCODE_H

#include "base/span.h"

#include <stdint.h>

/* Writes `n` code points as punycode; false where that needs more than `room` characters. */
bool ms_punycode_encode(const uint32_t *code, size_t n, char *out, size_t room, size_t *written);

/* Reads punycode (either case of letters) back; false where it is none, or needs more than `room` code points. */
bool ms_punycode_decode(ms_span text, uint32_t *code, size_t room, size_t *count);

#endif
