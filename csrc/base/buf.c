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

void ms_buf_add_uint(ms_buf *b, unsigned long long v)
{
    char digits[20];
    size_t i = sizeof digits;

    do {
        digits[--i] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    ms_buf_add(b, digits + i, sizeof digits - i);
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
