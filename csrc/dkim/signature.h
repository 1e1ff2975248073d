/* signature.h: one DKIM-Signature field, read (RFC 6376 §3.5, §6.1.1).
 *
 * Reading stops at the first fault, but what identifies the signature (d=, s=, a=) is taken first,
 * so that a report on a broken one can still say whose it is. The spans point into the field.
 */
#ifndef MS_DKIM_SIGNATURE_H
#define MS_DKIM_SIGNATURE_H

#include "base/buf.h"
#include "crypto/algorithm.h"
#include "dkim/reason.h"
#include "mail/canon.h"
#include "mail/header.h"

#include <stdint.h>

enum {
    MS_SIGNED_NAMES_MAX = 512, /* names in h=; more is nobody's honest message */
    MS_NUMBER_DIGITS_MAX = 76, /* §3.5 l= */
};

/* No l=, t= or x=. A number too large for 63 bits counts as the largest below this. */
#define MS_NO_NUMBER UINT64_MAX

typedef struct ms_signature {
    ms_reason reason; /* MS_REASON_PASS where reading found no fault */
    ms_span detail;   /* the part at fault, for the sentence's %t */
    ms_span domain;
    ms_span selector;
    ms_span identity;        /* empty where there is no i= */
    bool identity_is_domain; /* its domain is d= itself */
    ms_span headers;         /* h= */
    ms_span algorithm;
    ms_key_type type;
    ms_canon header_canon;
    ms_canon body_canon;
    uint64_t body_length;
    uint64_t timestamp;
    uint64_t expiration;
    ms_span b_hole; /* what stands between "b=" and the next ";", to be left out of the hash (§3.7) */
    ms_span b_text; /* b= as written */
    size_t size;    /* of octets[] */
    uint8_t octets[MS_SIGNATURE_MAX];
    uint8_t body_hash[MS_SHA256_SIZE];
} ms_signature;

/* Reads *field. Always fills *signature; ->reason tells whether it can be verified. Time is not looked at. */
void ms_signature_parse(ms_signature *signature, const ms_field *field);

/* The name at which the key is published, in lower-case A-labels (RFC 6376 §3.6.2.1, RFC 8616 §4). False where
 * d= or s= is none, or memory is out: ->reason tells. */
bool ms_signature_key_name(ms_signature *signature, ms_buf *name);

/* The next name of an h= list: cut off *rest, without white space. False at the end. */
bool ms_signed_names_next(ms_span *rest, ms_span *name);

#endif
