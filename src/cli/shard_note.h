/* SPDX-License-Identifier: MIT
 *
 * What stands beside the output of a shard, in a file of its name with ".shard" behind it:
 * which of how many shards it is, of which inputs and by which options, what it came to, and
 * the digest of the output. `thresh merge` puts outputs together by these notes.
 */
#ifndef THRESH_CLI_SHARD_NOTE_H
#define THRESH_CLI_SHARD_NOTE_H

#include "base/digest.h"
#include "options/options.h"

struct shard_note {
    struct shard shard;
    char options[DIGEST_HEX + 1]; /* of the options that records depend on */
    char output[DIGEST_HEX + 1];
    enum format format;
    uint64_t output_bytes;
    uint64_t heading_bytes;    /* with which the output begins, as each shard's does */
    struct thresh_stats stats; /* of which the texts are not told, but for inputs_digest */
};

/* Sets the digest of the options. 0, or -1 without memory. */
int shard_note_options(struct shard_note *note, const struct thresh_options *options);

/* Writes the note that belongs to the output, in one step. 0, or -1 with an error. */
int shard_note_write(const struct shard_note *note, const char *output,
                     struct thresh_error *error);
/* Of an output that is to be replaced: what it says is true no longer. 0, or -1 with an
 * error. */
int shard_note_remove(const char *output, struct thresh_error *error);
/* Whether the file is a note: by its name, and because it has none itself. -1: no memory. */
int shard_note_is(const char *file);
/* 0, or -1 with an error that names the file and the remedy. */
int shard_note_read(struct shard_note *note, const char *output, struct thresh_error *error);

#endif
