/* field_writer.h: writing a folded header field (RFC 5322 §2.2.3, §2.1.1).
 *
 * Lines end before column 78, so that no relay has cause to fold again, which would break a
 * signature under simple canonicalization. A line is broken only where the writer is told it may be.
 */
#ifndef MS_DKIM_FIELD_WRITER_H
#define MS_DKIM_FIELD_WRITER_H

#include "base/buf.h"

typedef struct ms_field_writer {
    ms_buf *out;
    size_t column;
} ms_field_writer;

/* Starts a field: "Name:". */
void ms_field_begin(ms_field_writer *writer, ms_buf *out, const char *name);
/* Starts a word, of `n` octets that are to stay on one line: writes the SP, or the fold, that goes before it. */
void ms_field_word(ms_field_writer *writer, size_t n);
/* Folds where the next `n` octets would not fit on the line any more. */
void ms_field_may_fold(ms_field_writer *writer, size_t n);
void ms_field_add(ms_field_writer *writer, ms_span text);
/* Writes text that may be broken anywhere. */
void ms_field_add_breakable(ms_field_writer *writer, ms_span text);

#endif
