/* rdata.h: what the data of each record type is made of.
 *
 * One table describes the types (A, NS, CNAME, SOA, PTR, MX, TXT, AAAA and OPT of RFC 1035, 3596 and 6891; SRV, RFC
 * 2782; DNAME, RFC 6672; SPF, RFC 4408; DS, RRSIG and DNSKEY, RFC 4034; TLSA, RFC 6698; CAA, RFC 8659), field by field;
 * reading, checking and writing all follow it, and so does what Lua sees. A type that is not in it is octets
 * (RFC 3597), even where it has a name.
 */
#ifndef MS_DNS_RDATA_H
#define MS_DNS_RDATA_H

#include "base/buf.h"
#include "dns/name.h"

enum {
    MS_DNS_A = 1,
    MS_DNS_NS = 2,
    MS_DNS_CNAME = 5,
    MS_DNS_SOA = 6,
    MS_DNS_PTR = 12,
    MS_DNS_MX = 15,
    MS_DNS_TXT = 16,
    MS_DNS_AAAA = 28,
    MS_DNS_SRV = 33,
    MS_DNS_DNAME = 39,
    MS_DNS_OPT = 41,
    MS_DNS_DS = 43,
    MS_DNS_RRSIG = 46,
    MS_DNS_DNSKEY = 48,
    MS_DNS_TLSA = 52,
    MS_DNS_SPF = 99,
    MS_DNS_CAA = 257,
};

typedef enum ms_dns_kind {
    MS_DNS_END, /* no further field */
    MS_DNS_U8,
    MS_DNS_U16,
    MS_DNS_U32,
    MS_DNS_TYPE, /* a type's number, written as its name */
    MS_DNS_TIME, /* seconds since 1970, written as they are or as YYYYMMDDHHmmSS */
    MS_DNS_NAME,
    MS_DNS_IPV4,
    MS_DNS_IPV6,
    MS_DNS_STRING,  /* one character-string: a length octet and so many octets */
    MS_DNS_STRINGS, /* character-strings up to the end of the data */
    MS_DNS_TEXT,    /* octets up to the end, written as text */
    MS_DNS_HEX,     /* octets up to the end, written in hexadecimal */
    MS_DNS_BASE64,  /* octets up to the end, written in base64 */
    MS_DNS_OCTETS,  /* octets up to the end */
} ms_dns_kind;

typedef struct ms_dns_field {
    const char *name; /* as Lua sees it */
    ms_dns_kind kind;
} ms_dns_field;

typedef struct ms_dns_type {
    unsigned code;
    const char *name;
    ms_dns_field fields[10]; /* ended by MS_DNS_END */
} ms_dns_type;

/* The description of a type: one of its own, or that of octets for a type that has none (its code is then 0). */
const ms_dns_type *ms_dns_type_of(unsigned code);

/* The code of "TXT", "txt" or "TYPE16" (RFC 3597 §5). Code: bad_type. */
bool ms_dns_type_parse(ms_span text, unsigned *code, ms_error *error);

/* Is it a type of questions alone, or of what stands in messages but in no zone (RFC 6895 §3.1)? */
bool ms_dns_type_is_meta(unsigned code);

/* Writes a type's name, "TXT" or "TYPE65280"; `out` has room for MS_DNS_TYPE_TEXT_MAX. Returns its length. */
#define MS_DNS_TYPE_TEXT_MAX 16
size_t ms_dns_type_text(unsigned code, char *out);

typedef struct ms_dns_value {
    uint32_t number;
    ms_span octets;
    ms_dns_name name;
} ms_dns_value;

/* Reads the field of that kind at `*at` in a packet, the record's data ending at `end`, and moves behind it:
 * a number, a name, or octets (of addresses, strings and the rest; STRINGS gives them all, checked, to be
 * taken apart by ms_dns_string_next). False where the data holds no such field. */
bool ms_dns_field_read(ms_span packet, size_t *at, size_t end, ms_dns_kind kind, ms_dns_value *value);

/* Takes the next character-string off `*strings`; false where none is left. */
bool ms_dns_string_next(ms_span *strings, ms_span *string);

/* Is the data of a record of this type, from `at` to `end`, whole, with nothing behind its last field? */
bool ms_dns_rdata_valid(ms_span packet, size_t at, size_t end, unsigned type);

/* Appends the data of a record of this type, given its fields in presentation form, the tokens of a master
 * file's line with quotes taken off and escapes left in. Names are relative to `origin` where one is given.
 * RFC 3597's `\# length hex` is understood for every type. Codes: bad_rdata, bad_name,
 * bad_type, no_memory; no_presentation where the type is octets and they are not given in that form. */
bool ms_dns_rdata_write(ms_buf *out, unsigned type, const ms_span *tokens, size_t n, const ms_dns_name *origin,
                        ms_error *error);

#endif
