/* SPDX-License-Identifier: MIT
 *
 * What became of tasks, and who is told.
 */
#include "library/library_pool.h"

#include "library/loss.h"
#include <stdlib.h>
#include <string.h>

/* -- What became of an item ----------------------------------------------------------- */

static struct thresh_loss no_memory = {.kind = THRESH_LOSS_ERROR, .text = "out of memory"};

static void note_loss(struct pool_item *item, const struct thresh_loss *loss)
{
    item->loss = malloc(sizeof *loss);
    if (item->loss)
        *item->loss = *loss;
    else
        item->loss = &no_memory;
    item->is_done = true;
    item->ticket->n_done++;
    item->ticket->n_lost++;
}

void library_item_lose(struct pool_item *item, enum thresh_loss_kind kind, const char *text)
{
    struct thresh_loss loss = {.kind = kind};
    size_t len = strnlen(text, sizeof loss.text - 1);
    memcpy(loss.text, text, len);
    note_loss(item, &loss);
}

void library_item_note(struct pool_item *item)
{
    struct crew_task *task = &item->task;
    struct thresh_loss loss;
    switch (task->outcome) {
    case CREW_DONE:
        if (!task->result.data)
            break;
        item->result = (struct thresh_bytes){task->result.data, task->result.len};
        item->is_done = true;
        item->ticket->n_done++;
        return;
    case CREW_FAILED:
        if (!task->result.data)
            break;
        library_item_lose(item, THRESH_LOSS_ERROR, task->result.data);
        buf_free(&task->result);
        return;
    default:
        loss = thresh_loss_of(task->wait_status);
        note_loss(item, &loss);
        return;
    }
    buf_free(&task->result);
    library_item_lose(item, THRESH_LOSS_ERROR, "out of memory");
}

/* -- Freeing -------------------------------------------------------------------------- */

void library_item_release(struct thresh_ticket *ticket)
{
    if (!ticket->is_freed || ticket->n_out || ticket->n_telling || ticket->calls)
        return;
    *ticket->place = ticket->next;
    if (ticket->next)
        ticket->next->place = ticket->place;
    for (size_t i = 0; i < ticket->n; i++) {
        buf_free(&ticket->items[i].task.result);
        if (ticket->items[i].loss != &no_memory)
            free(ticket->items[i].loss);
    }
    free(ticket->items);
    free(ticket->requests);
    free(ticket);
}

/* -- Listeners ------------------------------------------------------------------------ */

static void call_listener(struct thresh_ticket *ticket, struct pool_item *item)
{
    size_t i = (size_t)(item - ticket->items);
    if (i == ticket->n || item->is_told)
        return;
    if (item->loss && ticket->on_loss) {
        item->is_told = true;
        ticket->on_loss(ticket->loss_context, i, item->loss);
    } else if (!item->loss && ticket->on_result) {
        item->is_told = true;
        ticket->on_result(ticket->result_context, i, &item->result);
    }
}

static void tell_item(struct pool_item *item)
{
    struct thresh_ticket *ticket = item->ticket;
    ticket->calls++;
    if (!ticket->is_freed)
        call_listener(ticket, item);
    if (!ticket->is_freed && ticket->on_done && !ticket->is_done_told && !ticket->n_telling &&
        ticket->n_done == ticket->n) {
        ticket->is_done_told = true;
        ticket->on_done(ticket->done_context, ticket);
    }
    ticket->calls--;
    library_item_release(ticket);
}

void library_item_add_telling(struct thresh_pool *pool, struct pool_item *item)
{
    if (item->is_telling)
        return;
    item->is_telling = true;
    item->ticket->n_telling++;
    item->next_told = NULL;
    *pool->telling_end = item;
    pool->telling_end = &item->next_told;
}

void library_item_tell_all(struct thresh_pool *pool)
{
    while (pool->telling) {
        struct pool_item *item = pool->telling;
        pool->telling = item->next_told;
        if (!pool->telling)
            pool->telling_end = &pool->telling;
        item->is_telling = false;
        item->ticket->n_telling--;
        tell_item(item);
    }
}
