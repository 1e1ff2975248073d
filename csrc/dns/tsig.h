/* tsig.h: signatures of DNS messages by a secret that both sides share (TSIG, RFC 8945), without the hashing.
 *
 * What is signed is a message, with some of the record's own fields and, of a reply, the code of its request before it.
 * These functions find the record at a message's end, write the octets that its code is made over, and append it. The
 * code (an HMAC) is the caller's to make and to compare.
 */
#ifndef MS_DNS_TSIG_H
#define MS_DNS_TSIG_H

#include "base/buf.h"
#include "dns/name.h"

typedef struct ms_dns_tsig {
    ms_dns_name key;
    ms_dns_name algorithm;
    uint64_t time; /* when it was signed: seconds since 1970, of which 48 bits are sent */
    unsigned fudge;
    ms_span mac;
    unsigned original_id; /* the message's own, before somebody forwarded it with another */
    unsigned error;       /* what a server has against the request's TSIG */
    ms_span other;        /* of BADTIME: the server's time */
    size_t at;            /* where the record begins in its message */
} ms_dns_tsig;

#define MS_DNS_TSIG_TIME_MAX 0xffffffffffffULL

/* Reads the TSIG record of a message. Its spans point into the message. No record of the message is looked at but for
 * its place and length. Codes: not_signed (there is none), bad_message (it cannot be read; it is not the last; there
 * are two; the algorithm's name is compressed, §4.2; class or TTL are not ANY and 0). */
bool ms_dns_tsig_find(ms_dns_tsig *tsig, ms_span message, ms_error *error);

/* Appends the octets that the record's code is made over (§4.3). The message has no TSIG record at its end where
 * `tsig->at` is its length, as it is before signing. `prior` is the code that goes before: of the request, for its
 * reply, or of the last signed message, in a stream; NULL octets where there is none. In a stream (§5.3.1) `continued`
 * says that this is not the first message of it, and `between` is all messages since the last signed one. */
typedef struct ms_dns_tsig_context {
    ms_span prior;
    ms_span between;
    bool continued;
} ms_dns_tsig_context;
void ms_dns_tsig_octets(ms_buf *out, ms_span message, const ms_dns_tsig *tsig, const ms_dns_tsig_context *context);

/* Appends the message with the record at its end. The message has been opened or written by us. Code: too_large,
 * no_memory. */
bool ms_dns_tsig_append(ms_buf *out, ms_span message, const ms_dns_tsig *tsig, ms_error *error);

#endif
