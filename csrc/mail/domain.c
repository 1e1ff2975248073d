/* domain.c: domain names, plain and internationalised. See domain.h. */
#include "mail/domain.h"

#include "base/utf8.h"
#include "mail/punycode.h"
#include "mail/unicode.h"

enum {
    /* Octets of a name and code points of a label that are looked at at all: what is longer cannot fit, even
     * if marks are composed with their letters. */
    INPUT_MAX = 4 * MS_DOMAIN_MAX,
    POINTS_MAX = 4 * MS_LABEL_MAX,
    IDEOGRAPHIC_FULL_STOP = 0x3002,
    FULLWIDTH_FULL_STOP = 0xff0e,
    HALFWIDTH_FULL_STOP = 0xff61,
    MIDDLE_DOT = 0xb7,
    KATAKANA_MIDDLE_DOT = 0x30fb,
};

/* A label's code points after mapping. */
typedef struct label {
    uint32_t code[POINTS_MAX];
    size_t n;
} label;

static bool is_label_ascii(uint32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9') || code == '-' || code == '_';
}

bool ms_domain_valid(ms_span name)
{
    size_t label_size = 0;

    if (name.n == 0 || name.n > MS_DOMAIN_MAX)
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = ms_lower(name.p[i]);

        if (c == '.') {
            if (label_size == 0)
                return false;
            label_size = 0;
        } else if (!is_label_ascii((unsigned char)c) || ++label_size > MS_LABEL_MAX) {
            return false;
        }
    }
    return label_size > 0;
}

static bool is_dot(uint32_t code)
{
    return code == '.' || code == IDEOGRAPHIC_FULL_STOP || code == FULLWIDTH_FULL_STOP || code == HALFWIDTH_FULL_STOP;
}

static bool is_ascii(const label *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->code[i] >= 0x80)
            return false;
    return true;
}

static bool has_ace_prefix(const label *l)
{
    return l->n >= 4 && l->code[0] == 'x' && l->code[1] == 'n' && l->code[2] == '-' && l->code[3] == '-';
}

/* The character that a mark of this class would join: the one before it, or one before marks of lesser classes. NULL
 * where there is none. */
static uint32_t *joined_character(label *l, unsigned order)
{
    size_t i = l->n;

    while (i > 0) {
        unsigned before = ms_unicode_class(l->code[--i]);

        if (before == 0)
            return &l->code[i];
        if (before >= order)
            return NULL;
    }
    return NULL;
}

/* Adds a mapped code point, joined with the one before where NFC has one for both. */
static bool label_add(label *l, uint32_t code)
{
    uint32_t *joined = joined_character(l, ms_unicode_class(code));
    uint32_t composed = joined != NULL ? ms_unicode_compose(*joined, code) : 0;

    if (composed != 0)
        *joined = composed;
    else if (l->n < POINTS_MAX)
        l->code[l->n++] = code;
    else
        return false;
    return true;
}

/* Adds a code point as RFC 5895 §2 maps it. */
static bool label_add_mapped(label *l, uint32_t code)
{
    uint32_t two[2];

    if (ms_unicode_expand(code, two))
        return label_add(l, two[0]) && label_add(l, two[1]);
    return label_add(l, ms_unicode_lower(code));
}

/* Reads one label of *name, mapped, and its dot; *last tells that none follows. */
static bool take_label(ms_span *name, label *l, bool *last, ms_error *error)
{
    l->n = 0;
    while (name->n > 0) {
        uint32_t code;

        if (!ms_utf8_take(name, &code))
            return ms_fail(error, "bad_utf8", "the domain name is not valid UTF-8");
        if (is_dot(code)) {
            *last = false;
            return true;
        }
        if (!label_add_mapped(l, code))
            return ms_fail(error, "label_too_long", "a label of the domain name is longer than 63 characters");
    }
    *last = true;
    return true;
}

static bool is_kana_or_han(uint32_t code)
{
    return (code >= 0x3041 && code <= 0x30ff && code != KATAKANA_MIDDLE_DOT) || (code >= 0x3400 && code <= 0x9fff);
}

/* RFC 5892 appendix A.3 and A.7. */
static bool context_holds(const label *l, size_t i)
{
    if (l->code[i] == MIDDLE_DOT)
        return i > 0 && i + 1 < l->n && l->code[i - 1] == 'l' && l->code[i + 1] == 'l';
    if (l->code[i] != KATAKANA_MIDDLE_DOT)
        return false;
    for (size_t k = 0; k < l->n; k++)
        if (is_kana_or_han(l->code[k]))
            return true;
    return false;
}

/* A mark of the Latin, Greek and Cyrillic kind that joined nothing: NFC might want it elsewhere. */
static bool is_loose_mark(uint32_t code)
{
    return code >= 0x300 && code <= 0x36f;
}

/* A mark behind one that NFC has after it. */
static bool is_out_of_order(const label *l, size_t i)
{
    unsigned order = ms_unicode_class(l->code[i]);

    return order != 0 && i > 0 && ms_unicode_class(l->code[i - 1]) > order;
}

static bool is_allowed(const label *l, size_t i)
{
    uint32_t code = l->code[i];

    if (code < 0x80)
        return is_label_ascii(code);
    if (ms_unicode_lower(code) != code || is_loose_mark(code) || is_out_of_order(l, i))
        return false;
    return ms_unicode_is_letter(code) || context_holds(l, i);
}

/* RFC 5891 §4.2.3: what a U-label may look like. */
static bool check_label(const label *l, ms_error *error)
{
    for (size_t i = 0; i < l->n; i++)
        if (!is_allowed(l, i))
            return ms_fail(error, "bad_label", "a domain name must not hold the character U+%04lX",
                           (unsigned long)l->code[i]);
    if (is_ascii(l))
        return true;
    if (ms_unicode_is_mark(l->code[0]))
        return ms_fail(error, "bad_label", "a label of the domain name starts with a combining mark");
    if (l->code[0] == '-' || l->code[l->n - 1] == '-')
        return ms_fail(error, "bad_label", "an internationalised label starts or ends with a hyphen");
    if (l->n >= 4 && l->code[2] == '-' && l->code[3] == '-')
        return ms_fail(error, "bad_label", "an internationalised label has hyphens in its third and fourth place");
    return true;
}

/* The A-label (or the plain label) of `l`. */
static bool encode_label(const label *l, char out[MS_LABEL_MAX], size_t *size, ms_error *error)
{
    bool ascii = is_ascii(l), fits;

    if (ascii) {
        fits = l->n <= MS_LABEL_MAX;
        for (size_t i = 0; fits && i < l->n; i++)
            out[i] = (char)l->code[i];
        *size = l->n;
    } else {
        *size = 0;
        memcpy(out, "xn--", 4);
        fits = ms_punycode_encode(l->code, l->n, out + 4, MS_LABEL_MAX - 4, size);
        *size += 4;
    }
    if (!fits)
        return ms_fail(error, "label_too_long", "a label of the domain name is longer than 63 characters");
    return true;
}

/* The code points behind an A-label; false where it is none: not punycode, or not the only way to write them. */
static bool decode_label(const label *a, label *u)
{
    char text[MS_LABEL_MAX], again[MS_LABEL_MAX];
    size_t n = a->n - 4, size;

    if (a->n > MS_LABEL_MAX)
        return false;
    for (size_t i = 0; i < n; i++)
        text[i] = (char)a->code[i + 4];
    if (!ms_punycode_decode(ms_span_of(text, n), u->code, POINTS_MAX, &u->n) || is_ascii(u))
        return false;
    return ms_punycode_encode(u->code, u->n, again, sizeof again, &size) && size == n && memcmp(text, again, n) == 0;
}

/* Is it in the form that mapping would give, and what a U-label may be? */
static bool is_u_label(const label *l)
{
    label mapped = { .n = 0 };
    ms_error ignored;

    for (size_t i = 0; i < l->n; i++)
        if (!label_add_mapped(&mapped, l->code[i]))
            return false;
    return mapped.n == l->n && memcmp(mapped.code, l->code, l->n * sizeof *l->code) == 0 && check_label(l, &ignored);
}

static bool write_label(const label *l, bool unicode, ms_buf *out, ms_error *error)
{
    char text[MS_LABEL_MAX];
    label decoded;
    size_t size;

    if (l->n == 0)
        return ms_fail(error, "empty_label", "the domain name has an empty label");
    if (!check_label(l, error) || !encode_label(l, text, &size, error))
        return false;
    if (has_ace_prefix(l)) {
        if (!decode_label(l, &decoded))
            return ms_fail(error, "bad_label", "a label of the domain name starts with xn-- but is no punycode");
        if (unicode && is_u_label(&decoded))
            l = &decoded;
    }
    if (!unicode)
        ms_buf_add(out, text, size);
    for (size_t i = 0; unicode && i < l->n; i++)
        ms_utf8_add(out, l->code[i]);
    return true;
}

static bool convert(ms_span name, bool unicode, ms_buf *out, ms_error *error)
{
    size_t start = out->n;
    label l;
    bool last;

    if (name.n > INPUT_MAX)
        return ms_fail(error, "name_too_long", "the domain name is longer than 253 characters");
    do {
        if (!take_label(&name, &l, &last, error) || !write_label(&l, unicode, out, error)) {
            out->n = start;
            return false;
        }
        if (!last)
            ms_buf_add_char(out, '.');
    } while (!last);
    if (out->failed) {
        out->n = start;
        return ms_fail_memory(error);
    }
    return true;
}

bool ms_domain_to_ascii(ms_span name, ms_buf *out, ms_error *error)
{
    size_t start = out->n;

    if (!convert(name, false, out, error))
        return false;
    if (out->n - start > MS_DOMAIN_MAX) {
        out->n = start;
        return ms_fail(error, "name_too_long", "the domain name is longer than 253 characters");
    }
    return true;
}

bool ms_domain_to_unicode(ms_span name, ms_buf *out, ms_error *error)
{
    ms_buf ascii = { 0 };
    bool fine = ms_domain_to_ascii(name, &ascii, error) && convert(ms_buf_span(&ascii), true, out, error);

    ms_buf_free(&ascii);
    return fine;
}

bool ms_domain_within(ms_span name, ms_span parent)
{
    ms_span tail;

    if (name.n < parent.n)
        return false;
    tail = ms_span_of(name.p + (name.n - parent.n), parent.n);
    if (!ms_span_ieq(tail, parent))
        return false;
    return name.n == parent.n || name.p[name.n - parent.n - 1] == '.';
}
