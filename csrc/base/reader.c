/* reader.c: reads octets as they come. See reader.h. POSIX. */
#include "base/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static bool fail(ms_error *error)
{
    return ms_fail(error, "io_error", "%s", strerror(errno));
}

bool ms_reader_open(ms_reader *reader, const char *path, ms_error *error)
{
    if (path == NULL)
        reader->descriptor = fcntl(STDIN_FILENO, F_GETFD) < 0 ? -1 : STDIN_FILENO;
    else
        reader->descriptor = open(path, O_RDONLY | O_CLOEXEC);
    return reader->descriptor >= 0 || fail(error);
}

ms_reading ms_reader_read(const ms_reader *reader, char *octets, size_t size, size_t *n, ms_error *error)
{
    struct pollfd ready = { .fd = reader->descriptor, .events = POLLIN };
    ssize_t got;

    /* At an end or an error poll says something, too: read then tells which. */
    if (poll(&ready, 1, 0) <= 0)
        return MS_READING_LATER;
    got = read(reader->descriptor, octets, size);
    if (got < 0) {
        if (errno == EAGAIN || errno == EINTR)
            return MS_READING_LATER;
        fail(error);
        return MS_READING_FAILED;
    }
    *n = (size_t)got;
    return got > 0 ? MS_READING_OCTETS : MS_READING_END;
}

void ms_reader_close(ms_reader *reader)
{
    if (reader->descriptor > STDIN_FILENO)
        close(reader->descriptor);
    reader->descriptor = -1;
}
