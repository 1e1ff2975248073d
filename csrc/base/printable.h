/* printable.h: text that came from outside, made fit for a terminal, and for JSON (RFC 8259).
 *
 * A domain in a signature, a TXT record, a file's name: any octets may stand there, among them those that move a
 * terminal's cursor or turn the direction of writing round.
 */
#ifndef MS_BASE_PRINTABLE_H
#define MS_BASE_PRINTABLE_H

#include "base/buf.h"

/* Is there nothing but the characters of ASCII, controls not among them? Then each of these would add it as it is, but
 * that JSON wants `"` and `\` escaped. */
bool ms_is_plain(ms_span text);

/* One line fit for a terminal: control characters, those that change the direction of writing, and octets that are no
 * UTF-8 become \DDD, octet by octet. */
void ms_printable_add(ms_buf *out, ms_span text);

/* The same text with U+FFFD for each octet that is no UTF-8. */
void ms_utf8_mend(ms_buf *out, ms_span text);

/* The text as a string of JSON, quotes included, with octets that are no UTF-8 as of ms_utf8_mend. What
 * ms_printable_add would not let through is escaped, too: JSON is read on terminals as well. */
void ms_json_add(ms_buf *out, ms_span text);

#endif
