/* wire.h: DNS messages (RFC 1035 §4; EDNS, RFC 6891; extended errors, RFC 8914).
 *
 * Queries are written, and messages read, in place: nothing is allocated and nothing copied. A message
 * that was opened has been walked whole, every name, count and length in it checked, so that what
 * reads it afterwards cannot fail. What it is asked for is in answer.h.
 */
#ifndef MS_DNS_WIRE_H
#define MS_DNS_WIRE_H

#include "dns/name.h"
#include "dns/rdata.h"

/* What a query that leaves us offers to receive over UDP: no fragment, on any path (RFC 6891 §6.2.5). */
#define MS_DNS_UDP_SIZE 1232
/* No message may hold more records than this; the largest real one is far from it. */
#define MS_DNS_RECORDS_MAX 1024

/* Flags in the header's second pair of octets. */
enum {
    MS_DNS_QR = 0x8000,
    MS_DNS_AA = 0x0400,
    MS_DNS_TC = 0x0200,
    MS_DNS_RD = 0x0100,
    MS_DNS_RA = 0x0080,
    MS_DNS_AD = 0x0020,
    MS_DNS_CD = 0x0010,
};

enum {
    MS_DNS_NOERROR = 0,
    MS_DNS_FORMERR = 1,
    MS_DNS_SERVFAIL = 2,
    MS_DNS_NXDOMAIN = 3,
    MS_DNS_NOTIMP = 4,
    MS_DNS_REFUSED = 5,
};

typedef struct ms_dns_query {
    ms_dns_name name;
    unsigned type;
    uint16_t id;            /* unpredictable (RFC 5452); the caller's matter */
    bool no_recursion;      /* RD off: for a question to an authoritative server */
    bool no_edns;           /* for servers that choke on it; then dnssec_ok means nothing */
    bool dnssec_ok;         /* DO: send the signatures */
    bool checking_disabled; /* CD: send what does not validate, too */
} ms_dns_query;

#define MS_DNS_QUERY_MAX (12 + MS_DNS_NAME_MAX + 4 + 11)

/* Writes a query with RD, AD (RFC 6840 §5.7) and EDNS. Returns its size. */
size_t ms_dns_query_write(const ms_dns_query *query, uint8_t out[MS_DNS_QUERY_MAX]);

enum { MS_DNS_ANSWER, MS_DNS_AUTHORITY, MS_DNS_ADDITIONAL, MS_DNS_SECTIONS };

typedef struct ms_dns_message {
    ms_span packet;
    uint16_t id;
    uint16_t flags;
    unsigned rcode;    /* with the upper bits out of the OPT record, where there is one */
    bool has_question; /* a server that could not read the question may leave it out */
    ms_dns_name name;  /* of the question */
    unsigned type;
    unsigned counts[MS_DNS_SECTIONS];
    size_t records_at;
    bool has_edns;
    bool dnssec_ok;      /* DO */
    bool has_signatures; /* there is an RRSIG record */
    unsigned udp_size;
    ms_span options; /* of the OPT record */
} ms_dns_message;

/* Reads a message; it stays valid as long as the packet. Code: bad_message. */
bool ms_dns_message_open(ms_dns_message *message, ms_span packet, ms_error *error);

/* Is `reply` one to `query`, by its ID and its question (RFC 5452 §4.2, §9.1)? What is not must be passed over: anybody
 * may have sent it. A server that could not read the question may leave it out of its error. */
bool ms_dns_is_reply(ms_span query, ms_span reply);

/* Does a reply say that there is more than its datagram held? */
bool ms_dns_is_truncated(ms_span reply);

typedef struct ms_dns_record {
    unsigned section;
    ms_dns_name name;
    unsigned type;
    unsigned class;
    uint32_t ttl;   /* seconds; one with the highest bit set is 0 (RFC 2181 §8) */
    size_t at, end; /* of the data, in the packet */
} ms_dns_record;

typedef struct ms_dns_cursor {
    size_t at;
    unsigned section;
    unsigned left; /* in the section */
} ms_dns_cursor;

ms_dns_cursor ms_dns_message_records(const ms_dns_message *message);
/* The next record of any section; false behind the last one. */
bool ms_dns_message_next(const ms_dns_message *message, ms_dns_cursor *cursor, ms_dns_record *record);
/* The next record in a section, of class IN, of that type, and of that owner where one is given; record->name is set
 * where none is. False where there is none any more. */
bool ms_dns_message_find(const ms_dns_message *message, ms_dns_cursor *cursor, unsigned section, unsigned type,
                         const ms_dns_name *owner, ms_dns_record *record);

/* The next extended error in the OPT record's options, `*options` being message->options at first. Its text may be any
 * octets; a NUL at its end, which some send (RFC 8914 §2), is left out. */
bool ms_dns_extended_error_next(ms_span *options, unsigned *code, ms_span *text);

#endif
