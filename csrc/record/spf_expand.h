/* spf_expand.h: what SPF's macros come to (RFC 7208 §7.2, §7.3, RFC 8616 §4). */
#ifndef MS_RECORD_SPF_EXPAND_H
#define MS_RECORD_SPF_EXPAND_H

#include "base/buf.h"
#include "base/error.h"
#include "record/spf_macro.h"

/* What the macros stand for; each may be empty. */
typedef struct ms_spf_values {
    ms_span sender;        /* s: local-part@domain */
    ms_span local_part;    /* l */
    ms_span sender_domain; /* o */
    ms_span domain;        /* d */
    ms_span ip;            /* i, c, v: an address as text; one that holds an IPv4 address is that (§5) */
    ms_span validated;     /* p */
    ms_span helo;          /* h */
    ms_span receiver;      /* r */
    ms_span now;           /* t: seconds since 1970, in decimal */
} ms_spf_values;

/* Appends the name that a domain-spec comes to, without a dot at its end, in DNS presentation form: what is no part
 * of a usual name is written \DDD, for nothing that a sender puts into a macro is an escape (§4.8). A name over 253
 * octets loses labels at its left. Codes: those of ms_spf_fault_code; "bad_address" (of ip); "macro_not_ascii": the
 * term matches nothing (RFC 8616 §4); "macro_bad_name": an empty label, or one over 63 octets; "no_memory". */
bool ms_spf_expand_name(ms_span domain_spec, const ms_spf_values *values, ms_buf *out, ms_error *error);

/* Appends what the text that exp= leads to comes to, printable ASCII. Codes: the same, but for macro_bad_name; and
 * "macro_too_long": over MS_SPF_EXPLANATION_MAX octets. */
enum { MS_SPF_EXPLANATION_MAX = 2048 };
bool ms_spf_expand_explanation(ms_span text, const ms_spf_values *values, ms_buf *out, ms_error *error);

#endif
