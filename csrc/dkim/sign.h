/* sign.h: signing a message (RFC 6376 §5, RFC 8463).
 *
 * An ms_signer holds what does not change from message to message: how to sign, and one or more
 * signings (who signs, with what). An ms_sign_stream takes one message: reset(now), write(chunk)…,
 * close(); then each signing is finished in turn, by its own key (ms_sign_stream_sign) or by somebody
 * else's: ms_sign_stream_octets hands out what is to be signed, ms_sign_stream_complete takes the
 * signature, and whatever time passes in between is the caller's. All signings share one body pass.
 */
#ifndef MS_DKIM_SIGN_H
#define MS_DKIM_SIGN_H

#include "base/error.h"
#include "crypto/crypto.h"
#include "mail/canon.h"
#include "mail/lint.h"

typedef struct ms_sign_options {
    ms_canon header_canon;
    ms_canon body_canon;
    ms_span headers;   /* names to sign where they are present, colon-separated; empty: the default list */
    ms_span oversign;  /* names to sign once more than they are present; From always is */
    uint64_t expire;   /* seconds from t= to x=; 0: no x= */
    bool body_length;  /* l=: lets anybody append to the body; see §8.2 */
    bool copy_headers; /* z= */
    bool lint;         /* look whether the message is fit to be signed: ms_sign_stream_lint */
    bool refuse;       /* one that the lint finds an error in */
    bool normalize;    /* mend line ends first, and add Date and Message-ID where they are missing */
} ms_sign_options;

typedef struct ms_signing {
    ms_span domain; /* U-labels are turned into A-labels */
    ms_span selector;
    ms_span identity; /* i=, "user@domain" or "@domain"; empty: none */
    ms_key_type type;
    unsigned bits;       /* of a key that somebody else signs with, where they are known; else 0 */
    ms_private_key *key; /* the signer takes a share of it; NULL: somebody else signs */
} ms_signing;

typedef struct ms_signer ms_signer;

/* Codes: bad_header_name, too_many_headers, no_memory. */
ms_signer *ms_signer_new(ms_crypto *crypto, const ms_sign_options *options, ms_error *error);
void ms_signer_free(ms_signer *signer);
/* Codes: bad_domain, bad_selector, bad_identity, bad_header_name (DKIM-Signature is oversigned, and this is the second
 * to sign), no_memory. */
bool ms_signer_add(ms_signer *signer, const ms_signing *signing, ms_error *error);

typedef struct ms_sign_stream ms_sign_stream;

/* Takes a share of the signer. */
ms_sign_stream *ms_sign_stream_new(ms_signer *signer, ms_error *error);
void ms_sign_stream_free(ms_sign_stream *stream);
void ms_sign_stream_reset(ms_sign_stream *stream, uint64_t now);
/* Under `normalize`, appends the octets to be sent to *mended. Codes: header_too_large, or under `refuse` the lint's
 * own where they say why the header does not end; no_memory. */
bool ms_sign_stream_write(ms_sign_stream *stream, ms_span chunk, ms_buf *mended, ms_error *error);
/* Codes: those, and under `refuse` those of the lint; too_many_headers, sign_failed. */
bool ms_sign_stream_close(ms_sign_stream *stream, ms_buf *mended, ms_error *error);
/* How many signings there are; they are counted from 0. */
size_t ms_sign_stream_count(const ms_sign_stream *stream);
const ms_lint *ms_sign_stream_lint(const ms_sign_stream *stream);

/* d= and s= of a signing, as they are written. */
void ms_sign_stream_who(const ms_sign_stream *stream, size_t index, ms_span *domain, ms_span *selector);
/* Signs with the signing's own key. Code: sign_failed. */
bool ms_sign_stream_sign(ms_sign_stream *stream, size_t index, ms_error *error);
/* What the remote key is to sign: for RSA the canonical octets (to be hashed with SHA-256, PKCS#1 v1.5), for
 * Ed25519 their SHA-256 digest (RFC 8463 §3). `digest` is the SHA-256 of the canonical octets for both. */
bool ms_sign_stream_octets(ms_sign_stream *stream, size_t index, ms_buf *octets, uint8_t digest[MS_SHA256_SIZE],
                           ms_error *error);
/* Takes the signature of what ms_sign_stream_octets last handed out for that index. Code: bad_signature (its size). */
bool ms_sign_stream_complete(ms_sign_stream *stream, size_t index, ms_span signature, ms_error *error);
/* The DKIM-Signature fields, and under `normalize` the Date and Message-ID that the message lacked, each with its
 * CRLF: what is to stand before the message. Ends the stream. */
bool ms_sign_stream_fields(ms_sign_stream *stream, ms_span *fields, ms_error *error);

#endif
