/* SPDX-License-Identifier: MIT
 *
 * Where records arrive, in order: counted, held against --max-total-bytes, written; and made
 * here for documents that no worker can do. As the backend asks it to: `sink` is the run.
 */
#ifndef THRESH_RUN_SINK_H
#define THRESH_RUN_SINK_H

#include "run/run.h"

int sink_emit(void *run, uint64_t span, const void *bytes, size_t len,
              struct thresh_error *error);
int sink_lost(void *run, uint64_t span, int wait_status, struct thresh_error *error);
bool sink_stop(void *run);
/* After the workers: tells of the documents that --max-total-bytes has left no room for. */
int sink_rest(struct run *run, struct thresh_error *error);

#endif
