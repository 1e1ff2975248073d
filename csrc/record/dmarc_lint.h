/* dmarc_lint.h: what is wrong with a DMARC record, and how to mend it.
 *
 * The reader for people who publish records. It takes out what pasting put in, cuts the text into the tags that were
 * meant (tags_lint.h), has ms_dmarc_read look at each, and looks at what they come to together. A record without an
 * error finding is one that receivers use as it was meant. What it finds stands in findings.def.
 */
#ifndef MS_RECORD_DMARC_LINT_H
#define MS_RECORD_DMARC_LINT_H

#include "record/finding.h"

/* `strings` are the character-strings of the TXT record in their order; a text that is not yet in DNS is one string
 * of any size. False only when memory is out. */
bool ms_dmarc_lint(const ms_span *strings, size_t n, ms_findings *findings);

/* The same of a report authorisation. */
bool ms_dmarc_report_lint(const ms_span *strings, size_t n, ms_findings *findings);

#endif
