/* explain.h: what a signature that does not pass still proves.
 *
 * A mailing list, or a company's gateway, writes a footer below the text. The body then hashes to something else than
 * bh= says, but what it hashed to before is still there: the body up to some line end. The hash runs over the body
 * once; at every line end near the end it is finished in a copy, so that the search takes time linear in the body's
 * size whatever stands in it.
 *
 * And an RSA signature gives back, under the public half of the key that made it, the digest that it was made of: so a
 * text that was changed can be told from a key that is another.
 */
#ifndef MS_DKIM_EXPLAIN_H
#define MS_DKIM_EXPLAIN_H

#include "dkim/body_hash.h"

/* The most that is taken for a footer: octets behind the line end where the signed body ended. */
enum { MS_FOOTER_MAX = 1 << 16 };

typedef struct ms_body_prefix {
    ms_span bh; /* base64 of the hash, as bh= has it */
    uint8_t hash[MS_SHA256_SIZE];
    bool sound; /* bh is such a hash */
    bool found;
    size_t size; /* of the shortest such beginning of the body; it ends behind a line end, or is empty */
} ms_body_prefix;

/* Each has its bh; fills in the rest of all `n`. False where memory is out, or OpenSSL failed (code no_memory). */
bool ms_body_prefixes(ms_crypto *crypto, ms_canon canon, ms_span body, ms_body_prefix *wanted, size_t n,
                      ms_error *error);

/* Does a body hash to what bh= says? `limit` is l=, or MS_NO_LIMIT; a body that is shorter than that does not. False
 * where memory is out, or OpenSSL failed (code no_memory). */
bool ms_body_matches(ms_crypto *crypto, ms_canon canon, ms_span body, uint64_t limit, ms_span bh, bool *matches,
                     ms_error *error);

typedef enum ms_made {
    MS_MADE_UNKNOWN, /* Ed25519 does not tell; or the signature or the record cannot be read */
    MS_MADE_BY_THIS_KEY,
    MS_MADE_BY_ANOTHER,
} ms_made;

/* Was the signature in this DKIM-Signature field made by the key of this key record, whatever it was made of? */
ms_made ms_signature_made(ms_crypto *crypto, ms_span field, ms_span record);

#endif
