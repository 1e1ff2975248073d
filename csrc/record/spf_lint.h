/* spf_lint.h: what is wrong with an SPF record, and how to mend it.
 *
 * The reader for people who publish records: it mends each fault in mind and goes on, so that one look names them
 * all. What it finds stands in findings.def. A record without an error finding is one that ms_spf_read finds nothing
 * wrong with. spf_mend.c cuts the text into the terms that were meant, by what spf_words.c takes for the start of one;
 * spf_term_lint.c looks at each, and spf_term_faults.c at those that cannot be read; spf_lint.c at what they come to
 * together.
 */
#ifndef MS_RECORD_SPF_LINT_H
#define MS_RECORD_SPF_LINT_H

#include "record/finding.h"
#include "record/spf.h"

/* `strings` are the character-strings of the TXT record in their order; a text that is not yet in DNS is one string of
 * any size. False only when memory is out. */
bool ms_spf_lint(const ms_span *strings, size_t n, ms_findings *findings);

/* ---- spf_mend.c */

/* Writes the record that was meant to `out`: "v=spf1", and its terms with a space between two. `strings` say where the
 * strings of `text` end; n is 0 where that is not known any more. False where it is no SPF record at all. */
bool ms_spf_mend(ms_span text, const ms_span *strings, size_t n, ms_buf *out, ms_findings *findings);

/* ---- spf_term_lint.c */

void ms_spf_term_lint(const ms_spf_term *term, ms_findings *findings);

/* ---- spf_term_faults.c */

/* What to say of a term that cannot be read. */
ms_finding_code ms_spf_finding_of_fault(const ms_spf_term *term);

/* An address, with a network's size behind it or not. */
bool ms_spf_is_address(ms_span text);

/* "<your domain>", "[IP]", "{domain}": what no example means to be copied. */
bool ms_spf_is_placeholder(ms_span value);

/* The name of a mechanism that has something behind it, or what people take for one: "ip", "ipv4". */
bool ms_spf_is_mechanism_name(ms_span label);

/* Does a term's value begin with the name of a mechanism: "include:ip4:192.0.2.1"? Of IPv6, "a:" may be an address. */
bool ms_spf_has_second_name(const ms_spf_term *term);

/* ---- spf_lint.c */

/* Is the term a second v=spf1? */
bool ms_spf_is_version(const ms_spf_term *term);

/* Adds a finding; but what is no error leaves room for those that are. */
void ms_spf_add(ms_findings *findings, ms_finding_code code, ms_span found);

#endif
