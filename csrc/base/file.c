/* file.c: a file that holds a secret. See file.h. POSIX. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"

static const char *code_of(int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return "not_found";
    case EACCES:
    case EPERM:
    case EROFS:
        return "not_permitted";
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return "no_space";
    default:
        return "io_error";
    }
}

static bool fail(ms_error *error, const char *path, int number)
{
    if (number == ENOMEM)
        return ms_fail_memory(error);
    if (number == EEXIST)
        return ms_fail(error, "exists", "%.150s is there already, and is not overwritten", path);
    return ms_fail(error, code_of(number), "%.150s cannot be written: %s", path, strerror(number));
}

/* write(2) until all is written. */
static bool write_all(int file, ms_span octets)
{
    while (octets.n > 0) {
        ssize_t n = write(file, octets.p, octets.n);

        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            octets = ms_span_of(octets.p + n, octets.n - (size_t)n);
    }
    return true;
}

/* Fills the open file and closes it; 0, or errno. A full disk may be told by close(2) only. */
static int fill(int file, ms_span octets)
{
    int number = write_all(file, octets) && fsync(file) == 0 ? 0 : errno;

    if (close(file) != 0 && number == 0)
        number = errno;
    return number;
}

/* Gives the temporary file its name; 0, or errno. link(2) fails where the name is taken, rename(2) takes it over. */
static int give_name(const char *temporary, const char *path, bool replace)
{
    if (replace)
        return rename(temporary, path) == 0 ? 0 : errno;
    return link(temporary, path) == 0 ? 0 : errno;
}

/* The name must last through a crash as well. Some file systems cannot do this to a directory; no harm. */
static void sync_directory(char *path)
{
    char *slash = strrchr(path, '/');
    int directory;

    if (slash != NULL)
        slash[slash == path ? 1 : 0] = '\0';
    directory = open(slash != NULL ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return;
    fsync(directory);
    close(directory);
}

/* `name` is the path, and `temporary` the same with room for mkostemp's letters at its end. */
static bool write_named(char *name, char *temporary, ms_span octets, bool replace, ms_error *error)
{
    int number, file = mkostemp(temporary, O_CLOEXEC); /* mode 0600, and never a file that was there */

    if (file < 0)
        return fail(error, name, errno);
    number = fill(file, octets);
    if (number == 0)
        number = give_name(temporary, name, replace);
    if (number != 0 || !replace)
        unlink(temporary);
    if (number != 0)
        return fail(error, name, number);
    sync_directory(name);
    return true;
}

bool ms_file_write_secret(ms_span path, ms_span octets, bool replace, ms_error *error)
{
    ms_buf name = { 0 }, temporary = { 0 };
    bool ok;

    if (path.n == 0 || memchr(path.p, '\0', path.n) != NULL)
        return ms_fail(error, "bad_path", "a file's name is not empty and holds no NUL");
    ms_buf_add_span(&name, path);
    ms_buf_add_char(&name, '\0');
    ms_buf_add_span(&temporary, path);
    ms_buf_add(&temporary, ".XXXXXX", sizeof ".XXXXXX");
    if (name.failed || temporary.failed)
        ok = ms_fail_memory(error);
    else if (!replace && access(name.p, F_OK) == 0) /* link(2) would say so too, but after the work */
        ok = fail(error, name.p, EEXIST);
    else
        ok = write_named(name.p, temporary.p, octets, replace, error);
    ms_buf_free(&name);
    ms_buf_free(&temporary);
    return ok;
}
