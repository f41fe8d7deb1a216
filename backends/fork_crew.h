/* SPDX-License-Identifier: MIT
 *
 * A crew of processes: tasks go down to a worker, answers come up, in the order of the tasks.
 * Both cross only between a process and its own fork, so the native layout will do. fork_crew.c
 * and fork_crew_member.c are the parent's side, fork_crew_worker.c is the worker's.
 */
#ifndef THRESH_BACKENDS_FORK_CREW_H
#define THRESH_BACKENDS_FORK_CREW_H

#include "backends/crew.h"

#include <sys/types.h>

struct fork_crew_request {
    const void *what; /* NULL: there are no more tasks */
    uint64_t len;     /* of the bytes behind it */
};

enum fork_crew_answer_kind {
    FORK_CREW_READY = 1, /* the worker's state is open; no bytes */
    FORK_CREW_RESULT,    /* of a task */
    FORK_CREW_ERROR,     /* a line of text: a task's, or why the state cannot be opened */
};

struct fork_crew_answer {
    uint64_t kind;
    uint64_t len;
};

/* -- The parent's side ---------------------------------------------------------------- */

struct fork_crew_member {
    pid_t pid;        /* 0: nobody is here */
    int64_t stuck_ms; /* since when, as fork_child_is_stuck keeps it */
    bool ready;
    bool retires;            /* it ends when it has done what it has, ... */
    bool is_told_to_end;     /* ... and has been told so */
    int down[2];             /* both ends: writing never raises SIGPIPE while one is open */
    int up;                  /* -1, as down, where nobody is here */
    struct crew_task *tasks; /* not answered; the first is in hand */
    struct crew_task *next;  /* of these, the one to be written next; NULL: all are written */
    size_t written;          /* bytes of that one, its head included */
    bool waits_for_room;     /* epoll says when `down` has room */
    uint64_t taken;          /* tasks that it was given */
    struct buf in;           /* what it has said, and was not understood yet */
};

struct fork_crew {
    const struct crew_work *work;
    struct fork_crew_member *members;
    int size;
    int epoll;
    struct crew_task *done, **done_end; /* to be handed back */
    int early_deaths;
    int64_t refused_ms; /* since when there is no worker and none can be had; 0: not so */
    int64_t retry_ms;   /* no worker is started before; 0: nobody is missing */
    bool is_busy;       /* some worker has something to do, if only to begin or to end */
    int64_t look_ms;    /* then no worker is looked after before */
    int timer;          /* in epoll, which it tells when either is due, ... */
    int64_t timer_ms;   /* ... and is set to; 0: it is not */
    bool stopped, failed;
    struct thresh_error error;
};

/* Writes as much of the worker's tasks as its pipe takes. */
void fork_crew_write(struct fork_crew *crew, struct fork_crew_member *member);
/* The same, and then that there are no more. */
void fork_crew_write_end(struct fork_crew *crew, struct fork_crew_member *member);
/* Reads what the worker has said, and takes in its answers. */
void fork_crew_read(struct fork_crew *crew, struct fork_crew_member *member);
/* The worker is about to end, or is killed; decides what becomes of its tasks. */
void fork_crew_bury(struct fork_crew *crew, struct fork_crew_member *member, bool by_force);
void fork_crew_close_pipes(struct fork_crew_member *member);
/* Has epoll tell of one of the worker's pipes, or tell no more. */
void fork_crew_watch(struct fork_crew *crew, const struct fork_crew_member *member, int fd,
                     unsigned events, int how);
/* No worker can be had any more, or none is of use. */
void fork_crew_fail(struct fork_crew *crew, const struct thresh_error *error);

/* -- The worker's --------------------------------------------------------------------- */

/* Does tasks until it is told that there are no more; then the process does. */
_Noreturn void fork_crew_worker(const struct crew_work *work, pid_t parent, int down, int up);

#endif
