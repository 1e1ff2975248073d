/* der.c: the DER of a public key. See der.h. */
#include "crypto/der.h"

#include <stdint.h>

enum { INTEGER = 0x02, BIT_STRING = 0x03, NULL_VALUE = 0x05, OBJECT_IDENTIFIER = 0x06, SEQUENCE = 0x30 };

static const char RSA_ENCRYPTION[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"; /* 1.2.840.113549.1.1.1 */
static const char ED25519[] = "\x2b\x65\x70";                                /* 1.3.101.112 */

static uint8_t octet(ms_span s, size_t i)
{
    return (uint8_t)s.p[i];
}

/* The length at the start of *in, in its shortest form (X.690 §10.1) and no longer than what follows it. */
static bool read_length(ms_span *in, size_t *length)
{
    size_t count, value = 0;

    if (in->n == 0)
        return false;
    count = octet(*in, 0);
    *in = ms_span_behind(*in, 1);
    if (count < 0x80) {
        *length = count;
        return *length <= in->n;
    }
    count -= 0x80;
    if (count == 0 || count > 3 || count > in->n)
        return false;
    for (size_t i = 0; i < count; i++)
        value = value << 8 | octet(*in, i);
    if (value < 0x80 || value >> (8 * (count - 1)) == 0)
        return false;
    *in = ms_span_behind(*in, count);
    *length = value;
    return value <= in->n;
}

/* Takes one element with `tag` off the start of *in. */
static bool read_element(ms_span *in, uint8_t tag, ms_span *content)
{
    size_t length;

    if (in->n == 0 || octet(*in, 0) != tag)
        return false;
    *in = ms_span_behind(*in, 1);
    if (!read_length(in, &length))
        return false;
    *content = (ms_span){ in->p, length };
    *in = ms_span_behind(*in, length);
    return true;
}

/* An INTEGER that is not negative, in its shortest form (X.690 §8.3.2), without its leading zero. */
static bool read_unsigned(ms_span *in, ms_span *number)
{
    if (!read_element(in, INTEGER, number) || number->n == 0 || octet(*number, 0) >= 0x80)
        return false;
    if (octet(*number, 0) != 0)
        return true;
    *number = ms_span_behind(*number, 1);
    return number->n == 0 || octet(*number, 0) >= 0x80;
}

/* The inside of an RSAPublicKey. */
static ms_der_key read_rsa(ms_span in)
{
    ms_der_key key = { .kind = MS_DER_BROKEN };

    if (read_unsigned(&in, &key.modulus) && read_unsigned(&in, &key.exponent) && in.n == 0)
        key.kind = MS_DER_RSA;
    return key;
}

/* The AlgorithmIdentifier. The NULL that rsaEncryption wants (RFC 3279 §2.3.1) may be missing, as OpenSSL has it. */
static ms_der_kind read_algorithm(ms_span in)
{
    ms_span oid, null;

    if (!read_element(&in, OBJECT_IDENTIFIER, &oid) || oid.n == 0)
        return MS_DER_BROKEN;
    if (ms_span_eq(oid, MS_LIT(ED25519)))
        return in.n == 0 ? MS_DER_ED25519 : MS_DER_BROKEN;
    if (!ms_span_eq(oid, MS_LIT(RSA_ENCRYPTION)))
        return MS_DER_OTHER;
    if (in.n > 0 && (!read_element(&in, NULL_VALUE, &null) || null.n > 0 || in.n > 0))
        return MS_DER_BROKEN;
    return MS_DER_RSA;
}

/* The inside of a SubjectPublicKeyInfo. */
static ms_der_key read_spki(ms_span in)
{
    ms_der_key key = { .kind = MS_DER_BROKEN };
    ms_span algorithm, bits, inside;
    ms_der_kind kind;

    if (!read_element(&in, SEQUENCE, &algorithm) || !read_element(&in, BIT_STRING, &bits) || in.n > 0)
        return key;
    kind = read_algorithm(algorithm);
    if (bits.n == 0 || octet(bits, 0) != 0) /* a count of unused bits */
        return key;
    bits = ms_span_behind(bits, 1);
    if (kind == MS_DER_RSA) {
        if (!read_element(&bits, SEQUENCE, &inside) || bits.n > 0)
            return key;
        return read_rsa(inside);
    }
    key.kind = kind;
    return key;
}

ms_der_key ms_der_public_key(ms_span octets)
{
    ms_der_key broken = { .kind = MS_DER_BROKEN };
    ms_span inside;

    if (!read_element(&octets, SEQUENCE, &inside) || octets.n > 0 || inside.n == 0)
        return broken;
    return octet(inside, 0) == SEQUENCE ? read_spki(inside) : read_rsa(inside);
}

unsigned ms_der_bits(ms_span number)
{
    unsigned bits = (unsigned)number.n * 8;

    if (number.n == 0)
        return 0;
    for (uint8_t top = octet(number, 0); top < 0x80; top = (uint8_t)(top << 1))
        bits--;
    return bits;
}

bool ms_der_odd(ms_span number)
{
    return number.n > 0 && (octet(number, number.n - 1) & 1) == 1;
}
