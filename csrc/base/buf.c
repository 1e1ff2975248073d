/* buf.c: octets that grow. See buf.h. */
#include "base/buf.h"

#include <stdint.h>
#include <stdlib.h>

char *ms_buf_reserve(ms_buf *b, size_t more)
{
    size_t cap = b->cap ? b->cap : 64;
    char *p;

    if (b->failed || more > SIZE_MAX / 4 - b->n) {
        b->failed = true;
        return NULL;
    }
    if (b->n + more <= b->cap)
        return b->p + b->n;
    while (cap < b->n + more)
        cap *= 2;
    p = realloc(b->p, cap);
    if (p == NULL) {
        b->failed = true;
        return NULL;
    }
    b->p = p;
    b->cap = cap;
    return b->p + b->n;
}

ms_span ms_digits(unsigned long long v, char room[MS_DIGITS_MAX])
{
    size_t i = MS_DIGITS_MAX;

    do {
        room[--i] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    return ms_span_of(room + i, MS_DIGITS_MAX - i);
}

void ms_buf_add_uint(ms_buf *b, unsigned long long v)
{
    char room[MS_DIGITS_MAX];

    ms_buf_add_span(b, ms_digits(v, room));
}

void ms_buf_free(ms_buf *b)
{
    free(b->p);
    *b = (ms_buf){ 0 };
}

void ms_buf_wipe(ms_buf *b)
{
    volatile char *p = b->p;

    for (size_t i = 0; i < b->cap; i++)
        p[i] = 0;
    ms_buf_free(b);
}
