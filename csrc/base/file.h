/* file.h: a file that is written whole or not at all.
 *
 * Its octets go into a file that has no name (Linux: O_TMPFILE), and it gets its name when all of them are on the disk.
 * So no reader and no crash ever sees half of it, and a program that is killed leaves nothing behind. Only where
 * something is to be replaced, it has a second name for the moment between two system calls. Where the file system
 * knows no files without a name, it has that second name from the beginning.
 */
#ifndef MS_BASE_FILE_H
#define MS_BASE_FILE_H

#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"

#include <stdint.h>

typedef struct ms_file {
    int descriptor;                 /* -1: it is not open */
    bool direct;                    /* a device, a pipe: written as it is */
    bool replace;                   /* may what stands at the name be replaced? */
    ms_buf path, directory, second; /* names, NUL-terminated; the second one is empty while there is none */
} ms_file;

#define MS_FILE_CLOSED ((ms_file){ .descriptor = -1 })

/* What all that fails here has for codes: exists, not_found (its directory), not_permitted (or it is a directory),
 * no_space, io_error, bad_path, no_memory. The text names the file. */

/* Begins a file that will replace what stands at `path`. A symbolic link stays, and what it points to is replaced; mode
 * and, where that is allowed, owner are those of the file that was there. A device or a pipe is written as it is.
 * `file` must be closed, and is to be abandoned at the end, whatever has become of it. */
bool ms_file_create(ms_file *file, ms_span path, ms_error *error);
bool ms_file_write(ms_file *file, ms_span octets, ms_error *error);
/* Gives it its name. */
bool ms_file_finish(ms_file *file, ms_error *error);
/* Frees what it holds; what has not been finished is gone. */
void ms_file_abandon(ms_file *file);

/* Writes `octets` to `path` with mode 0600. What is there already stays, unless `replace`; then it is replaced at one
 * stroke (a symbolic link itself, not what it points to). */
bool ms_file_write_secret(ms_span path, ms_span octets, bool replace, ms_error *error);

/* file_secret.c. Reads a file that nobody but its owner may read, and that is the caller's own: at most `most` octets,
 * into `out`, which is empty, and which the caller wipes. Codes: not_found, not_private (others have rights to it, or
 * it is somebody else's), not_a_file (a directory, a pipe), too_large, unreadable, bad_path, no_memory. */
bool ms_file_read_secret(ms_span path, size_t most, ms_buf *out, ms_error *error);

/* What stands there: "file", "directory", "other" (a device, a pipe), "nowhere" (a symbolic link to what is not there),
 * or NULL for nothing that could be seen. The path is NUL-terminated. */
const char *ms_file_kind(const char *path);

/* Which file stands there, whatever it is called: its device and its number on that. False where none can be seen. The
 * path is NUL-terminated. */
bool ms_file_identity(const char *path, uint64_t *device, uint64_t *number);

#endif
