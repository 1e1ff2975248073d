/* process.h: a program that runs beside this one, and does not outlive it. POSIX; what follows its parent's end, Linux.
 *
 * It has a session of its own, so that a Ctrl-C at the terminal reaches the parent alone, which then says how it is to
 * end. Its signals are as a program finds them that a shell starts, whatever the parent has blocked.
 */
#ifndef MS_BASE_PROCESS_H
#define MS_BASE_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

typedef struct ms_process {
    pid_t pid;
    bool has_ended;
    int status; /* as of waitpid; once it has ended */
} ms_process;

/* Starts a program, its arguments ended by a NULL. Fails with not_found, not_permitted, no_memory or io_error. When its
 * parent ends, in whatever way, it gets SIGQUIT. */
bool ms_process_start(ms_process *process, const char *const *argv, ms_error *error);
/* Has it ended? Never waits. */
bool ms_process_ended(ms_process *process);
/* Sends it a signal by its name: SIGTERM, SIGQUIT, SIGHUP, SIGKILL. False where the name is another. One that has ended
 * gets none. */
bool ms_process_signal(const ms_process *process, const char *name);

/* From now on this process gets SIGQUIT when its parent ends, of which the number is given: at once, where it has
 * ended. */
void ms_process_follow(pid_t parent);

#endif
