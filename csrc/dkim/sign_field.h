/* sign_field.h: writing a DKIM-Signature field (RFC 6376 §3.5, §5.4, §5.5). Private to csrc/dkim: sign.c's other half.
 */
#ifndef MS_DKIM_SIGN_FIELD_H
#define MS_DKIM_SIGN_FIELD_H

#include "dkim/body_hash.h"
#include "dkim/sign.h"
#include "dkim/sign_names.h"

/* An ms_signing with its names as they are written. */
typedef struct ms_signing_kept {
    ms_buf domain;
    ms_buf selector;
    ms_buf identity; /* in dkim-quoted-printable */
    ms_key_type type;
    unsigned bits;
    ms_private_key *key;
} ms_signing_kept;

struct ms_signer {
    ms_crypto *crypto;
    ms_sign_options options; /* but for the lists of names, which are in: */
    ms_sign_names names;
    ms_signing_kept *who;
    size_t n;
    size_t sharers; /* streams that live */
};

/* What a field says of one message. */
typedef struct ms_sign_facts {
    uint64_t now;
    ms_span names;  /* h= */
    ms_span copied; /* z= */
    const uint8_t *body_hash;
    uint64_t body_octets;
} ms_sign_facts;

/* Writes z=: the fields that h= covers. False when memory is out. */
bool ms_sign_field_copies(const ms_header *header, ms_span names, ms_buf *copied);
/* The field up to and with "b=". */
void ms_sign_field_begin(const ms_signer *signer, const ms_signing_kept *who, const ms_sign_facts *facts, ms_buf *out);
/* The signature, in base64, and CRLF. */
void ms_sign_field_end(ms_buf *field, ms_span signature);

/* dkim-quoted-printable (§2.11), "|" encoded too, as z= wants it. */
void ms_dkim_quote(ms_buf *out, ms_span text);

#endif
