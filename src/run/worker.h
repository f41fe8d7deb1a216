/* SPDX-License-Identifier: MIT
 *
 * What a worker does, as the job asks it to: `shared` is the run.
 */
#ifndef THRESH_WORKER_H
#define THRESH_WORKER_H

#include "run.h"

void *worker_open(void *run, struct error *error);
void worker_close(void *worker);

/* The records of a span's entries. */
int worker_map(void *worker, uint64_t span, struct buf *out, struct error *error);
/* A span that took its worker down is done again, an entry an item. */
int worker_map_one(void *worker, uint64_t item, struct buf *out, struct error *error);

#endif
