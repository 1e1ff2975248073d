/* random.c: octets that nobody can foretell. See random.h. */
#include "base/random.h"

#include <errno.h>
#include <sys/random.h>

bool ms_random(void *out, size_t n)
{
    char *p = out;

    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}
