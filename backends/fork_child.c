/* SPDX-License-Identifier: MIT */
#include "backends/fork_child.h"

#include "base/clock.h"

#include <errno.h>
#include <signal.h>
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
    pid_t ended = 0;
    for (long ns = FIRST_NAP_NS; !by_force && !ended && ns < NAPS_NS; ns *= 2) {
        ended = waitpid(pid, &status, WNOHANG);
        if (!ended)
            nanosleep(&(struct timespec){.tv_nsec = ns}, NULL);
    }
    if (ended <= 0)
        kill(pid, SIGKILL);
    while (ended <= 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}
