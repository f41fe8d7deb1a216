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

/* A run of items. A slow item or a large one should be alone on its ticket; others share one,
 * for a ticket costs some ten microseconds, and the parent, when it wakes to give the next,
 * takes a worker's processor for it. */
struct fork_ticket {
    uint64_t first;
    uint32_t count;
    uint32_t
        suspect; /* workers that died with it in hand: deliver each before starting the next */
};

/* So much work makes a ticket; an item that takes longer is alone on its own. */
#define FORK_TICKET_NS (8 * INT64_C(1000000))
/* And no more items than this, lest they all turn out slow. */
#define FORK_TICKET_MAX 256

enum fork_frame_kind {
    FORK_FRAME_READY =
        1, /* open is done; no bytes; nothing follows until a ticket was sent. `item`
                        is the layers of isolation that are on */
    FORK_FRAME_RESULT,
    FORK_FRAME_ERROR, /* a line of text in place of FORK_FRAME_READY or of a result; the last frame */
    FORK_FRAME_LOST, /* a wait status; no worker sends this, the parent puts it into the stream */
};

struct fork_frame {
    uint64_t item;
    uint32_t len; /* of the bytes behind the frame */
    uint16_t kind;
    uint16_t
        pace; /* items in FORK_TICKET_NS as this worker finds them, at most FORK_TICKET_MAX */
};

/* Exit status of a worker that has sent a FORK_FRAME_ERROR, or has nobody to send one to; and of one
 * that would have, for want of memory, were it not that its memory is limited. */
#define FORK_WORKER_GAVE_UP   2
#define FORK_WORKER_NO_MEMORY 113

/* All that a worker does, in a process of its own. Ends when `tickets` does. */
_Noreturn void fork_worker(const struct backend_work *work, pid_t parent, int tickets,
                           int frames);

#endif
