/* SPDX-License-Identifier: MIT
 *
 * A backend spreads n independent items over workers and delivers their results in order. It
 * knows nothing of archives or XML: it is handed a job and must
 *
 *   - give every worker a state of its own from job->open, closed by that same worker;
 *   - call job->map exactly once an item, item numbers rising within a worker; an item is
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
 * next, and the one at which it dies too is lost. The others go on. Only workers that are
 * processes can die without the program; the rest of the backends never call lost.
 */
#ifndef THRESH_BACKEND_H
#define THRESH_BACKEND_H

#include "buf.h"
#include "error.h"

/* The longest result: a map that appends more fails the run. A length beyond it in a message
 * from a worker is a fault of that worker and is never allocated. */
#define RESULT_MAX_BYTES (UINT32_C(1) << 30)

/* A buffer kept for the next result is given back to the system when it grew beyond this: one
 * huge document must not leave every recycled buffer huge. */
#define RESULT_KEEP_BYTES (UINT32_C(1) << 20)

struct job {
    uint64_t n;   /* items 0..n-1 */
    int workers;  /* how many to use, >= 1; a backend uses no more than n */
    void *shared; /* read-only for workers, outlives the run */

    /* A worker's private state. NULL with the error filled in: the run fails. */
    void *(*open)(void *shared, struct error *error);
    /* Appends the item's result to `out`, handed over empty. -1 only where this worker cannot
     * go on: the run fails. It also fails where `out` failed and map did not say so. */
    int (*map)(void *state, uint64_t item, struct buf *out, struct error *error);
    void (*close)(void *state);

    void *sink;
    /* The bytes are valid during the call. -1 with the error filled in stops the run. */
    int (*emit)(void *sink, uint64_t item, const void *bytes, size_t len, struct error *error);
    /* In emit's place, for an item that took its worker down; wait_status as waitpid gives it.
     */
    int (*lost)(void *sink, uint64_t item, int wait_status, struct error *error);
    /* Asked between items, where emit is called from; true stops the run as an error does, but
     * run returns 1. NULL: never. */
    bool (*stop)(void *sink);
};

struct backend {
    const char *name; /* "sequential", "openmp", "fork" */
    /* 0: every item was answered. 1: stopped by job->stop. -1 with the error filled in. */
    int (*run)(const struct job *job, struct error *error);
};

/* The rows of the table below; a build may lack the last two. Everyone else asks backend_find.
 */
extern const struct backend backend_sequential;
extern const struct backend backend_openmp;
extern const struct backend backend_fork;

extern const struct backend *const backends[]; /* what this build has, NULL-terminated */

/* NULL where this build lacks it. */
const struct backend *backend_find(const char *name);

#endif
