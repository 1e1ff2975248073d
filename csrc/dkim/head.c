/* head.c: keeping the header section of a message that comes in chunks. See head.h. */
#include "dkim/head.h"

#include <stdlib.h>

enum {
    /* A chunk is looked through in steps of this size, so that little of a body is ever copied. */
    STEP = 4096,
    /* So much with no end in it: the header section is too large, whatever follows. The largest ends within these. */
    UNFINISHED_MAX = MS_HEADER_SIZE_MAX + 2,
};

void ms_head_reset(ms_head *head)
{
    ms_buf_clear(&head->kept);
    head->header.n = 0;
    head->complete = false;
}

void ms_head_free(ms_head *head)
{
    ms_buf_free(&head->kept);
    ms_header_free(&head->header);
    free(head->taken);
    *head = (ms_head){ 0 };
}

static bool too_large(ms_error *error)
{
    return ms_fail(error, "header_too_large", "the message's header section has more than %d octets or %d fields",
                   MS_HEADER_SIZE_MAX, MS_HEADER_FIELDS_MAX);
}

static bool make_taken(ms_head *head)
{
    unsigned char *taken;

    if (head->taken_size >= head->header.n)
        return true;
    taken = realloc(head->taken, head->header.cap);
    if (taken == NULL)
        return false;
    head->taken = taken;
    head->taken_size = head->header.cap;
    return true;
}

static bool complete(ms_head *head, size_t size, ms_error *error)
{
    if (size > MS_HEADER_SIZE_MAX)
        return too_large(error);
    head->kept.n = size;
    head->complete = true;
    if (!ms_header_parse(&head->header, ms_buf_span(&head->kept)) || !make_taken(head))
        return ms_fail_memory(error);
    if (head->header.n > MS_HEADER_FIELDS_MAX)
        return too_large(error);
    return true;
}

/* The rule: the header section is whole in the first chunk, and is copied once, alone. */
static bool find_at_once(const ms_head *head, ms_span chunk, size_t *size)
{
    if (head->kept.n > 0)
        return false;
    if (chunk.n > UNFINISHED_MAX)
        chunk.n = UNFINISHED_MAX;
    return ms_header_end(chunk, 0, size);
}

bool ms_head_write(ms_head *head, ms_span *chunk, ms_error *error)
{
    size_t size;

    if (find_at_once(head, *chunk, &size)) {
        ms_buf_add(&head->kept, chunk->p, size);
        *chunk = ms_span_behind(*chunk, size + 2);
        return head->kept.failed ? ms_fail_memory(error) : complete(head, size, error);
    }
    while (!head->complete && chunk->n > 0) {
        size_t seen = head->kept.n, step = chunk->n < STEP ? chunk->n : STEP;

        ms_buf_add(&head->kept, chunk->p, step);
        if (head->kept.failed)
            return ms_fail_memory(error);
        if (ms_header_end(ms_buf_span(&head->kept), seen, &size)) {
            *chunk = ms_span_behind(*chunk, size + 2 - seen);
            return complete(head, size, error);
        }
        if (head->kept.n >= UNFINISHED_MAX)
            return too_large(error);
        *chunk = ms_span_behind(*chunk, step);
    }
    return true;
}

bool ms_head_close(ms_head *head, ms_error *error)
{
    return head->complete || complete(head, head->kept.n, error);
}

bool ms_head_append(ms_head *head, ms_span block, ms_error *error)
{
    return (ms_header_append(&head->header, block) && make_taken(head)) || ms_fail_memory(error);
}
