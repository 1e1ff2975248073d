/* dkim_key_public.h: the key in a key record (RFC 6376 §3.6.1 p=, RFC 8463 §4).
 *
 * ms_dkim_key_parse reads what a record says; here p= is decoded and becomes a key.
 */
#ifndef MS_RECORD_DKIM_KEY_PUBLIC_H
#define MS_RECORD_DKIM_KEY_PUBLIC_H

#include "crypto/crypto.h"
#include "record/dkim_key.h"

/* The codes are ms_public_key_new's; a p= that is not base64 is key_malformed, too. */
ms_public_key *ms_dkim_key_build(ms_crypto *crypto, const ms_dkim_key *record, ms_error *error);

/* Does that build a key, and of what size? The codes are the same. */
bool ms_dkim_key_check(const ms_dkim_key *record, unsigned *bits, ms_error *error);

/* Does the record `text` publish the public half of `key`? The codes are those of ms_dkim_key_fail,
 * ms_dkim_key_build and ms_private_key_matches, and key_type_mismatch. */
bool ms_dkim_key_matches(ms_crypto *crypto, ms_span text, const ms_private_key *key, ms_error *error);

/* Do two p= of type rsa hold one key, each in a SubjectPublicKeyInfo or as a bare RSAPublicKey? False as well where
 * that cannot be told: error->code is then no_memory, or key_malformed where one is not base64; else it is NULL. */
bool ms_dkim_key_same_rsa(ms_span a, ms_span b, ms_error *error);

#endif
