/* SPDX-License-Identifier: MIT
 *
 * A crew of processes: starts workers and their successors, and waits for what they say.
 */
#include "backends/fork_crew.h"

#include "backends/backend.h"
#include "backends/fork_child.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define PIPE_BYTES    (1 << 20)
#define FORK_RETRY_MS 5000       /* a shortage of processes or memory often passes */
#define RETRY_MS      20         /* how often fork is tried again meanwhile */
#define TIMER         UINT64_MAX /* what epoll calls it; a worker has a number */

/* -- Time ----------------------------------------------------------------------------- */

static void expect_something(struct fork_crew *crew)
{
    if (!crew->is_busy)
        crew->look_ms = clock_ns() / 1000000 + FORK_CHILD_ASK_MS;
    crew->is_busy = true;
}

/* Has the crew's descriptor tell when there is something to do that no worker tells of. Nobody
 * is started any more in a crew that is stopped or has failed. */
static void set_timer(struct fork_crew *crew)
{
    int64_t ms = crew->stopped || crew->failed ? 0 : crew->retry_ms;
    if (crew->is_busy && (!ms || crew->look_ms < ms))
        ms = crew->look_ms;
    if (ms == crew->timer_ms)
        return;
    struct itimerspec when = {
        .it_value = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}};
    crew->timer_ms = ms;
    timerfd_settime(crew->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

/* Buries those that are stuck; what they have said has been read, and counts. Idle ones cost
 * nobody anything. */
static void look_after_all(struct fork_crew *crew)
{
    int64_t now_ms = clock_ns() / 1000000;
    bool is_due = now_ms >= crew->look_ms;
    crew->is_busy = false;
    for (int i = 0; i < crew->size; i++) {
        struct fork_crew_member *member = &crew->members[i];
        if (!member->pid || (member->ready && !member->tasks && !member->retires))
            continue;
        if (is_due && fork_child_is_stuck(member->pid, &member->stuck_ms))
            fork_crew_bury(crew, member, true);
        else
            crew->is_busy = true;
    }
    if (is_due)
        crew->look_ms = now_ms + FORK_CHILD_ASK_MS;
}

/* -- Workers -------------------------------------------------------------------------- */

/* In the child: what it has of the others, and of epoll, is not its own. */
static _Noreturn void be_worker(const struct fork_crew *crew, struct fork_crew_member *member,
                                pid_t parent, int up)
{
    int down = member->down[0];
    member->down[0] = -1;
    for (int i = 0; i < crew->size; i++)
        fork_crew_close_pipes(&crew->members[i]);
    close(crew->epoll);
    close(crew->timer);
    fork_crew_worker(crew->work, parent, down, up);
}

/* 0, or -1 with errno. */
static int recruit(struct fork_crew *crew, int at)
{
    struct fork_crew_member *member = &crew->members[at];
    int up[2] = {-1, -1};
    pid_t parent = getpid(), pid = -1;
    *member = (struct fork_crew_member){.down = {-1, -1}, .up = -1};
    if (pipe2(member->down, O_CLOEXEC) == 0 && pipe2(up, O_CLOEXEC) == 0) {
        member->up = up[0];
        fcntl(up[0], F_SETFL, O_NONBLOCK);
        fcntl(up[1], F_SETPIPE_SZ, PIPE_BYTES); /* a refusal costs only speed */
        fcntl(member->down[1], F_SETPIPE_SZ, PIPE_BYTES);
        pid = fork();
    }
    if (pid == 0)
        be_worker(crew, member, parent, up[1]);
    int number = errno;
    if (up[1] >= 0)
        close(up[1]);
    if (pid < 0) {
        fork_crew_close_pipes(member);
        errno = number;
        return -1;
    }
    /* After the fork: the worker waits in its reads. */
    fcntl(member->down[1], F_SETFL, O_NONBLOCK);
    member->pid = pid;
    fork_crew_watch(crew, member, member->up, EPOLLIN, EPOLL_CTL_ADD);
    expect_something(crew);
    return 0;
}

/* Fills the places that nobody is in. Where not one worker is left, and none can be had, the
 * crew has failed. */
static void recruit_all(struct fork_crew *crew)
{
    int here = 0, number = 0;
    int64_t now_ms = clock_ns() / 1000000;
    struct thresh_error error;
    for (int i = 0; i < crew->size; i++)
        here += crew->members[i].pid != 0;
    if (here == crew->size || crew->stopped || crew->failed || now_ms < crew->retry_ms)
        return;
    int threads = backend_count_threads();
    for (int i = 0; i < crew->size && threads <= 1; i++)
        if (!crew->members[i].pid) {
            if (recruit(crew, i) == 0)
                here++;
            else
                number = errno;
        }
    crew->retry_ms = here == crew->size ? 0 : now_ms + (here ? 50 : 1) * RETRY_MS;
    if (here) {
        crew->refused_ms = 0;
        return;
    }
    if (!crew->refused_ms)
        crew->refused_ms = now_ms;
    if (threads <= 1 && now_ms - crew->refused_ms < FORK_RETRY_MS)
        return;
    errno = number;
    if (threads > 1)
        error_set(&error,
                  "no worker process can be started: there are %d threads in this process; use "
                  "the openmp backend",
                  threads);
    else
        error_set(&error, "no worker process can be started: %m; raise the limit (ulimit -u, "
                          "-n)");
    fork_crew_fail(crew, &error);
}

/* -- Tasks ---------------------------------------------------------------------------- */

static uint64_t room_of(const struct fork_crew *crew, const struct fork_crew_member *member)
{
    uint64_t most = crew->work->tasks_per_worker;
    if (!member->pid || member->tasks || member->retires)
        return 0;
    return most ? most - member->taken : UINT64_MAX;
}

static uint64_t room(const void *context)
{
    const struct fork_crew *crew = context;
    uint64_t best = 0;
    for (int i = 0; i < crew->size && !crew->stopped; i++) {
        uint64_t most = room_of(crew, &crew->members[i]);
        best = most > best ? most : best;
    }
    return best;
}

static void give(void *context, struct crew_task *tasks)
{
    struct fork_crew *crew = context;
    int best = 0;
    for (int i = 1; i < crew->size; i++)
        if (room_of(crew, &crew->members[i]) > room_of(crew, &crew->members[best]))
            best = i;
    struct fork_crew_member *member = &crew->members[best];
    member->tasks = member->next = tasks;
    member->written = 0;
    for (; tasks; tasks = tasks->next)
        member->taken++;
    member->retires = member->taken == crew->work->tasks_per_worker;
    fork_crew_write(crew, member);
    expect_something(crew);
    set_timer(crew);
}

/* -- Turns ---------------------------------------------------------------------------- */

static void heed(struct fork_crew *crew, uint64_t what)
{
    uint64_t count;
    if (what == TIMER) {
        (void)!read(crew->timer, &count, sizeof count);
        crew->timer_ms = 0;
        return;
    }
    struct fork_crew_member *member = &crew->members[what >> 1];
    if (member->pid && (what & 1))
        fork_crew_write(crew, member);
    else if (member->pid)
        fork_crew_read(crew, member);
}

static void heed_all(struct fork_crew *crew, int timeout_ms)
{
    struct epoll_event events[64];
    int n = epoll_wait(crew->epoll, events, 64, timeout_ms);
    for (int i = 0; i < n; i++)
        heed(crew, events[i].data.u64);
    look_after_all(crew);
}

static int turn(void *context, int timeout_ms, struct crew_task **done,
                struct thresh_error *error)
{
    struct fork_crew *crew = context;
    recruit_all(crew);
    set_timer(crew);
    heed_all(crew, crew->done || crew->failed ? 0 : timeout_ms);
    recruit_all(crew);
    set_timer(crew);
    *done = crew->done;
    crew->done = NULL;
    crew->done_end = &crew->done;
    if (!crew->failed)
        return 0;
    *error = crew->error;
    return -1;
}

static int fd(const void *context)
{
    const struct fork_crew *crew = context;
    return crew->epoll;
}

static void stop(void *context)
{
    struct fork_crew *crew = context;
    crew->stopped = true;
    for (int i = 0; i < crew->size; i++)
        if (crew->members[i].pid)
            kill(crew->members[i].pid, SIGKILL);
}

static bool is_anybody_here(const struct fork_crew *crew)
{
    bool is_here = false;
    for (int i = 0; i < crew->size; i++)
        is_here = is_here || crew->members[i].pid;
    return is_here;
}

static void close_crew(void *context, struct crew_task **out)
{
    struct fork_crew *crew = context;
    for (int i = 0; i < crew->size && !crew->stopped; i++)
        if (crew->members[i].pid)
            fork_crew_write_end(crew, &crew->members[i]);
    while (!crew->stopped && is_anybody_here(crew))
        heed_all(crew, FORK_CHILD_ASK_MS);
    for (int i = 0; i < crew->size; i++)
        if (crew->members[i].pid)
            fork_crew_bury(crew, &crew->members[i], true);
    *out = crew->done;
    close(crew->timer);
    close(crew->epoll);
    free(crew->members);
    free(crew);
}

static void *open_crew(const struct crew_work *work, int workers, struct thresh_error *error)
{
    int threads = backend_count_threads();
    if (threads > 1) {
        error_set(error,
                  "the fork backend cannot run in a process that has %d threads; use openmp",
                  threads);
        return NULL;
    }
    struct fork_crew *crew = calloc(1, sizeof *crew);
    struct fork_crew_member *members = calloc((size_t)workers, sizeof *members);
    if (!crew || !members) {
        free(crew);
        free(members);
        error_no_memory(error);
        return NULL;
    }
    *crew = (struct fork_crew){.work = work,
                               .members = members,
                               .size = workers,
                               .done_end = &crew->done,
                               .epoll = epoll_create1(EPOLL_CLOEXEC),
                               .timer =
                                   timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};
    struct epoll_event retry = {EPOLLIN, {.u64 = TIMER}};
    for (int i = 0; i < workers; i++)
        members[i] = (struct fork_crew_member){.down = {-1, -1}, .up = -1};
    if (crew->epoll >= 0 && crew->timer >= 0 &&
        epoll_ctl(crew->epoll, EPOLL_CTL_ADD, crew->timer, &retry) == 0) {
        recruit_all(crew);
        set_timer(crew);
        return crew;
    }
    error_set(error, "no descriptor can be had for the pool: %m; raise the limit (ulimit -n)");
    if (crew->timer >= 0)
        close(crew->timer);
    if (crew->epoll >= 0)
        close(crew->epoll);
    free(members);
    free(crew);
    return NULL;
}

const struct crew_kind fork_crew_kind = {
    .backend = "fork",
    .isolates = true,
    .open = open_crew,
    .room = room,
    .give = give,
    .turn = turn,
    .fd = fd,
    .stop = stop,
    .close = close_crew,
};
