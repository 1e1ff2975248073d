/* answer.c: what a reply says to a question. See answer.h. */
#include "dns/answer.h"

const char *ms_dns_status_name(ms_dns_status status)
{
    static const char *const names[] = { "ok", "nodata", "nxdomain", "servfail", "refused", "bogus" };

    return names[status];
}

/* A fault, which may not be kept, whatever was read before it was found. */
static void failed(ms_dns_answer *answer, const char *reason)
{
    answer->status = MS_DNS_STATUS_SERVFAIL;
    answer->reason = reason;
    answer->has_ttl = false;
}

static void lower_ttl(ms_dns_answer *answer, uint32_t ttl)
{
    if (!answer->has_ttl || ttl < answer->ttl)
        answer->ttl = ttl;
    answer->has_ttl = true;
}

bool ms_dns_answer_next(const ms_dns_answer *answer, const ms_dns_message *message, ms_dns_cursor *cursor,
                        ms_dns_record *record)
{
    return ms_dns_message_find(message, cursor, MS_DNS_ANSWER, answer->type, &answer->owner, record);
}

/* Have we been at this name? */
static bool seen(const ms_dns_answer *answer, const ms_dns_name *asked, const ms_dns_name *name)
{
    if (ms_dns_name_eq(asked, name))
        return true;
    for (unsigned i = 0; i < answer->chain_length; i++)
        if (ms_dns_name_eq(&answer->chain[i], name))
            return true;
    return false;
}

/* Do further CNAMEs of the owner lead elsewhere? A name has one (RFC 2181 §10.1); which of two it is, nobody can tell.
 */
static bool is_disputed(const ms_dns_answer *answer, const ms_dns_message *message, ms_dns_cursor cursor,
                        const ms_dns_name *target)
{
    ms_dns_record record;
    ms_dns_value value;

    while (ms_dns_message_find(message, &cursor, MS_DNS_ANSWER, MS_DNS_CNAME, &answer->owner, &record)) {
        ms_dns_field_read(message->packet, &record.at, record.end, MS_DNS_NAME, &value);
        if (!ms_dns_name_eq(&value.name, target))
            return true;
    }
    return false;
}

/* Follows the CNAMEs from the name asked for. False where they lead nowhere. */
static bool follow_chain(ms_dns_answer *answer, const ms_dns_message *message, const ms_dns_name *asked)
{
    for (;;) {
        ms_dns_cursor cursor = ms_dns_message_records(message);
        ms_dns_record record;
        ms_dns_value value;

        if (answer->type == MS_DNS_CNAME ||
            !ms_dns_message_find(message, &cursor, MS_DNS_ANSWER, MS_DNS_CNAME, &answer->owner, &record))
            return true;
        ms_dns_field_read(message->packet, &record.at, record.end, MS_DNS_NAME, &value);
        if (is_disputed(answer, message, cursor, &value.name)) {
            failed(answer, "cname_conflict");
            return false;
        }
        if (seen(answer, asked, &value.name)) {
            failed(answer, "cname_loop");
            return false;
        }
        if (answer->chain_length == MS_DNS_CHAIN_MAX) {
            failed(answer, "cname_chain_too_long");
            return false;
        }
        answer->chain[answer->chain_length++] = value.name;
        answer->owner = value.name;
        lower_ttl(answer, record.ttl);
    }
}

/* Finds a record of the authority section by its type. */
static bool find_authority(const ms_dns_message *message, unsigned type, ms_dns_record *record)
{
    ms_dns_cursor cursor = ms_dns_message_records(message);

    return ms_dns_message_find(message, &cursor, MS_DNS_AUTHORITY, type, NULL, record);
}

/* Is there a signature of the records of that owner and type (RFC 4034 §3.1)? */
static bool has_signature(const ms_dns_message *message, unsigned section, const ms_dns_name *owner, unsigned type)
{
    ms_dns_cursor cursor = ms_dns_message_records(message);
    ms_dns_record record;
    ms_dns_value covered;

    if (!message->has_signatures)
        return false;
    while (ms_dns_message_find(message, &cursor, section, MS_DNS_RRSIG, owner, &record))
        if (ms_dns_field_read(message->packet, &record.at, record.end, MS_DNS_TYPE, &covered) && covered.number == type)
            return true;
    return false;
}

/* Finds the SOA of a zone that the answer's owner is in. One of another zone says nothing of it. */
static bool find_soa(const ms_dns_answer *answer, const ms_dns_message *message, ms_dns_record *record)
{
    ms_dns_cursor cursor = ms_dns_message_records(message);

    while (ms_dns_message_find(message, &cursor, MS_DNS_AUTHORITY, MS_DNS_SOA, NULL, record))
        if (ms_dns_name_within(&answer->owner, &record->name))
            return true;
    return false;
}

/* Takes the zone and the TTL of a negation from its SOA: it may be kept for the SOA's TTL or its minimum, whichever is
 * less (RFC 2308 §5). False where there is no SOA: then it may not be kept, and is of no zone. */
static bool take_soa(ms_dns_answer *answer, const ms_dns_message *message)
{
    ms_dns_record record;
    ms_dns_value value;

    if (!find_soa(answer, message, &record))
        return false;
    record.at = record.end - 4;
    ms_dns_field_read(message->packet, &record.at, record.end, MS_DNS_U32, &value);
    lower_ttl(answer, record.ttl < value.number ? record.ttl : value.number);
    answer->zone = record.name;
    answer->is_signed = has_signature(message, MS_DNS_AUTHORITY, &record.name, MS_DNS_SOA);
    return true;
}

/* A reply without error and without the records, that no SOA backs: from a server that refers to others (NS records
 * without an SOA, RFC 2308 §2.2); about something else; or from one that neither looked nor should know. Else it is
 * taken for no data: many a resolver leaves the SOA out. */
static void doubt(ms_dns_answer *answer, const ms_dns_message *message)
{
    ms_dns_record record;

    answer->referral = !(message->flags & MS_DNS_AA) && find_authority(message, MS_DNS_NS, &record);
    if (answer->referral)
        failed(answer, "referral");
    else if (message->counts[MS_DNS_ANSWER] > 0 || find_authority(message, MS_DNS_SOA, &record))
        failed(answer, "unrelated");
    else if (!(message->flags & (MS_DNS_AA | MS_DNS_RA)))
        failed(answer, "lame");
}

/* A reply without the records. */
static void find_none(ms_dns_answer *answer, const ms_dns_message *message)
{
    bool has_soa = take_soa(answer, message);

    answer->status = MS_DNS_STATUS_NODATA;
    if (answer->chain_length > 0 && !has_soa) {
        answer->incomplete = true; /* and the way so far may be kept for as long as its CNAMEs say */
    } else if (message->rcode == MS_DNS_NXDOMAIN) {
        answer->status = MS_DNS_STATUS_NXDOMAIN;
        answer->dangling = answer->chain_length > 0;
    } else if (!has_soa) {
        doubt(answer, message);
    }
}

/* A reply that says that there are records, or that there are none. */
static void find_records(ms_dns_answer *answer, const ms_dns_message *message, const ms_dns_name *asked)
{
    ms_dns_cursor cursor = ms_dns_message_records(message);
    ms_dns_record record;
    bool found = false;

    if (!follow_chain(answer, message, asked))
        return;
    while (ms_dns_answer_next(answer, message, &cursor, &record)) {
        lower_ttl(answer, record.ttl);
        found = true;
    }
    if (!found) {
        find_none(answer, message);
        return;
    }
    if (message->rcode == MS_DNS_NXDOMAIN) {
        failed(answer, "contradictory");
        return;
    }
    answer->is_signed = has_signature(message, MS_DNS_ANSWER, &answer->owner, answer->type);
    if (answer->type == MS_DNS_SOA)
        answer->zone = answer->owner;
}

/* Does the server say that validation failed (RFC 8914 §4.7-§4.13)? */
static bool says_bogus(const ms_dns_message *message)
{
    ms_span options = message->options, text;
    unsigned code;

    while (ms_dns_extended_error_next(&options, &code, &text))
        if (code >= 6 && code <= 12)
            return true;
    return false;
}

void ms_dns_answer_find(ms_dns_answer *answer, const ms_dns_message *message, const ms_dns_name *name, unsigned type)
{
    answer->status = MS_DNS_STATUS_OK;
    answer->reason = NULL;
    answer->owner = *name;
    answer->type = type;
    answer->chain_length = 0;
    answer->incomplete = answer->dangling = answer->referral = answer->is_signed = false;
    answer->zone.n = 0;
    answer->has_ttl = false;

    if (!(message->flags & MS_DNS_QR)) {
        failed(answer, "not_a_reply");
    } else if (message->has_question ? message->type != type || !ms_dns_name_eq(&message->name, name)
                                     : message->rcode == MS_DNS_NOERROR || message->rcode == MS_DNS_NXDOMAIN) {
        failed(answer, "wrong_question");
    } else if (message->rcode == MS_DNS_NOERROR || message->rcode == MS_DNS_NXDOMAIN) {
        find_records(answer, message, name);
    } else if (message->rcode == MS_DNS_REFUSED) {
        answer->status = MS_DNS_STATUS_REFUSED;
    } else if (says_bogus(message)) {
        answer->status = MS_DNS_STATUS_BOGUS;
        answer->reason = "dnssec_bogus";
    } else {
        answer->status = MS_DNS_STATUS_SERVFAIL;
    }
}
