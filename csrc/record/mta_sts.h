/* mta_sts.h: the MTA-STS record at _mta-sts (RFC 8461 §3.1), which says that there is a policy, and which one.
 *
 * One reader for both who publish and who send: it mends each fault in mind and goes on, and a record that it found no
 * error in is one that a sender uses. White space at the end of the text is taken, which the grammar does not have.
 */
#ifndef MS_RECORD_MTA_STS_H
#define MS_RECORD_MTA_STS_H

#include "record/tags_lint.h"

typedef struct ms_mta_sts {
    ms_span id; /* 1 to 32 letters and digits, another for every change of the policy */
    ms_tag_list tags;
} ms_mta_sts;

extern const ms_tag_kind ms_mta_sts_kind;

/* `text` has to be empty; the spans of *record point into it. *record can be used where findings->has_error is not set.
 * False only when memory is out. */
bool ms_mta_sts_lint(const ms_span *strings, size_t n, ms_buf *text, ms_mta_sts *record, ms_findings *findings);

#endif
