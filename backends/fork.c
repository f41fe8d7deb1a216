/* SPDX-License-Identifier: MIT
 *
 * Workers are processes with two pipes each. There is no shared memory and no semaphore of any
 * kind, because some hosts, AWS Lambda among them, have none.
 *
 * Tickets are cut in rising order and a worker answers its own in order, so the next item to be
 * emitted is always at the head of some worker's stream of frames. The parent reads that stream
 * as far as it must and the others a little ahead; what it does not read yet stays in the
 * pipes, and workers wait in their writes. The worker whose turn it is never waits, so there is
 * no deadlock.
 *
 * When a worker dies, its complete frames count and its tickets go to a successor, which begins
 * at the first item without a frame; backend.h says when that item is lost. A worker that sends
 * a frame it may not send at that point is killed and then treated as one that died.
 */
#include "backends/fork_place.h"

#include "backends/fork_child.h"
#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POLL_MS       FORK_CHILD_ASK_MS /* work->stop is asked as often */
#define FORK_RETRY_MS 5000              /* a shortage of processes or memory often passes */
#define WIND_UP_MS    1000              /* a stopped run waits so long for what is being done */

struct fork_pool {
    const struct backend_work *work;
    struct fork_place *places;
    struct pollfd *polls;
    int size;
    int turn;           /* the place that emitted last, likely to be the next too */
    uint64_t next;      /* to be emitted */
    uint64_t cut;       /* items before this one are on tickets */
    uint64_t limit;     /* no tickets from here on: work->n, or the lowest item that failed */
    int64_t refused_ms; /* since when fork has been refused; 0: it has not */
};

static int refused(struct fork_pool *pool, bool for_good, int number,
                   struct thresh_error *error)
{
    if (!pool->refused_ms)
        pool->refused_ms = clock_ns() / 1000000;
    if (!for_good && clock_ns() / 1000000 - pool->refused_ms < FORK_RETRY_MS)
        return 0;
    errno = number;
    return error_set(error,
                     "no worker process can be started: %m; raise the limit (ulimit -u, -n) "
                     "or use --backend sequential");
}

/* Only a worker that was ready is given tickets: what is on them now, one left unanswered. */
static void tell_again(const struct fork_pool *pool, struct fork_place *place)
{
    for (uint32_t i = 0; i < place->queued; i++) {
        uint64_t first = place->queue[i].first, end = first + place->queue[i].count;
        if (first < place->again)
            first = place->again;
        if (first >= end)
            continue;
        place->again = end;
        if (pool->work->again)
            pool->work->again(pool->work->sink, first, end - first);
    }
}

/* Starts a worker in every place that has work waiting and no worker. While fork is refused,
 * the others take the items that are on no ticket yet. A ticket stays with its place, since
 * another worker would have to go back to an item before its last one; for those, fork is tried
 * again. */
static int recruit(struct fork_pool *pool, struct thresh_error *error)
{
    int here = 0, waiting = 0, number = 0;
    for (int i = 0; i < pool->size; i++) {
        struct fork_place *place = &pool->places[i];
        bool needed = !place->closed && (place->queued || pool->cut < pool->limit);
        if (place->pid) {
            here++;
        } else if (needed && fork_place_recruit(pool->places, pool->size, i, pool->work) == 0) {
            here++;
            tell_again(pool, place);
        } else if (needed) {
            number = errno;
            place->closed = !place->queued;
            waiting += !place->closed;
        }
    }
    if (waiting || (!here && number))
        return refused(pool, !waiting, number, error);
    pool->refused_ms = 0;
    return 0;
}

/* A ticket is worth about FORK_TICKET_NS; at most a quarter of a fair share of what is left, so
 * that all workers finish together; and at most four times the ticket on which the pace was
 * measured. */
static uint32_t ticket_size(const struct fork_pool *pool, const struct fork_place *place)
{
    uint64_t size = place->pace;
    uint64_t share = (pool->limit - pool->cut) / ((uint64_t)pool->size * 4);
    if (size > share)
        size = share;
    if (size > (uint64_t)place->given * 4)
        size = (uint64_t)place->given * 4;
    return size ? (uint32_t)size : 1;
}

/* A worker with quick items has a second ticket in reserve, so that it need not wait for the
 * parent. With slow items that wait does not matter, and a ticket in reserve could be stuck
 * behind one. */
static void hand_out(struct fork_pool *pool)
{
    for (uint32_t depth = 0; depth < FORK_PLACE_TICKETS; depth++)
        for (int i = 0; i < pool->size && pool->cut < pool->limit; i++) {
            struct fork_place *place = &pool->places[i];
            if (!place->ready || place->closed || place->queued > depth ||
                (depth && !place->pace))
                continue;
            struct fork_ticket ticket = {pool->cut, ticket_size(pool, place), 0};
            pool->cut += ticket.count;
            fork_place_give(place, ticket);
        }
}

static int hear_one(struct fork_pool *pool, struct fork_place *place,
                    struct thresh_error *error)
{
    const struct backend_guard *guard = pool->work->guard;
    bool was_ready = place->ready;
    if (fork_place_read(place, pool->next, error) < 0)
        return -1;
    if (!was_ready && place->ready && guard && guard->layers)
        *guard->layers &= place->layers;
    if (place->failed && place->failed_at < pool->limit)
        pool->limit = place->failed_at;
    return 0;
}

/* How long poll may wait, in milliseconds: at most until the next item has used up its time. */
static int patience(const struct fork_pool *pool)
{
    const struct backend_guard *guard = pool->work->guard;
    int64_t least = POLL_MS;
    for (int i = 0; guard && guard->item_ms && i < pool->size; i++) {
        int64_t left = (int64_t)guard->item_ms - pool->places[i].waited_ms;
        if (pool->polls[i].fd >= 0 && pool->places[i].ready && left < least)
            least = left;
    }
    return least > 0 ? (int)least : 0;
}

/* Whether the item that the worker is at has had its time. */
static bool is_overdue(const struct fork_pool *pool, const struct fork_place *place)
{
    const struct backend_guard *guard = pool->work->guard;
    return guard && guard->item_ms && place->pid && place->ready && place->queued &&
           place->waited_ms >= (int64_t)guard->item_ms;
}

/* Of a worker that has said nothing for a while: nothing is to be expected of it. */
static bool is_hopeless(const struct fork_pool *pool, struct fork_place *place)
{
    int64_t open_ms = pool->work->open_ms;
    return fork_child_is_stuck(place->pid, &place->stuck_ms) ||
           (open_ms && !place->ready && place->waited_ms >= open_ms);
}

/* Only time spent in poll counts against an item: if the parent is suspended, or its own reader
 * is slow, no item is charged for it; nor while its worker is stopped. */
static int hear_place(struct fork_pool *pool, int at, int64_t waited_ms,
                      struct thresh_error *error)
{
    struct fork_place *place = &pool->places[at];
    if (pool->polls[at].fd < 0)
        return 0;
    waited_ms = waited_ms < POLL_MS ? waited_ms : POLL_MS;
    place->waited_ms += waited_ms;
    if (pool->polls[at].revents && hear_one(pool, place, error) < 0)
        return -1;
    bool is_late = is_overdue(pool, place);
    if (!place->pid || (!is_late && place->waited_ms < POLL_MS))
        return 0;
    if (is_hopeless(pool, place))
        return fork_place_bury(place, true, error);
    if (place->stuck_ms)
        place->waited_ms -= waited_ms;
    else if (is_late)
        return fork_place_overdue(place, error);
    return 0;
}

static int hear(struct fork_pool *pool, struct thresh_error *error)
{
    for (int i = 0; i < pool->size; i++) {
        const struct fork_place *place = &pool->places[i];
        bool wanted = place->pid && fork_place_room(place, pool->next);
        pool->polls[i] = (struct pollfd){wanted ? place->frames : -1, POLLIN, 0};
    }
    int64_t begun = clock_ns() / 1000000;
    int heard = poll(pool->polls, (nfds_t)pool->size, patience(pool));
    if (heard < 0 && errno != EINTR)
        return error_set(error, "workers cannot be waited for: %m");
    int64_t waited_ms = clock_ns() / 1000000 - begun;
    for (int i = 0; i < pool->size; i++) {
        if (heard < 0)
            pool->polls[i].revents = 0;
        if (hear_place(pool, i, waited_ms, error) < 0)
            return -1;
    }
    return 0;
}

/* 1: the next item was answered; 0: nobody has its result yet. */
static int emit_next(struct fork_pool *pool, struct thresh_error *error)
{
    const struct backend_work *work = pool->work;
    struct fork_place *place;
    struct fork_frame frame;
    const char *bytes;
    int tries = 0, rc, wait_status;
    while (place = &pool->places[pool->turn],
           !fork_place_peek(place, pool->next, &frame, &bytes)) {
        if (++tries == pool->size)
            return 0;
        pool->turn = (pool->turn + 1) % pool->size;
    }
    if (frame.kind == FORK_FRAME_ERROR)
        return error_set(error, "%.*s", (int)frame.len, bytes);
    if (frame.kind == FORK_FRAME_LOST) {
        memcpy(&wait_status, bytes, sizeof wait_status);
        rc = work->lost(work->sink, frame.item, wait_status, error);
    } else {
        rc = work->emit(work->sink, frame.item, bytes, frame.len, error);
    }
    pool->next += frame.kind != FORK_FRAME_PART;
    fork_place_drop(place, &frame);
    return rc < 0 ? -1 : 1;
}

/* The lowest item that a worker may still have something of; work->n if there is none. */
static uint64_t lowest_item(const struct fork_pool *pool)
{
    uint64_t lowest = pool->work->n;
    for (int i = 0; i < pool->size; i++) {
        uint64_t item = fork_place_first(&pool->places[i]);
        if (item < lowest)
            lowest = item;
    }
    return lowest;
}

/* The run was stopped: the workers go on to the next place where they can pause, and whatever
 * they have done by then is emitted. */
static int wind_up(struct fork_pool *pool, struct thresh_error *error)
{
    int64_t end = clock_ns() + WIND_UP_MS * INT64_C(1000000);
    for (int i = 0; i < pool->size; i++)
        fork_place_stop(&pool->places[i]);
    while ((pool->next = lowest_item(pool)) < pool->work->n && clock_ns() < end) {
        int emitted = emit_next(pool, error);
        if (emitted < 0 || (emitted == 0 && hear(pool, error) < 0))
            return -1;
    }
    return 1;
}

static int run_pool(struct fork_pool *pool, struct thresh_error *error)
{
    const struct backend_work *work = pool->work;
    while (pool->next < work->n) {
        if (work->stop && work->stop(work->sink))
            return wind_up(pool, error);
        int emitted = emit_next(pool, error);
        if (emitted < 0)
            return -1;
        if (emitted)
            continue;
        if (recruit(pool, error) < 0)
            return -1;
        hand_out(pool);
        if (hear(pool, error) < 0)
            return -1;
    }
    return 0;
}

/* fork copies the locks that other threads hold, but not the threads that would release
 * them. */
static int refuse_threads(struct thresh_error *error)
{
    int count = backend_count_threads();
    if (count <= 1)
        return 0;
    return error_set(error,
                     "the fork backend cannot run in a process that has %d threads; use "
                     "--backend openmp or sequential",
                     count);
}

static int open_pool(struct fork_pool *pool, const struct backend_work *work,
                     struct thresh_error *error)
{
    int size = work->n < (uint64_t)work->workers ? (int)work->n : work->workers;
    *pool = (struct fork_pool){.work = work, .limit = work->n};
    pool->places = calloc((size_t)size, sizeof *pool->places);
    pool->polls = calloc((size_t)size, sizeof *pool->polls);
    if (!pool->places || !pool->polls)
        return error_no_memory(error);
    while (pool->size < size)
        fork_place_open(&pool->places[pool->size++]);
    return 0;
}

/* Waits until every worker has ended that can: each is told to, and has nothing else to do. */
static void await_ends(struct fork_pool *pool)
{
    for (int i = 0; i < pool->size; i++)
        pool->polls[i] =
            (struct pollfd){pool->places[i].pid ? pool->places[i].frames : -1, 0, 0};
    for (;;) {
        int left = 0;
        for (int i = 0; i < pool->size; i++) {
            struct fork_place *place = &pool->places[i];
            struct pollfd *end = &pool->polls[i];
            if (end->fd >= 0 &&
                (end->revents || fork_child_is_stuck(place->pid, &place->stuck_ms)))
                end->fd = -1;
            left += end->fd >= 0;
        }
        if (!left || (poll(pool->polls, (nfds_t)pool->size, POLL_MS) < 0 && errno != EINTR))
            return;
    }
}

static void close_pool(struct fork_pool *pool, bool by_force)
{
    for (int i = 0; i < pool->size; i++)
        fork_place_end_tickets(&pool->places[i]);
    if (!by_force)
        await_ends(pool);
    for (int i = 0; i < pool->size; i++)
        fork_place_close(&pool->places[i], by_force);
    free(pool->places);
    free(pool->polls);
}

static int run(const struct backend_work *work, struct thresh_error *error)
{
    struct fork_pool pool;
    struct sigaction before;
    if (work->n == 0)
        return 0;
    if (!work->others_rest && refuse_threads(error) < 0)
        return -1;
    fork_child_keep_statuses(&before);
    int rc = open_pool(&pool, work, error);
    if (rc == 0)
        rc = run_pool(&pool, error);
    close_pool(&pool, rc != 0);
    fork_child_restore(&before);
    return rc;
}

const struct backend backend_fork = {
    .name = "fork", .is_parallel = true, .isolates = true, .run = run};
