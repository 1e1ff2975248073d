/* utf8.h: code points in and out of UTF-8 (RFC 3629).
 *
 * Reading is strict: overlong forms, surrogates, anything above U+10FFFF and cut sequences are
 * errors, for two readers must never see two different texts in the same octets.
 */
#ifndef MS_BASE_UTF8_H
#define MS_BASE_UTF8_H

#include "base/buf.h"

#include <stdint.h>

/* Takes the first code point off *text; false, with *text as it was, where none well-formed stands there. */
bool ms_utf8_take(ms_span *text, uint32_t *code);
/* Is `text` well-formed from end to end? */
bool ms_utf8_valid(ms_span text);
void ms_utf8_add(ms_buf *out, uint32_t code);

#endif
