/* listen.h: may this program listen there? */
#ifndef MS_BASE_LISTEN_H
#define MS_BASE_LISTEN_H

#include <stdbool.h>

#include "base/error.h"

/* Binds a TCP socket to a numeric address, IPv4 or IPv6, and a port, and closes it again. With port 0 *port becomes one
 * that is free. Fails with bad_address, in_use, not_permitted, no_such_address or io_error. */
bool ms_listen_try(const char *address, unsigned *port, ms_error *error);

#endif
