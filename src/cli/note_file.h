/* SPDX-License-Identifier: MIT
 *
 * The note of a shard as a file beside its output.
 */
#ifndef THRESH_CLI_NOTE_FILE_H
#define THRESH_CLI_NOTE_FILE_H

#include "run/shard_note.h"

/* Ends the note that belongs to the output, and writes it in one step. 0, or -1 with an
 * error. */
int note_file_write(struct shard_note *note, const struct thresh_stats *stats,
                    const char *output, struct thresh_error *error);
/* Of an output that is to be replaced: what it says is true no longer. 0, or -1 with an
 * error. */
int note_file_remove(const char *output, struct thresh_error *error);
/* To be freed; NULL without memory. */
char *note_file_name(const char *output);
/* Whether the file is a note: by its name, and because it has none itself. -1: no memory. */
int note_file_is(const char *file);
/* Into a zeroed note, to be freed in any case. 0, or -1 with an error that names the file and
 * the remedy. */
int note_file_read(struct shard_note *note, const char *output, struct thresh_error *error);

#endif
