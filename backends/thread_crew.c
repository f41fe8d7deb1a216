/* SPDX-License-Identifier: MIT
 *
 * A crew of threads. Each has a place of its own for tasks; what is done goes to one list, and
 * a counter that can be polled says that there is something in it.
 */
#include "backends/crew.h"

#include "backends/backend.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct thread_crew_member {
    struct thread_crew *crew;
    pthread_t thread;
    pthread_cond_t given; /* tasks, or the crew's end */
    /* Under the crew's lock. */
    struct crew_task *tasks; /* not done; the first is in hand if `is_busy` */
    bool is_busy;
};

struct thread_crew {
    const struct crew_work *work;
    struct thread_crew_member *members;
    int size;
    int event;
    pthread_mutex_t lock;
    /* Under the lock. */
    struct crew_task *done, **done_end;
    bool ends, stopped, failed;
    struct thresh_error error;
};

/* -- In the threads ------------------------------------------------------------------- */

/* Within the lock, as what it tells of: the descriptor is never read from in vain. */
static void tell(struct thread_crew *crew)
{
    uint64_t one = 1;
    while (write(crew->event, &one, sizeof one) < 0 && errno == EINTR)
        continue;
}

static void do_task(const struct crew_work *work, void *state, struct crew_task *task)
{
    struct thresh_error error = {{0}};
    task->result = (struct buf){.max_bytes = BACKEND_RESULT_MAX_BYTES};
    int rc = work->function(state, task->request, task->len, task->what, &task->result, &error);
    if (rc >= 0 && (task->result.failed || !buf_string(&task->result)))
        rc = error_no_memory(&error);
    task->outcome = rc < 0 ? CREW_FAILED : CREW_DONE;
    if (rc >= 0)
        return;
    buf_free(&task->result);
    task->result = (struct buf){0};
    buf_append_string(&task->result, error.text);
    buf_string(&task->result);
}

/* The next task; NULL: there is none, and never will be. */
static struct crew_task *await_task(struct thread_crew_member *member)
{
    struct thread_crew *crew = member->crew;
    struct crew_task *task = NULL;
    pthread_mutex_lock(&crew->lock);
    while (!member->tasks && !crew->ends)
        pthread_cond_wait(&member->given, &crew->lock);
    if (!crew->stopped)
        task = member->tasks;
    member->is_busy = task;
    pthread_mutex_unlock(&crew->lock);
    return task;
}

static void hand_back(struct thread_crew_member *member, struct crew_task *task)
{
    struct thread_crew *crew = member->crew;
    pthread_mutex_lock(&crew->lock);
    member->tasks = task->next;
    member->is_busy = false;
    task->next = NULL;
    *crew->done_end = task;
    crew->done_end = &task->next;
    tell(crew);
    pthread_mutex_unlock(&crew->lock);
}

static bool open_state(struct thread_crew *crew, void **state)
{
    const struct crew_work *work = crew->work;
    struct thresh_error error = {{0}};
    *state = work->open ? work->open(work->shared, &error) : work->shared;
    if (*state || !work->open)
        return true;
    pthread_mutex_lock(&crew->lock);
    if (!crew->failed) {
        crew->error = error;
        crew->failed = true;
        tell(crew);
    }
    pthread_mutex_unlock(&crew->lock);
    return false;
}

static void close_state(const struct crew_work *work, void *state)
{
    if (work->open && work->close)
        work->close(state);
}

static void *be_worker(void *context)
{
    struct thread_crew_member *member = context;
    const struct crew_work *work = member->crew->work;
    struct crew_task *task;
    void *state;
    if (!open_state(member->crew, &state))
        return NULL;
    for (uint64_t taken = 0; (task = await_task(member)); taken++) {
        if (work->tasks_per_worker && taken == work->tasks_per_worker) {
            close_state(work, state);
            if (!open_state(member->crew, &state))
                return NULL;
            taken = 0;
        }
        do_task(work, state, task);
        hand_back(member, task);
    }
    close_state(work, state);
    return NULL;
}

/* -- In the program's thread ---------------------------------------------------------- */

static uint64_t room(const void *context)
{
    struct thread_crew *crew = (struct thread_crew *)context; /* its lock is no change of it */
    uint64_t most = 0;
    pthread_mutex_lock(&crew->lock);
    for (int i = 0; i < crew->size && !crew->ends && !crew->failed; i++)
        most = crew->members[i].tasks ? most : UINT64_MAX;
    pthread_mutex_unlock(&crew->lock);
    return most;
}

static void give(void *context, struct crew_task *tasks)
{
    struct thread_crew *crew = context;
    int at = 0;
    pthread_mutex_lock(&crew->lock);
    while (crew->members[at].tasks)
        at++;
    crew->members[at].tasks = tasks;
    pthread_cond_signal(&crew->members[at].given);
    pthread_mutex_unlock(&crew->lock);
}

static int turn(void *context, int timeout_ms, struct crew_task **done,
                struct thresh_error *error)
{
    struct thread_crew *crew = context;
    struct pollfd event = {crew->event, POLLIN, 0};
    uint64_t count;
    poll(&event, 1, timeout_ms);
    pthread_mutex_lock(&crew->lock);
    (void)!read(crew->event, &count, sizeof count); /* also what was told since */
    *done = crew->done;
    crew->done = NULL;
    crew->done_end = &crew->done;
    bool failed = crew->failed;
    pthread_mutex_unlock(&crew->lock);
    if (failed)
        *error = crew->error;
    return failed ? -1 : 0;
}

static int fd(const void *context)
{
    const struct thread_crew *crew = context;
    return crew->event;
}

static void end(struct thread_crew *crew, bool by_force)
{
    pthread_mutex_lock(&crew->lock);
    crew->ends = true;
    crew->stopped |= by_force;
    for (int i = 0; i < crew->size; i++)
        pthread_cond_signal(&crew->members[i].given);
    pthread_mutex_unlock(&crew->lock);
}

static void stop(void *crew)
{
    end(crew, true);
}

static void close_crew(void *context, struct crew_task **out)
{
    struct thread_crew *crew = context;
    end(crew, false);
    /* All of them first: whoever still works hands back to the same list. */
    for (int i = 0; i < crew->size; i++)
        pthread_join(crew->members[i].thread, NULL);
    for (int i = 0; i < crew->size; i++) {
        struct thread_crew_member *member = &crew->members[i];
        pthread_cond_destroy(&member->given);
        for (struct crew_task *task = member->tasks; task; task = task->next)
            task->outcome = CREW_RETURNED;
        *crew->done_end = member->tasks;
        crew->done_end = crew_tasks_end(crew->done_end);
    }
    *out = crew->done;
    close(crew->event);
    pthread_mutex_destroy(&crew->lock);
    free(crew->members);
    free(crew);
}

/* As many as the system grants; errno says why there are no more. */
static void start_threads(struct thread_crew *crew, int workers)
{
    while (crew->size < workers) {
        struct thread_crew_member *member = &crew->members[crew->size];
        member->crew = crew;
        pthread_cond_init(&member->given, NULL);
        int rc = pthread_create(&member->thread, NULL, be_worker, member);
        if (rc != 0) {
            pthread_cond_destroy(&member->given);
            errno = rc;
            return;
        }
        crew->size++;
    }
}

static void *open_crew(const struct crew_work *work, int workers, struct thresh_error *error)
{
    struct thread_crew *crew = calloc(1, sizeof *crew);
    struct thread_crew_member *members = calloc((size_t)workers, sizeof *members);
    if (!crew || !members) {
        free(crew);
        free(members);
        error_no_memory(error);
        return NULL;
    }
    *crew = (struct thread_crew){.work = work,
                                 .members = members,
                                 .done_end = &crew->done,
                                 .event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    pthread_mutex_init(&crew->lock, NULL);
    if (crew->event >= 0)
        start_threads(crew, workers);
    if (crew->size)
        return crew;
    error_set(error, "no thread can be had for the pool: %m; raise the limits (ulimit -u, -n)");
    struct crew_task *out;
    close_crew(crew, &out);
    return NULL;
}

const struct crew_kind thread_crew_kind = {
    .backend = "openmp",
    .open = open_crew,
    .room = room,
    .give = give,
    .turn = turn,
    .fd = fd,
    .stop = stop,
    .close = close_crew,
};
