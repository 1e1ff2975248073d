/* tls_rpt.h: the TLS reporting record at _smtp._tls (RFC 8460 §3), which says where reports on failures of TLS go.
 *
 * One reader for both who publish and who report: it mends each fault in mind and goes on, and a record that it found
 * no error in is one that a reporter uses. White space at the end of the text is taken, which the grammar does not
 * have. Of two rua= the first counts. A URI that is neither mailto: nor https: is passed over where there is another.
 */
#ifndef MS_RECORD_TLS_RPT_H
#define MS_RECORD_TLS_RPT_H

#include "record/tags_lint.h"

typedef struct ms_tls_rpt {
    ms_span rua; /* URIs with commas between */
    ms_tag_list tags;
} ms_tls_rpt;

extern const ms_tag_kind ms_tls_rpt_kind;

/* `text` has to be empty; the spans of *record point into it. *record can be used where findings->has_error is not set.
 * False only when memory is out. */
bool ms_tls_rpt_lint(const ms_span *strings, size_t n, ms_buf *text, ms_tls_rpt *record, ms_findings *findings);

/* Takes URIs off *rest, which starts as `rua` of a record that can be used, up to one that reports can go to. False
 * where there is none left. */
bool ms_tls_rpt_next(ms_span *rest, ms_span *uri);

#endif
