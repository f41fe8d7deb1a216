/* SPDX-License-Identifier: MIT
 *
 * Workers that live, and do one task after another for whoever gives them some: processes with
 * two pipes each, or threads. One thread calls a crew; its workers work on between the calls.
 */
#ifndef THRESH_BACKENDS_CREW_H
#define THRESH_BACKENDS_CREW_H

#include "base/buf.h"
#include "base/error.h"

enum crew_outcome {
    CREW_DONE,     /* `result` has it */
    CREW_FAILED,   /* `result` is a line of text: the task's error */
    CREW_LOST,     /* its worker died of `wait_status` while it had it in hand */
    CREW_RETURNED, /* its worker is no more, and had not begun it */
};

/* What a worker does: 0, or -1 with the error filled in. */
typedef int crew_function(void *state, const char *request, size_t len, const void *what,
                          struct buf *out, struct thresh_error *error);

/* The caller's, and the crew's from crew->give until crew->turn gives it back. */
struct crew_task {
    const void *what; /* for the function; an address that was there when the crew was opened */
    const char *request;
    size_t len;
    struct crew_task *next; /* behind it, for the same worker; or among those that come back */
    enum crew_outcome outcome;
    int wait_status;
    struct buf result; /* the caller's to free */
};

/* What the workers of a crew are; it outlives the crew. */
struct crew_work {
    crew_function *function;
    uint64_t tasks_per_worker; /* 0: no limit */
    void *(*open)(void *shared, struct thresh_error *error);
    void *shared;
    void (*close)(void *state);
};

/* A crew is a pointer to whatever its kind makes of it. */
struct crew_kind {
    const char *backend; /* by whose name it is asked for */
    bool isolates;       /* workers are processes, and need one without other threads */
    /* NULL with the error filled in. */
    void *(*open)(const struct crew_work *work, int workers, struct thresh_error *error);
    /* How many tasks a worker would take now; 0: all have something to do. */
    uint64_t (*room)(const void *crew);
    /* Gives tasks, at most that many, to one worker. Never waits. */
    void (*give)(void *crew, struct crew_task *tasks);
    /* Sets *done to the tasks that have come back, in the order in which they did; waits up to
     * timeout_ms for the first (-1: without end). 0, or -1 with the error filled in: no worker
     * can be had any more. */
    int (*turn)(void *crew, int timeout_ms, struct crew_task **done,
                struct thresh_error *error);
    int (*fd)(const void *crew); /* can be read from when there is something to turn */
    /* Workers begin no other task; processes are killed. What they had comes back. */
    void (*stop)(void *crew);
    /* Waits for the workers and frees. No task may be out; after `stop` tasks may, and are left
     * in *out. */
    void (*close)(void *crew, struct crew_task **out);
};

/* In order of preference, NULL-terminated: of those that this build has. */
extern const struct crew_kind *const backend_crews[];

/* For the table alone. */
extern const struct crew_kind fork_crew_kind;
extern const struct crew_kind thread_crew_kind;

/* Of a list of tasks, the place behind the last. */
static inline struct crew_task **crew_tasks_end(struct crew_task **tasks)
{
    while (*tasks)
        tasks = &(*tasks)->next;
    return tasks;
}

#endif
