/* directory.h: what a directory holds. */
#ifndef MS_BASE_DIRECTORY_H
#define MS_BASE_DIRECTORY_H

#include "base/buf.h"
#include "base/error.h"

/* Adds the names of what is in a directory to `names`, each with a NUL behind it, in no order; without those that begin
 * with a dot. Fails with the codes of file.h, or with too_many where there are more than `most`. The path is
 * NUL-terminated. */
bool ms_directory_names(const char *path, size_t most, ms_buf *names, ms_error *error);

#endif
