/* answer.h: what a reply says to a question.
 *
 * A reply is read as a stub resolver must (RFC 1034 §4.3.2, RFC 2308): its question has to be ours; the chain
 * of CNAMEs is walked from the name that was asked, at most eight of them, none twice, no two of one name, to the
 * records' owner; what else stands in the answer section is passed over.
 *
 * No such name and no such data are told apart, and a fault is never told as "missing". That there is no such name, the
 * rcode says. That there is no such data, is what a reply without error and without the records makes us think (RFC
 * 2308 §2.2): it has to come with the SOA of a zone that the name is in, or at least from a server that recurses or
 * speaks for the name, and hold nothing else. A referral is none, nor is what a lame server says, nor a reply about
 * something else. Of the end of a chain a server may know nothing, whatever its rcode (RFC 6604 §3: it is about the
 * last name that the server looked at): that is told only with the SOA of a zone that the end is in; otherwise it has
 * to be asked for.
 */
#ifndef MS_DNS_ANSWER_H
#define MS_DNS_ANSWER_H

#include "dns/wire.h"

#define MS_DNS_CHAIN_MAX 8

typedef enum ms_dns_status {
    MS_DNS_STATUS_OK,       /* there are records */
    MS_DNS_STATUS_NODATA,   /* the name exists and has no records of the type */
    MS_DNS_STATUS_NXDOMAIN, /* no such name */
    MS_DNS_STATUS_SERVFAIL, /* the server could not, or its reply makes no sense */
    MS_DNS_STATUS_REFUSED,  /* the server would not */
    MS_DNS_STATUS_BOGUS,    /* the server says that DNSSEC validation failed (RFC 8914 §4) */
} ms_dns_status;

/* "ok", "nodata" and so on. */
const char *ms_dns_status_name(ms_dns_status status);

typedef struct ms_dns_answer {
    ms_dns_status status;
    /* Of a fault found here: not_a_reply, wrong_question, referral, lame, unrelated, contradictory, cname_loop,
     * cname_conflict, cname_chain_too_long, dnssec_bogus; or NULL. */
    const char *reason;
    ms_dns_name owner; /* the last name of the chain, where the records are or should be */
    unsigned type;
    unsigned chain_length;
    ms_dns_name chain[MS_DNS_CHAIN_MAX]; /* the CNAMEs' targets */
    bool incomplete;                     /* the chain leaves what this server knows: ask for `owner` anew */
    bool dangling;                       /* the chain ends at a name that does not exist */
    bool referral;                       /* the server names other servers in place of an answer */
    ms_dns_name zone; /* the owner of the SOA that comes with a negation, or was asked for; n is 0 where
                       * there is none */
    bool is_signed; /* signatures came with the records, or with the SOA of a negation; whether they hold, nobody looked
                     */
    bool has_ttl;
    uint32_t ttl; /* seconds the answer may be kept: the least of its records', or that of its negation (RFC 2308 §5) */
} ms_dns_answer;

/* Finds what the message answers to the question for `name` and `type`. */
void ms_dns_answer_find(ms_dns_answer *answer, const ms_dns_message *message, const ms_dns_name *name, unsigned type);

/* The next of the answer's records, the cursor being ms_dns_message_records(message) at first. */
bool ms_dns_answer_next(const ms_dns_answer *answer, const ms_dns_message *message, ms_dns_cursor *cursor,
                        ms_dns_record *record);

#endif
