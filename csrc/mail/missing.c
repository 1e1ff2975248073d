/* missing.c: Date and Message-ID where a message lacks them. See missing.h. */
#include "mail/missing.h"

typedef struct date {
    uint64_t year;
    size_t month; /* from 0 */
    unsigned day; /* from 1 */
} date;

/* The date in the Gregorian calendar. Counts from 1 March 1600 in years that end with February, so that the leap day is
 * a year's last, and in cycles of 400 years. */
static date date_of(uint64_t days_since_1970)
{
    const uint64_t per_400 = 146097, before_1970 = 135080;
    uint64_t days = days_since_1970 + before_1970, cycles = days / per_400, rest = days % per_400;
    uint64_t year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
    unsigned day = (unsigned)(rest - (365 * year + year / 4 - year / 100)), month = (5 * day + 2) / 153;

    return (date){
        .year = 1600 + 400 * cycles + year + (month >= 10),
        .month = (month + 2) % 12,
        .day = day - (153 * month + 2) / 5 + 1,
    };
}

static void add_two_digits(ms_buf *out, unsigned number)
{
    ms_buf_add_char(out, (char)('0' + number / 10 % 10));
    ms_buf_add_char(out, (char)('0' + number % 10));
}

/* RFC 5322 §3.3, in UTC. */
static void add_date(ms_buf *out, uint64_t now)
{
    static const char weekdays[] = "ThuFriSatSunMonTueWed", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    uint64_t days = now / 86400;
    unsigned seconds = (unsigned)(now % 86400);
    date today = date_of(days);

    ms_buf_add_str(out, "Date: ");
    ms_buf_add(out, weekdays + days % 7 * 3, 3);
    ms_buf_add_str(out, ", ");
    add_two_digits(out, today.day);
    ms_buf_add_char(out, ' ');
    ms_buf_add(out, months + today.month * 3, 3);
    ms_buf_add_char(out, ' ');
    ms_buf_add_uint(out, today.year);
    ms_buf_add_char(out, ' ');
    add_two_digits(out, seconds / 3600);
    ms_buf_add_char(out, ':');
    add_two_digits(out, seconds / 60 % 60);
    ms_buf_add_char(out, ':');
    add_two_digits(out, seconds % 60);
    ms_buf_add_str(out, " +0000\r\n");
}

static void add_message_id(ms_buf *out, const ms_origin *origin)
{
    static const char hex[] = "0123456789abcdef";

    ms_buf_add_str(out, "Message-ID: <");
    for (size_t i = 0; i < origin->unique_size; i++) {
        ms_buf_add_char(out, hex[origin->unique[i] >> 4]);
        ms_buf_add_char(out, hex[origin->unique[i] & 15]);
    }
    ms_buf_add_char(out, '@');
    ms_buf_add_span(out, origin->domain);
    ms_buf_add_str(out, ">\r\n");
}

static bool lacks(const ms_header *header, ms_span name)
{
    return ms_header_count(header, name, ms_field_key(name)) == 0;
}

void ms_missing_write(const ms_header *header, const ms_origin *origin, ms_buf *out)
{
    if (lacks(header, MS_LIT("Date")))
        add_date(out, origin->now);
    if (lacks(header, MS_LIT("Message-ID")))
        add_message_id(out, origin);
}
