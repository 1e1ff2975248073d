/* directory.c: what a directory holds. See directory.h. POSIX. */
#include "base/directory.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

static bool fail(ms_error *error, const char *path, int number)
{
    const char *code = number == ENOENT || number == ENOTDIR ? "not_found"
                       : number == EACCES                    ? "not_permitted"
                                                             : "io_error";

    if (number == ENOMEM)
        return ms_fail_memory(error);
    return ms_fail(error, code, "the directory %.150s cannot be read: %s", path, strerror(number));
}

static bool add_names(DIR *directory, const char *path, size_t most, ms_buf *names, ms_error *error)
{
    struct dirent *entry;
    size_t count = 0;

    while ((void)(errno = 0), (entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        if (++count > most)
            return ms_fail(error, "too_many", "the directory %.150s holds more than %zu names", path, most);
        ms_buf_add(names, entry->d_name, strlen(entry->d_name) + 1);
        if (names->failed)
            return ms_fail_memory(error);
    }
    return errno == 0 || fail(error, path, errno);
}

bool ms_directory_names(const char *path, size_t most, ms_buf *names, ms_error *error)
{
    DIR *directory = opendir(path);
    bool ok;

    if (directory == NULL)
        return fail(error, path, errno);
    ok = add_names(directory, path, most, names, error);
    closedir(directory);
    return ok;
}
