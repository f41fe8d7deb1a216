/* SPDX-License-Identifier: MIT
 *
 * Pools and tickets from inside. A task is an item of its ticket, on its way: queued, out with
 * the crew, back; then those who listen are told of it. First all that has come is noted down,
 * then they are told, so that a listener may wait for whatever has come.
 */
#ifndef THRESH_LIBRARY_LIBRARY_POOL_H
#define THRESH_LIBRARY_LIBRARY_POOL_H

#include "backends/crew.h"

struct pool_item {
    struct crew_task task; /* the first member: a task's address is its item's */
    struct thresh_ticket *ticket;
    struct pool_item *next_told; /* behind it among those to be told of */
    struct thresh_bytes result;
    struct thresh_loss *loss; /* NULL: it is not done, or has a result */
    bool is_out;              /* the crew has it */
    bool is_done;
    bool is_telling; /* it is in the list of those to be told of */
    bool is_told;
};

struct thresh_ticket {
    struct thresh_pool *pool;
    struct thresh_ticket *next, **place; /* in the pool's list */
    struct pool_item *items; /* n, and one that stands for the ticket in the list of the told */
    char *requests;          /* what all items ask */
    size_t n, n_done, n_lost;
    size_t n_out;     /* queued, or with the crew */
    size_t n_telling; /* items in the list of those to be told of */
    size_t chunk;
    int calls; /* listeners of it that are running */
    bool is_freed, is_done_told;
    void (*on_result)(void *context, size_t i, const struct thresh_bytes *bytes);
    void *result_context;
    void (*on_loss)(void *context, size_t i, const struct thresh_loss *loss);
    void *loss_context;
    void (*on_done)(void *context, struct thresh_ticket *ticket);
    void *done_context;
};

struct thresh_pool {
    struct thresh_pool_work given; /* the caller's */
    struct crew_work work;
    const struct crew_kind *kind;
    struct crew *crew; /* NULL: without workers, or after join */
    int workers;
    struct crew_task *queue, **queue_end;
    struct thresh_ticket *tickets;
    struct pool_item *telling, **telling_end;
    size_t n_left; /* items that are not done */
    bool is_closed, is_joined, failed;
    struct thresh_error error; /* why it has failed */
    /* Without workers: */
    void *state;
    uint64_t taken; /* tasks that this state has done */
    int event;      /* can be read from while tasks are queued */
};

/* Puts the ticket's items into the queue. */
void library_pool_queue(struct thresh_pool *pool, struct thresh_ticket *ticket);

/* The item has come back from its worker: notes its result or loss. */
void library_item_note(struct pool_item *item);
/* The item will not be done, for a reason of the pool's: notes that. */
void library_item_lose(struct pool_item *item, enum thresh_loss_kind kind, const char *text);
/* Somebody may want to be told of the item. */
void library_item_add_telling(struct thresh_pool *pool, struct pool_item *item);
/* Tells those who listen of what has come. */
void library_item_tell_all(struct thresh_pool *pool);
/* Frees the item's ticket if nothing needs it any more. */
void library_item_release(struct thresh_ticket *ticket);

#endif
