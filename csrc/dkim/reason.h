/* reason.h: every way a signature can turn out.
 *
 * A result word of RFC 8601 §2.7.1, a stable code for programs, and a sentence for people: one line
 * a cause, in the order in which a verifier comes upon them (RFC 6376 §6.1). In a sentence, %n is
 * the name that was asked in DNS, %d the signing domain, %i the identity, and %t the part at fault.
 */
#ifndef MS_DKIM_REASON_H
#define MS_DKIM_REASON_H

typedef enum ms_result {
    MS_RESULT_PASS,
    MS_RESULT_FAIL,
    MS_RESULT_POLICY,
    MS_RESULT_NEUTRAL,
    MS_RESULT_TEMPERROR,
    MS_RESULT_PERMERROR,
} ms_result;

/* clang-format off */
#define MS_REASONS(X) \
    X(PASS, PASS, NULL, "the signature is good") \
    /* The DKIM-Signature field itself: §3.5, §6.1.1. */ \
    X(SIGNATURE_SYNTAX, PERMERROR, "signature_syntax", "the DKIM-Signature field is not a tag list: %t") \
    X(VERSION_MISSING, PERMERROR, "version_missing", "the signature has no v= tag") \
    X(VERSION_UNKNOWN, PERMERROR, "version_unknown", "the signature's v= is not 1") \
    X(TAG_MISSING, PERMERROR, "tag_missing", "the signature has no %t= tag, which is required") \
    X(ALGORITHM_UNKNOWN, NEUTRAL, "algorithm_unknown", "the signature's algorithm a=%t is not one that is known") \
    X(ALGORITHM_SHA1, PERMERROR, "algorithm_sha1", "the signature uses SHA-1, which must not be relied on (RFC 8301)") \
    X(CANONICALIZATION_UNKNOWN, NEUTRAL, "canonicalization_unknown", "the signature's canonicalization c=%t is not one that is known") \
    X(QUERY_METHOD_UNKNOWN, NEUTRAL, "query_method_unknown", "the signature's key is not to be had from DNS: q=%t") \
    X(DOMAIN_INVALID, PERMERROR, "domain_invalid", "the signature's d= is not a domain name") \
    X(SELECTOR_INVALID, PERMERROR, "selector_invalid", "the signature's s= is not a selector") \
    X(IDENTITY_INVALID, PERMERROR, "identity_invalid", "the signature's i= is not an identity") \
    X(IDENTITY_OUTSIDE_DOMAIN, PERMERROR, "identity_outside_domain", "the identity %i is not within the signing domain %d") \
    X(HEADERS_INVALID, PERMERROR, "headers_invalid", "the signature's h= is not a list of header field names") \
    X(HEADERS_TOO_MANY, PERMERROR, "headers_too_many", "the signature's h= names more header fields than any honest one") \
    X(FROM_NOT_SIGNED, PERMERROR, "from_not_signed", "the signature does not cover the From field") \
    X(SIGNATURE_MALFORMED, PERMERROR, "signature_malformed", "the signature's b= is not base64 of a signature") \
    X(BODY_HASH_MALFORMED, PERMERROR, "body_hash_malformed", "the signature's bh= is not base64 of a SHA-256 digest") \
    X(BODY_LENGTH_MALFORMED, PERMERROR, "body_length_malformed", "the signature's l= is not a number") \
    X(TIMESTAMP_MALFORMED, PERMERROR, "timestamp_malformed", "the signature's t= is not a number") \
    X(EXPIRATION_MALFORMED, PERMERROR, "expiration_malformed", "the signature's x= is not a number") \
    X(EXPIRATION_BEFORE_TIMESTAMP, PERMERROR, "expiration_before_timestamp", "the signature's expiration x= is not after its t=") \
    X(EXPIRED, PERMERROR, "expired", "the signature has expired") \
    /* The key's name in DNS: §6.1.2. */ \
    X(KEY_NAME_MISSING, PERMERROR, "key_name_missing", "there is no key: the name %n does not exist in DNS") \
    X(KEY_RECORD_MISSING, PERMERROR, "key_record_missing", "there is no key: %n has no TXT record") \
    X(KEY_NOT_A_KEY, PERMERROR, "key_not_a_key", "there is no key: the TXT at %n is no DKIM key record") \
    X(KEY_RECORDS_SEVERAL, PERMERROR, "key_records_several", "there is more than one key record at %n") \
    X(DNS_TIMEOUT, TEMPERROR, "dns_timeout", "DNS did not answer in time for %n") \
    X(DNS_SERVFAIL, TEMPERROR, "dns_servfail", "the name servers could not answer for %n") \
    X(DNS_REFUSED, TEMPERROR, "dns_refused", "the name servers refused to answer for %n") \
    X(DNS_UNAVAILABLE, TEMPERROR, "dns_unavailable", "DNS could not be asked for %n") \
    X(DNSSEC_BOGUS, TEMPERROR, "dnssec_bogus", "the answer for %n does not validate under DNSSEC") \
    /* The key record: §3.6.1, §6.1.2. */ \
    X(KEY_SYNTAX, PERMERROR, "key_syntax", "the key record at %n is malformed") \
    X(KEY_VERSION, PERMERROR, "key_version", "the key record at %n has a v= that is not DKIM1, or not its first tag") \
    X(KEY_NO_P, PERMERROR, "key_no_p", "the key record at %n has no p= tag") \
    X(KEY_REVOKED, PERMERROR, "key_revoked", "the key at %n is revoked: its p= is empty") \
    X(KEY_TYPE_UNKNOWN, PERMERROR, "key_type_unknown", "the key record at %n has a k= that is not known") \
    X(KEY_TYPE_MISMATCH, PERMERROR, "key_type_mismatch", "the key at %n is not of the kind that the signature's a= needs") \
    X(KEY_HASH_NOT_ALLOWED, PERMERROR, "key_hash_not_allowed", "the key record at %n does not allow SHA-256 (h=)") \
    X(KEY_NOT_FOR_EMAIL, PERMERROR, "key_not_for_email", "the key record at %n is not for e-mail (s=)") \
    X(KEY_IDENTITY_STRICT, PERMERROR, "key_identity_strict", "the key at %n does not allow the identity %i: its t=s wants the very domain %d") \
    X(KEY_MALFORMED, PERMERROR, "key_malformed", "the key in the record at %n cannot be read") \
    X(KEY_IS_SPKI, PERMERROR, "key_is_spki", "the Ed25519 key at %n is wrapped in DER; p= must be the 32 octets alone") \
    X(KEY_TOO_SMALL, PERMERROR, "key_too_small", "the RSA key at %n has fewer than 1024 bits") \
    X(KEY_TOO_LARGE, PERMERROR, "key_too_large", "the RSA key at %n has more than 8192 bits") \
    X(KEY_BAD_EXPONENT, PERMERROR, "key_bad_exponent", "the RSA key at %n has an exponent that is not safe") \
    X(KEY_SMALL_ORDER, PERMERROR, "key_small_order", "the Ed25519 key at %n is one under which anything verifies") \
    X(KEY_BELOW_POLICY, POLICY, "key_below_policy", "the RSA key at %n is smaller than the receiver accepts") \
    /* The message: §6.1.3. */ \
    X(BODY_HASH_MISMATCH, FAIL, "body_hash_mismatch", "the body is not the one that %d signed") \
    X(BODY_SHORTER_THAN_SIGNED, FAIL, "body_shorter_than_signed", "the body is shorter than the part that %d signed (l=)") \
    X(SIGNATURE_MISMATCH, FAIL, "signature_mismatch", "the header is not the one that %d signed, or the key at %n is another") \
    X(BODY_PARTLY_SIGNED, POLICY, "body_partly_signed", "the signature leaves octets at the end of the body unsigned (l=)") \
    X(ALGORITHM_REFUSED, POLICY, "algorithm_refused", "this system's crypto policy refuses the algorithm or the key at %n") \
    X(INTERNAL, TEMPERROR, "internal", "the signature could not be evaluated: out of memory, or the crypto library failed")
/* clang-format on */

#define MS_REASON_ENUM(name, result, code, text) MS_REASON_##name,
typedef enum ms_reason { MS_REASONS(MS_REASON_ENUM) MS_REASON_COUNT } ms_reason;
#undef MS_REASON_ENUM

ms_result ms_reason_result(ms_reason reason);
/* The RFC 8601 word: "pass", "permerror"… */
const char *ms_result_word(ms_result result);
/* NULL for a pass. */
const char *ms_reason_code(ms_reason reason);
/* With its %n, %d, %i, %t in it. */
const char *ms_reason_text(ms_reason reason);
/* The reason that is called `code`, or `otherwise`. */
ms_reason ms_reason_of_code(const char *code, ms_reason otherwise);

#endif
