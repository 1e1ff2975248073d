/* punycode.c: RFC 3492. See punycode.h; the names are those of its §6. */
#include "mail/punycode.h"

enum {
    BASE = 36,
    TMIN = 1,
    TMAX = 26,
    SKEW = 38,
    DAMP = 700,
    INITIAL_BIAS = 72,
    INITIAL_N = 0x80,
};

typedef struct writer {
    char *p;
    size_t n;
    size_t room;
} writer;

static bool put(writer *out, char c)
{
    if (out->n == out->room)
        return false;
    out->p[out->n++] = c;
    return true;
}

/* §6.1: how far the next delta's digits should reach. */
static uint32_t adapt(uint32_t delta, size_t points, bool first)
{
    uint32_t k = 0;

    delta = first ? delta / DAMP : delta / 2;
    delta += delta / (uint32_t)points;
    for (; delta > (BASE - TMIN) * TMAX / 2; k += BASE)
        delta /= BASE - TMIN;
    return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

static uint32_t threshold(uint32_t k, uint32_t bias)
{
    if (k <= bias + TMIN)
        return TMIN;
    return k >= bias + TMAX ? TMAX : k - bias;
}

/* One delta as a variable-length integer (§3.3). */
static bool put_delta(writer *out, uint32_t delta, uint32_t bias)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";

    for (uint32_t k = BASE;; k += BASE) {
        uint32_t t = threshold(k, bias);

        if (delta < t)
            return put(out, digits[delta]);
        if (!put(out, digits[t + (delta - t) % (BASE - t)]))
            return false;
        delta = (delta - t) / (BASE - t);
    }
}

/* The least code point that is not below `from`. */
static uint32_t next_point(const uint32_t *code, size_t n, uint32_t from)
{
    uint32_t least = UINT32_MAX;

    for (size_t i = 0; i < n; i++)
        if (code[i] >= from && code[i] < least)
            least = code[i];
    return least;
}

bool ms_punycode_encode(const uint32_t *code, size_t n, char *out, size_t room, size_t *written)
{
    writer w = { out, 0, room };
    uint32_t point = INITIAL_N, delta = 0, bias = INITIAL_BIAS;
    size_t basic, handled;

    for (size_t i = 0; i < n; i++)
        if (code[i] < INITIAL_N && !put(&w, (char)code[i]))
            return false;
    basic = handled = w.n;
    if (basic > 0 && !put(&w, '-'))
        return false;
    while (handled < n) {
        uint32_t next = next_point(code, n, point);

        if (next - point > (UINT32_MAX - delta) / (uint32_t)(handled + 1))
            return false;
        delta += (next - point) * (uint32_t)(handled + 1);
        point = next;
        for (size_t i = 0; i < n; i++) {
            if (code[i] < point && ++delta == 0)
                return false;
            if (code[i] != point)
                continue;
            if (!put_delta(&w, delta, bias))
                return false;
            bias = adapt(delta, handled + 1, handled == basic);
            delta = 0;
            handled++;
        }
        delta++;
        point++;
    }
    *written = w.n;
    return true;
}

/* A digit's value, or BASE. */
static uint32_t digit_value(char c)
{
    if (ms_is_digit(c))
        return (uint32_t)(c - '0') + 26;
    return ms_is_alpha(c) ? (uint32_t)(ms_lower(c) - 'a') : BASE;
}

/* Adds the integer at the start of *text to *index. */
static bool take_delta(ms_span *text, uint32_t bias, uint32_t *index)
{
    uint32_t weight = 1;

    for (uint32_t k = BASE;; k += BASE) {
        uint32_t digit, t = threshold(k, bias);

        if (text->n == 0 || (digit = digit_value(*text->p)) == BASE)
            return false;
        text->p++;
        text->n--;
        if (digit > (UINT32_MAX - *index) / weight)
            return false;
        *index += digit * weight;
        if (digit < t)
            return true;
        if (weight > UINT32_MAX / (BASE - t))
            return false;
        weight *= BASE - t;
    }
}

/* The basic code points: what stands before the last '-'. */
static bool take_basic(ms_span *text, uint32_t *code, size_t room, size_t *count)
{
    size_t last = text->n;

    while (last > 0 && text->p[last - 1] != '-')
        last--;
    *count = last > 0 ? last - 1 : 0;
    if (*count > room)
        return false;
    for (size_t i = 0; i < *count; i++) {
        if ((unsigned char)text->p[i] >= INITIAL_N)
            return false;
        code[i] = (unsigned char)text->p[i];
    }
    text->p += last;
    text->n -= last;
    return true;
}

bool ms_punycode_decode(ms_span text, uint32_t *code, size_t room, size_t *count)
{
    uint32_t point = INITIAL_N, index = 0, bias = INITIAL_BIAS;
    size_t n, basic;

    if (!take_basic(&text, code, room, &n))
        return false;
    basic = n;
    while (text.n > 0) {
        uint32_t before = index;

        if (n == room || !take_delta(&text, bias, &index))
            return false;
        bias = adapt(index - before, n + 1, n == basic);
        if (index / (uint32_t)(n + 1) > 0x10ffff - point)
            return false;
        point += index / (uint32_t)(n + 1);
        index %= (uint32_t)(n + 1);
        memmove(code + index + 1, code + index, (n - index) * sizeof *code);
        code[index++] = point;
        n++;
    }
    *count = n;
    return true;
}
