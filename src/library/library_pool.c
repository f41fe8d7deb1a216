/* SPDX-License-Identifier: MIT
 *
 * Pools: tasks to workers, results back.
 */
#include "library/library_pool.h"

#include "backends/backend.h"
#include "library/library_request.h"
#include "run/cpus.h"
#include "run/plan.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* As long as the struct was in version 0.1.0; none is shorter. */
#define WORK_LEAST (offsetof(struct thresh_pool_work, close) + sizeof(void (*)(void *)))

/* -- Without workers ------------------------------------------------------------------ */

static int open_state(struct thresh_pool *pool, struct thresh_error *error)
{
    const struct crew_work *work = &pool->work;
    pool->state = work->open ? work->open(work->shared, error) : work->shared;
    pool->taken = 0;
    return work->open && !pool->state ? -1 : 0;
}

static void close_state(struct thresh_pool *pool)
{
    if (pool->work.open && pool->work.close && pool->state)
        pool->work.close(pool->state);
    pool->state = NULL;
}

/* Does the first task of the queue. 0, or -1 with the error filled in. */
static int do_first(struct thresh_pool *pool, struct crew_task **done,
                    struct thresh_error *error)
{
    struct crew_task *task = pool->queue;
    struct thresh_error failure = {{0}};
    *done = NULL;
    if (!task)
        return 0;
    if (pool->work.tasks_per_worker && pool->taken++ == pool->work.tasks_per_worker) {
        close_state(pool);
        if (open_state(pool, error) < 0)
            return -1;
        pool->taken = 1;
    }
    pool->queue = task->next;
    if (!pool->queue)
        pool->queue_end = &pool->queue;
    task->next = NULL;
    task->result = (struct buf){.max_bytes = BACKEND_RESULT_MAX_BYTES};
    int rc = library_request_call(pool->state, task->request, task->len, task->what,
                                  &task->result, &failure);
    if (rc == 0 && !buf_string(&task->result))
        rc = error_no_memory(&failure);
    task->outcome = rc < 0 ? CREW_FAILED : CREW_DONE;
    if (rc < 0) {
        buf_free(&task->result);
        task->result = (struct buf){0};
        buf_append_string(&task->result, failure.text);
        buf_string(&task->result);
    }
    *done = task;
    return 0;
}

/* The descriptor of a pool without workers says whether tasks are queued. */
static void show_queue(struct thresh_pool *pool)
{
    uint64_t count = 1;
    if (pool->event < 0)
        return;
    if (pool->queue)
        (void)!write(pool->event, &count, sizeof count);
    else
        (void)!read(pool->event, &count, sizeof count);
}

/* -- Tasks on their way --------------------------------------------------------------- */

/* Hands out as many tasks as workers will take. */
static void feed(struct thresh_pool *pool)
{
    uint64_t room;
    while (pool->crew && pool->queue && (room = pool->kind->room(pool->crew))) {
        struct crew_task *first = pool->queue, *last = first;
        const struct thresh_ticket *ticket = ((struct pool_item *)first)->ticket;
        uint64_t most = ticket->chunk < room ? ticket->chunk : room;
        for (uint64_t count = 1; count < most && last->next; count++) {
            if (((struct pool_item *)last->next)->ticket != ticket)
                break;
            last = last->next;
        }
        pool->queue = last->next;
        if (!pool->queue)
            pool->queue_end = &pool->queue;
        last->next = NULL;
        for (struct crew_task *task = first; task; task = task->next)
            ((struct pool_item *)task)->is_out = true;
        pool->kind->give(pool->crew, first);
    }
}

void library_pool_queue(struct thresh_pool *pool, struct thresh_ticket *ticket)
{
    for (size_t i = 0; i < ticket->n; i++) {
        struct crew_task *task = &ticket->items[i].task;
        *pool->queue_end = task;
        pool->queue_end = &task->next;
    }
    pool->n_left += ticket->n;
    ticket->n_out += ticket->n;
    feed(pool);
    show_queue(pool);
}

/* Tasks that come back undone go before all others, in their order. */
static void put_back(struct thresh_pool *pool, struct crew_task *tasks)
{
    if (!tasks)
        return;
    struct crew_task **end = crew_tasks_end(&tasks);
    if (!pool->queue)
        pool->queue_end = end;
    *end = pool->queue;
    pool->queue = tasks;
}

/* Notes what has come back from the workers. */
static void take_in(struct thresh_pool *pool, struct crew_task *tasks)
{
    struct crew_task *returned = NULL, **end = &returned;
    while (tasks) {
        struct pool_item *item = (struct pool_item *)tasks;
        tasks = item->task.next;
        item->task.next = NULL;
        item->is_out = false;
        if (item->task.outcome == CREW_RETURNED && !item->is_done) {
            *end = &item->task;
            end = &item->task.next;
            continue;
        }
        if (!item->is_done) {
            library_item_note(item);
            pool->n_left--;
        } else if (item->task.outcome != CREW_RETURNED) {
            buf_free(&item->task.result); /* it was given up meanwhile */
        }
        item->ticket->n_out--;
        library_item_add_telling(pool, item);
    }
    put_back(pool, returned);
}

/* Nothing more will be done: all that is not has failed. Where the crew has an item, it has it
 * until it gives it back. */
static void give_up(struct thresh_pool *pool, enum thresh_loss_kind kind, const char *text)
{
    pool->is_closed = true;
    if (pool->crew)
        pool->kind->stop(pool->crew);
    pool->queue = NULL;
    pool->queue_end = &pool->queue;
    for (struct thresh_ticket *ticket = pool->tickets; ticket; ticket = ticket->next)
        for (size_t i = 0; i < ticket->n; i++) {
            struct pool_item *item = &ticket->items[i];
            if (item->is_done)
                continue;
            library_item_lose(item, kind, text);
            pool->n_left--;
            ticket->n_out -= !item->is_out;
            library_item_add_telling(pool, item);
        }
    show_queue(pool);
}

static int take_turn(struct thresh_pool *pool, int timeout_ms)
{
    struct crew_task *done = NULL;
    struct thresh_error error = {{0}};
    int rc = 0;
    feed(pool);
    if (pool->crew)
        rc = pool->kind->turn(pool->crew, timeout_ms, &done, &error);
    else if (!pool->is_joined)
        rc = do_first(pool, &done, &error);
    take_in(pool, done);
    if (rc < 0 && !pool->failed && !pool->is_joined) {
        pool->failed = true;
        pool->error = error;
        give_up(pool, THRESH_LOSS_ERROR, error.text);
    }
    feed(pool);
    show_queue(pool);
    return pool->failed ? -1 : 0;
}

int thresh_pool_turn(struct thresh_pool *pool, int64_t timeout_ms, struct thresh_error *error)
{
    int most = timeout_ms < 0 || timeout_ms > INT_MAX ? -1 : (int)timeout_ms;
    if (pool->telling || (!pool->n_left && most < 0))
        most = 0; /* somebody is to be told at once, or nothing will ever come */
    int rc = take_turn(pool, most);
    library_item_tell_all(pool);
    if (rc < 0)
        *error = pool->error;
    return rc;
}

/* -- Opening and closing -------------------------------------------------------------- */

/* By name, or as is best here; NULL with the error filled in. */
static const struct crew_kind *choose(const char *backend, struct thresh_error *error)
{
    bool is_alone = backend_count_threads() <= 1;
    const struct crew_kind *chosen = NULL;
    for (const struct crew_kind *const *kind = backend_crews; *kind; kind++) {
        bool is_fit = backend ? strcmp(backend, (*kind)->backend) == 0
                              : !chosen || !(is_alone || (*kind)->isolates);
        if (is_fit)
            chosen = *kind;
    }
    if (!chosen && backend)
        error_set(error,
                  "a pool cannot be had over a backend \"%s\"; this build has openmp or fork, "
                  "or neither",
                  backend);
    else if (!chosen)
        error_set(error, "this build has no parallel backend; open the pool with 0 workers");
    return chosen;
}

static int open_workers(struct thresh_pool *pool, int workers, struct thresh_error *error)
{
    struct cpus cpus;
    if (workers == 0) {
        pool->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (pool->event < 0)
            return error_set(error, "no descriptor can be had for the pool: %m; raise the "
                                    "limit (ulimit -n)");
        return open_state(pool, error);
    }
    if (workers < 0) {
        cpus_detect(&cpus, "", 0);
        workers = plan_workers(cpus.vcpus, cpus.affinity);
    }
    pool->kind = choose(pool->given.backend, error);
    pool->workers = workers;
    pool->crew = pool->kind ? pool->kind->open(&pool->work, workers, error) : NULL;
    return pool->crew ? 0 : -1;
}

struct thresh_pool *thresh_pool_open(const struct thresh_pool_work *work, int workers,
                                     struct thresh_error *error)
{
    struct thresh_pool *pool = calloc(1, sizeof *pool);
    if (!pool) {
        error_no_memory(error);
        return NULL;
    }
    pool->event = -1;
    pool->queue_end = &pool->queue;
    pool->telling_end = &pool->telling;
    if (work->size >= WORK_LEAST)
        memcpy(&pool->given, work,
               work->size < sizeof pool->given ? work->size : sizeof pool->given);
    pool->work = (struct crew_work){.function = library_request_call,
                                    .tasks_per_worker = pool->given.tasks_per_worker,
                                    .open = pool->given.open,
                                    .shared = pool->given.shared,
                                    .close = pool->given.close};
    int rc = work->size >= WORK_LEAST ? 0
                                      : error_set(error, "thresh_pool_open: the size of the "
                                                         "work is not set");
    if (rc == 0)
        rc = open_workers(pool, workers, error);
    if (rc == 0)
        return pool;
    if (pool->event >= 0)
        close(pool->event);
    free(pool);
    return NULL;
}

void thresh_pool_close(struct thresh_pool *pool)
{
    pool->is_closed = true;
}

void thresh_pool_terminate(struct thresh_pool *pool)
{
    if (!pool->is_joined)
        give_up(pool, THRESH_LOSS_TERMINATED, "the pool was terminated before it was done");
}

int thresh_pool_join(struct thresh_pool *pool, struct thresh_error *error)
{
    struct crew_task *out = NULL;
    if (!pool->is_closed)
        return error_set(error, "the pool is still open: close or terminate it first");
    while (pool->n_left && !pool->failed) {
        take_turn(pool, -1);
        library_item_tell_all(pool);
    }
    if (pool->crew)
        pool->kind->close(pool->crew, &out);
    else if (!pool->is_joined)
        close_state(pool);
    pool->crew = NULL;
    pool->is_joined = true;
    take_in(pool, out);
    library_item_tell_all(pool);
    if (!pool->failed)
        return 0;
    *error = pool->error;
    return -1;
}

void thresh_pool_free(struct thresh_pool *pool)
{
    struct thresh_error ignored;
    if (!pool)
        return;
    thresh_pool_close(pool);
    thresh_pool_join(pool, &ignored);
    for (struct thresh_ticket *ticket = pool->tickets, *next; ticket; ticket = next) {
        next = ticket->next;
        ticket->is_freed = true;
        library_item_release(ticket);
    }
    if (pool->event >= 0)
        close(pool->event);
    free(pool);
}

int thresh_pool_workers(const struct thresh_pool *pool)
{
    return pool->workers;
}

int thresh_pool_fd(const struct thresh_pool *pool)
{
    return pool->crew ? pool->kind->fd(pool->crew) : pool->event;
}
