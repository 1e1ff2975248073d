/* tsig.c: signatures of DNS messages. See tsig.h. */
#include "dns/tsig.h"

enum {
    HEADER_SIZE = 12,
    QUESTIONS_AT = 4,
    ADDITIONAL_AT = 10,
    TYPE_TSIG = 250,
    CLASS_ANY = 255,
    FIXED_SIZE = 10,  /* of a record, behind its owner: type, class, TTL, length */
    TIMERS_SIZE = 10, /* in the data, behind the algorithm: time, fudge, and the code's length */
    TAIL_SIZE = 6,    /* behind the code: the original ID, the error, and the length of what else there is */
    MOST = 0xffff,
};

static unsigned get16(ms_span s, size_t at)
{
    return (unsigned)((uint8_t)s.p[at] << 8 | (uint8_t)s.p[at + 1]);
}

static uint64_t get48(ms_span s, size_t at)
{
    return (uint64_t)get16(s, at) << 32 | (uint64_t)get16(s, at + 2) << 16 | get16(s, at + 4);
}

static void add16(ms_buf *out, size_t v)
{
    ms_buf_add_char(out, (char)(v >> 8));
    ms_buf_add_char(out, (char)v);
}

static void add48(ms_buf *out, uint64_t v)
{
    add16(out, (size_t)(v >> 32));
    add16(out, (size_t)(v >> 16));
    add16(out, (size_t)v);
}

/* ---- finding */

/* Goes behind a name without following where it points to. */
static bool skip_name(ms_span message, size_t *at)
{
    while (*at < message.n) {
        size_t length = (uint8_t)message.p[*at];

        if (length >= 0xc0) {
            *at += 2;
            return *at <= message.n;
        }
        if (length > 63)
            return false;
        *at += length + 1;
        if (length == 0)
            return true;
    }
    return false;
}

static bool skip_questions(ms_span message, size_t *at)
{
    for (unsigned left = get16(message, QUESTIONS_AT); left > 0; left--) {
        if (!skip_name(message, at) || message.n - *at < 4)
            return false;
        *at += 4;
    }
    return true;
}

/* Goes behind a record, and says its type and whether it may be a TSIG: of class ANY and without a TTL. */
static bool skip_record(ms_span message, size_t *at, unsigned *type, bool *is_proper)
{
    size_t length;

    if (!skip_name(message, at) || message.n - *at < FIXED_SIZE)
        return false;
    *type = get16(message, *at);
    *is_proper = get16(message, *at + 2) == CLASS_ANY && get16(message, *at + 4) == 0 && get16(message, *at + 6) == 0;
    length = get16(message, *at + 8);
    *at += FIXED_SIZE;
    if (message.n - *at < length)
        return false;
    *at += length;
    return true;
}

/* Takes the record apart that begins at tsig->at, and ends with the message. */
static bool read_record(ms_dns_tsig *tsig, ms_span message)
{
    size_t at = tsig->at, begin, size;

    if (!ms_dns_name_read(&tsig->key, message, &at))
        return false;
    begin = at += FIXED_SIZE;
    if (!ms_dns_name_read(&tsig->algorithm, message, &at) || at - begin != tsig->algorithm.n)
        return false;
    if (message.n - at < TIMERS_SIZE)
        return false;
    tsig->time = get48(message, at);
    tsig->fudge = get16(message, at + 6);
    size = get16(message, at + 8);
    at += TIMERS_SIZE;
    if (message.n - at < size + TAIL_SIZE)
        return false;
    tsig->mac = ms_span_of(message.p + at, size);
    at += size;
    tsig->original_id = get16(message, at);
    tsig->error = get16(message, at + 2);
    size = get16(message, at + 4);
    at += TAIL_SIZE;
    tsig->other = ms_span_of(message.p + at, size);
    return message.n - at == size;
}

bool ms_dns_tsig_find(ms_dns_tsig *tsig, ms_span message, ms_error *error)
{
    size_t at = HEADER_SIZE, additional, others;
    bool is_tsig = false, is_proper;
    unsigned type;

    if (message.n < HEADER_SIZE || message.n > MOST || !skip_questions(message, &at))
        return ms_fail(error, "bad_message", "the message cannot be read");
    additional = get16(message, ADDITIONAL_AT);
    others = (size_t)get16(message, ADDITIONAL_AT - 4) + get16(message, ADDITIONAL_AT - 2);
    for (size_t i = 0; i < others + additional; i++) {
        if (is_tsig)
            return ms_fail(error, "bad_message", "the message's TSIG record is not the last one");
        tsig->at = at;
        if (!skip_record(message, &at, &type, &is_proper))
            return ms_fail(error, "bad_message", "the message's records cannot be read");
        is_tsig = type == TYPE_TSIG;
        if (is_tsig && (i < others || !is_proper))
            return ms_fail(error, "bad_message", "the message's TSIG record stands where none may, or is none");
    }
    if (at != message.n)
        return ms_fail(error, "bad_message", "there is something behind the message's records");
    if (!is_tsig)
        return ms_fail(error, "not_signed", "the message is not signed");
    return read_record(tsig, message) || ms_fail(error, "bad_message", "the message's TSIG record cannot be read");
}

/* ---- what is signed */

/* The message as it was before the record was appended (§4.3.2). */
static void add_message(ms_buf *out, ms_span message, const ms_dns_tsig *tsig)
{
    size_t removed = tsig->at < message.n;

    add16(out, tsig->original_id);
    ms_buf_add(out, message.p + 2, ADDITIONAL_AT - 2);
    add16(out, get16(message, ADDITIONAL_AT) - removed);
    ms_buf_add(out, message.p + HEADER_SIZE, tsig->at - HEADER_SIZE);
}

void ms_dns_tsig_octets(ms_buf *out, ms_span message, const ms_dns_tsig *tsig, const ms_dns_tsig_context *context)
{
    if (context->prior.p != NULL) {
        add16(out, context->prior.n);
        ms_buf_add_span(out, context->prior);
    }
    ms_buf_add_span(out, context->between);
    add_message(out, message, tsig);
    if (!context->continued) {
        ms_buf_add(out, tsig->key.octets, tsig->key.n);
        add16(out, CLASS_ANY);
        add16(out, 0);
        add16(out, 0);
        ms_buf_add(out, tsig->algorithm.octets, tsig->algorithm.n);
    }
    add48(out, tsig->time);
    add16(out, tsig->fudge);
    if (!context->continued) {
        add16(out, tsig->error);
        add16(out, tsig->other.n);
        ms_buf_add_span(out, tsig->other);
    }
}

/* ---- appending */

bool ms_dns_tsig_append(ms_buf *out, ms_span message, const ms_dns_tsig *tsig, ms_error *error)
{
    size_t size = tsig->algorithm.n + TIMERS_SIZE + tsig->mac.n + TAIL_SIZE + tsig->other.n;

    if (message.n + tsig->key.n + FIXED_SIZE + size > MOST)
        return ms_fail(error, "too_large", "more than one message of 65,535 octets holds");
    ms_buf_add(out, message.p, ADDITIONAL_AT);
    add16(out, get16(message, ADDITIONAL_AT) + 1);
    ms_buf_add(out, message.p + HEADER_SIZE, message.n - HEADER_SIZE);
    ms_buf_add(out, tsig->key.octets, tsig->key.n);
    add16(out, TYPE_TSIG);
    add16(out, CLASS_ANY);
    add16(out, 0);
    add16(out, 0);
    add16(out, size);
    ms_buf_add(out, tsig->algorithm.octets, tsig->algorithm.n);
    add48(out, tsig->time);
    add16(out, tsig->fudge);
    add16(out, tsig->mac.n);
    ms_buf_add_span(out, tsig->mac);
    add16(out, tsig->original_id);
    add16(out, tsig->error);
    add16(out, tsig->other.n);
    ms_buf_add_span(out, tsig->other);
    return !out->failed || ms_fail_memory(error);
}
