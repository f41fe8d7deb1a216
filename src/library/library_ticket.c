/* SPDX-License-Identifier: MIT
 *
 * Tickets: tasks that were given together, and what came of them.
 */
#include "library/library_pool.h"

#include "base/clock.h"
#include "library/library_request.h"
#include <stdlib.h>
#include <string.h>

/* -- Listeners ------------------------------------------------------------------------ */

/* Those that were done before there was a listener: it is told of them in the next call. */
static void tell_late(struct thresh_ticket *ticket)
{
    for (size_t i = 0; i < ticket->n; i++)
        if (ticket->items[i].is_done && !ticket->items[i].is_told)
            library_item_add_telling(ticket->pool, &ticket->items[i]);
}

void thresh_ticket_on_result(struct thresh_ticket *ticket,
                             void (*result)(void *context, size_t i,
                                            const struct thresh_bytes *bytes),
                             void *context)
{
    ticket->on_result = result;
    ticket->result_context = context;
    tell_late(ticket);
}

void thresh_ticket_on_loss(struct thresh_ticket *ticket,
                           void (*loss)(void *context, size_t i,
                                        const struct thresh_loss *loss),
                           void *context)
{
    ticket->on_loss = loss;
    ticket->loss_context = context;
    tell_late(ticket);
}

void thresh_ticket_on_done(struct thresh_ticket *ticket,
                           void (*done)(void *context, struct thresh_ticket *ticket),
                           void *context)
{
    ticket->on_done = done;
    ticket->done_context = context;
    library_item_add_telling(ticket->pool, &ticket->items[ticket->n]);
}

/* -- Giving --------------------------------------------------------------------------- */

static size_t automatic_chunk(const struct thresh_pool *pool, size_t n_tasks)
{
    size_t shares = pool->workers ? (size_t)pool->workers * 4 : 1;
    return n_tasks / shares + (n_tasks % shares != 0);
}

/* A ticket with its requests written; NULL without memory. */
static struct thresh_ticket *make_ticket(struct thresh_pool *pool, thresh_function *function,
                                         const struct thresh_bytes *arguments, size_t n,
                                         size_t n_tasks)
{
    struct thresh_ticket *ticket = calloc(1, sizeof *ticket);
    size_t len = 0;
    for (size_t i = 0; i < n_tasks; i++)
        len += library_request_len(arguments + i * n, n);
    char *requests = malloc(len ? len : 1);
    struct pool_item *items = calloc(n_tasks + 1, sizeof *items);
    if (!ticket || !requests || !items) {
        free(ticket);
        free(requests);
        free(items);
        return NULL;
    }
    *ticket = (struct thresh_ticket){
        .pool = pool, .items = items, .requests = requests, .n = n_tasks};
    for (size_t i = 0; i <= n_tasks; i++)
        items[i].ticket = ticket;
    for (size_t i = 0; i < n_tasks; i++) {
        items[i].task.what = (const void *)(uintptr_t)function;
        items[i].task.request = requests;
        items[i].task.len = library_request_len(arguments + i * n, n);
        library_request_write(requests, arguments + i * n, n);
        requests += items[i].task.len;
    }
    return ticket;
}

struct thresh_ticket *thresh_pool_map_async(struct thresh_pool *pool, thresh_function *function,
                                            const struct thresh_bytes *arguments, size_t n,
                                            size_t n_tasks, size_t chunk,
                                            struct thresh_error *error)
{
    if (pool->failed || pool->is_closed) {
        *error = pool->error;
        if (!pool->failed)
            error_set(error, "the pool is closed: it takes no more tasks");
        return NULL;
    }
    struct thresh_ticket *ticket = make_ticket(pool, function, arguments, n, n_tasks);
    if (!ticket) {
        error_no_memory(error);
        return NULL;
    }
    ticket->chunk = chunk ? chunk : automatic_chunk(pool, n_tasks);
    ticket->next = pool->tickets;
    ticket->place = &pool->tickets;
    if (ticket->next)
        ticket->next->place = &ticket->next;
    pool->tickets = ticket;
    library_pool_queue(pool, ticket);
    return ticket;
}

struct thresh_ticket *thresh_pool_apply_async(struct thresh_pool *pool,
                                              thresh_function *function,
                                              const struct thresh_bytes *arguments, size_t n,
                                              struct thresh_error *error)
{
    return thresh_pool_map_async(pool, function, arguments, n, 1, 1, error);
}

struct thresh_ticket *thresh_pool_map(struct thresh_pool *pool, thresh_function *function,
                                      const struct thresh_bytes *arguments, size_t n,
                                      size_t n_tasks, size_t chunk, struct thresh_error *error)
{
    struct thresh_ticket *ticket =
        thresh_pool_map_async(pool, function, arguments, n, n_tasks, chunk, error);
    if (!ticket)
        return NULL;
    thresh_ticket_wait(ticket, -1);
    for (size_t i = 0; i < n_tasks; i++)
        if (ticket->items[i].loss) {
            error_set(error, "%s", ticket->items[i].loss->text);
            thresh_ticket_free(ticket);
            return NULL;
        }
    return ticket;
}

struct thresh_ticket *thresh_pool_apply(struct thresh_pool *pool, thresh_function *function,
                                        const struct thresh_bytes *arguments, size_t n,
                                        struct thresh_error *error)
{
    return thresh_pool_map(pool, function, arguments, n, 1, 1, error);
}

/* -- Waiting -------------------------------------------------------------------------- */

int thresh_ticket_wait(struct thresh_ticket *ticket, int64_t timeout_ms)
{
    struct thresh_error error; /* the items have it as well */
    if (timeout_ms > INT64_MAX / 2000000)
        timeout_ms = -1;
    int64_t end_ns = clock_ns() + timeout_ms * 1000000;
    int64_t left_ms = timeout_ms;
    ticket->calls++; /* a listener may free it */
    /* Looked at once, whatever the limit. */
    thresh_pool_turn(ticket->pool, 0, &error);
    while (ticket->n_done < ticket->n && left_ms) {
        thresh_pool_turn(ticket->pool, left_ms, &error);
        if (timeout_ms >= 0) {
            int64_t left_ns = end_ns - clock_ns();
            left_ms = left_ns > 0 ? (left_ns + 999999) / 1000000 : 0;
        }
    }
    bool is_done = ticket->n_done == ticket->n;
    ticket->calls--;
    library_item_release(ticket);
    return is_done;
}

bool thresh_ticket_ready(struct thresh_ticket *ticket)
{
    return thresh_ticket_wait(ticket, 0) == 1;
}

int thresh_ticket_successful(struct thresh_ticket *ticket)
{
    ticket->calls++;
    int successful = thresh_ticket_ready(ticket) ? ticket->n_lost == 0 : -1;
    ticket->calls--;
    library_item_release(ticket);
    return successful;
}

const struct thresh_bytes *thresh_ticket_result(const struct thresh_ticket *ticket, size_t i)
{
    const struct pool_item *item = &ticket->items[i < ticket->n ? i : ticket->n];
    return item->is_done && !item->loss ? &item->result : NULL;
}

const struct thresh_loss *thresh_ticket_loss(const struct thresh_ticket *ticket, size_t i)
{
    return i < ticket->n ? ticket->items[i].loss : NULL;
}

/* -- Freeing -------------------------------------------------------------------------- */

void thresh_ticket_free(struct thresh_ticket *ticket)
{
    if (!ticket)
        return;
    ticket->is_freed = true;
    library_item_release(ticket);
}
