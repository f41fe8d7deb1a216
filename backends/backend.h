/* SPDX-License-Identifier: MIT
 *
 * A backend spreads n independent items over workers and delivers their results in order. It
 * knows nothing of archives or XML: it is handed a work and must
 *
 *   - give every worker a state of its own from work->open, closed by that same worker;
 *   - call work->map exactly once an item, item numbers rising within a worker; an item is
 * mapped again only where the worker that had it died before its result was through;
 *   - answer each item in order 0..n-1, with one call of emit, or of lost where the item took
 * its worker down; never two such calls at once (from which thread is unspecified);
 *   - hold a fixed number of results at most, whatever n is;
 *   - return only when no worker remains.
 *
 * Failure inside an item is data and travels in its result; failure of the run is an error,
 * stops the run, and leaves no worker behind. Where map fails, every item before the failing
 * one is emitted, none after it, and the error is that of the lowest failing item: what a run
 * gives does not depend on who ran it. Where open fails, the items answered by then are the
 * first few of the order, or none.
 *
 * A worker that dies of something from outside (the out-of-memory killer, an operator) costs
 * nothing: its unanswered items are given to a successor. An item is lost when it took down a
 * worker twice, the second time alone: the first death puts all unanswered items of the run of
 * items in hand under suspicion, the successor delivers each of those before it starts the
 * next, and the one at which it dies too is lost. SIGKILL, which no item can send, is held
 * against an item only when it has met five workers. The others go on. Only workers that are
 * processes can die without the program; the rest of the backends never call lost.
 */
#ifndef THRESH_BACKENDS_BACKEND_H
#define THRESH_BACKENDS_BACKEND_H

#include "base/buf.h"
#include "base/error.h"

/* The longest result: a map that appends more fails the run. A length beyond it in a message
 * from a worker is a fault of that worker and is never allocated. */
#define BACKEND_RESULT_MAX_BYTES (UINT32_C(1) << 30)

/* A buffer kept for the next result is given back to the system when it grew beyond this: one
 * huge document must not leave every recycled buffer huge. */
#define BACKEND_RESULT_KEEP_BYTES (UINT32_C(1) << 20)

/* What a worker is kept to. Only processes can be: a work that has a guard is for the fork
 * backend, the others take no notice of it. */
struct backend_guard {
    bool isolate;  /* after its set-up a worker can compute, answer and end, and nothing else */
    bool required; /* and the run fails where a layer of that cannot be had */
    const char *const *files; /* but for these, or what is below them, which it reads */
    size_t n_files;
    uint64_t item_ms; /* an item that takes longer is lost, its worker killed; 0: no limit */
    uint64_t memory_bytes; /* a worker that takes more, beyond what it began with, gets none */
    unsigned *layers;      /* out: the layers that every worker has, enum backend_guard_layer */
};

enum backend_guard_layer {
    GUARD_LIMITS = 1,
    GUARD_NO_NEW_PRIVS = 2,
    GUARD_LANDLOCK = 4,
    GUARD_SECCOMP = 8,
    GUARD_LAYERS = 15,
    GUARD_OPENS =
        16, /* files may be opened for reading: those that Landlock, if on, lets through */
};

/* In place of a wait status. */
#define BACKEND_OVER_TIME   (-1)
#define BACKEND_OVER_MEMORY (-2)

struct backend_work {
    uint64_t n;  /* items 0..n-1 */
    int workers; /* how many to use, >= 1; a backend uses no more than n */
    const struct backend_guard *guard; /* or NULL */
    void *shared;                      /* read-only for workers, outlives the run */

    /* A worker's private state. NULL with the error filled in: the run fails. */
    void *(*open)(void *shared, struct thresh_error *error);
    /* Appends the item's result to `out`, handed over empty. -1 only where this worker cannot
     * go on: the run fails. It also fails where `out` failed and map did not say so. */
    int (*map)(void *state, uint64_t item, struct buf *out, struct thresh_error *error);
    void (*close)(void *state);

    void *sink;
    /* The bytes are valid during the call. -1 with the error filled in stops the run. */
    int (*emit)(void *sink, uint64_t item, const void *bytes, size_t len,
                struct thresh_error *error);
    /* In emit's place, for an item that took its worker down; wait_status as waitpid gives it,
     * or one of the two above. */
    int (*lost)(void *sink, uint64_t item, int wait_status, struct thresh_error *error);
    /* Asked between items, where emit is called from; true stops the run as an error does, but
     * run returns 1. NULL: never. */
    bool (*stop)(void *sink);
};

struct backend {
    const char *name; /* "sequential", "openmp", "fork" */
    /* 0: every item was answered. 1: stopped by work->stop. -1 with the error filled in. */
    int (*run)(const struct backend_work *work, struct thresh_error *error);
};

/* The rows of the table below; a build may lack the last two. Everyone else asks backend_find.
 */
extern const struct backend backend_sequential;
extern const struct backend backend_openmp;
extern const struct backend backend_fork;

/* Work that may not end, or not well: done in a process of its own, which may read files, and
 * is then gone with all it made. */
struct backend_trial {
    int (*work)(void *context,
                struct thresh_error *error); /* 0, or -1 with the error filled in */
    void *context;
    uint64_t most_ms;      /* 0: no limit */
    uint64_t memory_bytes; /* 0: no limit */
};
/* 0: it is good, or was not tried for want of a process. -1: it failed, in its own words. 1: it
 * took its process down, or took too long; *wait_status is as `lost` has it. */
int backend_try(const struct backend_trial *trial, int *wait_status,
                struct thresh_error *error);

extern const struct backend *const backends[]; /* what this build has, NULL-terminated */

/* NULL where this build lacks it. */
const struct backend *backend_find(const char *name);

#endif
