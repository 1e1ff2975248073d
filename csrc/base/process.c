/* process.c: see process.h. */
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

void ms_process_follow(pid_t parent)
{
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
#endif
    if (getppid() != parent)
        kill(getpid(), SIGQUIT);
}

/* What the child does; it only returns where the program cannot be run. */
static void become(const char *const *argv, pid_t parent)
{
    static const int plain[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
    sigset_t none;

    setsid();
    /* A shell without job control has what it starts in the background ignore some. */
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        signal(plain[i], SIG_DFL);
    ms_process_follow(parent);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* execvp changes none of them; its type is older than const. */
    execvp(argv[0], (char *const *)(const void *)argv);
}

/* Waits until the child runs its program, or tells by errno why it cannot. */
static int reported_by(int descriptor)
{
    int cause = 0;
    ssize_t n;

    do
        n = read(descriptor, &cause, sizeof cause);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof cause ? cause : 0;
}

static bool cannot(ms_error *error, const char *program, int cause)
{
    const char *code = cause == ENOENT   ? "not_found"
                       : cause == EACCES ? "not_permitted"
                       : cause == ENOMEM ? "no_memory"
                                         : "io_error";

    return ms_fail(error, code, "cannot run %s: %s", program, strerror(cause));
}

bool ms_process_start(ms_process *process, const char *const *argv, ms_error *error)
{
    pid_t parent = getpid();
    int report[2];
    int cause;

    if (pipe(report) != 0)
        return cannot(error, argv[0], errno);
    fcntl(report[0], F_SETFD, FD_CLOEXEC);
    fcntl(report[1], F_SETFD, FD_CLOEXEC);
    *process = (ms_process){ .pid = fork() };
    if (process->pid == 0) {
        become(argv, parent);
        cause = errno;
        if (write(report[1], &cause, sizeof cause) < 0)
            _exit(126);
        _exit(127);
    }
    cause = process->pid < 0 ? errno : 0;
    close(report[1]);
    if (cause == 0)
        cause = reported_by(report[0]);
    close(report[0]);
    if (cause == 0)
        return true;
    if (process->pid > 0)
        waitpid(process->pid, &process->status, 0);
    return cannot(error, argv[0], cause);
}

bool ms_process_ended(ms_process *process)
{
    if (!process->has_ended)
        process->has_ended = waitpid(process->pid, &process->status, WNOHANG) != 0;
    return process->has_ended;
}

bool ms_process_signal(const ms_process *process, const char *name)
{
    static const struct {
        const char *name;
        int number;
    } signals[] = { { "SIGTERM", SIGTERM }, { "SIGQUIT", SIGQUIT }, { "SIGHUP", SIGHUP }, { "SIGKILL", SIGKILL } };

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (strcmp(signals[i].name, name) == 0) {
            if (!process->has_ended)
                kill(process->pid, signals[i].number);
            return true;
        }
    return false;
}
