/* SPDX-License-Identifier: MIT
 *
 * A backend spreads n independent items over workers and delivers their results in order. It
 * knows nothing of archives or XML. It is handed a struct backend_work and must
 *
 *   - give every worker a state of its own from work->open, closed by that same worker;
 *   - map each item exactly once (in several calls, if map pauses), with item numbers that rise
 *     within a worker; an item is mapped again only if its worker died before the result had
 *     arrived;
 *   - answer the items in the order 0..n-1, each with a call of emit (several, if map paused),
 *     or of lost if the item took its worker down; never two such calls at once, though not
 *     always from the same thread;
 *   - hold a bounded number of results, whatever n is;
 *   - return only when no worker remains.
 *
 * What is wrong with an item is part of its result. What is wrong with the run is an error: it
 * stops the run and leaves no worker behind. If map fails, every item before the failing one is
 * emitted and none after it, and the error is that of the lowest failing item: what a run gives
 * does not depend on which worker did what. If open fails, some number of the first items has
 * been answered, or none.
 *
 * A run that work->stop ends loses nothing that is done: each worker goes on to the next place
 * where its map can pause, and all results so far are emitted, in the order of their items.
 * Only then may items be left out between others, and the result of an item be a part of it.
 *
 * Only workers that are processes can die without the program. A worker that is killed from
 * outside (by the out-of-memory killer, by an operator) costs nothing: its successor takes over
 * its unanswered items. One that was stopped, as SIGSTOP stops it, and does not go on within
 * two seconds is killed, and counts as killed from outside. An item is lost only if it took
 * down two workers, the second time with no other item in doubt: after the first death the
 * successor delivers each unanswered item of that ticket before it starts the next, and if it
 * dies too, the item it was at is lost and the others go on. No item can send SIGKILL, so that
 * signal counts against an item only after five workers. The backends without processes never
 * call lost.
 */
#ifndef THRESH_BACKENDS_BACKEND_H
#define THRESH_BACKENDS_BACKEND_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"

#include <stdatomic.h>

/* The longest result: a map that appends more fails the run. A worker's message that states a
 * longer one is refused before anything is allocated. */
#define BACKEND_RESULT_MAX_BYTES (UINT32_C(1) << 30)

/* A buffer that grew beyond this is freed and not kept for the next result, so that one huge
 * document does not leave all buffers huge. */
#define BACKEND_RESULT_KEEP_BYTES (UINT32_C(1) << 20)

/* What a worker is kept to. Only backends that isolate can do so; the others ignore it. */
struct backend_guard {
    bool
        isolate; /* once it is set up, a worker can compute, answer and end, and nothing else */
    bool required;            /* the run fails if the system lacks a layer of this isolation */
    const char *const *files; /* what it may still read: these and all below them */
    size_t n_files;
    bool lists;       /* and directories among them may be listed */
    uint64_t item_ms; /* an item that takes longer is lost, its worker killed; 0: no limit */
    uint64_t
        memory_bytes; /* what a worker may allocate beyond what it began with; 0: no limit */
    unsigned *layers; /* out: the layers all workers have, bits of enum backend_guard_layer */
};

enum backend_guard_layer {
    GUARD_LIMITS = 1,
    GUARD_NO_NEW_PRIVS = 2,
    GUARD_LANDLOCK = 4,
    GUARD_SECCOMP = 8,
    GUARD_LAYERS = 15,
    GUARD_OPENS =
        16, /* files can be opened for reading; with Landlock only those it lets through */
};

/* What `lost` is told in place of a wait status when the guard ended the worker. */
#define BACKEND_OVER_TIME   (-1)
#define BACKEND_OVER_MEMORY (-2)

/* How long map may go on before it pauses, where it can: its result so far is emitted, and the
 * run can be stopped. */
#define BACKEND_TURN_NS (20 * INT64_C(1000000))

struct backend_turn {
    int64_t until_ns;        /* clock_coarse_ns at the turn's end */
    const atomic_bool *stop; /* set: the run is being stopped; or NULL */
};

static inline bool backend_turn_is_over(const struct backend_turn *turn)
{
    return clock_coarse_ns() >= turn->until_ns ||
           (turn->stop && atomic_load_explicit(turn->stop, memory_order_relaxed));
}

struct backend_work {
    uint64_t n;  /* items 0..n-1 */
    int workers; /* how many to use, >= 1; a backend uses no more than n */
    const struct backend_guard *guard; /* or NULL */
    /* The process may have other threads, and they are at rest until the run has ended: none
     * holds a lock that a child would wait for. */
    bool others_rest;
    void *shared; /* read-only for workers, outlives the run */

    /* A worker's private state. NULL with the error filled in: the run fails. A worker that is
     * a process and takes longer than open_ms is killed (0: no limit, since a program's own
     * `open` may take its time). */
    void *(*open)(void *shared, struct thresh_error *error);
    int64_t open_ms;
    /* Appends the item's result to `out`. 0, or -1 only if this worker cannot go on: the run
     * fails. It fails as well if `out` has failed. A map whose work is in steps asks
     * backend_turn_is_over between them and may return 1 then: `out` is a part of the result,
     * and map is called again for the same item to go on, with `out` empty or as it was. A
     * successor of a worker that died begins with the item's first part, even if that was
     * emitted before. */
    int (*map)(void *state, uint64_t item, const struct backend_turn *turn, struct buf *out,
               struct thresh_error *error);
    void (*close)(void *state);

    void *sink;
    /* The bytes are valid during the call. -1 with the error filled in stops the run. */
    int (*emit)(void *sink, uint64_t item, const void *bytes, size_t len,
                struct thresh_error *error);
    /* Called instead of emit for an item that took its worker down; wait_status is waitpid's,
     * or BACKEND_OVER_TIME or BACKEND_OVER_MEMORY. */
    int (*lost)(void *sink, uint64_t item, int wait_status, struct thresh_error *error);
    /* Tells that a worker died before it had answered these items and that its successor has
     * them now: of each item once, however many die. NULL: nobody wants to know. */
    void (*again)(void *sink, uint64_t first, uint64_t n);
    /* Asked between items and where map pauses, never at the same time as emit; true stops the
     * run, which then returns 1. It is not asked again. NULL: the run is never stopped. */
    bool (*stop)(void *sink);
};

struct backend {
    const char *name;
    bool is_parallel; /* its workers run beside each other */
    bool isolates; /* they are processes: it can keep them to a guard, and survives their end */
    /* 0: every item was answered. 1: stopped by work->stop. -1 with the error filled in. */
    int (*run)(const struct backend_work *work, struct thresh_error *error);
};

/* For the table in backends.c alone: a build may lack the last two. All others ask
 * backend_find. */
extern const struct backend backend_sequential;
extern const struct backend backend_openmp;
extern const struct backend backend_fork;

/* Work that may never end, or may crash: it is tried in a process of its own, which may read
 * files and whose results go with it. */
struct backend_trial {
    /* 0, or -1 with the error filled in. */
    int (*work)(void *context, struct thresh_error *error);
    void *context;
    uint64_t most_ms;      /* 0: no limit */
    uint64_t memory_bytes; /* 0: no limit */
};

/* 0: the work ended well, or this build starts no processes. -1: it failed and filled in the
 * error, which is error_no_process's where none could be had to try it in. 1: it took its
 * process down or took too long; *wait_status is as `lost` has it. */
int backend_try(const struct backend_trial *trial, int *wait_status,
                struct thresh_error *error);

/* The threads of this process; 0 where /proc does not say. */
int backend_count_threads(void);

/* All backends of this build in order of preference: NULL-terminated. The first is
 * sequential. */
extern const struct backend *const backends[];

/* NULL if this build has none of that name. */
const struct backend *backend_find(const char *name);

#endif
