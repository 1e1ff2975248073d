/* signals.c: signals in a descriptor. See signals.h. Linux. */
#include "base/signals.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void requests_to_end(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
}

bool ms_signals_open(ms_signals *signals, ms_error *error)
{
    sigset_t set;

    requests_to_end(&set);
    signals->descriptor = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (signals->descriptor < 0)
        return ms_fail(error, "io_error", "%s", strerror(errno));
    pthread_sigmask(SIG_BLOCK, &set, &signals->before);
    return true;
}

const char *ms_signals_take(const ms_signals *signals)
{
    struct signalfd_siginfo came;

    if (read(signals->descriptor, &came, sizeof came) != (ssize_t)sizeof came)
        return NULL;
    return came.ssi_signo == SIGTERM ? "SIGTERM" : came.ssi_signo == SIGINT ? "SIGINT" : "SIGHUP";
}

void ms_signals_close(ms_signals *signals)
{
    if (signals->descriptor < 0)
        return;
    close(signals->descriptor);
    signals->descriptor = -1;
    pthread_sigmask(SIG_SETMASK, &signals->before, NULL);
}
