/* paste.h: what happens to a record's text on its way from a web page into a DNS host's form.
 *
 * Quotes and backslashes of the zone-file notation, HTML entities, typographic quotes, spaces and
 * marks that cannot be seen, line breaks, whole lines of a zone file: none belongs to a record of any
 * kind. Each is found, reported and taken out, so that the lint of the record's own kind reads what was meant,
 * and does not report the consequences as faults of their own.
 */
#ifndef MS_RECORD_PASTE_H
#define MS_RECORD_PASTE_H

#include "record/finding.h"

/* Appends the character-strings of a TXT record to `out`, joined as readers join them. A text that is not yet in DNS
 * is one string of any size; of several, each has at most MS_TXT_STRING_MAX octets. */
enum { MS_TXT_STRING_MAX = 255 };
void ms_paste_join(const ms_span *strings, size_t n, ms_buf *out, ms_findings *findings);

/* Reads `text` and appends what was meant to `out`. In the value of the tag called `free_tag` (NULL where the
 * record has none) people write what they like: there, only line breaks and control characters count. */
void ms_paste_mend(ms_span text, const char *free_tag, ms_buf *out, ms_findings *findings);

#endif
