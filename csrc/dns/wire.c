/* wire.c: DNS messages. See wire.h. */
#include "dns/wire.h"

enum { HEADER_SIZE = 12, CLASS_IN = 1, OPTION_EXTENDED_ERROR = 15, DO_BIT = 0x8000 };

static unsigned get16(const char *p)
{
    return (unsigned)((uint8_t)p[0] << 8 | (uint8_t)p[1]);
}

static uint32_t get32(const char *p)
{
    return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static uint8_t *put16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
    return p + 2;
}

/* The OPT record (RFC 6891 §6.1.2): root, type, our size as class, extended rcode and version 0, flags, no options. */
static uint8_t *put_opt(uint8_t *p, bool dnssec_ok)
{
    *p++ = 0;
    p = put16(p, MS_DNS_OPT);
    p = put16(p, MS_DNS_UDP_SIZE);
    p = put16(p, 0);
    p = put16(p, dnssec_ok ? DO_BIT : 0);
    return put16(p, 0);
}

size_t ms_dns_query_write(const ms_dns_query *query, uint8_t out[MS_DNS_QUERY_MAX])
{
    unsigned flags = MS_DNS_AD;
    uint8_t *p = out;

    if (!query->no_recursion)
        flags |= MS_DNS_RD;
    if (query->checking_disabled)
        flags |= MS_DNS_CD;
    p = put16(p, query->id);
    p = put16(p, flags);
    p = put16(p, 1);
    p = put16(p, 0);
    p = put16(p, 0);
    p = put16(p, query->no_edns ? 0 : 1);
    memcpy(p, query->name.octets, query->name.n);
    p = put16(p + query->name.n, query->type);
    p = put16(p, CLASS_IN);
    if (!query->no_edns)
        p = put_opt(p, query->dnssec_ok);
    return (size_t)(p - out);
}

/* Reads what stands behind a record's owner. False where the packet holds no whole record there. */
static bool read_body(ms_span packet, size_t at, ms_dns_cursor *cursor, ms_dns_record *record)
{
    const char *p = packet.p + at;
    size_t length;

    if (packet.n - at < 10)
        return false;
    length = get16(p + 8);
    if (packet.n - at - 10 < length)
        return false;
    record->section = cursor->section;
    record->type = get16(p);
    record->class = get16(p + 2);
    record->ttl = get32(p + 4);
    if (record->ttl > 0x7fffffff)
        record->ttl = record->type == MS_DNS_OPT ? record->ttl : 0;
    record->at = at + 10;
    record->end = record->at + length;
    cursor->at = record->end;
    return true;
}

/* Counts one record off the cursor, going on to the next section where none is left. */
static bool advance(const ms_dns_message *message, ms_dns_cursor *cursor)
{
    while (cursor->left == 0) {
        if (cursor->section + 1 >= MS_DNS_SECTIONS)
            return false;
        cursor->left = message->counts[++cursor->section];
    }
    cursor->left--;
    return true;
}

ms_dns_cursor ms_dns_message_records(const ms_dns_message *message)
{
    return (ms_dns_cursor){ message->records_at, MS_DNS_ANSWER, message->counts[MS_DNS_ANSWER] };
}

bool ms_dns_message_next(const ms_dns_message *message, ms_dns_cursor *cursor, ms_dns_record *record)
{
    size_t at = cursor->at;

    return advance(message, cursor) && ms_dns_name_read(&record->name, message->packet, &at) &&
           read_body(message->packet, at, cursor, record);
}

bool ms_dns_message_find(const ms_dns_message *message, ms_dns_cursor *cursor, unsigned section, unsigned type,
                         const ms_dns_name *owner, ms_dns_record *record)
{
    while (advance(message, cursor) && cursor->section <= section) {
        size_t at = cursor->at;

        read_body(message->packet, ms_dns_name_behind(message->packet, at), cursor, record);
        if (cursor->section != section || record->type != type || record->class != CLASS_IN)
            continue;
        if (owner == NULL ? ms_dns_name_read(&record->name, message->packet, &at)
                          : ms_dns_name_at(message->packet, at, owner))
            return true;
    }
    return false;
}

/* Takes in the OPT record; there may be one (RFC 6891 §6.1.1), in the additional section, at the root. */
static bool take_opt(ms_dns_message *message, const ms_dns_record *record)
{
    if (message->has_edns || record->section != MS_DNS_ADDITIONAL || record->name.n != 1)
        return false;
    message->has_edns = true;
    message->udp_size = record->class;
    message->dnssec_ok = (record->ttl & DO_BIT) != 0;
    message->rcode |= (unsigned)(record->ttl >> 24) << 4;
    message->options = ms_span_of(message->packet.p + record->at, record->end - record->at);
    return true;
}

/* Walks all records, so that later walks need not ask whether they are whole. */
static bool check_records(ms_dns_message *message)
{
    ms_dns_cursor cursor = ms_dns_message_records(message);
    unsigned total = message->counts[0] + message->counts[1] + message->counts[2], read = 0;
    ms_dns_record record;

    if (total > MS_DNS_RECORDS_MAX)
        return false;
    for (; ms_dns_message_next(message, &cursor, &record); read++) {
        if (record.type == MS_DNS_OPT ? !take_opt(message, &record)
                                      : !ms_dns_rdata_valid(message->packet, record.at, record.end, record.type))
            return false;
        message->has_signatures |= record.type == MS_DNS_RRSIG;
    }
    return read == total;
}

static bool read_question(ms_dns_message *message, unsigned count)
{
    size_t at = HEADER_SIZE;

    message->records_at = at;
    message->has_question = count == 1;
    message->name.n = 0;
    message->type = 0;
    if (count == 0)
        return true;
    if (count > 1 || !ms_dns_name_read(&message->name, message->packet, &at) || message->packet.n - at < 4)
        return false;
    message->type = get16(message->packet.p + at);
    message->records_at = at + 4;
    return get16(message->packet.p + at + 2) == CLASS_IN;
}

bool ms_dns_message_open(ms_dns_message *message, ms_span packet, ms_error *error)
{
    if (packet.n < HEADER_SIZE || packet.n > 0xffff)
        return ms_fail(error, "bad_message", "the message is not between 12 and 65,535 octets long");
    message->packet = packet;
    message->id = (uint16_t)get16(packet.p);
    message->flags = (uint16_t)get16(packet.p + 2);
    message->rcode = message->flags & 0xf;
    message->has_edns = false;
    message->dnssec_ok = message->has_signatures = false;
    message->udp_size = 512;
    message->options = ms_span_of(packet.p, 0);
    for (size_t i = 0; i < MS_DNS_SECTIONS; i++)
        message->counts[i] = get16(packet.p + 6 + 2 * i);
    if (!read_question(message, get16(packet.p + 4)))
        return ms_fail(error, "bad_message", "the message's question cannot be read");
    if (!check_records(message))
        return ms_fail(error, "bad_message", "the message's records cannot be read");
    return true;
}

/* The question of a query of ours, whose name is written out, behind its header; empty where there is none. */
static ms_span question_of(ms_span query)
{
    size_t at = HEADER_SIZE;

    while (at < query.n && query.p[at] != 0)
        at += 1 + (uint8_t)query.p[at];
    return at < query.n && query.n - at >= 5 ? ms_span_of(query.p + HEADER_SIZE, at + 5 - HEADER_SIZE)
                                             : ms_span_of(query.p, 0);
}

bool ms_dns_is_reply(ms_span query, ms_span reply)
{
    ms_span question = question_of(query), name;
    unsigned flags;

    if (question.n == 0 || reply.n < HEADER_SIZE || memcmp(query.p, reply.p, 2) != 0)
        return false;
    flags = get16(reply.p + 2);
    if (!(flags & MS_DNS_QR))
        return false;
    if (get16(reply.p + 4) == 0)
        return (flags & 0xf) != MS_DNS_NOERROR && (flags & 0xf) != MS_DNS_NXDOMAIN;
    if (get16(reply.p + 4) != 1 || reply.n - HEADER_SIZE < question.n)
        return false;
    /* The case of a name's letters is the server's to choose (RFC 4343 §3); the octets of type and class are no
     * letters. */
    name = ms_span_of(question.p, question.n - 4);
    return ms_span_ieq(name, ms_span_of(reply.p + HEADER_SIZE, name.n)) &&
           memcmp(question.p + name.n, reply.p + HEADER_SIZE + name.n, 4) == 0;
}

bool ms_dns_is_truncated(ms_span reply)
{
    return reply.n >= HEADER_SIZE && (get16(reply.p + 2) & MS_DNS_TC) != 0;
}

bool ms_dns_extended_error_next(ms_span *options, unsigned *code, ms_span *text)
{
    while (options->n >= 4) {
        unsigned option = get16(options->p);
        size_t length = get16(options->p + 2);
        const char *data = options->p + 4;

        if (options->n - 4 < length)
            return false;
        *options = ms_span_of(data + length, options->n - 4 - length);
        if (option == OPTION_EXTENDED_ERROR && length >= 2) {
            *code = get16(data);
            *text = ms_span_of(data + 2, length - 2);
            if (text->n > 0 && text->p[text->n - 1] == '\0')
                text->n--;
            return true;
        }
    }
    return false;
}
