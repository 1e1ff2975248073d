/* header_hash.h: the hash that a signature signs (RFC 6376 §3.7, step 2).
 *
 * The header fields that h= names, each occurrence of a name taking the next field of that name
 * from the bottom up (§5.4.2), then the DKIM-Signature field itself without b='s value.
 */
#ifndef MS_DKIM_HEADER_HASH_H
#define MS_DKIM_HEADER_HASH_H

#include "crypto/crypto.h"
#include "mail/canon.h"
#include "mail/header.h"

/* What h= selects from. `taken` has an octet a field; the caller keeps it between calls. */
typedef struct ms_header_input {
    const ms_header *header;
    unsigned char *taken;
    const ms_wsp_scanner *scanner;
    ms_canon canon;
    ms_span names;       /* h= */
    const ms_field *own; /* the DKIM-Signature field; never selected by h= (§3.5 h=) */
    ms_span hole;        /* b='s value in it */
} ms_header_input;

/* An ms_sink_write to an ms_hash. */
void ms_write_to_hash(void *to, const char *p, size_t n);

/* Writes the canonical octets to *sink, flushed. */
void ms_header_octets(const ms_header_input *input, ms_sink *sink);

#endif
