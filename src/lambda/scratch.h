/* SPDX-License-Identifier: MIT
 *
 * Temporary directories of this process. /tmp outlives a process that Lambda kills, so what a
 * dead one left behind is removed at the start, and what an invocation leaves at its end.
 */
#ifndef THRESH_LAMBDA_SCRATCH_H
#define THRESH_LAMBDA_SCRATCH_H

#include "base/error.h"
#include <stddef.h>

struct scratch {
    char root[128];
};

/* temp_dir/thresh-lambda-PID, which nobody else may read. 0 or -1. */
int scratch_open(struct scratch *scratch, const char *temp_dir, struct thresh_error *error);
/* Removes all of it; nothing where it was never opened. */
void scratch_close(struct scratch *scratch);

/* A fresh file named as the last part of `key`, in a directory of its own; its path in `path`.
 * The descriptor, or -1. */
int scratch_file(struct scratch *scratch, const char *key, char *path, size_t room,
                 struct thresh_error *error);
/* Removes all that scratch_file made. */
void scratch_clear(struct scratch *scratch);

/* Makes the directories above root/schemas/NAME and opens it for writing, emptied; its path in
 * `path`. The descriptor, or -1, also for a name that would lead out of there. */
int scratch_schema(struct scratch *scratch, const char *name, char *path, size_t room,
                   struct thresh_error *error);

#endif
