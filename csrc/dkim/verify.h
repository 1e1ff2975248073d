/* verify.h: verifying the signatures of a message (RFC 6376 §6).
 *
 * A machine that is fed, asks, and is answered; it never waits:
 *
 *     write(chunk)…  close()            the header section is kept, the body only hashed
 *     ask()                             which TXT name is needed next; none when all is decided
 *     answer(name, what DNS said)       decides every signature whose key is there
 *     count(), verdict(i)               what came of each, from the top of the header down
 *
 * reset() makes it ready for the next message and keeps what it has allocated.
 */
#ifndef MS_DKIM_VERIFY_H
#define MS_DKIM_VERIFY_H

#include "base/error.h"
#include "dkim/key_cache.h"
#include "dkim/signature.h"

enum {
    MS_SIGNATURES_DEFAULT = 10, /* signatures evaluated */
    MS_MALFORMED_MAX = 50,      /* signatures that cannot be evaluated, told of all the same */
};

typedef struct ms_verify_options {
    size_t maximum_signatures;
    unsigned minimum_key_bits; /* of RSA; under 1024 nothing passes anyway */
    uint64_t clock_slack;      /* seconds by which x= may be past, and t= ahead */
    bool normalize;            /* take bare CR and bare LF for line ends, as in a file kept on Unix */
    bool accept_body_length;   /* let l= that leaves octets unsigned pass */
} ms_verify_options;

typedef struct ms_verdict {
    ms_signature signature; /* ->reason is the verdict's */
    ms_buf key_name;
    bool waiting; /* for its key */
    size_t body;  /* index of its body hash */
    uint8_t header_digest[MS_SHA256_SIZE];
    uint64_t octets_unsigned; /* of the canonical body, behind l= */
    bool in_future;           /* t= is ahead of the clock by more than the slack */
    /* Known once the key is: */
    unsigned key_bits;   /* 0 where there was no key */
    bool testing;        /* t=y */
    bool authentic;      /* the key came with DNSSEC validation */
    bool header_checked; /* b= was held against the header */
    bool header_intact;  /* and is a good signature of it, whatever became of the body */
} ms_verdict;

/* What DNS said of a TXT name. */
typedef enum ms_answer_status {
    MS_ANSWER_OK,
    MS_ANSWER_NODATA,
    MS_ANSWER_NXDOMAIN,
    MS_ANSWER_SERVFAIL,
    MS_ANSWER_REFUSED,
    MS_ANSWER_TIMEOUT,
    MS_ANSWER_BOGUS,
    MS_ANSWER_UNAVAILABLE, /* it could not be asked at all */
} ms_answer_status;

typedef struct ms_answer {
    ms_answer_status status;
    const ms_span *text; /* each TXT record's strings, joined without a space */
    size_t n;
    uint32_t ttl;
    bool authentic;
} ms_answer;

typedef struct ms_verifier ms_verifier;

ms_verifier *ms_verifier_new(ms_crypto *crypto, const ms_verify_options *options, ms_error *error);
void ms_verifier_free(ms_verifier *verifier);
/* For another message, at `now` (seconds since 1970, UTC). */
void ms_verifier_reset(ms_verifier *verifier, uint64_t now);

/* Codes: header_too_large, no_memory; the message is then lost. */
bool ms_verifier_write(ms_verifier *verifier, ms_span chunk, ms_error *error);
bool ms_verifier_close(ms_verifier *verifier, ms_error *error);

/* A name whose TXT records are needed, after *cursor of the list of verdicts (0 at first); false when there is none.
 * Names that `cache` (may be NULL) knows are not asked for: their signatures are decided on the way. */
bool ms_verifier_ask(ms_verifier *verifier, ms_key_cache *cache, size_t *cursor, ms_span *name);
void ms_verifier_answer(ms_verifier *verifier, ms_key_cache *cache, ms_span name, const ms_answer *answer);

size_t ms_verifier_count(const ms_verifier *verifier);
const ms_verdict *ms_verifier_verdict(const ms_verifier *verifier, size_t index);
/* Signatures beyond the caps, which were not looked at. */
size_t ms_verifier_ignored(const ms_verifier *verifier);

/* The verdict's sentence. Control characters and octets over 0x7e of what it quotes are shown as "?". */
void ms_verdict_text(const ms_verdict *verdict, ms_buf *out);

#endif
