/* file_secret.c: reading a file that is for its owner's eyes alone. See file.h. POSIX.
 *
 * The questions are put to the open descriptor, so that nothing can take the file's place between them and the reading.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool refuse(const char *path, const char *code, const char *why, ms_error *error)
{
    return ms_fail(error, code, "%.150s %s", path, why);
}

static bool fail(const char *path, int number, ms_error *error)
{
    bool absent = number == ENOENT || number == ENOTDIR;

    if (number == ENOMEM)
        return ms_fail_memory(error);
    return ms_fail(error, absent ? "not_found" : "unreadable", "%.150s cannot be read: %s", path, strerror(number));
}

static bool is_secret(int descriptor, const char *path, size_t most, ms_error *error)
{
    struct stat found;

    if (fstat(descriptor, &found) != 0)
        return fail(path, errno, error);
    if (!S_ISREG(found.st_mode))
        return refuse(path, "not_a_file", "is no ordinary file", error);
    if (found.st_uid != geteuid())
        return refuse(path, "not_private", "belongs to another user than the one this runs as", error);
    if ((found.st_mode & 077) != 0)
        return ms_fail(error, "not_private", "%.150s has mode %04o, so that others may use it; it must be 0600", path,
                       (unsigned)(found.st_mode & 07777));
    if ((unsigned long long)found.st_size > most)
        return refuse(path, "too_large", "is larger than what is looked for", error);
    return true;
}

/* Room is made once: a buffer that grows leaves copies behind. */
static bool read_all(int descriptor, const char *path, size_t most, ms_buf *out, ms_error *error)
{
    char *room = ms_buf_reserve(out, most + 1);

    if (room == NULL)
        return ms_fail_memory(error);
    for (;;) {
        ssize_t n = read(descriptor, room + out->n, most + 1 - out->n);

        if (n == 0)
            return true;
        if (n < 0 && errno != EINTR)
            return fail(path, errno, error);
        if (n > 0)
            out->n += (size_t)n;
        if (out->n > most)
            return refuse(path, "too_large", "is larger than what is looked for", error);
    }
}

bool ms_file_read_secret(ms_span path, size_t most, ms_buf *out, ms_error *error)
{
    ms_buf name = { 0 };
    int descriptor;
    bool ok;

    if (path.n == 0 || memchr(path.p, '\0', path.n) != NULL)
        return ms_fail(error, "bad_path", "a file's name is not empty and holds no NUL");
    ms_buf_add_span(&name, path);
    ms_buf_add_char(&name, '\0');
    if (name.failed)
        return ms_fail_memory(error);
    /* A pipe would be waited for without O_NONBLOCK. */
    descriptor = open(name.p, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0) {
        fail(name.p, errno, error);
        ms_buf_free(&name);
        return false;
    }
    ok = is_secret(descriptor, name.p, most, error) && read_all(descriptor, name.p, most, out, error);
    close(descriptor);
    ms_buf_free(&name);
    return ok;
}
