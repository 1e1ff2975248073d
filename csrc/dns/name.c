/* name.c: domain names, between text and wire. See name.h. */
#include "dns/name.h"

enum { LABEL_MAX = 63, HEADER_SIZE = 12, POINTER = 0xc0 };

bool ms_dns_take_escape(ms_span *text, uint8_t *octet)
{
    const char *p = text->p;
    size_t n = text->n >= 4 && ms_is_digit(p[1]) && ms_is_digit(p[2]) && ms_is_digit(p[3]) ? 4 : 2;
    int value;

    if (text->n < n || (n == 2 && ms_is_digit(p[1])))
        return false;
    value = n == 4 ? (p[1] - '0') * 100 + (p[2] - '0') * 10 + (p[3] - '0') : (uint8_t)p[1];
    *octet = (uint8_t)value;
    *text = ms_span_behind(*text, n);
    return value <= 255;
}

/* Takes one octet of a label's text. False where an escape is broken or the octet may not stand unescaped. */
static bool take_octet(ms_span *text, uint8_t *octet)
{
    char c = text->p[0];

    if (c == '\\') {
        if (!ms_dns_take_escape(text, octet))
            return false;
    } else {
        if (c <= ' ' || c >= 0x7f)
            return false;
        *octet = (uint8_t)c;
        *text = ms_span_behind(*text, 1);
    }
    *octet = (uint8_t)ms_lower((char)*octet);
    return true;
}

/* Appends the label that begins `text`, and leaves what stands behind its dot; returns NULL, or what is wrong. */
static const char *take_label(ms_dns_name *name, ms_span *text)
{
    size_t length_at = name->n++;

    while (text->n > 0 && text->p[0] != '.') {
        if (name->n - length_at > LABEL_MAX)
            return "has a label of more than 63 octets";
        if (name->n >= MS_DNS_NAME_MAX - 1)
            return "is longer than 255 octets";
        if (!take_octet(text, &name->octets[name->n]))
            return "holds an octet that no name may hold unescaped (a U-label wants to be an A-label first)";
        name->n++;
    }
    if (name->n - length_at == 1)
        return "has an empty label";
    name->octets[length_at] = (uint8_t)(name->n - length_at - 1);
    return NULL;
}

static bool bad_name(ms_error *error, ms_span text, const char *why)
{
    char shown[64];
    size_t n = text.n < sizeof shown - 1 ? text.n : sizeof shown - 1;

    for (size_t i = 0; i < n; i++)
        shown[i] = text.p[i] > ' ' && text.p[i] < 0x7f ? text.p[i] : '?';
    shown[n] = '\0';
    return ms_fail(error, "bad_name", "the name \"%s%s\" %s", shown, n < text.n ? "..." : "", why);
}

/* Ends a name: with the root, or with the origin. */
static bool end_name(ms_dns_name *name, const ms_dns_name *origin)
{
    static const ms_dns_name root = { 1, { 0 } };

    if (origin == NULL)
        origin = &root;
    if (name->n + origin->n > MS_DNS_NAME_MAX)
        return false;
    memcpy(name->octets + name->n, origin->octets, origin->n);
    name->n += origin->n;
    return true;
}

bool ms_dns_name_parse(ms_dns_name *name, ms_span text, const ms_dns_name *origin, ms_error *error)
{
    ms_span rest = text;
    bool absolute = ms_span_eq(text, MS_LIT("."));

    name->n = 0;
    if (text.n == 0)
        return bad_name(error, text, "is empty");
    if (origin != NULL && ms_span_eq(text, MS_LIT("@")))
        rest.n = 0;
    while (rest.n > 0 && !absolute) {
        const char *wrong;

        if (name->n >= MS_DNS_NAME_MAX - 1)
            return bad_name(error, text, "is longer than 255 octets");
        wrong = take_label(name, &rest);
        if (wrong != NULL)
            return bad_name(error, text, wrong);
        if (rest.n == 0)
            break;
        rest = ms_span_of(rest.p + 1, rest.n - 1);
        absolute = rest.n == 0;
    }
    if (!end_name(name, absolute ? NULL : origin))
        return bad_name(error, text, "is longer than 255 octets");
    return true;
}

bool ms_dns_name_within(const ms_dns_name *name, const ms_dns_name *above)
{
    size_t at = 0;

    while (name->n - at > above->n)
        at += 1 + name->octets[at];
    return name->n - at == above->n && memcmp(name->octets + at, above->octets, above->n) == 0;
}

static size_t label_text(const uint8_t *label, size_t n, char *out)
{
    char *o = out;

    for (size_t i = 0; i < n; i++) {
        uint8_t c = label[i];

        if (c > ' ' && c < 0x7f && (ms_is_alpha((char)c) || memchr(".\\\"();@$", c, 8) == NULL)) {
            *o++ = (char)c;
            continue;
        }
        *o++ = '\\';
        *o++ = (char)('0' + c / 100);
        *o++ = (char)('0' + c / 10 % 10);
        *o++ = (char)('0' + c % 10);
    }
    return (size_t)(o - out);
}

size_t ms_dns_name_text(const ms_dns_name *name, char *out)
{
    size_t n = 0;

    for (size_t i = 0; i < name->n && name->octets[i] > 0; i += 1U + name->octets[i]) {
        if (i > 0)
            out[n++] = '.';
        n += label_text(name->octets + i + 1, name->octets[i], out + n);
    }
    if (n == 0)
        out[n++] = '.';
    return n;
}

/* Appends a label of a packet, its length octet before it, in lower case. */
static void append_label(ms_dns_name *name, const char *label, size_t n)
{
    uint8_t *to = name->octets + name->n;

    to[0] = (uint8_t)n;
    for (size_t i = 1; i <= n; i++)
        to[i] = (uint8_t)ms_lower(label[i]);
    name->n += n + 1;
}

bool ms_dns_name_read(ms_dns_name *name, ms_span packet, size_t *at)
{
    size_t i = *at, run = *at, behind = 0, length;
    unsigned hops = 0;

    name->n = 0;
    do {
        if (i >= packet.n)
            return false;
        length = (uint8_t)packet.p[i];
        if (length >= POINTER) {
            if (packet.n - i < 2 || ++hops > MS_DNS_HOPS_MAX)
                return false;
            if (behind == 0)
                behind = i + 2;
            i = (length & 0x3f) << 8 | (uint8_t)packet.p[i + 1];
            if (i < HEADER_SIZE || i >= run)
                return false;
            run = i;
            continue;
        }
        if (length > LABEL_MAX || packet.n - i <= length || name->n + length + 1 > MS_DNS_NAME_MAX)
            return false;
        append_label(name, packet.p + i, length);
        i += length + 1;
    } while (length > 0);
    *at = behind > 0 ? behind : i;
    return true;
}

/* Is the label at a place of a packet this one, which is in lower case, its length octet before it? */
static bool same_label(const char *label, const uint8_t *other)
{
    size_t n = other[0];

    if ((uint8_t)label[0] != n)
        return false;
    for (size_t i = 1; i <= n; i++)
        if ((uint8_t)ms_lower(label[i]) != other[i])
            return false;
    return true;
}

bool ms_dns_name_at(ms_span packet, size_t at, const ms_dns_name *name)
{
    size_t i = 0;

    for (;;) {
        size_t length = (uint8_t)packet.p[at];

        if (length >= POINTER) {
            at = (length & 0x3f) << 8 | (uint8_t)packet.p[at + 1];
            continue;
        }
        if (!same_label(packet.p + at, name->octets + i))
            return false;
        if (length == 0)
            return true;
        at += length + 1;
        i += length + 1;
    }
}

size_t ms_dns_name_behind(ms_span packet, size_t at)
{
    while (packet.p[at] != 0 && (uint8_t)packet.p[at] < POINTER)
        at += (uint8_t)packet.p[at] + 1U;
    return packet.p[at] == 0 ? at + 1 : at + 2;
}
