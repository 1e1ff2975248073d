/* mend.h: takes back what a relay may have done to a body on its way.
 *
 * Mail programs of old and of today break long lines, escape lines that begin with "From ", turn tabs into spaces. Each
 * mending undoes one such change wherever it may have been made; whether it was made, the hash of what comes out tells.
 * Each takes time linear in the body's size. Lines end in CRLF.
 */
#ifndef MS_MAIL_MEND_H
#define MS_MAIL_MEND_H

#include "base/buf.h"

typedef enum ms_mending {
    MS_MEND_TRAILING_SPACE,    /* white space that was added at the ends of lines */
    MS_MEND_SEPARATOR,         /* the space behind the "--" before a signature (RFC 3676 §4.3), which was lost */
    MS_MEND_EXPANDED_TABS,     /* eight spaces that were a tab */
    MS_MEND_FOLDED_SPACES,     /* tabs that were spaces up to the next column of eight */
    MS_MEND_LINES_ABOVE,       /* empty lines that were added at the top */
    MS_MEND_LINE_LOST,         /* an empty line that was at the top */
    MS_MEND_LINES_DOUBLED,     /* an empty line that was added behind every line */
    MS_MEND_WRAPPED,           /* lines broken by CRLF and a space, at 950 octets or more (Postfix) */
    MS_MEND_WRAPPED_WITH_BANG, /* lines broken by "!", CRLF and perhaps a space, likewise (Sendmail) */
    MS_MEND_FROM_LINES,        /* ">From " at the start of a line that was "From " */
    MS_MEND_DOTS,              /* ".." at the start of a line that was "." */
    MS_MEND_BARE_LF,           /* CRLF that was LF alone when the body was signed */
    MS_MEND_QUOTED_PRINTABLE,  /* quoted-printable (RFC 2045 §6.7) that was plain text */
    MS_MEND_BASE64,            /* base64 (RFC 2045 §6.8) that was plain text; what is no base64 stays as it is */
    MS_MENDINGS
} ms_mending;

/* "trailing_space"; NULL where there is none of that number. */
const char *ms_mending_name(ms_mending mending);

/* Appends the mended body to *out, whose `failed` tells when memory is out. */
void ms_mend(ms_mending mending, ms_span body, ms_buf *out);

#endif
