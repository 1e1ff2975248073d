/* header.h: a message's header section, cut into fields (RFC 5322 §2.2).
 *
 * The one parse that everything reads: DKIM, DMARC's From, the lint. A field starts behind a CRLF
 * that no white space follows, and nowhere else: a bare CR or LF is an octet of the field it stands
 * in, so that no two readers can disagree on what is a field. Nothing is changed or copied; the
 * spans point into the block given.
 */
#ifndef MS_MAIL_HEADER_H
#define MS_MAIL_HEADER_H

#include "base/span.h"

#include <stdint.h>

typedef struct ms_field {
    ms_span whole; /* with its last CRLF */
    ms_span name;  /* before the colon, without the white space that obsolete syntax allows there; empty where there is
                      no colon */
    ms_span value; /* behind the colon, folding and all, without the last CRLF */
    unsigned key;  /* of the name (ms_field_key): names that differ in it are different */
} ms_field;

typedef struct ms_header {
    ms_field *field;
    size_t n;
    size_t cap;
    uint64_t present; /* the bits (ms_field_bit) of the names there are */
} ms_header;

/* Length and outer letters of a field name, whatever its case, in one number that is quick to compare. */
static inline unsigned ms_field_key(ms_span name)
{
    if (name.n == 0)
        return 0;
    return (unsigned)name.n << 16 | (unsigned)(unsigned char)ms_lower(name.p[0]) << 8 |
           (unsigned char)ms_lower(name.p[name.n - 1]);
}

/* One bit for a key. A name whose bit is not in header->present is not in the header. */
static inline uint64_t ms_field_bit(unsigned key)
{
    return (uint64_t)1 << ((key * 2654435761u) >> 26);
}

/* RFC 5322 §2.2: printable US-ASCII, but no colon, which is the caller's to know. */
bool ms_is_field_name(ms_span name);

/* Cuts `block` (the header section without the empty line that ends it). Takes time linear in its
 * size; false only when memory is out. A zero-initialised header may be parsed into, and again. */
bool ms_header_parse(ms_header *header, ms_span block);
/* Adds the fields of another block, as if they stood below. */
bool ms_header_append(ms_header *header, ms_span block);
void ms_header_free(ms_header *header);

/* How many octets of `message` the header section takes, the empty line not counted. False where no
 * empty line has come yet; `from` is where to look from, so that a growing message is scanned once. */
bool ms_header_end(ms_span message, size_t from, size_t *size);

/* The number of fields of that name, whatever its case; `key` is the name's (ms_field_key). */
size_t ms_header_count(const ms_header *header, ms_span name, unsigned key);

#endif
