/* SPDX-License-Identifier: MIT
 *
 * One place for a worker process in the fork backend, as the parent sees it: the process, its
 * two pipes, the tickets it has not answered and the frames it has. Tickets and frames outlive
 * the process; whoever comes after it goes on with them.
 */
#ifndef THRESH_FORK_PLACE_H
#define THRESH_FORK_PLACE_H

#include "frame.h"

#define PLACE_TICKETS 2 /* one in hand, one in reserve */

/* The most that is held of a worker whose turn it is not; of the one whose turn it is, one
 * frame in full, whatever its length. */
#define PLACE_AHEAD_BYTES ((size_t)1 << 20)

struct place {
    pid_t pid;      /* 0: nobody is here */
    bool ready;     /* and has said so */
    bool closed;    /* nobody comes here any more */
    int tickets[2]; /* both ends: while a reading end is open, writing can never raise SIGPIPE
                     */
    int frames;
    struct ticket queue[PLACE_TICKETS]; /* less the items that have been answered */
    uint32_t queued;
    uint32_t given; /* items on the last ticket given */
    uint32_t pace;  /* as the last frame says */
    struct buf in;  /* whole frames in [head, whole), an unfinished one behind them */
    size_t head, whole;
    int early_deaths;   /* of workers that were not ready */
    int64_t waited_ms;  /* for the next whole frame, while it was waited for */
    unsigned layers;    /* of isolation, as the worker said when it was ready */
    bool failed;        /* the last frame is an error; */
    uint64_t failed_at; /* of this item */
};

void place_open(struct place *place);
/* Waits for the worker, if there is one, and frees the place. */
void place_close(struct place *place, bool by_force);

/* Starts a worker in places[at]; the others are there so that it can close what it inherits of
 * them. 0, or -1 with errno. */
int place_recruit(struct place *places, int size, int at, const struct job *job);

/* The worker ends when it has answered its tickets. */
void place_end_tickets(struct place *place);
void place_give(struct place *place, struct ticket ticket);

/* How many bytes to read now, `next` being the item to be emitted next; 0: do not even poll. */
size_t place_room(const struct place *place, uint64_t next);
/* Reads once and takes in what has become whole. Where the worker turns out dead, or sends what
 * it cannot have to say, settles its affairs. 0, or -1 where the run must fail. */
int place_read(struct place *place, uint64_t next, struct error *error);

/* The item in hand has had its time: kills the worker, and the item is lost. 0 or -1. */
int place_overdue(struct place *place, struct error *error);

/* The first frame, if it is whole and answers `next`; *bytes is valid until place_read. */
bool place_peek(const struct place *place, uint64_t next, struct frame *frame,
                const char **bytes);
void place_drop(struct place *place, const struct frame *frame);

#endif
