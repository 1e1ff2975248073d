/* missing.h: the fields that a submitted message may lack and that whoever submits it may add: Date and Message-ID
 * (RFC 5322 §3.6, RFC 6409 §8.2, §8.3).
 *
 * They are added above the message. Nothing random is in them: the same message at the same time gets the same.
 */
#ifndef MS_MAIL_MISSING_H
#define MS_MAIL_MISSING_H

#include "base/buf.h"
#include "mail/header.h"

#include <stdint.h>

/* What a Message-ID is made of: `unique` octets, shown in hexadecimal, and the domain behind the "@". */
typedef struct ms_origin {
    uint64_t now; /* seconds since 1970, UTC */
    const uint8_t *unique;
    size_t unique_size;
    ms_span domain;
} ms_origin;

/* Writes each of the two fields that `header` has not, with its CRLF. */
void ms_missing_write(const ms_header *header, const ms_origin *origin, ms_buf *out);

#endif
