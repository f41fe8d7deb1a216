/* SPDX-License-Identifier: MIT
 *
 * Temporary files of this process. Lambda may kill a process and keep /tmp: what a dead process
 * has left is removed when the next one starts, and what an invocation has left, at its end.
 */
#ifndef THRESH_LAMBDA_SCRATCH_H
#define THRESH_LAMBDA_SCRATCH_H

#include "base/error.h"
#include <stddef.h>
#include <stdint.h>

struct scratch {
    char root[160];
};

/* Makes temp_dir/thresh-lambda-PID, for this user alone. 0, or -1 with the error filled in. */
int scratch_open(struct scratch *scratch, const char *temp_dir, struct thresh_error *error);
/* Removes it with all that is in it. A zeroed scratch can be closed. */
void scratch_close(struct scratch *scratch);

/* Makes a directory of its own in `whole`, for the files of one invocation, to be closed at its
 * end. As above. */
int scratch_part(const struct scratch *whole, struct scratch *part, struct thresh_error *error);

/* Makes an empty file, named as the last part of `key`, in a directory of its own, and writes
 * its path to path[0..room). The descriptor, the caller's to close; or -1 with the error filled
 * in. */
int scratch_file(const struct scratch *scratch, const char *key, char *path, size_t room,
                 struct thresh_error *error);

/* Opens root/schemas/NAME, emptied, for writing; makes the directories above it. As
 * scratch_file; -1, too, for a name that would lead out of there. */
int scratch_schema(const struct scratch *scratch, const char *name, char *path, size_t room,
                   struct thresh_error *error);

/* Bytes that the file system of an archive has for what has to be unpacked: less what the
 * archive still takes, if it is to be there as a whole, and a little for the file system
 * itself. */
uint64_t scratch_room(int fd, bool is_whole);

#endif
