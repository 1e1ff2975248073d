/* stream.h: the sockets of DNS over TCP, as c-ares is to use them.
 *
 * c-ares writes to its own, before 1.34, in a way that ends the process by SIGPIPE where the server has hung up. What
 * to do about that signal is up to the program that we are part of; so these never raise it. They are
 * what ares_set_socket_functions wants: as the system's functions, errno included, with a last argument that is not
 * used.
 */
#ifndef MS_DNS_STREAM_H
#define MS_DNS_STREAM_H

#include <sys/socket.h>
#include <sys/uio.h>

/* A socket that does not block and that no program which we start inherits; -1 where there is none to be had. */
int ms_stream_open(int domain, int type, int protocol, void *unused);
int ms_stream_close(int fd, void *unused);
int ms_stream_connect(int fd, const struct sockaddr *address, socklen_t size, void *unused);
ssize_t ms_stream_receive(int fd, void *octets, size_t n, int flags, struct sockaddr *address, socklen_t *size,
                          void *unused);
/* Sends some of the pieces' octets, and says how many. */
ssize_t ms_stream_send(int fd, const struct iovec *pieces, int n, void *unused);

#endif
