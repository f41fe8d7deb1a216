/* SPDX-License-Identifier: MIT
 *
 * What a worker does. The functions are those of struct backend_work; `run` is what its workers
 * share.
 */
#ifndef THRESH_RUN_WORKER_H
#define THRESH_RUN_WORKER_H

#include "run/run.h"

void *worker_open(void *run, struct thresh_error *error);
void worker_close(void *worker);

/* Appends the records of a span's entries, and pauses between two of them. */
int worker_map(void *worker, uint64_t span, const struct backend_turn *turn, struct buf *out,
               struct thresh_error *error);
/* The same for one entry of a span that is done again, because it took its worker down. */
int worker_map_one(void *worker, uint64_t item, const struct backend_turn *turn,
                   struct buf *out, struct thresh_error *error);

#endif
