/* head.h: keeping the header section of a message that comes in chunks.
 *
 * Signing and verifying both need the header whole and the body only once. The cap on its size is
 * what bounds their memory.
 */
#ifndef MS_DKIM_HEAD_H
#define MS_DKIM_HEAD_H

#include "base/buf.h"
#include "base/error.h"
#include "mail/header.h"

enum {
    MS_HEADER_SIZE_MAX = 1 << 20, /* octets of header section; more is refused (code header_too_large) */
    MS_HEADER_FIELDS_MAX = 8192,  /* likewise */
};

typedef struct ms_head {
    ms_buf kept;
    ms_header header;
    unsigned char *taken; /* an octet a field, for header_hash.h */
    size_t taken_size;
    bool complete; /* the empty line has come: all that follows is body */
} ms_head;

void ms_head_reset(ms_head *head);
void ms_head_free(ms_head *head);
/* Takes of *chunk what belongs to the header section and its empty line; the rest, left in *chunk, is body.
 * When ->complete turns true, ->header stands. */
bool ms_head_write(ms_head *head, ms_span *chunk, ms_error *error);
/* Adds fields that the message lacks; they live as long as `block` does. */
bool ms_head_append(ms_head *head, ms_span block, ms_error *error);
/* There is no more: what has come is all header. */
bool ms_head_close(ms_head *head, ms_error *error);

#endif
