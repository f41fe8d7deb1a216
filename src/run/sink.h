/* SPDX-License-Identifier: MIT
 *
 * Where records arrive, in order: they are counted, held against --max-total-bytes and written.
 * For a document that no worker can do, the record is made here. The functions are those of
 * struct backend_work; `run` is its sink.
 */
#ifndef THRESH_RUN_SINK_H
#define THRESH_RUN_SINK_H

#include "run/run.h"

int sink_emit(void *run, uint64_t span, const void *bytes, size_t len,
              struct thresh_error *error);
int sink_lost(void *run, uint64_t span, int wait_status, struct thresh_error *error);
void sink_again(void *run, uint64_t first, uint64_t n);
bool sink_stop(void *run);
/* After the workers: writes the records of the documents beyond --max-total-bytes. 0, or -1
 * with the error filled in. */
int sink_rest(struct run *run, struct thresh_error *error);

#endif
