/* dmarc.h: the DMARC policy record (RFC 9989 §4.7, §4.8), and the record by which a domain lets reports about another
 * come to it ("v=DMARC1" at example.com._report._dmarc.example.net).
 *
 * Two readers of the same text. ms_dmarc_parse is the receiver's, and as forgiving as §4.8 has it: a tag that is
 * unknown or wrong is passed over as if it were not there. ms_dmarc_lint (dmarc_lint.h) is the customer's: it says what
 * is wrong, and reads what was meant. Both read the tags themselves with ms_dmarc_read.
 *
 * What the text leaves open is read thus. Names of tags are case-sensitive, as in the lists of RFC 6376 §3.2, whose
 * syntax this is, but for "v", a literal of §4.8; values are literals, so their case is of no matter but in "DMARC1".
 * A tag that occurs twice makes the list invalid (RFC 6376 §3.2), and so do more than MS_TAGS_MAX of them. Nothing
 * stands before "v", not even white space. A mailto: URI without an address is none.
 */
#ifndef MS_RECORD_DMARC_H
#define MS_RECORD_DMARC_H

#include "base/error.h"
#include "record/finding.h"
#include "record/tags_lint.h"

typedef enum ms_dmarc_result {
    MS_DMARC_OK,
    MS_DMARC_NOT_A_RECORD, /* it does not begin with v=DMARC1; to be passed over among TXT records */
    MS_DMARC_SYNTAX,       /* a tag occurs twice, or there are too many: to be passed over as well */
    MS_DMARC_NO_POLICY,    /* no valid p=, or an sp= or np= that is not valid, and no URI in rua= (§4.10.1) */
} ms_dmarc_result;

typedef enum ms_dmarc_policy { MS_DMARC_UNSET, MS_DMARC_NONE, MS_DMARC_QUARANTINE, MS_DMARC_REJECT } ms_dmarc_policy;

typedef struct ms_dmarc_uri {
    ms_span uri;    /* without the size limit of RFC 7489 behind it */
    ms_span scheme; /* as written */
    ms_span address;
    ms_span domain; /* behind its "@"; both empty where the scheme is not mailto */
    ms_span size;   /* "10m" of "!10m"; empty where there is none */
} ms_dmarc_uri;

enum { MS_DMARC_URIS_MAX = 20 };

typedef struct ms_dmarc_uris {
    ms_dmarc_uri uri[MS_DMARC_URIS_MAX]; /* those that are valid; what comes behind so many is passed over */
    size_t n;
} ms_dmarc_uris;

/* fo= */
enum { MS_DMARC_FO_ALL = 1, MS_DMARC_FO_ANY = 2, MS_DMARC_FO_DKIM = 4, MS_DMARC_FO_SPF = 8 };

typedef struct ms_dmarc {
    ms_dmarc_policy policy;      /* p=, or none where rua= alone says that somebody wants reports (§4.10.1) */
    ms_dmarc_policy subdomain;   /* sp=; unset where it is absent */
    ms_dmarc_policy nonexisting; /* np=; likewise */
    bool assumed;                /* the policy is none because p= is missing, or a policy is not valid */
    bool strict_dkim;            /* adkim=s */
    bool strict_spf;             /* aspf=s */
    bool testing;                /* t=y */
    char psd;                    /* 'y', 'n' or 'u' */
    unsigned fo;
    ms_dmarc_uris rua;
    ms_dmarc_uris ruf;
} ms_dmarc;

/* Cuts the text into its tags as a receiver does: OK, NOT_A_RECORD or SYNTAX. Linear, and without allocation. The spans
 * of *list point into `text`. */
ms_dmarc_result ms_dmarc_cut(ms_span text, ms_tag_list *list);

/* Reads the tags into *record, and says of each what is wrong with it where `findings` is not NULL: OK or NO_POLICY. */
ms_dmarc_result ms_dmarc_read(const ms_tag_list *list, ms_dmarc *record, ms_findings *findings);

/* Both. Where the result is NO_POLICY, *record holds what else the text says; with NOT_A_RECORD and SYNTAX nothing. */
ms_dmarc_result ms_dmarc_parse(ms_span text, ms_dmarc *record);

/* The same of a report authorisation, which has no policy. */
ms_dmarc_result ms_dmarc_report_parse(ms_span text, ms_dmarc *record);

/* What a result other than OK means: in *error, with its code. Returns false. */
bool ms_dmarc_fail(ms_dmarc_result result, ms_error *error);

/* "none", "quarantine", "reject"; NULL of MS_DMARC_UNSET */
const char *ms_dmarc_policy_name(ms_dmarc_policy policy);

/* ---- dmarc_uri.c */

/* Reads a list of URIs with commas between (§4.6); findings as of ms_dmarc_read. */
void ms_dmarc_read_uris(ms_span value, ms_dmarc_uris *uris, ms_findings *findings);

#endif
