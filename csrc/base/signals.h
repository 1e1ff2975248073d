/* signals.h: the requests to end (SIGTERM, SIGINT, SIGHUP), taken when there is time for them.
 *
 * As long as it is open, these signals end nothing and interrupt nothing in the thread that opened it: they wait in a
 * descriptor that is readable in poll(2) when one has come. signalfd(2) does that without a global that a handler would
 * need.
 */
#ifndef MS_BASE_SIGNALS_H
#define MS_BASE_SIGNALS_H

#include "base/error.h"

#include <signal.h>

typedef struct ms_signals {
    int descriptor;  /* -1: it is not open */
    sigset_t before; /* what was blocked before */
} ms_signals;

/* Opens it. The error's text is the system's reason alone. */
bool ms_signals_open(ms_signals *signals, ms_error *error);
/* The name of a signal that has come, "SIGTERM" for instance; NULL where none has. Never waits. */
const char *ms_signals_take(const ms_signals *signals);
/* Closes it: what comes from now on does what it did before. One that is closed already stays so. */
void ms_signals_close(ms_signals *signals);

#endif
