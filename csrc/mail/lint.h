/* lint.h: is a message fit to be signed?
 *
 * What a relay may rewrite or a reader may see otherwise than the signer did makes a signature worthless or
 * dangerous: bare CR and LF, NUL, lines over 998 octets (RFC 5322 §2.1.1, §2.2, RFC 6376 §3.8, §5.3), a header without
 * one From, a Date and a Message-ID (RFC 5322 §3.6). Such findings are errors, and a signer refuses. Warnings are what
 * may cost a reputation, advice is what is good to know.
 *
 * All octets of the message go through ms_lint_octets, in pieces of any size, header and body alike; nothing
 * is kept. The header's fields, which the caller has cut anyhow, go through ms_lint_header once. ms_lint_end
 * comes last. An ms_lint is a plain value that owns nothing; nothing here can fail.
 */
#ifndef MS_MAIL_LINT_H
#define MS_MAIL_LINT_H

#include "base/error.h"
#include "mail/header.h"
#include "mail/scan.h"

typedef enum ms_lint_code {
    /* Errors. */
    MS_LINT_BARE_CR,
    MS_LINT_BARE_LF,
    MS_LINT_NUL,
    MS_LINT_LINE_TOO_LONG,
    MS_LINT_HEADER_MALFORMED,
    MS_LINT_NO_FROM,
    MS_LINT_MULTIPLE_FROM,
    MS_LINT_NO_DATE,
    MS_LINT_NO_MESSAGE_ID,
    /* Warnings. */
    MS_LINT_DUPLICATE_FIELD,
    MS_LINT_HEADER_NOT_UTF8,
    MS_LINT_SPACE_BEFORE_COLON,
    /* Advice. */
    MS_LINT_HEADER_NOT_ASCII,
    MS_LINT_NO_EMPTY_LINE,
    MS_LINT_NO_FINAL_CRLF,
    MS_LINT_CODES
} ms_lint_code;

typedef struct ms_lint_finding {
    size_t count; /* how often; 0 where all is well */
    size_t line;  /* where first, from 1; 0 where it is about no line (something is missing) */
} ms_lint_finding;

typedef struct ms_lint {
    ms_lint_finding finding[MS_LINT_CODES];
    size_t line;   /* that the next octet belongs to */
    size_t column; /* octets of it so far */
    bool after_cr;
    ms_scanner scan;
} ms_lint;

ms_lint ms_lint_start(void);
void ms_lint_octets(ms_lint *lint, ms_span piece);
/* `block` is what `header` was parsed from; `ended` tells that an empty line followed. */
void ms_lint_header(ms_lint *lint, const ms_header *header, ms_span block, bool ended);
void ms_lint_end(ms_lint *lint);

/* False where there are error findings, with *error telling the first by line, or else the first thing missing. */
bool ms_lint_passes(const ms_lint *lint, ms_error *error);

const char *ms_lint_name(ms_lint_code code);     /* "bare_cr" */
const char *ms_lint_text(ms_lint_code code);     /* "a CR without an LF behind it" */
const char *ms_lint_severity(ms_lint_code code); /* "error", "warning", "advice" */

#endif
