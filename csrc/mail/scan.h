/* scan.h: hastening over octets that need no attention.
 *
 * Nearly every octet of a message is a plain one in a line of ordinary length. A scanner tells how far that
 * holds, several octets at a time; what stops it is then looked at in earnest. There is one scanner for any
 * machine and one for each set of vector instructions, and they all give the same answers.
 */
#ifndef MS_MAIL_SCAN_H
#define MS_MAIL_SCAN_H

#include "base/span.h"

enum {
    /* The step of every scanner. */
    MS_SCAN_STRIDE = 256,
};

/* How many octets at `p`, in whole strides of at most `n`, are plain: no NUL, each CR before an LF and each LF behind a
 * CR, and an LF in every stride, so that no line of 2 * MS_SCAN_STRIDE octets lies in them. p[-1] is read too, and
 * must be there. An octet at a stride's very end is judged with the next one. *lines grows by the LFs in what is plain.
 */
typedef size_t (*ms_scanner)(const char *p, size_t n, size_t *lines);

/* The fastest that this machine has. */
ms_scanner ms_scanner_best(void);
/* "portable", "sse2" or "avx2"; NULL where the machine has no such one. */
ms_scanner ms_scanner_named(ms_span name);

#endif
