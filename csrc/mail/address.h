/* address.h: the domains of a message's authors, as DMARC needs them.
 *
 * Reads the From field by RFC 5322 §3.4 with its obsolete forms (§4.4), comments and groups (RFC 6854), UTF-8
 * (RFC 6532), and nothing beyond: whatever two readers might take for two different authors is malformed,
 * and DMARC never passes on it (DMARC, "Extract Author Domain": zero or several domains end the evaluation,
 * or at least cap it).
 */
#ifndef MS_MAIL_ADDRESS_H
#define MS_MAIL_ADDRESS_H

#include "base/error.h"
#include "mail/domain.h"
#include "mail/header.h"

enum {
    MS_AUTHORS_MAX = 16,
};

typedef enum ms_authors_result {
    MS_AUTHORS_OK,              /* one domain, however many mailboxes */
    MS_AUTHORS_SEVERAL,         /* more than one */
    MS_AUTHORS_NONE,            /* no From field, or one without a mailbox */
    MS_AUTHORS_MULTIPLE_FIELDS, /* two From fields, or what some reader takes for a second */
    MS_AUTHORS_MALFORMED,       /* no list of addresses, or an address without a domain name */
} ms_authors_result;

typedef struct ms_authors {
    ms_authors_result result;
    size_t n;                                       /* distinct domains; 0 unless the result is OK or SEVERAL */
    bool more;                                      /* there were more than MS_AUTHORS_MAX */
    char domain[MS_AUTHORS_MAX][MS_DOMAIN_MAX + 1]; /* lower-case A-labels, terminated, in order */
} ms_authors;

/* False only when memory is out. Takes time linear in the header's size. */
bool ms_author_domains(const ms_header *header, ms_authors *authors);

/* "ok", "several", "none", "multiple_fields", "malformed" */
const char *ms_authors_result_name(ms_authors_result result);

#endif
