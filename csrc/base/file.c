/* file.c: a file that is written whole or not at all. See file.h. POSIX, and O_TMPFILE where there is one. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *code_of(int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return "not_found";
    case EACCES:
    case EPERM:
    case EROFS:
    case EISDIR:
        return "not_permitted";
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return "no_space";
    case ENAMETOOLONG:
    case ELOOP:
        return "bad_path";
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

/* ---- names */

/* Everything of the path up to its last slash, that included. */
static ms_span head_of(ms_span path)
{
    while (path.n > 0 && path.p[path.n - 1] != '/')
        path.n--;
    return path;
}

static void set_name(ms_buf *name, ms_span first, ms_span last)
{
    ms_buf_clear(name);
    ms_buf_add_span(name, first);
    ms_buf_add_span(name, last);
    ms_buf_add_char(name, '\0');
}

/* Without the NUL. */
static ms_span text_of(const ms_buf *name)
{
    return ms_span_of(name->p, name->n - 1);
}

/* Another name in the same directory that nobody has: 64 bits of chance. */
static bool add_second_name(ms_file *file)
{
    static const char digit[] = "0123456789abcdef";
    unsigned char octet[8];
    char ending[1 + 2 * sizeof octet] = { '.' };

    if (getentropy(octet, sizeof octet) != 0)
        return false;
    for (size_t i = 0; i < sizeof octet; i++) {
        ending[1 + 2 * i] = digit[octet[i] >> 4];
        ending[2 + 2 * i] = digit[octet[i] & 15];
    }
    set_name(&file->second, text_of(&file->path), ms_span_of(ending, sizeof ending));
    if (!file->second.failed)
        return true;
    ms_buf_clear(&file->second);
    errno = ENOMEM;
    return false;
}

static void remove_second_name(ms_file *file)
{
    if (file->second.n > 0)
        unlink(file->second.p);
    ms_buf_clear(&file->second);
}

/* Names of what a descriptor stands for, whatever the link says. */
static bool is_descriptor(const char *path)
{
    return strncmp(path, "/proc/", 6) == 0 || strncmp(path, "/dev/fd/", 8) == 0;
}

/* Follows symbolic links by hand, for the file that is to get the name may not be there. The caller has let the kernel
 * follow them first, which keeps from links that others may have laid (fs.protected_symlinks). */
static void follow_links(ms_file *file)
{
    char target[4096];
    ms_buf next = { 0 };

    for (int i = 0; i < 40 && !file->path.failed && !is_descriptor(file->path.p); i++) {
        ssize_t n = readlink(file->path.p, target, sizeof target);
        ms_span head = { NULL, 0 };
        ms_buf previous = file->path;

        if (n <= 0 || (size_t)n == sizeof target)
            break;
        if (target[0] != '/')
            head = head_of(text_of(&file->path));
        set_name(&next, head, ms_span_of(target, (size_t)n));
        file->path = next;
        next = previous;
    }
    ms_buf_free(&next);
}

/* ---- the file without a name */

#ifdef O_TMPFILE

static void own_path(const ms_file *file, char *path, size_t size)
{
    snprintf(path, size, "/proc/self/fd/%d", file->descriptor);
}

/* Without /proc it could not be named. */
static bool open_unnamed(ms_file *file, mode_t mode)
{
    char path[40];

    file->descriptor = open(file->directory.p, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
    if (file->descriptor < 0)
        return false;
    own_path(file, path, sizeof path);
    if (access(path, F_OK) == 0)
        return true;
    close(file->descriptor);
    file->descriptor = -1;
    return false;
}

static bool link_unnamed(const ms_file *file, const char *name)
{
    char path[40];

    own_path(file, path, sizeof path);
    return linkat(AT_FDCWD, path, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
}

#else

static bool open_unnamed(ms_file *file, mode_t mode)
{
    (void)file;
    (void)mode;
    return false;
}

static bool link_unnamed(const ms_file *file, const char *name)
{
    (void)file;
    (void)name;
    errno = ENOTSUP;
    return false;
}

#endif

/* linkat(2) replaces nothing, so that a second name is needed, which rename(2) takes away again. No signal ends the
 * program in between. */
static bool replace_by_unnamed(ms_file *file)
{
    sigset_t all, before;
    bool ok;
    int number;

    if (!add_second_name(file))
        return false;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    ok = link_unnamed(file, file->second.p);
    if (!ok)
        ms_buf_clear(&file->second);
    ok = ok && rename(file->second.p, file->path.p) == 0;
    number = errno;
    if (!ok)
        remove_second_name(file);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = number;
    return ok;
}

/* ---- beginning */

/* Open for writing, under no name or its second one. What a call that fails leaves is for ms_file_abandon. */
static bool open_new(ms_file *file, mode_t mode)
{
    if (open_unnamed(file, mode))
        return true;
    if (!add_second_name(file))
        return false;
    file->descriptor = open(file->second.p, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (file->descriptor < 0)
        ms_buf_clear(&file->second); /* somebody else's, or nobody's */
    return file->descriptor >= 0;
}

static bool set_path(ms_file *file, ms_span path, ms_error *error)
{
    *file = MS_FILE_CLOSED;
    if (path.n == 0 || memchr(path.p, '\0', path.n) != NULL)
        return ms_fail(error, "bad_path", "a file's name is not empty and holds no NUL");
    set_name(&file->path, path, (ms_span){ NULL, 0 });
    return !file->path.failed || ms_fail_memory(error);
}

static bool begin(ms_file *file, mode_t mode, ms_error *error)
{
    ms_span head = head_of(text_of(&file->path));

    set_name(&file->directory, head.n > 0 ? head : MS_LIT("."), (ms_span){ NULL, 0 });
    if (file->directory.failed)
        return ms_fail_memory(error);
    return open_new(file, mode) || fail(error, file->path.p, errno);
}

static bool begin_direct(ms_file *file, ms_error *error)
{
    file->direct = true;
    file->descriptor = open(file->path.p, O_WRONLY | O_TRUNC | O_NOCTTY | O_CLOEXEC);
    return file->descriptor >= 0 || fail(error, file->path.p, errno);
}

/* The new file as the old one was. To give it away takes privileges; without them it is one's own. */
static bool take_after(const ms_file *file, const struct stat *old, ms_error *error)
{
    bool given = fchown(file->descriptor, old->st_uid, old->st_gid) == 0;
    mode_t mode = old->st_mode & (given ? 07777 : 0777);

    return fchmod(file->descriptor, mode) == 0 || fail(error, file->path.p, errno);
}

bool ms_file_create(ms_file *file, ms_span path, ms_error *error)
{
    struct stat old;
    bool exists;

    if (!set_path(file, path, error))
        return false;
    exists = stat(file->path.p, &old) == 0;
    if (!exists && errno != ENOENT)
        return fail(error, file->path.p, errno);
    if (exists && S_ISDIR(old.st_mode))
        return fail(error, file->path.p, EISDIR);
    if (exists && !S_ISREG(old.st_mode))
        return begin_direct(file, error);
    follow_links(file);
    if (file->path.failed)
        return ms_fail_memory(error);
    if (exists && is_descriptor(file->path.p))
        return begin_direct(file, error);
    file->replace = true;
    return begin(file, exists ? 0600 : 0666, error) && (!exists || take_after(file, &old, error));
}

/* ---- writing and finishing */

bool ms_file_write(ms_file *file, ms_span octets, ms_error *error)
{
    while (octets.n > 0) {
        ssize_t n = write(file->descriptor, octets.p, octets.n);

        if (n < 0 && errno != EINTR)
            return fail(error, file->path.p, errno);
        if (n > 0)
            octets = ms_span_of(octets.p + n, octets.n - (size_t)n);
    }
    return true;
}

static bool close_file(ms_file *file)
{
    int descriptor = file->descriptor;

    file->descriptor = -1;
    return descriptor < 0 || close(descriptor) == 0;
}

/* link(2) fails where the name is taken, rename(2) takes it over. */
static bool give_name(ms_file *file)
{
    if (file->second.n == 0)
        return link_unnamed(file, file->path.p) || (errno == EEXIST && file->replace && replace_by_unnamed(file));
    if (!close_file(file)) /* a full disk may be told here only */
        return false;
    return (file->replace ? rename(file->second.p, file->path.p) : link(file->second.p, file->path.p)) == 0;
}

/* The name must last through a crash as well. Some file systems cannot do this to a directory; no harm. */
static void sync_directory(const ms_file *file)
{
    int directory = open(file->directory.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (directory < 0)
        return;
    fsync(directory);
    close(directory);
}

bool ms_file_finish(ms_file *file, ms_error *error)
{
    if (file->direct)
        return close_file(file) || fail(error, file->path.p, errno);
    if (fsync(file->descriptor) != 0 || !give_name(file) || !close_file(file))
        return fail(error, file->path.p, errno);
    if (file->replace)
        ms_buf_clear(&file->second); /* rename(2) took it */
    remove_second_name(file);
    sync_directory(file);
    return true;
}

void ms_file_abandon(ms_file *file)
{
    remove_second_name(file);
    close_file(file);
    ms_buf_free(&file->path);
    ms_buf_free(&file->directory);
    ms_buf_free(&file->second);
    *file = MS_FILE_CLOSED;
}

bool ms_file_write_secret(ms_span path, ms_span octets, bool replace, ms_error *error)
{
    ms_file file;
    bool ok = set_path(&file, path, error);

    file.replace = replace;
    if (ok && !replace && access(file.path.p, F_OK) == 0) /* link(2) would say so too, but after the work */
        ok = fail(error, file.path.p, EEXIST);
    ok = ok && begin(&file, 0600, error) && ms_file_write(&file, octets, error) && ms_file_finish(&file, error);
    ms_file_abandon(&file);
    return ok;
}

const char *ms_file_kind(const char *path)
{
    struct stat found;

    if (stat(path, &found) != 0)
        return lstat(path, &found) == 0 ? "nowhere" : NULL;
    return S_ISREG(found.st_mode) ? "file" : S_ISDIR(found.st_mode) ? "directory" : "other";
}

bool ms_file_identity(const char *path, uint64_t *device, uint64_t *number)
{
    struct stat found;

    if (stat(path, &found) != 0)
        return false;
    *device = (uint64_t)found.st_dev;
    *number = (uint64_t)found.st_ino;
    return true;
}
