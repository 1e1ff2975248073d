/* canon.h: canonicalization of header fields and bodies (RFC 6376 §3.4).
 *
 * What comes out goes to a sink in pieces: long runs lie where they were in the message and are
 * handed over as they are; short ones are gathered first. The body machine takes chunks of any size
 * and remembers between them only what it cannot decide yet: white space, a CR, and how many line
 * ends might turn out to be the trailing ones that are dropped.
 *
 * A line ends in CRLF; a bare CR or a bare LF is an octet like any other.
 */
#ifndef MS_MAIL_CANON_H
#define MS_MAIL_CANON_H

#include "base/span.h"
#include "mail/header.h"
#include "mail/sink.h"
#include "mail/wsp.h"

#include <stdint.h>

typedef enum ms_canon { MS_SIMPLE, MS_RELAXED } ms_canon;

/* ---- header fields: canon_header.c */

/* §3.4.1, §3.4.2: one field, its CRLF included (added where the field had none). */
void ms_canon_field(ms_sink *sink, const ms_wsp_scanner *scanner, ms_canon canon, const ms_field *field);

/* §3.7: the DKIM-Signature field itself, what stands in `hole` (b='s value) left out, without CRLF at its end. */
void ms_canon_signature(ms_sink *sink, const ms_wsp_scanner *scanner, ms_canon canon, const ms_field *field,
                        ms_span hole);

/* ---- bodies: canon_body.c */

typedef struct ms_body_canon {
    ms_canon canon;
    ms_wsp_scanner scanner;
    ms_sink sink;
    uint64_t line_ends; /* CRLFs seen behind the last octet that is not blank */
    bool space;         /* white space seen behind those */
    bool cr;            /* a CR seen behind that, whose LF may come in the next chunk */
    bool anything;      /* some octet has gone out */
} ms_body_canon;

void ms_body_canon_init(ms_body_canon *body, ms_canon canon, ms_sink_write *write, void *to);
void ms_body_canon_write(ms_body_canon *body, const char *p, size_t n);
void ms_body_canon_finish(ms_body_canon *body);

#endif
