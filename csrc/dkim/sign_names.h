/* sign_names.h: which header fields a signature covers (RFC 6376 §5.4).
 *
 * A list of names made once for a signer, and h= made from it for each message: a name as often as
 * the message has such a field, and once more where it is oversigned, so that one added later breaks
 * the signature (§5.4, §8.15). From is always there and always oversigned.
 */
#ifndef MS_DKIM_SIGN_NAMES_H
#define MS_DKIM_SIGN_NAMES_H

#include "base/buf.h"
#include "base/error.h"
#include "mail/header.h"

typedef struct ms_sign_name {
    ms_span name;
    unsigned key; /* ms_field_key */
    bool oversigned;
} ms_sign_name;

typedef struct ms_sign_names {
    ms_buf text; /* what the spans point into */
    ms_sign_name *item;
    size_t n;
} ms_sign_names;

/* The names signed where nothing else is asked for, colon-separated. */
ms_span ms_sign_default_headers(void);

/* Both lists are colon-separated and may be empty; an empty `headers` is the default list.
 * Codes: bad_header_name, too_many_headers, no_memory. */
bool ms_sign_names_init(ms_sign_names *names, ms_span headers, ms_span oversign, ms_error *error);
void ms_sign_names_free(ms_sign_names *names);
/* Is that field, if there is one more of it than there was, to break the signature? */
bool ms_sign_names_oversign(const ms_sign_names *names, ms_span name);
/* Writes h= for a message. Codes: too_many_headers, no_memory. */
bool ms_sign_names_write(const ms_sign_names *names, const ms_header *header, ms_buf *out, ms_error *error);

#endif
