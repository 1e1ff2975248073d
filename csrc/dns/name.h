/* name.h: domain names, between text and wire (RFC 1035 §3.1, §4.1.4, §5.1; RFC 4343).
 *
 * A name is held as on the wire, uncompressed and in lower case, so that two names are the same
 * where their octets are. Its text has no dot at the end (the root is "."), and every octet of a label
 * that is not a printable ASCII character, as well as '.', '\', '"', '(', ')', ';', '@' and '$', is
 * written \DDD: a dot in such a text always parts two labels.
 */
#ifndef MS_DNS_NAME_H
#define MS_DNS_NAME_H

#include "base/error.h"
#include "base/span.h"

#include <stdint.h>

#define MS_DNS_NAME_MAX 255
/* Room for the text of any name: four characters an octet, and the dots. */
#define MS_DNS_NAME_TEXT_MAX 1024

typedef struct ms_dns_name {
    size_t n;
    uint8_t octets[MS_DNS_NAME_MAX];
} ms_dns_name;

static inline bool ms_dns_name_eq(const ms_dns_name *a, const ms_dns_name *b)
{
    return a->n == b->n && memcmp(a->octets, b->octets, a->n) == 0;
}

/* Is the name that one, or below it? */
bool ms_dns_name_within(const ms_dns_name *name, const ms_dns_name *above);

/* Reads a name's text, with or without a dot at the end; `\DDD` and `\X` are understood. A name without
 * that dot is taken as below `origin` where one is given, and "@" as the origin itself. Code: bad_name. */
bool ms_dns_name_parse(ms_dns_name *name, ms_span text, const ms_dns_name *origin, ms_error *error);

/* Takes the escape at the start of *text, whose first octet is the backslash: \DDD stands for an octet, \X for X
 * (RFC 1035 §5.1). False where it is broken. */
bool ms_dns_take_escape(ms_span *text, uint8_t *octet);

/* Writes a name's text (MS_DNS_NAME_TEXT_MAX is always enough); no NUL. Returns its length. */
size_t ms_dns_name_text(const ms_dns_name *name, char *out);

/* Reads the name at `*at` of a packet, following compression pointers, and moves `*at` behind it. A pointer
 * must lead to before the labels that it ends, and there may be at most MS_DNS_HOPS_MAX of them: so every
 * read ends. False where the packet holds no proper name there. */
#define MS_DNS_HOPS_MAX 64
bool ms_dns_name_read(ms_dns_name *name, ms_span packet, size_t *at);

/* Of a name that ms_dns_name_read has found whole there: is it this one? */
bool ms_dns_name_at(ms_span packet, size_t at, const ms_dns_name *name);
/* The place behind it. */
size_t ms_dns_name_behind(ms_span packet, size_t at);

#endif
