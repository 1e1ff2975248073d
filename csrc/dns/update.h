/* update.h: messages that change a zone (RFC 2136).
 *
 * An UPDATE names a zone, says what must stand in it for the message to be heeded (prerequisites, §2.4), and what is to
 * be added and deleted (§2.5). All of it happens, or nothing. Each prerequisite and each change is one record, whose
 * class and type say what is meant: a table in update.c has them. Records' data is written from its presentation form.
 */
#ifndef MS_DNS_UPDATE_H
#define MS_DNS_UPDATE_H

#include "base/buf.h"
#include "dns/name.h"

typedef enum ms_dns_operation {
    /* Prerequisites. Those that hold records of one name and type must hold all that there are (§2.4.2). */
    MS_DNS_EXISTS, /* there are records of that name and type */
    MS_DNS_HOLDS,  /* this record is among those of its name and type */
    MS_DNS_ABSENT, /* there are none of that name and type */
    MS_DNS_USED,   /* the name has records */
    MS_DNS_UNUSED, /* it has none */
    /* Changes. */
    MS_DNS_ADD,
    MS_DNS_DELETE,      /* this record */
    MS_DNS_DELETE_SET,  /* all of that name and type */
    MS_DNS_DELETE_NAME, /* all of that name */
    MS_DNS_OPERATIONS,
} ms_dns_operation;

/* "exists", "delete_set" and so on; NULL for MS_DNS_OPERATIONS, which so ends a list of all. */
const char *ms_dns_operation_name(ms_dns_operation operation);
bool ms_dns_is_prerequisite(ms_dns_operation operation);

typedef struct ms_dns_edit {
    ms_dns_operation operation;
    ms_dns_name name;
    unsigned type;         /* but of USED, UNUSED and DELETE_NAME */
    uint32_t ttl;          /* seconds, of ADD alone */
    const ms_span *tokens; /* the data in presentation form, of HOLDS, ADD and DELETE; see ms_dns_rdata_write */
    size_t n;
} ms_dns_edit;

/* Begins a message in a buffer that is empty. */
void ms_dns_update_begin(ms_buf *out, uint16_t id, const ms_dns_name *zone);

/* Appends a prerequisite or a change; all prerequisites come first. Codes: not_in_zone, bad_type (no record can have
 * it), too_large (more than a message holds), no_memory, and those of ms_dns_rdata_write. */
bool ms_dns_update_add(ms_buf *out, const ms_dns_name *zone, const ms_dns_edit *edit, ms_error *error);

#endif
