/* finding.h: what a lint has to say about a record.
 *
 * Every finding is of a kind, and every kind stands in the catalogue findings.def: a stable code for
 * programs, how bad it is, one sentence of cause and one of cure. A finding adds the piece of the
 * record that it is about. What is found by looking at a domain (lua/mailseal/check) stands in the
 * same catalogue. A further kind of record adds its kinds to the catalogue and calls
 * ms_findings_add; nothing else has to change.
 */
#ifndef MS_RECORD_FINDING_H
#define MS_RECORD_FINDING_H

#include "base/buf.h"

typedef enum ms_severity {
    MS_ERROR,   /* receivers do not use the record, or not for mail */
    MS_WARNING, /* it works today or with most receivers, and should be mended */
    MS_ADVICE,  /* it works; something would be better */
    MS_PENDING, /* nothing can be told yet: not visible yet, not the same everywhere yet, no answer for now */
} ms_severity;

typedef enum ms_finding_code {
#define FINDING(name, code, severity, cause, cure) MS_FINDING_##name,
#include "record/findings.def"
#undef FINDING
    MS_FINDING_KINDS /* how many there are */
} ms_finding_code;

typedef struct ms_finding_kind {
    const char *code; /* "dkim_revoked": stable */
    ms_severity severity;
    const char *cause; /* a sentence; "{}" in it stands for the piece found; an empty one takes its parentheses along */
    const char *cure;  /* a sentence that says what to do */
} ms_finding_kind;

const ms_finding_kind *ms_finding_kind_of(ms_finding_code code);

/* "error", "warning", "advice", "pending" */
const char *ms_severity_name(ms_severity severity);

typedef struct ms_finding {
    ms_finding_code code;
    ms_severity severity; /* that of its kind, but where the record's kind says otherwise (ms_findings_add_as) */
    size_t at;            /* where the piece found starts in ms_findings.found */
    size_t n;             /* its size; 0 where there is no piece to show */
} ms_finding;

/* Zero-initialised is empty. An allocation that fails sets `failed`, and nothing more is added. */
typedef struct ms_findings {
    ms_finding *finding;
    size_t n;
    size_t cap;
    ms_buf found;
    bool has_error; /* one was an error, added or left out */
    bool failed;
} ms_findings;

/* Copies `found`, cut where it is longer than MS_FOUND_MAX octets. What comes after MS_FINDINGS_MAX findings is left
 * out, and after half as many what is no error: nobody reads it, and hostile texts would make many. */
enum { MS_FOUND_MAX = 200, MS_FINDINGS_MAX = 100 };
void ms_findings_add(ms_findings *findings, ms_finding_code code, ms_span found);

/* The same with a severity of its own: what all kinds of record share is worse in some than in others. */
void ms_findings_add_as(ms_findings *findings, ms_finding_code code, ms_severity severity, ms_span found);

/* The same as ms_findings_add, but only where there is none of that code yet. */
void ms_findings_add_once(ms_findings *findings, ms_finding_code code, ms_span found);

bool ms_findings_has(const ms_findings *findings, ms_finding_code code);
ms_span ms_findings_found(const ms_findings *findings, size_t index);
void ms_findings_free(ms_findings *findings);

/* The cause with the piece found in its place, printable whatever DNS held: characters beyond
 * ASCII as U+201C, other octets as \DDD. */
void ms_finding_message(const ms_findings *findings, size_t index, ms_buf *out);

#endif
