/* SPDX-License-Identifier: MIT
 *
 * How libarchive reads from a feed, and what is to be said when it stops. For the other files
 * of this room: nothing outside it sees libarchive.
 */
#ifndef THRESH_SOURCE_LIBARCHIVE_UNARCHIVE_INPUT_H
#define THRESH_SOURCE_LIBARCHIVE_UNARCHIVE_INPUT_H

#include "source/feed.h"

#include <archive.h>
#include <stdbool.h>

#define UNARCHIVE_TAR_BLOCK 512u
#define UNARCHIVE_TAR_RECORD                                                                   \
    10240u /* what tars are written by, unless they are told otherwise */

struct unarchive_input {
    struct feed *from;
    struct slice_feed *slice; /* the same feed if it is a slice of a file, else NULL */
    const char *block;
    size_t len;
    uint64_t zeros;                  /* zero bytes in a row at the end of what was read */
    char tail[UNARCHIVE_TAR_RECORD]; /* the last bytes that were read */
    size_t tail_len;
    int rc; /* of the feed, once it has failed, with the reason below */
    struct entry_fault fault;
    struct thresh_error error;
};

/* Makes libarchive read from *input, which must outlive it; `seeks` needs a slice. False
 * without memory. Input that cannot be read is met again, with its reason, at the first
 * header. */
bool unarchive_input_open(struct archive *archive, struct unarchive_input *input, bool seeks);
/* Reads on to the end of the feed: are there only zero bytes from `position` on? Of a slice
 * the block before that is read, too, so that `zeros` counts the end mark of a tar. 0, or -1
 * where the feed fails. */
int unarchive_input_drain(struct unarchive_input *input, uint64_t position, bool *is_zero);
/* Whether the bytes from `position` on, to which the input was drained, can be leftovers of a
 * writer's memory: POSIX leaves them undefined up to the end of the last record (ustar
 * interchange format). Bytes that could be another archive are not taken for leftovers. */
bool unarchive_input_is_padding(const struct unarchive_input *input, uint64_t position);
/* Why libarchive failed: what the feed said, if that failed, else what libarchive says, under
 * the code that fits best. Returns 1 with *fault, or -1 with *error. */
int unarchive_input_explain(struct archive *archive, const struct unarchive_input *input,
                            struct entry_fault *fault, struct thresh_error *error);

#endif
