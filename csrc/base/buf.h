/* buf.h: octets that grow.
 *
 * A failed allocation sets `failed` and turns every later append into nothing, so that a
 * writer appends freely and asks once, at the end. Zero-initialised is empty.
 */
#ifndef MS_BASE_BUF_H
#define MS_BASE_BUF_H

#include "base/span.h"

typedef struct ms_buf {
    char *p;
    size_t n;
    size_t cap;
    bool failed;
} ms_buf;

/* Room for `more` further octets; returns where they go, or NULL. */
char *ms_buf_reserve(ms_buf *b, size_t more);
void ms_buf_add_uint(ms_buf *b, unsigned long long v);
/* The number in decimal, written into `room`. */
enum { MS_DIGITS_MAX = 20 };
ms_span ms_digits(unsigned long long v, char room[MS_DIGITS_MAX]);
void ms_buf_free(ms_buf *b);
/* Frees what held a secret, overwritten first. */
void ms_buf_wipe(ms_buf *b);

static inline void ms_buf_add(ms_buf *b, const void *p, size_t n)
{
    if (n == 0 || (n > b->cap - b->n && ms_buf_reserve(b, n) == NULL) || b->failed)
        return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

static inline void ms_buf_add_char(ms_buf *b, char c)
{
    ms_buf_add(b, &c, 1);
}

/* A constant of our own; never input. */
static inline void ms_buf_add_str(ms_buf *b, const char *s)
{
    ms_buf_add(b, s, strlen(s));
}

static inline void ms_buf_add_span(ms_buf *b, ms_span s)
{
    ms_buf_add(b, s.p, s.n);
}

static inline void ms_buf_clear(ms_buf *b)
{
    b->n = 0;
    b->failed = false;
}

static inline ms_span ms_buf_span(const ms_buf *b)
{
    return (ms_span){ b->p, b->n };
}

#endif
