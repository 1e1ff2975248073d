/* file.h: a file that holds a secret, whole or not at all.
 *
 * The octets go into a temporary file beside it, which nobody else may read from its first moment, and
 * reach the disk before it gets its name. So no reader, and no crash, ever sees half a key.
 */
#ifndef MS_BASE_FILE_H
#define MS_BASE_FILE_H

#include "base/error.h"
#include "base/span.h"

/* Writes `octets` to `path` with mode 0600. What is there already stays, unless `replace`; then it is replaced at one
 * stroke (a symbolic link itself, not what it points to). Codes: exists, not_found (its directory), not_permitted,
 * no_space, io_error, bad_path, no_memory. */
bool ms_file_write_secret(ms_span path, ms_span octets, bool replace, ms_error *error);

#endif
