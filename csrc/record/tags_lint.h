/* tags_lint.h: what is wrong with a list of tags, whatever the kind of record.
 *
 * The forgiving counterpart of taglist.h, for people who publish DKIM, DMARC, BIMI, MTA-STS and TLS-RPT
 * records. It cuts a text into its tags as they were meant: each slip is reported (section `tags` of
 * findings.def), mended in mind, and what stands behind it is read on. What the tags say is for
 * the kind's own lint to look at.
 */
#ifndef MS_RECORD_TAGS_LINT_H
#define MS_RECORD_TAGS_LINT_H

#include "record/finding.h"
#include "record/taglist.h"

/* What sets the lists of a kind of record apart. */
typedef struct ms_tag_rules {
    const char *names;      /* those the kind has, in lower case, a space between: "v p sp rua" */
    const char *free_tag;   /* the tag in which people write what they like, "n"; or NULL */
    const char *name_marks; /* what a name may hold besides letters and digits: "_" */
    size_t name_max;        /* the longest a name may be; 0 where that is not said */
    bool digit_first;       /* a name may begin with a digit */
    bool any_case;          /* names mean the same in upper case */
    bool ascii;             /* octets over 0x7f are allowed nowhere, but in the free tag */
    bool tight;        /* no white space beside "=", in front of the list or in a tag that nobody knows; no folding */
    bool first_counts; /* readers use the first of two tags of a name: the second is a warning, not an error */
    bool tolerant;     /* readers pass over a piece that is wrong: slips are warnings, not errors */
} ms_tag_rules;

typedef struct ms_lint_tag {
    ms_span piece; /* as written, white space at its ends aside */
    ms_span name;  /* as in ms_tag_rules.names where it is one of those but for its case */
    ms_span value; /* without white space at its ends */
} ms_lint_tag;

/* The tags as they were meant: each name once, at its first place. */
typedef struct ms_tag_list {
    ms_lint_tag tag[MS_TAGS_MAX];
    size_t n;
} ms_tag_list;

/* Of a text that pasting left no traces in (paste.h). The spans of *list point into it, and into rules->names. */
void ms_tags_lint(const ms_tag_rules *rules, ms_span text, ms_tag_list *list, ms_findings *findings);

/* The same of the character-strings of a TXT record, joined and out of what pasting put in; the text that was meant
 * goes into `text`, which has to be empty. False only when memory is out. */
bool ms_tags_lint_strings(const ms_tag_rules *rules, const ms_span *strings, size_t n, ms_buf *text, ms_tag_list *list,
                          ms_findings *findings);

/* The tag called `name`, or NULL. */
const ms_lint_tag *ms_tag_list_find(const ms_tag_list *list, const char *name);

/* Is `name` one of those of the rules? */
bool ms_tag_is_known(const ms_tag_rules *rules, ms_span name);

/* Reports the tags that the kind does not have. Called at last, for it is but advice. */
void ms_tag_list_unknown(const ms_tag_rules *rules, const ms_tag_list *list, ms_findings *findings);

/* Gives `code` to the pieces without "=" that are addresses: they stand behind a semicolon where a comma belongs. */
void ms_tags_lint_addresses(ms_findings *findings, ms_finding_code code);

/* ---- tag_kind.c */

/* What the records of MTA-STS and of TLS reporting have in common, but for the tags they know: RFC 8460 §3 and RFC 8461
 * §3.1 spell their extension fields alike. */
#define MS_STS_TAG_RULES(known)                                                                                        \
    {                                                                                                                  \
        .names = (known), .name_marks = "_-.", .name_max = 32, .digit_first = true, .ascii = true, .tight = true,      \
        .first_counts = true                                                                                           \
    }

/* By what the records of a kind are known that begin with v=. */
typedef struct ms_tag_kind {
    ms_tag_rules rules;
    const char *version;          /* "BIMI1" */
    const char *stem;             /* "BIMI": a v= that begins so, whatever its case, is meant as one */
    const char *main;             /* "l": a text without v= that has this tag is meant as one */
    ms_finding_code not_a_record; /* it is meant as none: the only finding then */
    ms_finding_code bad_version;  /* v= is not there, not the first tag or not `version` */
} ms_tag_kind;

/* ms_tags_lint_strings for those kinds, with what there is to say of v=. A text that is meant as none leaves *list
 * empty. False only when memory is out. */
bool ms_tag_kind_lint(const ms_tag_kind *kind, const ms_span *strings, size_t n, ms_buf *text, ms_tag_list *list,
                      ms_findings *findings);

#endif
