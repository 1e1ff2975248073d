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

/* Reads `text` and appends what was meant to `out`. In the value of the tag called `free_tag` (NULL where the
 * record has none) people write what they like: there, only line breaks and control characters count. */
void ms_paste_mend(ms_span text, const char *free_tag, ms_buf *out, ms_findings *findings);

#endif
