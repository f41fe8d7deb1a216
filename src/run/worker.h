/* SPDX-License-Identifier: MIT
 *
 * What a worker does, as the backend asks it to: `shared` is the run.
 */
#ifndef THRESH_RUN_WORKER_H
#define THRESH_RUN_WORKER_H

#include "run/run.h"

void *worker_open(void *run, struct thresh_error *error);
void worker_close(void *worker);

/* The records of a span's entries. */
int worker_map(void *worker, uint64_t span, struct buf *out, struct thresh_error *error);
/* A span that took its worker down is done again, an entry an item. */
int worker_map_one(void *worker, uint64_t item, struct buf *out, struct thresh_error *error);

#endif
