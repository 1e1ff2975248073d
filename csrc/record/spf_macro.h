/* spf_macro.h: the macros of SPF: read, checked, expanded (RFC 7208 §7, RFC 8616 §4).
 *
 * A macro-string is read piece by piece: a run of literal octets, or one macro. ms_spf_domain_spec checks the grammar
 * of a term's domain-spec, ms_spf_macro_string that of any other modifier's value and of an explanation.
 */
#ifndef MS_RECORD_SPF_MACRO_H
#define MS_RECORD_SPF_MACRO_H

#include "base/span.h"

#include <stdint.h>

/* What is wrong with a term, or with a record; all but the first make a receiver say "permerror". */
typedef enum ms_spf_fault {
    MS_SPF_FINE,
    MS_SPF_NO_VERSION,        /* it does not begin with "v=spf1": no SPF record at all (§4.5) */
    MS_SPF_TOO_LONG,          /* more octets than a DNS record's data can have */
    MS_SPF_TOO_MANY_TERMS,    /* more than MS_SPF_TERMS_MAX */
    MS_SPF_BAD_CHARACTER,     /* an octet that is no visible ASCII character, where terms are parted by spaces alone */
    MS_SPF_UNKNOWN_MECHANISM, /* neither a mechanism nor of the form name=value */
    MS_SPF_BAD_MODIFIER,      /* "=" behind what is no modifier's name */
    MS_SPF_TWICE,             /* a second redirect= or exp= (§6) */
    MS_SPF_UNEXPECTED,        /* something behind the name of a mechanism that has nothing there: all:x, all/8 */
    MS_SPF_NO_DOMAIN,      /* include, exists, redirect or exp without a name; a:, mx: or ptr: with nothing behind it */
    MS_SPF_BAD_DOMAIN,     /* a name that does not end in a dot and a top-level domain, or in a macro */
    MS_SPF_NO_ADDRESS,     /* ip4 or ip6 alone */
    MS_SPF_BAD_ADDRESS,    /* ip4: without an IPv4 address behind it, ip6: without an IPv6 address */
    MS_SPF_BAD_PREFIX,     /* a "/" without a number from 0 to 32 (IPv4) or 128 (IPv6) behind it, or one too many */
    MS_SPF_BAD_MACRO,      /* "%" that starts no macro (§7.1) */
    MS_SPF_MACRO_NOT_HERE, /* %{c}, %{r} or %{t} outside an explanation (§7.2) */
} ms_spf_fault;

/* "spf_bad_domain": stable, for programs */
const char *ms_spf_fault_code(ms_spf_fault fault);
/* "a name does not end in …": a clause for people */
const char *ms_spf_fault_text(ms_spf_fault fault);

typedef struct ms_spf_piece {
    ms_span literal;    /* octets as they are, where `letter` is 0 */
    char letter;        /* of a macro, in lower case: one of slodiphcrtv */
    bool escaped;       /* the letter was in upper case: the value is URL-escaped */
    bool reversed;      /* "r" */
    unsigned parts;     /* how many of the parts at the right are used; 0: all */
    ms_span delimiters; /* what parts the value; empty where that is "." */
} ms_spf_piece;

/* Takes the next piece off *text, which is not empty. In explanations spaces are literal, too. */
ms_spf_fault ms_spf_piece_take(ms_span *text, bool in_explanation, ms_spf_piece *piece);

/* The macros that a text uses: a bit for each letter. */
typedef uint32_t ms_spf_letters;
static inline ms_spf_letters ms_spf_letter(char c)
{
    return UINT32_C(1) << (c - 'a');
}

/* Checks a macro-string, and sets *letters. */
ms_spf_fault ms_spf_macro_string(ms_span text, bool in_explanation, ms_spf_letters *letters);

/* Checks a domain-spec: a macro-string with a top-level domain or a macro at its end, and none of the macros that
 * only explanations may use. */
ms_spf_fault ms_spf_domain_spec(ms_span text, ms_spf_letters *letters);

#endif
