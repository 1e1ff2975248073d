/* reader.h: a file, a pipe or a terminal that is read as its octets come, without waiting for more of them.
 *
 * stdio waits until its whole buffer is full. Whoever has something else to do meanwhile waits for `descriptor` in
 * poll(2).
 */
#ifndef MS_BASE_READER_H
#define MS_BASE_READER_H

#include "base/error.h"

#include <stddef.h>

typedef struct ms_reader {
    int descriptor; /* -1: it is not open */
} ms_reader;

#define MS_READER_CLOSED ((ms_reader){ .descriptor = -1 })

typedef enum ms_reading {
    MS_READING_OCTETS,
    MS_READING_LATER, /* there are none yet */
    MS_READING_END,
    MS_READING_FAILED
} ms_reading;

/* Opens the file at a NUL-terminated path; NULL is standard input. The error's text is the system's reason alone. */
bool ms_reader_open(ms_reader *reader, const char *path, ms_error *error);
/* Reads what is there, up to `size` octets; `*n` tells how many. Never waits. */
ms_reading ms_reader_read(const ms_reader *reader, char *octets, size_t size, size_t *n, ms_error *error);
/* Closes it, unless it is standard input; one that is closed already stays so. */
void ms_reader_close(ms_reader *reader);

#endif
