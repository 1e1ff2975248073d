/* normalize.h: mends a message's line ends, so that it can be signed (RFC 5321 §2.3.8, RFC 6376 §5.3).
 *
 * A bare LF, a bare CR and any number of CRs before an LF become CRLF, NULs go, and a last line without
 * CRLF gets one. Nothing else changes: long lines stay and a missing field is not invented; the lint still
 * finds those. The message passes in pieces of any size; how it is cut makes no difference.
 */
#ifndef MS_MAIL_NORMALIZE_H
#define MS_MAIL_NORMALIZE_H

#include "base/buf.h"
#include "mail/scan.h"

typedef struct ms_normalizer {
    size_t bare_cr; /* mended so far */
    size_t bare_lf;
    size_t nul;
    bool final_crlf; /* added */

    size_t held; /* CRs whose fate the next octet decides */
    bool in_line;
    ms_scanner scan;
} ms_normalizer;

ms_normalizer ms_normalize_start(void);
/* Appends what `piece` becomes to *out, whose `failed` tells when memory is out. */
void ms_normalize(ms_normalizer *normalizer, ms_span piece, ms_buf *out);
void ms_normalize_end(ms_normalizer *normalizer, ms_buf *out);

#endif
