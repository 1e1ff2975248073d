/* spf.h: the SPF record (RFC 7208 §4.5, §4.6.1, §5, §6, §12).
 *
 * One reader for the evaluation of mail and for the lint: it reads every term, also behind one that is wrong, and
 * notes of each what is wrong with it. A receiver takes the record only where no term is (§4.6). Terms are spans into
 * the text.
 */
#ifndef MS_RECORD_SPF_H
#define MS_RECORD_SPF_H

#include "record/spf_macro.h"

enum {
    MS_SPF_TEXT_MAX = 65535, /* the octets of a DNS record's data */
    MS_SPF_TERMS_MAX = 2000, /* a record that honest people publish has less than a tenth of it */
};

typedef enum ms_spf_name {
    MS_SPF_ALL,
    MS_SPF_INCLUDE,
    MS_SPF_A,
    MS_SPF_MX,
    MS_SPF_PTR,
    MS_SPF_IP4,
    MS_SPF_IP6,
    MS_SPF_EXISTS,
    MS_SPF_REDIRECT,
    MS_SPF_EXP,
    MS_SPF_OTHER,   /* a modifier that receivers pass over */
    MS_SPF_UNKNOWN, /* no term at all; its fault says why */
} ms_spf_name;

typedef struct ms_spf_term {
    ms_spf_name name;
    ms_spf_fault fault;
    char qualifier;         /* of a mechanism: '+', '-', '~' or '?' */
    ms_span text;           /* the whole term */
    ms_span label;          /* its name as written, without the qualifier */
    ms_span value;          /* what stands behind ":" or "=", the network's size aside; no pointer where neither is */
    ms_spf_letters letters; /* the macros in it */
    int prefix4, prefix6;   /* -1 where the term does not say */
    unsigned char address[16]; /* of ip4 (4 octets) and ip6, where nothing is wrong with it */
} ms_spf_term;

static inline bool ms_spf_is_modifier(ms_spf_name name)
{
    return name >= MS_SPF_REDIRECT && name <= MS_SPF_OTHER;
}

/* Is it one of those that a receiver makes at most ten of (§4.6.4)? */
static inline bool ms_spf_queries(ms_spf_name name)
{
    return (name >= MS_SPF_INCLUDE && name <= MS_SPF_PTR) || name == MS_SPF_EXISTS || name == MS_SPF_REDIRECT;
}

/* Zero-initialised is empty. */
typedef struct ms_spf {
    ms_spf_term *term;
    size_t n;
    size_t cap;
    ms_spf_fault fault;                      /* the first of the record's or of a term */
    ms_span culprit;                         /* the term that it is of, or empty */
    const ms_spf_term *all, *redirect, *exp; /* the first of each, or NULL */
    unsigned lookups; /* terms that query; redirect= does not count where there is an `all`, which rules it out */
} ms_spf;

/* Reads the record. False only when memory is out; what else is wrong says spf->fault. */
bool ms_spf_read(ms_span text, ms_spf *spf);
void ms_spf_free(ms_spf *spf);

/* Reads one term. */
void ms_spf_term_read(ms_span text, ms_spf_term *term);

/* "include", "redirect" …; "" of OTHER and UNKNOWN */
const char *ms_spf_name_text(ms_spf_name name);

/* Does the text begin with "v=spf1" and a space, or is it that? *rest is what stands behind. */
bool ms_spf_is_one(ms_span text, ms_span *rest);

/* An address in its usual notation (ip4-network, RFC 7208 §12; RFC 4291 §2.2). */
bool ms_spf_address4(ms_span text, unsigned char address[4]);
bool ms_spf_address6(ms_span text, unsigned char address[16]);

#endif
