/* SPDX-License-Identifier: MIT
 *
 * What crosses the pipes of the fork backend. Tickets go down to a worker, frames come up from
 * it, in the order of its tickets. Both cross only between a process and its own fork, so the
 * native layout will do. fork.c is the parent's side, fork_worker.c the worker's.
 */
#ifndef THRESH_BACKENDS_FORK_FRAME_H
#define THRESH_BACKENDS_FORK_FRAME_H

#include "backends/backend.h"

#include <sys/types.h>

/* Neighbouring items given to a worker at once. A slow item should be alone on its ticket.
 * Quick ones share a ticket, because each costs some ten microseconds and the parent, when it
 * wakes up to hand out the next, takes a processor from a worker. */
struct fork_ticket {
    uint64_t first;
    uint32_t count;
    /* How many workers have died with this ticket in hand. Unless it is 0, a worker delivers
     * each item before it starts the next. */
    uint32_t suspect;
};

/* How much work a ticket should hold; an item that takes longer is alone on its ticket. */
#define FORK_TICKET_NS (8 * INT64_C(1000000))
/* The most items on a ticket, in case all of them turn out slow. */
#define FORK_TICKET_MAX 256

enum fork_frame_kind {
    /* open is done. No bytes; `item` is the layers of isolation that are on. The worker sends
     * nothing more until it is given a ticket. */
    FORK_FRAME_READY = 1,
    FORK_FRAME_PART,   /* the result so far of an item whose map paused; more of it follows */
    FORK_FRAME_RESULT, /* the rest of an item's result, mostly all of it */
    /* A line of text instead of FORK_FRAME_READY or of a result: the worker's last frame. */
    FORK_FRAME_ERROR,
    /* A wait status. No worker sends this: the parent puts it into the worker's stream. */
    FORK_FRAME_LOST,
};

struct fork_frame {
    uint64_t item;
    uint32_t len; /* of the bytes behind the frame */
    uint16_t kind;
    /* How many items this worker gets through in FORK_TICKET_NS, at most FORK_TICKET_MAX. */
    uint16_t pace;
};

/* In a worker: the program's signal handlers are not for it. */
void fork_worker_signals(void);

/* Exit statuses of a worker: it has sent a FORK_FRAME_ERROR or has nobody left to send it to;
 * and it ran out of memory under a guard that limits its memory, which is the item's fault and
 * not the run's. */
#define FORK_WORKER_GAVE_UP   2
#define FORK_WORKER_NO_MEMORY 113

/* What the parent sends a worker that is to go no further than the next place where its map
 * pauses, and then to end. */
#define FORK_STOP_SIGNAL SIGUSR1

/* All that a worker does, in a process of its own. Ends when `tickets` does. */
_Noreturn void fork_worker(const struct backend_work *work, pid_t parent, int tickets,
                           int frames);

#endif
