/* bimi.h: the BIMI assertion record at selector._bimi (draft-brand-indicators-for-message-identification-12 §4.3).
 *
 * One reader for both who publish and who receive: it mends each fault in mind and goes on, and a record that it found
 * no error in is one that the draft lets a receiver use. lps= (§4.5) names the local parts that have a record of their
 * own.
 *
 * Where the draft leaves room, this is what is read. A value of avp= or lps= that is against its grammar is a warning,
 * for receivers pass over such a tag. Where a location ends like no image at all, it may still be one: a warning.
 */
#ifndef MS_RECORD_BIMI_H
#define MS_RECORD_BIMI_H

#include "record/tags_lint.h"

typedef struct ms_bimi {
    ms_span location;    /* l=, an https URI; empty where no logo is named */
    ms_span evidence;    /* a=, an https URI; empty where there is no certificate */
    bool declined;       /* both are empty: the domain does not take part */
    bool personal;       /* avp=personal */
    bool by_local_part;  /* there is an lps=, and a valid one */
    ms_span local_parts; /* its words with commas between; where there are none, all local parts are meant */
    ms_tag_list tags;
} ms_bimi;

extern const ms_tag_kind ms_bimi_kind;

/* `text` has to be empty; the spans of *record point into it. *record can be used where findings->has_error is not set.
 * False only when memory is out. */
bool ms_bimi_lint(const ms_span *strings, size_t n, ms_buf *text, ms_bimi *record, ms_findings *findings);

#endif
