/* SPDX-License-Identifier: MIT
 *
 * Bytes in order, block by block: out of a slice, or out of memory. decoder.h has the
 * feeds that unpack another feed. A feed belongs to one thread.
 */
#ifndef THRESH_SOURCE_FEED_H
#define THRESH_SOURCE_FEED_H

#include "base/error.h"
#include "source/entry_fault.h"
#include "source/slice.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct feed {
    /* Sets *block and *len, which are valid until the next call. *len is 0 at the end, and
     * never before; a feed that has come to its end has checked all there was to check. 0, 1
     * with *fault for broken bytes, or -1 with the run's error. */
    int (*next)(struct feed *feed, const char **block, size_t *len, struct entry_fault *fault,
                struct thresh_error *error);
    uint64_t given; /* bytes handed out so far */
};

/* A slice of a file, which the caller keeps open. The buffer is made at the first read. */
struct slice_feed {
    struct feed feed;
    struct origin origin;
    uint64_t start, at, end;
    const char *name;             /* of the file, for errors; the caller keeps it, too */
    const atomic_bool *cancelled; /* set: the next block is an error of the run; or NULL */
    char *buffer;
};

void slice_feed_open(struct slice_feed *feed, const struct slice *slice, const char *name,
                     const atomic_bool *cancelled);
void slice_feed_close(struct slice_feed *feed);

/* Whether it is there and set. */
bool feed_is_cancelled(const atomic_bool *cancelled);

/* Bytes in memory, as one block. The caller keeps them. */
struct memory_feed {
    struct feed feed;
    const char *bytes;
    size_t len;
};

void memory_feed_open(struct memory_feed *feed, const char *bytes, size_t len);

/* How much may be unpacked before it is taken for a bomb. */
struct feed_limits {
    uint64_t max_ratio; /* times its stored bytes, asked only above 1 MiB; 0: no limit */
    uint64_t *left;     /* bytes in all: counted down, and shared if need be; NULL: no limit */
};

/* Whether so much out of so little is a bomb. */
bool feed_exceeds_ratio(uint64_t max_ratio, uint64_t given, uint64_t taken);
/* Counts `len` more bytes, with which `given` in all came out of `taken`: 0, or 1 with
 * *fault. */
int feed_limits_count(const struct feed_limits *limits, uint64_t given, uint64_t taken,
                      size_t len, struct entry_fault *fault);

#endif
