/* signals.h: the requests to end (SIGTERM, SIGINT, SIGHUP), taken when there is time for them; and the news that a
 * program has ended that this one started.
 *
 * As long as it is open, these signals end nothing and interrupt nothing in the thread that opened it: they wait until
 * they are asked for. So no handler is needed, and no global that one would write to.
 */
#ifndef MS_BASE_SIGNALS_H
#define MS_BASE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

typedef struct ms_signals {
    bool is_open;
    sigset_t before; /* what was blocked before */
} ms_signals;

/* Opens it. */
void ms_signals_open(ms_signals *signals);
/* The name of a signal that has come, "SIGTERM" for instance; NULL where none has. Never waits. */
const char *ms_signals_take(void);
/* The same, but waits for one so many seconds at most; "SIGCHLD" where a program has ended that this one started. */
const char *ms_signals_wait(double seconds);
/* Closes it: what comes from now on does what it did before. One that is closed already stays so. */
void ms_signals_close(ms_signals *signals);

#endif
