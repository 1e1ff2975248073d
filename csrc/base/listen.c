/* listen.c: see listen.h. */
#include "base/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} address;

static socklen_t read_address(const char *text, unsigned port, address *a)
{
    memset(a, 0, sizeof *a);
    if (inet_pton(AF_INET, text, &a->v4.sin_addr) == 1) {
        a->v4.sin_family = AF_INET;
        a->v4.sin_port = htons((in_port_t)port);
        return sizeof a->v4;
    }
    if (inet_pton(AF_INET6, text, &a->v6.sin6_addr) == 1) {
        a->v6.sin6_family = AF_INET6;
        a->v6.sin6_port = htons((in_port_t)port);
        return sizeof a->v6;
    }
    return 0;
}

static bool cannot(ms_error *error, const char *text, unsigned port, int cause)
{
    switch (cause) {
    case EADDRINUSE:
        return ms_fail(error, "in_use", "port %u of %s is in use: another program listens there", port, text);
    case EACCES:
    case EPERM:
        return ms_fail(error, "not_permitted", "port %u of %s is not for this user: choose one from 1024", port, text);
    case EADDRNOTAVAIL:
        return ms_fail(error, "no_such_address", "%s is no address of this machine", text);
    default:
        return ms_fail(error, "io_error", "cannot listen on %s, port %u: %s", text, port, strerror(cause));
    }
}

/* As nginx does it: over connections of before that linger, IPv6 for itself. Returns 0, or errno. */
static int try_socket(int descriptor, address *a, socklen_t length)
{
    int on = 1;

    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (a->any.sa_family == AF_INET6)
        setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    return bind(descriptor, &a->any, length) == 0 && listen(descriptor, 1) == 0 &&
                   getsockname(descriptor, &a->any, &length) == 0
               ? 0
               : errno;
}

bool ms_listen_try(const char *text, unsigned *port, ms_error *error)
{
    address a;
    socklen_t length = read_address(text, *port, &a);
    int descriptor, cause;

    if (length == 0)
        return ms_fail(error, "bad_address", "%s is no address, such as 127.0.0.1 or ::1", text);
    descriptor = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return cannot(error, text, *port, errno == EAFNOSUPPORT ? EADDRNOTAVAIL : errno);
    cause = try_socket(descriptor, &a, length);
    close(descriptor);
    if (cause != 0)
        return cannot(error, text, *port, cause);
    *port = ntohs(a.any.sa_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
    return true;
}
