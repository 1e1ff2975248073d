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

static sigset_t all(void)
{
    sigset_t set = requests_to_end();

    sigaddset(&set, SIGCHLD);
    return set;
}

void ms_signals_open(ms_signals *signals)
{
    sigset_t set = all();

    pthread_sigmask(SIG_BLOCK, &set, &signals->before);
    signals->is_open = true;
}

static const char *name_of(int number)
{
    switch (number) {
    case SIGTERM:
        return "SIGTERM";
    case SIGINT:
        return "SIGINT";
    case SIGHUP:
        return "SIGHUP";
    case SIGCHLD:
        return "SIGCHLD";
    default:
        return NULL;
    }
}

const char *ms_signals_take(void)
{
    sigset_t set = requests_to_end();

    return name_of(sigtimedwait(&set, NULL, &(struct timespec){ .tv_sec = 0 }));
}

const char *ms_signals_wait(double seconds)
{
    sigset_t set = all();
    struct timespec time = { .tv_sec = (time_t)seconds };

    time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
    return name_of(sigtimedwait(&set, NULL, &time));
}

void ms_signals_close(ms_signals *signals)
{
    if (signals->is_open)
        pthread_sigmask(SIG_SETMASK, &signals->before, NULL);
    signals->is_open = false;
}
