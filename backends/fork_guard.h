/* SPDX-License-Identifier: MIT
 *
 * A worker process gives up its rights: whatever runs in it from then on, even an attacker's
 * code that came in through a fault in a parser, can compute, answer its parent and end, and
 * little else.
 */
#ifndef THRESH_BACKENDS_FORK_GUARD_H
#define THRESH_BACKENDS_FORK_GUARD_H

#include "backends/backend.h"

/* Limits how many more bytes of private memory this process can have than it has now; 0: no
 * limit. 0, or -1 with the error filled in. */
int fork_guard_memory(uint64_t bytes, struct thresh_error *error);

/* Cannot be undone. `tickets` and `frames` are the worker's two pipes; a trial has no tickets
 * (below 0) and may read any file. Sets *layers to bits of enum backend_guard_layer. 0, or -1
 * with the error filled in: the guard is required and the system lacks a layer. */
int fork_guard_close(const struct backend_guard *guard, int tickets, int frames,
                     unsigned *layers, struct thresh_error *error);

#endif
