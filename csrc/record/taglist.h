/* taglist.h: the tag=value lists of DKIM and DMARC (RFC 6376 §3.2).
 *
 * One strict parser for DKIM-Signature values and key records. It allocates nothing: tags are
 * spans into the text, and a list of more than MS_TAGS_MAX tags is refused (nobody honest comes
 * near; a list of 100,000 must not cost). Unknown tags are kept; a tag that occurs twice makes
 * the whole list invalid.
 *
 * Where the grammar leaves room, this is what is read:
 * - White space is SP, TAB and CRLF followed by one of them. A bare CR or LF is none, neither in a
 *   header field nor in a TXT record. Several folds in a row (obs-FWS) are accepted, for relays write them.
 * - White space may follow the last ";". A second ";" there, or between two tags, is an error.
 * - An octet over 0x7f is allowed in every value: §3.2 advises it, RFC 8616 §5 needs it in
 *   signatures, and published keys carry it in n= and in tags of their publisher's own. The tags
 *   whose grammar is narrower (base64, lists of words, numbers) reject it when they are read.
 * - Control characters, NUL and DEL among them, are allowed nowhere.
 */
#ifndef MS_RECORD_TAGLIST_H
#define MS_RECORD_TAGLIST_H

#include "base/span.h"

enum { MS_TAGS_MAX = 48 };

typedef struct ms_tag {
    ms_span name;  /* as written; tag names are case-sensitive */
    ms_span value; /* without white space at its ends; inside, folding white space is kept */
} ms_tag;

typedef enum ms_tags_result {
    MS_TAGS_OK,
    MS_TAGS_EMPTY,     /* no tag at all */
    MS_TAGS_NO_EQUALS, /* a piece between semicolons has no "=", or is empty */
    MS_TAGS_BAD_NAME,  /* a name is not ALPHA *(ALPHA / DIGIT / "_") */
    MS_TAGS_BAD_VALUE, /* a tag holds a control character, or a CR or LF that does not fold */
    MS_TAGS_DUPLICATE, /* a tag occurs twice */
    MS_TAGS_TOO_MANY,  /* more than MS_TAGS_MAX tags */
} ms_tags_result;

typedef struct ms_tags {
    ms_tag tag[MS_TAGS_MAX];
    size_t n;
    ms_span culprit; /* on failure: the piece between semicolons that is wrong */
} ms_tags;

ms_tags_result ms_tags_parse(ms_span text, ms_tags *tags);

/* The tag called `name`, or NULL. */
const ms_tag *ms_tags_find(const ms_tags *tags, const char *name);

/* What a result means, in words: "a tag occurs twice". */
const char *ms_tags_result_text(ms_tags_result result);
/* The same for programs: "tag_duplicate". */
const char *ms_tags_result_code(ms_tags_result result);

#endif
