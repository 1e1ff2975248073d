/* dns_tsig.c: any octets as the reply to a signed update. A TSIG record that is found must lie within the message, and
 * be found again, the same, where it is taken off and appended anew; what it is made over must be the same before it is
 * appended and after. */
#include "dns/tsig.h"

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

    require(ms_dns_name_parse(&again, ms_span_of(text, n), NULL, &error) && ms_dns_name_eq(name, &again));
}

static bool within(ms_span piece, ms_span whole)
{
    return piece.p >= whole.p && piece.p + piece.n <= whole.p + whole.n;
}

static void check_record(const ms_dns_tsig *tsig, ms_span message)
{
    check_name(&tsig->key);
    check_name(&tsig->algorithm);
    require(within(tsig->mac, message) && within(tsig->other, message));
    require(tsig->at >= 12 && tsig->at < message.n && tsig->time <= MS_DNS_TSIG_TIME_MAX);
}

static void check_same(const ms_dns_tsig *a, const ms_dns_tsig *b)
{
    require(ms_dns_name_eq(&a->key, &b->key) && ms_dns_name_eq(&a->algorithm, &b->algorithm));
    require(a->time == b->time && a->fudge == b->fudge && a->original_id == b->original_id && a->error == b->error);
    require(ms_span_eq(a->mac, b->mac) && ms_span_eq(a->other, b->other) && a->at == b->at);
}

/* Appends the record to a message that has none, and finds it there. */
static void check_append(ms_span message, const ms_dns_tsig *tsig)
{
    static const ms_dns_tsig_context contexts[] = {
        { { NULL, 0 }, { NULL, 0 }, false },
        { { "mac", 3 }, { NULL, 0 }, false },
        { { "mac", 3 }, { "between", 7 }, true },
    };
    ms_buf appended = { 0 }, before = { 0 }, after = { 0 };
    ms_dns_tsig again;
    ms_error error = { 0 };

    if (!ms_dns_tsig_append(&appended, message, tsig, &error)) {
        require(error.code != NULL && strcmp(error.code, "too_large") == 0);
    } else {
        require(ms_dns_tsig_find(&again, ms_buf_span(&appended), &error));
        check_same(&again, tsig);
        for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++) {
            ms_dns_tsig_octets(&before, message, tsig, &contexts[i]);
            ms_dns_tsig_octets(&after, ms_buf_span(&appended), &again, &contexts[i]);
        }
        require(before.n > 0 && ms_span_eq(ms_buf_span(&before), ms_buf_span(&after)));
    }
    ms_buf_free(&appended);
    ms_buf_free(&before);
    ms_buf_free(&after);
}

/* The message without the record, which is its last. */
static void check_again(ms_span message, const ms_dns_tsig *tsig)
{
    ms_buf stripped = { 0 };
    size_t additional = (size_t)((uint8_t)message.p[10] << 8 | (uint8_t)message.p[11]) - 1;

    ms_buf_add(&stripped, message.p, tsig->at);
    stripped.p[10] = (char)(additional >> 8);
    stripped.p[11] = (char)additional;
    check_append(ms_buf_span(&stripped), tsig);
    ms_buf_free(&stripped);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    ms_span message = ms_span_of(octets, n);
    ms_dns_tsig tsig;
    ms_error error = { 0 };

    if (ms_dns_tsig_find(&tsig, message, &error)) {
        check_record(&tsig, message);
        check_again(message, &tsig);
        return 0;
    }
    require(error.code != NULL && error.text[0] != '\0');
    if (strcmp(error.code, "not_signed") == 0) {
        tsig = (ms_dns_tsig){ .key = { 3, { 1, 'k', 0 } }, .algorithm = { 3, { 1, 'a', 0 } }, .time = 1, .fudge = 300 };
        tsig.mac = ms_span_of("0123456789abcdef", 16);
        tsig.other = ms_span_of("", 0);
        tsig.at = n;
        check_append(message, &tsig);
    }
    return 0;
}
