/* dns_reply.c: any octets as a DNS reply to the question that they claim to answer, and to another one. What was opened
 * must be readable whole, and every name in it must survive being written as text and read again. */
#include "dns/answer.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_name(const ms_dns_name *name)
{
    char text[MS_DNS_NAME_TEXT_MAX];
    size_t n = ms_dns_name_text(name, text);
    ms_dns_name again;
    ms_error error;

    require(n > 0 && n <= sizeof text);
    require(ms_dns_name_parse(&again, ms_span_of(text, n), NULL, &error));
    require(ms_dns_name_eq(name, &again));
}

static void check_fields(const ms_dns_message *message, const ms_dns_record *record)
{
    const ms_dns_field *field = ms_dns_type_of(record->type)->fields;
    size_t at = record->at;
    ms_dns_value value;
    ms_span string;

    for (; field->kind != MS_DNS_END; field++) {
        require(ms_dns_field_read(message->packet, &at, record->end, field->kind, &value));
        if (field->kind == MS_DNS_NAME)
            check_name(&value.name);
        else if (field->kind == MS_DNS_STRINGS)
            while (ms_dns_string_next(&value.octets, &string))
                require(string.n <= 255 && string.p + string.n <= message->packet.p + message->packet.n);
    }
    require(at == record->end);
}

static void check_records(const ms_dns_message *message)
{
    ms_dns_cursor cursor = ms_dns_message_records(message);
    ms_span options = message->options, text;
    ms_dns_record record;
    unsigned n = 0, code;

    for (; ms_dns_message_next(message, &cursor, &record); n++) {
        check_name(&record.name);
        check_fields(message, &record);
    }
    require(n == message->counts[0] + message->counts[1] + message->counts[2] && n <= MS_DNS_RECORDS_MAX);
    while (ms_dns_extended_error_next(&options, &code, &text))
        require(code <= 0xffff && text.p + text.n <= message->packet.p + message->packet.n);
}

/* How many records there are of that name and type, looked at one by one. */
static unsigned count(const ms_dns_message *message, const ms_dns_name *name, unsigned type)
{
    ms_dns_cursor cursor = ms_dns_message_records(message);
    ms_dns_record record;
    unsigned n = 0;

    while (ms_dns_message_next(message, &cursor, &record))
        n += record.section == MS_DNS_ANSWER && record.type == type && record.class == 1 &&
             ms_dns_name_eq(&record.name, name);
    return n;
}

/* What is told as missing must be told of this name: by the rcode, by the SOA of a zone that the name is in, or by a
 * server that may know and says nothing else. */
static void check_negation(const ms_dns_answer *answer, const ms_dns_message *message)
{
    bool has_soa = answer->zone.n > 0;

    require(!has_soa || ms_dns_name_within(&answer->owner, &answer->zone));
    require(!answer->has_ttl || has_soa || answer->incomplete);
    require(!answer->incomplete || (answer->chain_length > 0 && !has_soa));
    require(has_soa || answer->incomplete || answer->chain_length == 0);
    if (answer->status == MS_DNS_STATUS_NXDOMAIN)
        require(message->rcode == MS_DNS_NXDOMAIN && answer->dangling == (answer->chain_length > 0));
    else if (!has_soa && !answer->incomplete)
        require(message->counts[MS_DNS_ANSWER] == 0 && (message->flags & (MS_DNS_AA | MS_DNS_RA)) != 0);
}

/* No name on the way may have a CNAME that leads elsewhere. */
static void check_chain(const ms_dns_answer *answer, const ms_dns_message *message, const ms_dns_name *name)
{
    for (unsigned i = 0; i < answer->chain_length; i++) {
        const ms_dns_name *from = i == 0 ? name : &answer->chain[i - 1];
        ms_dns_cursor cursor = ms_dns_message_records(message);
        ms_dns_record record;
        ms_dns_value value;
        unsigned links = 0;

        while (ms_dns_message_find(message, &cursor, MS_DNS_ANSWER, MS_DNS_CNAME, from, &record)) {
            require(ms_dns_field_read(message->packet, &record.at, record.end, MS_DNS_NAME, &value));
            require(ms_dns_name_eq(&value.name, &answer->chain[i]));
            links++;
        }
        require(links > 0);
    }
}

static void check_answer(const ms_dns_message *message, const ms_dns_name *name, unsigned type)
{
    ms_dns_cursor cursor = ms_dns_message_records(message);
    ms_dns_record record;
    ms_dns_answer answer;
    unsigned records = 0;

    ms_dns_answer_find(&answer, message, name, type);
    require(answer.chain_length <= MS_DNS_CHAIN_MAX);
    require(ms_dns_status_name(answer.status) != NULL);
    require(!answer.dangling || (answer.status == MS_DNS_STATUS_NXDOMAIN && answer.chain_length > 0));
    require(!answer.referral || (answer.status == MS_DNS_STATUS_SERVFAIL && answer.chain_length == 0));
    if (answer.zone.n > 0)
        check_name(&answer.zone);
    check_chain(&answer, message, name);
    if (answer.status == MS_DNS_STATUS_NODATA || answer.status == MS_DNS_STATUS_NXDOMAIN)
        check_negation(&answer, message);
    else
        require(answer.status == MS_DNS_STATUS_OK || !answer.has_ttl);
    while (ms_dns_answer_next(&answer, message, &cursor, &record)) {
        require(record.type == type);
        records++;
    }
    require(records == count(message, &answer.owner, type));
    require(!answer.is_signed || message->has_signatures);
    require((answer.status != MS_DNS_STATUS_OK) || records > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    static const ms_dns_name other = { 3, { 1, 'x', 0 } };
    ms_dns_message message;
    ms_error error;

    if (!ms_dns_message_open(&message, ms_span_of(octets, n), &error))
        return 0;
    check_records(&message);
    check_answer(&message, message.has_question ? &message.name : &other, message.type);
    check_answer(&message, &other, MS_DNS_TXT);
    return 0;
}
