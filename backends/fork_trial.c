/* SPDX-License-Identifier: MIT
 *
 * Tries work that may never end in a process of its own. A schema of a kilobyte can keep its
 * compiler busy for ever, and only killing it helps. A schema may also be made to take over its
 * compiler, which then runs in a process that can read files and report an error, and nothing
 * else.
 */
#include "backends/fork_child.h"
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

enum ending { ENDS, IS_OVERDUE, IS_STUCK };

/* Waits until the child writes to its pipe or closes it, which it does by ending. It is not
 * charged for the time that it, or the parent, is stopped. */
static enum ending await_end(pid_t pid, int fd, uint64_t most_ms)
{
    int64_t left_ms = most_ms && most_ms < INT64_MAX ? (int64_t)most_ms : INT64_MAX;
    int64_t stuck_ms = 0;
    struct pollfd end = {fd, POLLIN, 0};
    while (left_ms > 0) {
        int64_t wait_ms = left_ms < FORK_CHILD_ASK_MS ? left_ms : FORK_CHILD_ASK_MS;
        int64_t begun_ms = clock_ns() / 1000000;
        int rc = poll(&end, 1, (int)wait_ms);
        if (rc > 0 || (rc < 0 && errno != EINTR))
            return ENDS;
        if (fork_child_is_stuck(pid, &stuck_ms))
            return IS_STUCK;
        int64_t passed_ms = clock_ns() / 1000000 - begun_ms;
        if (!stuck_ms && most_ms)
            left_ms -= passed_ms < wait_ms ? passed_ms : wait_ms;
    }
    return IS_OVERDUE;
}

/* 0, -1 or 1 as backend_try has it. */
static int outcome(bool is_overdue, int *wait_status, ssize_t told, struct thresh_error *error)
{
    if (is_overdue)
        *wait_status = BACKEND_OVER_TIME;
    if (*wait_status == 0)
        return 0;
    error->text[sizeof error->text - 1] = '\0';
    return told == (ssize_t)sizeof *error ? -1 : 1;
}

/* As backend_try, with the pipe by which an error is told. */
static int try_by(const struct backend_trial *trial, const int pipes[2], int *wait_status,
                  struct thresh_error *error)
{
    pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        error_no_process(error, "none can be started: %m");
    if (pid == 0)
        do_trial(trial, parent, pipes[1]);
    close(pipes[1]);
    enum ending ending = pid > 0 ? await_end(pid, pipes[0], trial->most_ms) : ENDS;
    /* An error is written by one call, and so short that a pipe takes it as a whole. */
    ssize_t told = pid > 0 && ending == ENDS ? read(pipes[0], error, sizeof *error) : 0;
    close(pipes[0]);
    if (pid < 0)
        return -1;
    *wait_status = fork_child_reap(pid, ending != ENDS);
    return outcome(ending == IS_OVERDUE, wait_status, told, error);
}

int backend_try(const struct backend_trial *trial, int *wait_status, struct thresh_error *error)
{
    int pipes[2];
    struct sigaction before;
    if (pipe2(pipes, O_CLOEXEC) < 0)
        return error_no_process(error, "no pipe to one can be made: %m");
    fork_child_keep_statuses(&before);
    int rc = try_by(trial, pipes, wait_status, error);
    fork_child_restore(&before);
    return rc;
}
