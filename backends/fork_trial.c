/* SPDX-License-Identifier: MIT
 *
 * Tries work that may never end in a process of its own. A schema of a kilobyte can keep its
 * compiler busy for ever, and only killing it helps. A schema may also be made to take over its
 * compiler, which then runs in a process that can read files and report an error, and nothing
 * else.
 */
#include "backends/fork_frame.h"
#include "backends/fork_guard.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Any file may be read, for a schema may include any. A layer that the system lacks is done
 * without: the trial is there to see whether the work ends. */
static int close_off(const struct backend_trial *trial, int fd, struct thresh_error *error)
{
    static const char *const files[] = {"/"};
    const struct backend_guard guard = {.files = files, .n_files = 1, .lists = true};
    unsigned layers;
    if (fork_guard_memory(trial->memory_bytes, error) < 0)
        return -1;
    return fork_guard_close(&guard, -1, fd, &layers, error);
}

static _Noreturn void do_trial(const struct backend_trial *trial, pid_t parent, int fd)
{
    struct thresh_error error = {{0}};
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || close_off(trial, fd, &error) < 0)
        _exit(FORK_WORKER_GAVE_UP);
    if (trial->work(trial->context, &error) == 0)
        _exit(0);
    if (io_write_all(fd, &error, sizeof error) < 0)
        _exit(FORK_WORKER_GAVE_UP);
    _exit(1);
}

/* Waits until the child writes to its pipe or closes it, which it does by ending; false if the
 * time is up before that. */
static bool ends_in_time(int fd, uint64_t most_ms)
{
    int64_t begun = clock_ns() / 1000000;
    struct pollfd end = {fd, POLLIN, 0};
    for (;;) {
        int64_t left = most_ms ? (int64_t)most_ms - (clock_ns() / 1000000 - begun) : 60000;
        if (left <= 0)
            return false;
        int rc = poll(&end, 1, left < 60000 ? (int)left : 60000);
        if (rc > 0 || (rc < 0 && errno != EINTR))
            return true;
    }
}

/* 0, -1 or 1 as backend_try has it. */
static int outcome(bool in_time, int *wait_status, ptrdiff_t told, struct thresh_error *error)
{
    if (!in_time)
        *wait_status = BACKEND_OVER_TIME;
    if (*wait_status == 0)
        return 0;
    error->text[sizeof error->text - 1] = '\0';
    return in_time && told == (ptrdiff_t)sizeof *error ? -1 : 1;
}

int backend_try(const struct backend_trial *trial, int *wait_status, struct thresh_error *error)
{
    int pipes[2];
    pid_t parent = getpid();
    if (pipe2(pipes, O_CLOEXEC) < 0)
        return error_no_process(error, "no pipe to one can be made: %m");
    pid_t pid = fork();
    if (pid < 0)
        error_no_process(error, "none can be started: %m");
    if (pid == 0)
        do_trial(trial, parent, pipes[1]);
    close(pipes[1]);
    bool in_time = pid > 0 && ends_in_time(pipes[0], trial->most_ms);
    ptrdiff_t told = in_time ? io_read_all(pipes[0], error, sizeof *error) : 0;
    close(pipes[0]);
    if (pid < 0)
        return -1;
    if (!in_time)
        kill(pid, SIGKILL);
    while (waitpid(pid, wait_status, 0) < 0 && errno == EINTR)
        continue;
    return outcome(in_time, wait_status, told, error);
}
