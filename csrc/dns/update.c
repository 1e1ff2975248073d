/* update.c: messages that change a zone. See update.h. */
#include "dns/update.h"

#include "dns/wire.h"

enum { OPCODE_UPDATE = 5 << 11, IN = 1, NONE = 254, ANY = 255, PREREQUISITES_AT = 6, CHANGES_AT = 8, MOST = 0xffff };

/* RFC 2136 §2.4 and §2.5. The type is ANY where it is not the caller's. */
static const struct {
    const char *name;
    unsigned counted_at; /* in the header: of which section it is */
    unsigned class;
    bool has_type;
    bool has_data;
} operations[MS_DNS_OPERATIONS] = {
    [MS_DNS_EXISTS] = { "exists", PREREQUISITES_AT, ANY, true, false },
    [MS_DNS_HOLDS] = { "holds", PREREQUISITES_AT, IN, true, true },
    [MS_DNS_ABSENT] = { "absent", PREREQUISITES_AT, NONE, true, false },
    [MS_DNS_USED] = { "used", PREREQUISITES_AT, ANY, false, false },
    [MS_DNS_UNUSED] = { "unused", PREREQUISITES_AT, NONE, false, false },
    [MS_DNS_ADD] = { "add", CHANGES_AT, IN, true, true },
    [MS_DNS_DELETE] = { "delete", CHANGES_AT, NONE, true, true },
    [MS_DNS_DELETE_SET] = { "delete_set", CHANGES_AT, ANY, true, false },
    [MS_DNS_DELETE_NAME] = { "delete_name", CHANGES_AT, ANY, false, false },
};

const char *ms_dns_operation_name(ms_dns_operation operation)
{
    return operation < MS_DNS_OPERATIONS ? operations[operation].name : NULL;
}

bool ms_dns_is_prerequisite(ms_dns_operation operation)
{
    return operations[operation].counted_at == PREREQUISITES_AT;
}

static void add16(ms_buf *out, unsigned v)
{
    ms_buf_add_char(out, (char)(v >> 8));
    ms_buf_add_char(out, (char)v);
}

static void put16(char *p, size_t v)
{
    p[0] = (char)(v >> 8);
    p[1] = (char)v;
}

void ms_dns_update_begin(ms_buf *out, uint16_t id, const ms_dns_name *zone)
{
    add16(out, id);
    add16(out, OPCODE_UPDATE);
    add16(out, 1);
    add16(out, 0);
    add16(out, 0);
    add16(out, 0);
    ms_buf_add(out, zone->octets, zone->n);
    add16(out, MS_DNS_SOA);
    add16(out, IN);
}

/* Counts one record more in the header; no message of MOST octets has so many that the number wraps. */
static void count(ms_buf *out, unsigned at)
{
    put16(out->p + at, ((size_t)(uint8_t)out->p[at] << 8 | (uint8_t)out->p[at + 1]) + 1);
}

bool ms_dns_update_add(ms_buf *out, const ms_dns_name *zone, const ms_dns_edit *edit, ms_error *error)
{
    bool has_type = operations[edit->operation].has_type, is_addition = edit->operation == MS_DNS_ADD;
    uint32_t ttl = is_addition ? edit->ttl : 0;
    size_t length_at;

    if (!ms_dns_name_within(&edit->name, zone))
        return ms_fail(error, "not_in_zone", "the name is not in the zone");
    if (has_type && ms_dns_type_is_meta(edit->type))
        return ms_fail(error, "bad_type", "no record in a zone has that type");
    ms_buf_add(out, edit->name.octets, edit->name.n);
    add16(out, has_type ? edit->type : ANY);
    add16(out, operations[edit->operation].class);
    add16(out, ttl >> 16);
    add16(out, ttl & 0xffff);
    length_at = out->n;
    add16(out, 0);
    if (operations[edit->operation].has_data &&
        !ms_dns_rdata_write(out, edit->type, edit->tokens, edit->n, NULL, error))
        return false;
    if (out->failed)
        return ms_fail_memory(error);
    if (out->n > MOST)
        return ms_fail(error, "too_large", "more than one message of 65,535 octets holds");
    put16(out->p + length_at, out->n - length_at - 2);
    count(out, operations[edit->operation].counted_at);
    return true;
}
