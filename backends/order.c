/* SPDX-License-Identifier: MIT
 *
 * The atomics are all sequentially consistent, on purpose. Two places depend on it: "fill the
 * slot, then look whether somebody is emitting" against "stop emitting, then look whether a
 * slot was filled", and "count me as waiting, then look at next" against "move next, then look
 * whether anybody waits". In each, at least one of the two sees what the other did.
 */
#include "backends/order.h"

#include <stdlib.h>

/* How far results may run ahead of the next item to be emitted. With four slots a worker,
 * nobody waits for an item that takes four times as long as its neighbours. The minimum is for
 * tiny items: two threads then work in turns, and only a long turn is worth the wake-up (with
 * 16 slots in place of 64, a third of the items a second). */
#define SLOTS_PER_WORKER 4
#define SLOTS_MIN        64

int order_open(struct order *order, const struct backend_work *work, int workers,
               struct thresh_error *error)
{
    *order = (struct order){.work = work};
    uint64_t window = SLOTS_MIN;
    while (window < (uint64_t)workers * SLOTS_PER_WORKER)
        window *= 2;
    order->slots = aligned_alloc(ORDER_LINE_BYTES, window * sizeof *order->slots);
    if (!order->slots)
        return error_no_memory(error);
    for (uint64_t i = 0; i < window; i++)
        order->slots[i] = (struct order_slot){.out = {.max_bytes = BACKEND_RESULT_MAX_BYTES}};
    order->window = window;
    atomic_store(&order->limit, work->n);
    pthread_mutex_init(&order->lock, NULL);
    pthread_cond_init(&order->moved, NULL);
    return 0;
}

uint64_t order_claim(struct order *order)
{
    /* Asked first, so that `claimed` stops growing once the run is over. */
    if (atomic_load(&order->claimed) >= atomic_load(&order->limit) ||
        atomic_load(&order->stopping))
        return order->work->n;
    uint64_t item = atomic_fetch_add(&order->claimed, 1);
    return item < atomic_load(&order->limit) ? item : order->work->n;
}

static void wake(struct order *order)
{
    if (atomic_load(&order->waiting) == 0)
        return;
    pthread_mutex_lock(&order->lock);
    pthread_cond_broadcast(&order->moved);
    pthread_mutex_unlock(&order->lock);
}

void order_fail(struct order *order, uint64_t item, const struct thresh_error *error)
{
    pthread_mutex_lock(&order->lock);
    if (item < atomic_load(&order->limit)) {
        atomic_store(&order->limit, item);
        order->failed = true;
        order->error = *error;
    }
    pthread_cond_broadcast(&order->moved);
    pthread_mutex_unlock(&order->lock);
}

static bool next_is_filled(struct order *order)
{
    uint64_t next = atomic_load(&order->next);
    return next < atomic_load(&order->limit) &&
           atomic_load(&order->slots[next & (order->window - 1)].filled) == next + 1;
}

/* The next three are called by the one thread that set `emitting`. */

static void ask_stop(struct order *order)
{
    const struct backend_work *work = order->work;
    if (work->stop && !atomic_load(&order->stopping) && work->stop(work->sink))
        atomic_store(&order->stopping, true);
}

/* Empties `out`. False: the run has failed. */
static bool emit(struct order *order, uint64_t item, struct buf *out)
{
    const struct backend_work *work = order->work;
    struct thresh_error error = {0};
    if (work->emit(work->sink, item, out->data, out->len, &error) < 0) {
        order_fail(order, item, &error);
        return false;
    }
    buf_clear(out);
    if (out->cap > BACKEND_RESULT_KEEP_BYTES)
        buf_free(out);
    return true;
}

static void emit_filled(struct order *order)
{
    for (uint64_t count = 1; next_is_filled(order); count++) {
        uint64_t item = atomic_load(&order->next);
        ask_stop(order);
        if (!emit(order, item, &order->slots[item & (order->window - 1)].out))
            return;
        atomic_store(&order->next, item + 1);
        /* Half a window at a time: a wake-up costs more than a small item. */
        if (count % (order->window / 2) == 0)
            wake(order);
    }
}

/* A thread that is emitting looks once more after it has stopped, and then finds a slot that
 * was filled meanwhile. */
static void put_filled(struct order *order)
{
    while (next_is_filled(order) && !atomic_exchange(&order->emitting, true)) {
        emit_filled(order);
        atomic_store(&order->emitting, false);
        wake(order);
    }
}

bool order_put_part(struct order *order, uint64_t item, struct buf *out)
{
    /* Who holds the next item is the only one that can have anything to emit. */
    if (!atomic_exchange(&order->emitting, true)) {
        ask_stop(order);
        if (atomic_load(&order->next) == item && item < atomic_load(&order->limit))
            emit(order, item, out);
        atomic_store(&order->emitting, false);
        put_filled(order);
    }
    return !atomic_load(&order->stopping) && item < atomic_load(&order->limit);
}

static bool wait_for_slot(struct order *order, uint64_t item)
{
    if (item < atomic_load(&order->next) + order->window)
        return true;
    pthread_mutex_lock(&order->lock);
    atomic_fetch_add(&order->waiting, 1);
    while (item >= atomic_load(&order->next) + order->window &&
           item < atomic_load(&order->limit))
        pthread_cond_wait(&order->moved, &order->lock);
    atomic_fetch_sub(&order->waiting, 1);
    pthread_mutex_unlock(&order->lock);
    return item < atomic_load(&order->limit);
}

void order_put(struct order *order, uint64_t item, struct buf *out)
{
    if (!wait_for_slot(order, item))
        return;
    struct order_slot *slot = &order->slots[item & (order->window - 1)];
    struct buf spare = slot->out;
    slot->out = *out;
    *out = spare;
    atomic_store(&slot->filled, item + 1);
    put_filled(order);
}

int order_close(struct order *order, struct thresh_error *error)
{
    for (uint64_t i = 0; i < order->window; i++)
        buf_free(&order->slots[i].out);
    free(order->slots);
    pthread_mutex_destroy(&order->lock);
    pthread_cond_destroy(&order->moved);
    if (order->failed) {
        *error = order->error;
        return -1;
    }
    return atomic_load(&order->stopping);
}
