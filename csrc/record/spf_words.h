/* spf_words.h: what a word of an SPF record may have been meant as, for spf_mend.c. */
#ifndef MS_RECORD_SPF_WORDS_H
#define MS_RECORD_SPF_WORDS_H

#include "base/span.h"

/* White space, or a comma or semicolon, which people put in its place. */
bool ms_spf_is_separator(char c);
/* One of "+-~?" */
bool ms_spf_is_qualifier(char c);
ms_span ms_spf_skip_space(ms_span s);
ms_span ms_spf_skip_qualifier(ms_span s);

/* Up to the next separator, of whichever kind. */
ms_span ms_spf_word_of(ms_span s);

/* Is a word of the text a term of SPF beyond doubt? English words and the tags of other records are none. */
bool ms_spf_has_sure_term(ms_span text);

/* Does `s` start with a term, by its name: one of SPF's, or one that people take for it? */
bool ms_spf_starts_term(ms_span s);

/* Behind the first octets of a word, at `tail`: does another term surely start here? `before` is the octet in front. */
bool ms_spf_runs_into(ms_span tail, char before, bool in_ip4);

/* Nothing, or a separator. */
bool ms_spf_is_version_end(ms_span s);

/* The size of what was meant to be a version, "v = spf1", "spf1" or "v=spf10", at the start of the text; 0 where it is
 * none. */
size_t ms_spf_meant_version(ms_span text);

/* A hyphen or tilde as a word processor writes it, of *n octets, at the start of a word: the plain sign, or 0. */
char ms_spf_typographic_sign(ms_span word, size_t *n);

/* Is the word the name of a term that wants something behind it, and `next` what it wants? The sign that belongs
 * between the two, ":" or "="; 0 where they are not. */
char ms_spf_missing_sign(ms_span word, ms_span next);

/* Is the word the version of a record of another kind? */
bool ms_spf_is_other_version(ms_span word);

/* Where v=spf1 stands in a text that does not begin with it: how many octets stand in front; 0 where it does not. */
size_t ms_spf_find_version(ms_span text);

/* Is the word but the start of a term, or `next` but the rest of one? */
bool ms_spf_belong_together(ms_span word, ms_span next);

#endif
