/* dkim_key_public.c: the key in a key record. See dkim_key_public.h. */
#include "record/dkim_key_public.h"

#include "base/base64.h"
#include "crypto/der.h"

/* However long p= is, it is decoded whole: what is wrong with it is for the key's own reader to say. */
static bool decode(ms_span p, ms_buf *octets, ms_error *error)
{
    size_t room = ms_base64_room(p.n);
    char *to = ms_buf_reserve(octets, room);

    if (to == NULL)
        return ms_fail_memory(error);
    return ms_base64_decode(p, (uint8_t *)to, room, &octets->n) ||
           ms_fail(error, "key_malformed", "the record's p= is not base64; it may be cut short");
}

ms_public_key *ms_dkim_key_build(ms_crypto *crypto, const ms_dkim_key *record, ms_error *error)
{
    ms_public_key *key = NULL;
    ms_buf octets = { 0 };

    if (decode(record->p, &octets, error))
        key = ms_public_key_new(crypto, record->type, ms_buf_span(&octets), error);
    ms_buf_free(&octets);
    return key;
}

bool ms_dkim_key_check(const ms_dkim_key *record, unsigned *bits, ms_error *error)
{
    ms_buf octets = { 0 };
    bool ok = decode(record->p, &octets, error) && ms_public_key_check(record->type, ms_buf_span(&octets), bits, error);

    ms_buf_free(&octets);
    return ok;
}

static bool check_type(const ms_private_key *key, const ms_dkim_key *record, ms_error *error)
{
    static const char *const names[] = { [MS_KEY_RSA] = "rsa", [MS_KEY_ED25519] = "ed25519" };

    if (record->type == ms_private_key_type(key))
        return true;
    return ms_fail(error, "key_type_mismatch", "the record holds a key of type %s, but this key is of type %s",
                   names[record->type], names[ms_private_key_type(key)]);
}

bool ms_dkim_key_matches(ms_crypto *crypto, ms_span text, const ms_private_key *key, ms_error *error)
{
    ms_dkim_key record;
    ms_dkim_key_result result = ms_dkim_key_parse(text, &record);
    ms_buf octets = { 0 };
    bool ok;

    if (result != MS_DKIM_KEY_OK)
        return ms_dkim_key_fail(result, error);
    ok = check_type(key, &record, error) && decode(record.p, &octets, error) &&
         ms_private_key_matches(crypto, key, ms_buf_span(&octets), error);
    ms_buf_free(&octets);
    return ok;
}

static bool is_same(ms_der_key a, ms_der_key b)
{
    return a.kind == MS_DER_RSA && b.kind == MS_DER_RSA && ms_span_eq(a.modulus, b.modulus) &&
           ms_span_eq(a.exponent, b.exponent);
}

bool ms_dkim_key_same_rsa(ms_span a, ms_span b, ms_error *error)
{
    ms_buf first = { 0 }, second = { 0 };
    bool same = false;

    error->code = NULL;
    if (decode(a, &first, error) && decode(b, &second, error))
        same = is_same(ms_der_public_key(ms_buf_span(&first)), ms_der_public_key(ms_buf_span(&second)));
    ms_buf_free(&first);
    ms_buf_free(&second);
    return same;
}
