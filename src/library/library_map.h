/* SPDX-License-Identifier: MIT
 *
 * A program's own work, by the backends.
 */
#ifndef THRESH_LIBRARY_LIBRARY_MAP_H
#define THRESH_LIBRARY_LIBRARY_MAP_H

#include "backends/backend.h"
#include "run/cpus.h"

/* The caller's struct, which may be of an older version, in full; what it lacks is zero. */
struct thresh_work library_map_work(const struct thresh_work *work);

/* A worker's state, which the caller's open may have made. */
struct library_map_state {
    const struct thresh_work *work;
    void *state;
};

/* 0, or -1 with the error filled in. */
int library_map_open(struct library_map_state *state, const struct thresh_work *work,
                     struct thresh_error *error);
void library_map_close(struct library_map_state *state);

/* What the work leaves open. */
struct library_map_plan {
    uint64_t first;      /* what the work is told is the number of item 0 */
    const char *backend; /* NULL: choose */
    unsigned jobs;       /* 0: as many as vCPUs */
    struct cpus cpus;
    const atomic_bool *cancelled; /* or NULL */
};

/* Does items 0..n-1 by open, map and close of `mapped`, whose `shared` is the caller's as well,
 * with emit, lost and stop of the work. As thresh_map. */
int library_map_run(const struct library_map_plan *plan, const struct thresh_work *work,
                    struct backend_work *mapped, struct thresh_error *error);

#endif
