/* rdata_write.c: a record's data out of its presentation form (RFC 1035 §5.1, RFC 3597 §5). See rdata.h. */
#include "base/base64.h"
#include "dns/rdata.h"

#include <arpa/inet.h>

/* What is being written: the tokens that are left, and where the outcome goes. */
typedef struct writer {
    const ms_span *tokens;
    size_t left;
    const ms_dns_name *origin;
    ms_buf *out;
    ms_error *error;
} writer;

static bool bad(writer *w, const char *what)
{
    return ms_fail(w->error, "bad_rdata", "%s", what);
}

static bool take(writer *w, ms_span *token)
{
    *token = (ms_span){ NULL, 0 };
    if (w->left == 0)
        return bad(w, "the record's data lacks a field");
    *token = *w->tokens++;
    w->left--;
    return true;
}

static void add_number(ms_buf *out, uint32_t number, size_t octets)
{
    while (octets-- > 0)
        ms_buf_add_char(out, (char)(number >> (8 * octets)));
}

/* The seconds that a unit of BIND's `1h30m` stands for; 0 where it is none. */
static uint64_t unit_seconds(char c)
{
    switch (ms_lower(c)) {
    case 's':
        return 1;
    case 'm':
        return 60;
    case 'h':
        return 3600;
    case 'd':
        return 86400;
    case 'w':
        return 604800;
    default:
        return 0;
    }
}

static bool write_number(writer *w, size_t octets)
{
    uint64_t sum = 0, number = 0, max = (1ULL << (8 * octets)) - 1;
    bool digits = false;
    ms_span token;

    if (!take(w, &token))
        return false;
    for (size_t i = 0; i < token.n; i++) {
        uint64_t unit = octets == 4 && digits ? unit_seconds(token.p[i]) : 0;

        if (ms_is_digit(token.p[i])) {
            number = number * 10 + (uint64_t)(token.p[i] - '0');
            digits = true;
        } else if (unit > 0) {
            sum += number * unit;
            number = 0;
            digits = false;
        } else {
            return bad(w, "a field of the record's data is not a number");
        }
        if (number > max || sum > max)
            return bad(w, "a number in the record's data is too large");
    }
    if (token.n == 0 || sum + number > max)
        return bad(w, "a number in the record's data is empty or too large");
    add_number(w->out, (uint32_t)(sum + number), octets);
    return true;
}

static bool write_type(writer *w)
{
    ms_span token;
    unsigned type;

    if (!take(w, &token) || !ms_dns_type_parse(token, &type, w->error))
        return false;
    add_number(w->out, type, 2);
    return true;
}

/* The number that so many digits stand for. */
static unsigned digits(const char *p, size_t n)
{
    unsigned number = 0;

    for (size_t i = 0; i < n; i++)
        number = number * 10 + (unsigned)(p[i] - '0');
    return number;
}

/* The days from 1970-01-01 to a date of the Gregorian calendar, not before it. */
static unsigned days_until(unsigned year, unsigned month, unsigned day)
{
    unsigned y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 9 : month - 3; /* the year begins in March */

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

/* The seconds from 1970 to the time that fourteen digits stand for, YYYYMMDDHHmmSS; false where there is no such time
 * between 1970 and 2105. */
static bool read_time(const char *p, uint32_t *seconds)
{
    unsigned year = digits(p, 4), month = digits(p + 4, 2), day = digits(p + 6, 2), hour = digits(p + 8, 2);
    unsigned minute = digits(p + 10, 2), second = digits(p + 12, 2), first;

    if (year < 1970 || year > 2105 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59)
        return false;
    first = days_until(year, month, 1);
    if (day < 1 || day > (month < 12 ? days_until(year, month + 1, 1) - first : 31))
        return false;
    *seconds = (first + day - 1) * 86400 + hour * 3600 + minute * 60 + second;
    return true;
}

/* YYYYMMDDHHmmSS (RFC 4034 §3.2), or seconds since 1970. */
static bool write_time(writer *w)
{
    uint32_t seconds;
    ms_span token;

    if (w->left == 0 || w->tokens->n != 14)
        return write_number(w, 4);
    take(w, &token);
    for (size_t i = 0; i < token.n; i++)
        if (!ms_is_digit(token.p[i]))
            return bad(w, "not a time");
    if (!read_time(token.p, &seconds))
        return bad(w, "not a time between 1970 and 2105");
    add_number(w->out, seconds, 4);
    return true;
}

static bool write_name(writer *w)
{
    ms_dns_name name;
    ms_span token;

    if (!take(w, &token) || !ms_dns_name_parse(&name, token, w->origin, w->error))
        return false;
    ms_buf_add(w->out, name.octets, name.n);
    return true;
}

static bool write_address(writer *w, int family, size_t octets)
{
    char text[64], address[16];
    ms_span token;

    if (!take(w, &token))
        return false;
    if (token.n >= sizeof text || memchr(token.p, '\0', token.n) != NULL)
        return bad(w, "not an address");
    memcpy(text, token.p, token.n);
    text[token.n] = '\0';
    if (inet_pton(family, text, address) != 1)
        return bad(w, family == AF_INET ? "not an IPv4 address" : "not an IPv6 address");
    ms_buf_add(w->out, address, octets);
    return true;
}

/* Appends text with its \DDD and \X undone; false where an escape is broken. */
static bool add_unescaped(ms_buf *out, ms_span text)
{
    while (text.n > 0) {
        uint8_t octet = (uint8_t)text.p[0];

        if (octet != '\\')
            text = ms_span_behind(text, 1);
        else if (!ms_dns_take_escape(&text, &octet))
            return false;
        ms_buf_add_char(out, (char)octet);
    }
    return true;
}

static bool write_string(writer *w)
{
    size_t length_at = w->out->n, n;
    ms_span token;

    if (!take(w, &token))
        return false;
    ms_buf_add_char(w->out, 0);
    if (!add_unescaped(w->out, token))
        return bad(w, "a broken escape (\\DDD stands for an octet, \\\\ for a backslash)");
    if (w->out->failed)
        return true;
    n = w->out->n - length_at - 1;
    if (n > 255)
        return bad(w, "a character-string of more than 255 octets; a longer text is written as several");
    w->out->p[length_at] = (char)n;
    return true;
}

static bool write_strings(writer *w)
{
    do {
        if (!write_string(w))
            return false;
    } while (w->left > 0);
    return true;
}

static int hex_value(char c)
{
    if (ms_is_digit(c))
        return c - '0';
    c = ms_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Hexadecimal to the end; white space may stand between any two digits. */
static bool write_hex(writer *w)
{
    int high = -1;

    for (; w->left > 0; w->tokens++, w->left--)
        for (size_t i = 0; i < w->tokens->n; i++) {
            int value = hex_value(w->tokens->p[i]);

            if (value < 0)
                return bad(w, "not hexadecimal");
            if (high >= 0)
                ms_buf_add_char(w->out, (char)(high << 4 | value));
            high = high >= 0 ? -1 : value;
        }
    return high < 0 || bad(w, "an odd number of hexadecimal digits");
}

/* Base64 to the end; white space may stand anywhere in it. */
static bool write_base64(writer *w)
{
    ms_buf text = { 0 };
    char *octets;
    size_t n = 0;
    bool valid;

    for (; w->left > 0; w->tokens++, w->left--)
        ms_buf_add_span(&text, *w->tokens);
    octets = text.failed ? NULL : ms_buf_reserve(w->out, ms_base64_room(text.n));
    if (octets == NULL) {
        ms_buf_free(&text);
        w->out->failed = true;
        return true;
    }
    valid =
        ms_base64_decode(text.n > 0 ? ms_buf_span(&text) : MS_LIT(""), (uint8_t *)octets, ms_base64_room(text.n), &n);
    ms_buf_free(&text);
    if (!valid)
        return bad(w, "not base64");
    w->out->n += n;
    return true;
}

/* RFC 3597 §5: \# length hex. */
static bool write_generic(writer *w)
{
    ms_buf length = { 0 }, *out = w->out;
    size_t start = out->n, expected;
    bool read;

    w->tokens++;
    w->left--;
    w->out = &length;
    read = write_number(w, 2) && !length.failed;
    w->out = out;
    expected = read ? (size_t)((uint8_t)length.p[0] << 8 | (uint8_t)length.p[1]) : 0;
    if (length.failed)
        out->failed = true;
    ms_buf_free(&length);
    if (out->failed)
        return true;
    if (!read || !write_hex(w))
        return false;
    if (!out->failed && out->n - start != expected)
        return bad(w, "the length given does not match the data");
    return true;
}

static bool write_field(writer *w, ms_dns_kind kind)
{
    ms_span token;

    switch (kind) {
    case MS_DNS_U8:
        return write_number(w, 1);
    case MS_DNS_U16:
        return write_number(w, 2);
    case MS_DNS_U32:
        return write_number(w, 4);
    case MS_DNS_TYPE:
        return write_type(w);
    case MS_DNS_TIME:
        return write_time(w);
    case MS_DNS_NAME:
        return write_name(w);
    case MS_DNS_IPV4:
        return write_address(w, AF_INET, 4);
    case MS_DNS_IPV6:
        return write_address(w, AF_INET6, 16);
    case MS_DNS_STRING:
        return write_string(w);
    case MS_DNS_STRINGS:
        return write_strings(w);
    case MS_DNS_TEXT:
        return take(w, &token) && (add_unescaped(w->out, token) || bad(w, "a broken escape"));
    case MS_DNS_HEX:
        return write_hex(w);
    case MS_DNS_BASE64:
        return write_base64(w);
    case MS_DNS_OCTETS:
    case MS_DNS_END:
        break;
    }
    return ms_fail(w->error, "no_presentation", "data of this type is written as \\# length hexadecimal (RFC 3597)");
}

static bool write_fields(writer *w, unsigned type)
{
    if (w->left > 0 && ms_span_eq(w->tokens[0], MS_LIT("\\#")))
        return write_generic(w);
    for (const ms_dns_field *field = ms_dns_type_of(type)->fields; field->kind != MS_DNS_END; field++)
        if (!write_field(w, field->kind))
            return false;
    return w->left == 0 || bad(w, "more fields than the record's type has");
}

bool ms_dns_rdata_write(ms_buf *out, unsigned type, const ms_span *tokens, size_t n, const ms_dns_name *origin,
                        ms_error *error)
{
    writer w = { tokens, n, origin, out, error };
    size_t start = out->n;

    if (!write_fields(&w, type))
        return false;
    if (out->failed)
        return ms_fail_memory(error);
    if (out->n - start > 0xffff)
        return bad(&w, "more than 65,535 octets");
    if (!ms_dns_rdata_valid(out->n > 0 ? ms_buf_span(out) : MS_LIT(""), start, out->n, type))
        return bad(&w, "data that its type cannot hold");
    return true;
}
