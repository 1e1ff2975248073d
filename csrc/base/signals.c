/* signals.c: signals that wait. See signals.h. POSIX. */
#include "base/signals.h"

#include <pthread.h>
#include <stddef.h>
#include <time.h>

static sigset_t requests_to_end(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    return set;
}

void ms_signals_open(ms_signals *signals)
{
    sigset_t set = requests_to_end();

    pthread_sigmask(SIG_BLOCK, &set, &signals->before);
    signals->is_open = true;
}

const char *ms_signals_take(void)
{
    sigset_t set = requests_to_end();

    switch (sigtimedwait(&set, NULL, &(struct timespec){ .tv_sec = 0 })) {
    case SIGTERM:
        return "SIGTERM";
    case SIGINT:
        return "SIGINT";
    case SIGHUP:
        return "SIGHUP";
    default:
        return NULL;
    }
}

void ms_signals_close(ms_signals *signals)
{
    if (signals->is_open)
        pthread_sigmask(SIG_SETMASK, &signals->before, NULL);
    signals->is_open = false;
}
