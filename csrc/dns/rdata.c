/* rdata.c: the types that are known, and reading and checking their data. See rdata.h. */
#include "dns/rdata.h"

#include <stdio.h>

static const ms_dns_type types[] = {
    { MS_DNS_A, "A", { { "address", MS_DNS_IPV4 } } },
    { MS_DNS_NS, "NS", { { "host", MS_DNS_NAME } } },
    { MS_DNS_CNAME, "CNAME", { { "target", MS_DNS_NAME } } },
    { MS_DNS_SOA,
      "SOA",
      { { "primary", MS_DNS_NAME },
        { "mailbox", MS_DNS_NAME },
        { "serial", MS_DNS_U32 },
        { "refresh", MS_DNS_U32 },
        { "retry", MS_DNS_U32 },
        { "expire", MS_DNS_U32 },
        { "minimum", MS_DNS_U32 } } },
    { MS_DNS_PTR, "PTR", { { "target", MS_DNS_NAME } } },
    { MS_DNS_MX, "MX", { { "preference", MS_DNS_U16 }, { "exchange", MS_DNS_NAME } } },
    { MS_DNS_TXT, "TXT", { { "strings", MS_DNS_STRINGS } } },
    { MS_DNS_AAAA, "AAAA", { { "address", MS_DNS_IPV6 } } },
    { MS_DNS_SRV,
      "SRV",
      { { "priority", MS_DNS_U16 }, { "weight", MS_DNS_U16 }, { "port", MS_DNS_U16 }, { "target", MS_DNS_NAME } } },
    { MS_DNS_DNAME, "DNAME", { { "target", MS_DNS_NAME } } },
    { MS_DNS_OPT, "OPT", { { "data", MS_DNS_OCTETS } } },
    { MS_DNS_DS,
      "DS",
      { { "key_tag", MS_DNS_U16 },
        { "algorithm", MS_DNS_U8 },
        { "digest_type", MS_DNS_U8 },
        { "digest", MS_DNS_HEX } } },
    { MS_DNS_RRSIG,
      "RRSIG",
      { { "type_covered", MS_DNS_TYPE },
        { "algorithm", MS_DNS_U8 },
        { "labels", MS_DNS_U8 },
        { "original_ttl", MS_DNS_U32 },
        { "expiration", MS_DNS_TIME },
        { "inception", MS_DNS_TIME },
        { "key_tag", MS_DNS_U16 },
        { "signer", MS_DNS_NAME },
        { "signature", MS_DNS_BASE64 } } },
    { MS_DNS_DNSKEY,
      "DNSKEY",
      { { "flags", MS_DNS_U16 }, { "protocol", MS_DNS_U8 }, { "algorithm", MS_DNS_U8 }, { "key", MS_DNS_BASE64 } } },
    { MS_DNS_TLSA,
      "TLSA",
      { { "usage", MS_DNS_U8 }, { "selector", MS_DNS_U8 }, { "matching_type", MS_DNS_U8 }, { "data", MS_DNS_HEX } } },
    { MS_DNS_SPF, "SPF", { { "strings", MS_DNS_STRINGS } } },
    { MS_DNS_CAA, "CAA", { { "flags", MS_DNS_U8 }, { "tag", MS_DNS_STRING }, { "value", MS_DNS_TEXT } } },
};

/* Types whose data stays octets, but whose names may be met: in zone files, and as what an RRSIG covers. */
static const struct {
    unsigned code;
    const char *name;
} opaque[] = {
    { 13, "HINFO" }, { 29, "LOC" },        { 35, "NAPTR" },  { 37, "CERT" },  { 44, "SSHFP" },   { 47, "NSEC" },
    { 50, "NSEC3" }, { 51, "NSEC3PARAM" }, { 53, "SMIMEA" }, { 59, "CDS" },   { 60, "CDNSKEY" }, { 61, "OPENPGPKEY" },
    { 62, "CSYNC" }, { 63, "ZONEMD" },     { 64, "SVCB" },   { 65, "HTTPS" }, { 256, "URI" },
};

static const ms_dns_type other = { 0, "", { { "data", MS_DNS_OCTETS } } };

const ms_dns_type *ms_dns_type_of(unsigned code)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (types[i].code == code)
            return &types[i];
    return &other;
}

/* The number in "TYPE65280"; 0 where it is none. */
static unsigned numbered_type(ms_span text)
{
    unsigned code = 0;

    if (text.n < 5 || text.n > 9 || !ms_span_ieq(ms_span_of(text.p, 4), MS_LIT("TYPE")))
        return 0;
    for (size_t i = 4; i < text.n; i++) {
        if (!ms_is_digit(text.p[i]))
            return 0;
        code = code * 10 + (unsigned)(text.p[i] - '0');
    }
    return code <= 0xffff ? code : 0;
}

bool ms_dns_type_parse(ms_span text, unsigned *code, ms_error *error)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (ms_span_ieq(text, ms_span_str(types[i].name))) {
            *code = types[i].code;
            return true;
        }
    for (size_t i = 0; i < sizeof opaque / sizeof opaque[0]; i++)
        if (ms_span_ieq(text, ms_span_str(opaque[i].name))) {
            *code = opaque[i].code;
            return true;
        }
    *code = numbered_type(text);
    if (*code == 0)
        return ms_fail(error, "bad_type", "not a known record type (nor TYPE1 to TYPE65535)");
    return true;
}

bool ms_dns_type_is_meta(unsigned code)
{
    return code == 0 || code == MS_DNS_OPT || (code >= 128 && code <= 255);
}

/* The name of a type; NULL where it has none here. */
static const char *type_name(unsigned code)
{
    const ms_dns_type *type = ms_dns_type_of(code);

    if (type->code != 0)
        return type->name;
    for (size_t i = 0; i < sizeof opaque / sizeof opaque[0]; i++)
        if (opaque[i].code == code)
            return opaque[i].name;
    return NULL;
}

size_t ms_dns_type_text(unsigned code, char *out)
{
    const char *name = type_name(code);
    int n = name != NULL ? snprintf(out, MS_DNS_TYPE_TEXT_MAX, "%s", name)
                         : snprintf(out, MS_DNS_TYPE_TEXT_MAX, "TYPE%u", code & 0xffff);

    return (size_t)n;
}

bool ms_dns_string_next(ms_span *strings, ms_span *string)
{
    size_t length;

    if (strings->n == 0)
        return false;
    length = (uint8_t)strings->p[0];
    if (strings->n - 1 < length)
        return false;
    *string = ms_span_of(strings->p + 1, length);
    *strings = ms_span_of(strings->p + 1 + length, strings->n - 1 - length);
    return true;
}

/* Do character-strings fill these octets exactly? */
static bool strings_whole(ms_span strings)
{
    ms_span string;

    while (ms_dns_string_next(&strings, &string))
        ;
    return strings.n == 0;
}

/* Takes so many octets. */
static bool read_octets(ms_span packet, size_t *at, size_t end, size_t n, ms_span *octets)
{
    if (end - *at < n)
        return false;
    *octets = ms_span_of(packet.p + *at, n);
    *at += n;
    return true;
}

static bool read_number(ms_span packet, size_t *at, size_t end, size_t n, ms_dns_value *value)
{
    if (!read_octets(packet, at, end, n, &value->octets))
        return false;
    value->number = 0;
    for (size_t i = 0; i < n; i++)
        value->number = value->number << 8 | (uint8_t)value->octets.p[i];
    return true;
}

bool ms_dns_field_read(ms_span packet, size_t *at, size_t end, ms_dns_kind kind, ms_dns_value *value)
{
    switch (kind) {
    case MS_DNS_U8:
        return read_number(packet, at, end, 1, value);
    case MS_DNS_U16:
    case MS_DNS_TYPE:
        return read_number(packet, at, end, 2, value);
    case MS_DNS_U32:
    case MS_DNS_TIME:
        return read_number(packet, at, end, 4, value);
    case MS_DNS_NAME:
        return *at < end && ms_dns_name_read(&value->name, packet, at) && *at <= end;
    case MS_DNS_IPV4:
        return read_octets(packet, at, end, 4, &value->octets);
    case MS_DNS_IPV6:
        return read_octets(packet, at, end, 16, &value->octets);
    case MS_DNS_STRING:
        return read_number(packet, at, end, 1, value) && read_octets(packet, at, end, value->number, &value->octets);
    case MS_DNS_STRINGS:
        return read_octets(packet, at, end, end - *at, &value->octets) && strings_whole(value->octets);
    case MS_DNS_TEXT:
    case MS_DNS_HEX:
    case MS_DNS_BASE64:
    case MS_DNS_OCTETS:
        return read_octets(packet, at, end, end - *at, &value->octets);
    case MS_DNS_END:
        break;
    }
    return false;
}

bool ms_dns_rdata_valid(ms_span packet, size_t at, size_t end, unsigned type)
{
    const ms_dns_field *field = ms_dns_type_of(type)->fields;
    ms_dns_value value;

    for (; field->kind != MS_DNS_END; field++)
        if (!ms_dns_field_read(packet, &at, end, field->kind, &value))
            return false;
    return at == end;
}
