/* SPDX-License-Identifier: MIT
 *
 * One place for a worker process in the fork backend, as the parent sees it: the process, its
 * two pipes, the tickets it has not answered and the frames it has. Tickets and frames outlive
 * the process; whoever comes after it goes on with them.
 */
#ifndef THRESH_BACKENDS_FORK_PLACE_H
#define THRESH_BACKENDS_FORK_PLACE_H

#include "backends/fork_frame.h"

#define FORK_PLACE_TICKETS 2 /* one in hand, one in reserve */

/* The most that is held of a worker whose turn it is not; of the one whose turn it is, one
 * frame in full, whatever its length. */
#define FORK_PLACE_AHEAD_BYTES ((size_t)1 << 20)

struct fork_place {
    pid_t pid;      /* 0: nobody is here */
    bool ready;     /* and has said so */
    bool closed;    /* nobody comes here any more */
    int tickets[2]; /* both ends: writing never raises SIGPIPE while a reading end is open */
    int frames;
    struct fork_ticket queue[FORK_PLACE_TICKETS]; /* without the items that are answered */
    uint32_t queued;
    uint32_t given; /* items on the last ticket given */
    uint32_t pace;  /* as the last frame says */
    struct buf in;  /* whole frames in [head, whole), an unfinished one behind them */
    size_t head, whole;
    uint64_t again;     /* items before this one were told to work->again, if they had to be */
    int early_deaths;   /* of workers that were not ready */
    int64_t waited_ms;  /* for the next whole frame, while it was waited for */
    int64_t stuck_ms;   /* since when, as fork_child_is_stuck keeps it */
    unsigned layers;    /* of isolation, as the worker said when it was ready */
    bool failed;        /* the last frame is an error; */
    uint64_t failed_at; /* of this item */
};

void fork_place_open(struct fork_place *place);
/* The worker, if there is one, is about to end, or is killed; frees the place. */
void fork_place_close(struct fork_place *place, bool by_force);

/* Starts a worker in places[at]; the others are there so that it can close what it inherits of
 * them. 0, or -1 with errno. */
int fork_place_recruit(struct fork_place *places, int size, int at,
                       const struct backend_work *work);

/* The worker ends when it has answered its tickets. */
void fork_place_end_tickets(struct fork_place *place);
void fork_place_give(struct fork_place *place, struct fork_ticket ticket);

/* How many bytes to read now, `next` being the item to be emitted next; 0: do not even poll. */
size_t fork_place_room(const struct fork_place *place, uint64_t next);
/* Reads once and takes in the frames that are complete. A worker that is found dead, or that
 * sends a frame it may not send, is buried. 0, or -1 where the run must fail. */
int fork_place_read(struct fork_place *place, uint64_t next, struct thresh_error *error);
/* Nothing more comes of the worker: it is about to end, or is killed. Decides what becomes of
 * its items (backend.h says how). 0, or -1 where the run must fail. */
int fork_place_bury(struct fork_place *place, bool by_force, struct thresh_error *error);

/* The worker, if there is one, ends when it has come to a place where its map pauses. */
void fork_place_stop(struct fork_place *place);

/* The item in hand has had its time: kills the worker, and the item is lost. 0 or -1. */
int fork_place_overdue(struct fork_place *place, struct thresh_error *error);

/* The item of the first frame, or else the first item whose frame is still to come; UINT64_MAX
 * if there is neither. */
uint64_t fork_place_first(const struct fork_place *place);

/* The first frame, if it is whole and answers `next`; *bytes is valid until fork_place_read. */
bool fork_place_peek(const struct fork_place *place, uint64_t next, struct fork_frame *frame,
                     const char **bytes);
void fork_place_drop(struct fork_place *place, const struct fork_frame *frame);

#endif
