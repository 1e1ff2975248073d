/* dns_query.c: any text as a name that is asked for, and any octets as what comes back. A query that was written must
 * be read as it was meant, must be no reply itself, and be taken for its own with the reply's flag set; and what is
 * taken for a reply to it must not answer another question.
 *
 * The first octet holds the options, the next two the ID, two more the type, another the length of the name's text; the
 * reply is the rest.
 */
#include "dns/answer.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

enum { HEAD = 6 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_query(const ms_dns_query *query, uint8_t *octets, size_t n)
{
    uint8_t reply[MS_DNS_QUERY_MAX];
    ms_dns_message message;
    ms_error error;

    require(n <= MS_DNS_QUERY_MAX);
    require(ms_dns_message_open(&message, ms_span_of(octets, n), &error));
    require(message.id == query->id && message.has_question && message.type == query->type);
    require(ms_dns_name_eq(&message.name, &query->name));
    require(message.has_edns == !query->no_edns && message.dnssec_ok == (query->dnssec_ok && !query->no_edns));
    require(!(message.flags & MS_DNS_RD) == query->no_recursion);
    require(!(message.flags & MS_DNS_CD) == !query->checking_disabled);
    require(!ms_dns_is_reply(ms_span_of(octets, n), ms_span_of(octets, n)));
    memcpy(reply, octets, n);
    reply[2] |= MS_DNS_QR >> 8;
    require(ms_dns_is_reply(ms_span_of(octets, n), ms_span_of(reply, n)));
}

static void check_reply(const ms_dns_query *query, ms_span octets, ms_span reply)
{
    ms_dns_message message;
    ms_dns_answer answer;
    ms_error error;

    if (!ms_dns_is_reply(octets, reply) || !ms_dns_message_open(&message, reply, &error))
        return;
    require(message.id == query->id);
    ms_dns_answer_find(&answer, &message, &query->name, query->type);
    require(answer.reason == NULL ||
            (strcmp(answer.reason, "wrong_question") != 0 && strcmp(answer.reason, "not_a_reply") != 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    uint8_t written[MS_DNS_QUERY_MAX];
    ms_dns_query query;
    ms_error error;
    size_t text, size;

    if (n < HEAD)
        return 0;
    query.no_recursion = octets[0] & 1;
    query.no_edns = octets[0] & 2;
    query.dnssec_ok = octets[0] & 4;
    query.checking_disabled = octets[0] & 8;
    query.id = (uint16_t)(octets[1] << 8 | octets[2]);
    query.type = (unsigned)(octets[3] << 8 | octets[4]);
    text = octets[5] < n - HEAD ? octets[5] : n - HEAD;
    if (!ms_dns_name_parse(&query.name, ms_span_of(octets + HEAD, text), NULL, &error))
        return 0;
    size = ms_dns_query_write(&query, written);
    check_query(&query, written, size);
    check_reply(&query, ms_span_of(written, size), ms_span_of(octets + HEAD + text, n - HEAD - text));
    return 0;
}
