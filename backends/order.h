/* SPDX-License-Identifier: MIT
 *
 * Puts the results of several threads into the order of their items: a window of slots, one for
 * each of the next few items. A thread claims an item, maps it and puts its result into the
 * item's slot; whoever finds the slot of the next item to be emitted filled emits it, and all
 * the filled ones behind it, for everybody. A thread waits only where its item lies beyond the
 * window.
 *
 * The thread with the next item never waits, since its slot is always in the window: there is
 * no deadlock.
 */
#ifndef THRESH_BACKENDS_ORDER_H
#define THRESH_BACKENDS_ORDER_H

#include "backends/backend.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>

/* What one thread writes often and others read has a cache line of its own. */
#define ORDER_LINE_BYTES 64

struct order_slot {
    /* 1 + the item whose result is in `out`, and stays so after it was emitted. The store hands
     * `out` from the thread that claimed the item to the one that emits it. */
    alignas(ORDER_LINE_BYTES) _Atomic uint64_t filled;
    struct buf out;
};

struct order {
    const struct backend_work *work;
    struct order_slot *slots;
    uint64_t window; /* slots, a power of two */

    /* Items claimed; any thread. */
    alignas(ORDER_LINE_BYTES) _Atomic uint64_t claimed;
    /* Items emitted; written by the thread that set `emitting`. */
    alignas(ORDER_LINE_BYTES) _Atomic uint64_t next;
    atomic_bool emitting;
    /* No item from here on is emitted; work->n until something ends the run. Written under
     * `lock`, and only downwards. */
    alignas(ORDER_LINE_BYTES) _Atomic uint64_t limit;
    atomic_bool stopping; /* work->stop said so: no item is claimed any more */
    atomic_int waiting;   /* threads whose item lies beyond the window; written under `lock` */

    pthread_mutex_t lock;
    pthread_cond_t moved; /* `next` or `limit` has changed */
    bool failed;          /* under `lock`: `error` says why */
    struct thresh_error error;
};

/* For up to `workers` threads. 0, or -1 with the error filled in and nothing to close. */
int order_open(struct order *order, const struct backend_work *work, int workers,
               struct thresh_error *error);

/* The next item, or work->n if none is left or the run is over or being stopped. */
uint64_t order_claim(struct order *order);

/* Hands in the result of a claimed item; *out comes back as some other buf, to be used for the
 * next. Emits what can be emitted. */
void order_put(struct order *order, uint64_t item, struct buf *out);

/* Hands in a part of the result, where map paused: *out comes back empty, or as it is to be
 * gone on with if it is not the item's turn. False if the run is over or being stopped:
 * order_put is next. */
bool order_put_part(struct order *order, uint64_t item, struct buf *out);

/* Called instead of order_put: nothing from `item` on is emitted, everything before it is. Of
 * several errors that of the lowest item counts. */
void order_fail(struct order *order, uint64_t item, const struct thresh_error *error);

/* After the last thread is done: what the run returns. */
int order_close(struct order *order, struct thresh_error *error);

#endif
