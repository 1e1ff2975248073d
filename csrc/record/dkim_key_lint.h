/* dkim_key_lint.h: what is wrong with a DKIM key record, and how to mend it.
 *
 * The reader for people who publish records, forgiving where ms_dkim_key_parse is strict: it mends
 * each fault in mind and goes on, so that one look names them all. What it finds stands in
 * findings.def. A record without an error finding is one that ms_dkim_key_parse reads and whose key can
 * be used. Four files: paste.c takes out what pasting put in, tags_lint.c cuts the tags, dkim_key_lint.c
 * looks at each, dkim_key_material.c at the key.
 */
#ifndef MS_RECORD_DKIM_KEY_LINT_H
#define MS_RECORD_DKIM_KEY_LINT_H

#include "crypto/crypto.h"
#include "record/finding.h"

/* `strings` are the character-strings of the TXT record in their order; a text that is not yet in DNS is one
 * string of any size (ms_paste_join). False only when memory is out. */
bool ms_dkim_key_lint(const ms_span *strings, size_t n, ms_findings *findings);

/* ---- dkim_key_material.c */

typedef struct ms_dkim_material {
    ms_key_type type;
    ms_span k;     /* what the record says of the type, for people: "k=rsa" */
    ms_span p;     /* the value of p=; not empty */
    size_t before; /* octets of the record in front of it */
    bool cut;      /* the text ends where a string of a TXT record is full */
} ms_dkim_material;

/* False only when memory is out. */
bool ms_dkim_key_material_lint(const ms_dkim_material *material, ms_findings *findings);

#endif
