/* SPDX-License-Identifier: MIT
 *
 * What stands beside the output of a shard, under its name with SHARD_NOTE_SUFFIX behind it:
 * which of how many shards it is, of which inputs and by which options, what it came to and
 * found, and the digest of the output. `thresh merge` puts outputs together by these notes.
 */
#ifndef THRESH_RUN_SHARD_NOTE_H
#define THRESH_RUN_SHARD_NOTE_H

#include "base/buf.h"
#include "base/digest.h"
#include "options/options.h"
#include <jansson.h>

#define SHARD_NOTE_SUFFIX ".shard"

struct shard_note {
    struct shard shard;
    char options[DIGEST_HEX + 1]; /* of the options that records depend on */
    char output[DIGEST_HEX + 1];
    enum format format;
    uint64_t output_bytes;
    uint64_t heading_bytes;    /* with which the output begins, as each shard's does */
    struct thresh_stats stats; /* of which the texts are not told, but for inputs_digest */
    bool has_groups;           /* in place of records, by --group */
    bool csv_safe;             /* as --csv-safe asks */
    json_t *findings;          /* findings_note.h reads them; NULL: not known yet */
    struct sha256_ctx sum;     /* of the output so far */
};

void shard_note_free(struct shard_note *note);

/* Begins the note of a run by these options, whose output is empty so far; free it in any case.
 * 0, or -1 without memory. */
int shard_note_begin(struct shard_note *note, const struct thresh_options *options);
/* The run has written what it writes in one call. */
void shard_note_add(struct shard_note *note, const void *bytes, size_t len);
/* The run is complete, and has found this, as findings_to_note has it; it is the note's from
 * now on. 0, or -1 where it is NULL, without memory. */
int shard_note_take(struct shard_note *note, json_t *findings);
/* Appends the text of a note that has taken its findings. 0, or -1 without memory. */
int shard_note_end(struct shard_note *note, const struct thresh_stats *stats, struct buf *out);

/* Reads a note's text; what it has of findings is checked by who adds them up. To be freed in
 * any case. 0, or -1 with an error that calls the note by `name`. */
int shard_note_parse(struct shard_note *note, const char *text, size_t len, const char *name,
                     struct thresh_error *error);

#endif
