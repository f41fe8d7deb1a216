/* SPDX-License-Identifier: MIT */
#include "backends/fork_child.h"

#include "base/clock.h"

#include <errno.h>
#include <sys/wait.h>
#include <time.h>

#define STUCK_MS     2000
#define FIRST_NAP_NS 50000
#define NAPS_NS      100000000

/* Whether waitid has something to tell of the child, which is not waited for. */
static bool is_told(pid_t pid, int options, siginfo_t *told)
{
    told->si_pid = 0;
    return waitid(P_PID, (id_t)pid, told, options | WNOHANG) == 0 && told->si_pid;
}

/* Each stop is told once, so one that was stopped, went on and is stopped again (as tools that
 * throttle a process have it) is told as stopped anew. */
bool fork_child_is_stuck(pid_t pid, int64_t *since_ms)
{
    siginfo_t told;
    int64_t now_ms = clock_ns() / 1000000;
    if (is_told(pid, WSTOPPED | WCONTINUED, &told))
        *since_ms = told.si_code == CLD_CONTINUED ? 0 : now_ms;
    else if (!*since_ms && is_told(pid, WEXITED | WNOWAIT, &told))
        *since_ms = now_ms;
    return *since_ms && now_ms - *since_ms >= STUCK_MS;
}

int fork_child_reap(pid_t pid, bool by_force)
{
    int status = 0;
    pid_t ended = waitpid(pid, &status, WNOHANG);
    for (long ns = FIRST_NAP_NS; !by_force && !ended && ns < NAPS_NS; ns *= 2) {
        nanosleep(&(struct timespec){.tv_nsec = ns}, NULL);
        ended = waitpid(pid, &status, WNOHANG);
    }
    if (ended) /* where nobody is waited for, too: its number may be another's by now */
        return status;
    kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

static bool are_lost(const struct sigaction *action)
{
    return action->sa_handler == SIG_IGN || action->sa_flags & SA_NOCLDWAIT;
}

void fork_child_keep_statuses(struct sigaction *before)
{
    struct sigaction by_default = {.sa_handler = SIG_DFL};
    sigaction(SIGCHLD, NULL, before);
    if (are_lost(before))
        sigaction(SIGCHLD, &by_default, NULL);
}

void fork_child_restore(const struct sigaction *before)
{
    if (are_lost(before))
        sigaction(SIGCHLD, before, NULL);
}
