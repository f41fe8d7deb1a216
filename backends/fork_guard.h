/* SPDX-License-Identifier: MIT
 *
 * A worker process closes itself off: what runs in it from then on, be it an attacker's code in
 * a parser's fault, can compute, answer its parent and end, and not much else.
 */
#ifndef THRESH_BACKENDS_FORK_GUARD_H
#define THRESH_BACKENDS_FORK_GUARD_H

#include "backends/backend.h"

/* How many bytes of memory of its own this process may have from now on, above what it has; 0:
 * as many as it likes. */
int fork_guard_memory(uint64_t bytes, struct thresh_error *error);

/* For good. `tickets` and `frames` are the worker's two pipes; `tickets` below 0: a trial,
 * which has none, and reads what it opens as the program does. Sets *layers to enum
 * guard_layer; fails where the guard is required and one cannot be had. */
int fork_guard_close(const struct backend_guard *guard, int tickets, int frames,
                     unsigned *layers, struct thresh_error *error);

#endif
