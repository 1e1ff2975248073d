/* dkim_key.h: the DKIM key record (RFC 6376 §3.6.1, RFC 8463 §4, RFC 8301).
 *
 * Two readers of the same text. ms_dkim_key_parse is the verifier's: strict, quick, without
 * allocation. ms_dkim_key_lint (dkim_key_lint.h) is the customer's: it goes on after a fault, and
 * says what is wrong and how to mend it, as findings.
 */
#ifndef MS_RECORD_DKIM_KEY_H
#define MS_RECORD_DKIM_KEY_H

#include "base/error.h"
#include "base/span.h"
#include "crypto/algorithm.h"

typedef enum ms_dkim_key_result {
    MS_DKIM_KEY_OK,
    MS_DKIM_KEY_NOT_A_KEY, /* no key record at all (ms_dkim_key_is_one); to be passed over among TXT records */
    MS_DKIM_KEY_SYNTAX,    /* not a tag list, or a tag's value is against its grammar */
    MS_DKIM_KEY_VERSION,   /* v= is not DKIM1, or not the first tag */
    MS_DKIM_KEY_NO_P,      /* p= is missing */
    MS_DKIM_KEY_REVOKED,   /* p= is empty */
    MS_DKIM_KEY_UNKNOWN_K, /* k= is neither rsa nor ed25519 */
} ms_dkim_key_result;

typedef struct ms_dkim_key {
    ms_key_type type;
    ms_span p;           /* base64 as published, white space and all */
    bool sha256_allowed; /* h= is absent or names sha256 */
    bool email_allowed;  /* s= is absent or names email or "*" */
    bool testing;        /* t=y */
    bool strict;         /* t=s: the domain of i= must equal d= */
    ms_span notes;       /* n= */
} ms_dkim_key;

/* Strict, with three readings of our own. Words (rsa, sha256, email, y) are compared whatever their case, as
 * ABNF literals are; only "DKIM1" is not, for the RFC spells it in octets. An empty h=, s= or t= is the empty list
 * (§3.2): no hash, no service, no flag. p= is checked for base64's characters; decoding it is the caller's part.
 * The spans of *key point into `text`. */
ms_dkim_key_result ms_dkim_key_parse(ms_span text, ms_dkim_key *key);

/* Is the text meant as a key record, however broken? It is where it has a v= that begins with "DKIM", or a k=, or a
 * p= and does not begin with the v= of something else ("v=DMARC1; p=none"). SPF, DMARC, verification tokens are not. */
bool ms_dkim_key_is_one(ms_span text);

/* Reads the value of h=, s= or t=, words with colons between: does it name `word`? False where it is not such a
 * list at all; an empty value is the list that names nothing. Words that nobody knows are passed over. */
bool ms_dkim_key_list(ms_span value, ms_span word, bool *named);

/* What a result other than MS_DKIM_KEY_OK means: in *error, with its code (key_not_a_key, key_syntax, key_version,
 * key_no_p, key_revoked, key_type_unknown). Returns false. */
bool ms_dkim_key_fail(ms_dkim_key_result result, ms_error *error);

#endif
