/* utf8.c: code points in and out of UTF-8. See utf8.h. */
#include "base/utf8.h"

/* How many octets a sequence takes that starts with `lead`; 0 where none can. */
static size_t sequence_size(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

bool ms_utf8_take(ms_span *text, uint32_t *code)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    static const unsigned char lead_bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
    const unsigned char *p = (const unsigned char *)text->p;
    size_t n = text->n > 0 ? sequence_size(p[0]) : 0;
    uint32_t value;

    if (n == 0 || n > text->n)
        return false;
    value = p[0] & lead_bits[n];
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return false;
        value = value << 6 | (p[i] & 0x3f);
    }
    if (value < least[n] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return false;
    *code = value;
    text->p += n;
    text->n -= n;
    return true;
}

bool ms_utf8_valid(ms_span text)
{
    uint32_t code;

    while (text.n > 0)
        if (!ms_utf8_take(&text, &code))
            return false;
    return true;
}

void ms_utf8_add(ms_buf *out, uint32_t code)
{
    char octets[4];
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

    for (size_t i = n; i-- > 1; code >>= 6)
        octets[i] = (char)(0x80 | (code & 0x3f));
    octets[0] = (char)(n == 1 ? code : (0xf00U >> n & 0xf0U) | code);
    ms_buf_add(out, octets, n);
}
