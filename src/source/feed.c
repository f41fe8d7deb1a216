/* SPDX-License-Identifier: MIT */
#include "source/feed.h"

#include "base/io.h"

#include <stdlib.h>
#include <string.h>

#define SLICE_BLOCK (128u << 10)

static int slice_next(struct feed *feed, const char **block, size_t *len,
                      struct entry_fault *fault, struct thresh_error *error)
{
    struct slice_feed *slice = (struct slice_feed *)feed;
    size_t want = SLICE_BLOCK;
    *len = 0;
    if (want > slice->end - slice->at)
        want = (size_t)(slice->end - slice->at);
    if (!want)
        return 0;
    if (feed_is_cancelled(slice->cancelled))
        return error_set(error, "cancelled");
    if (!slice->buffer)
        slice->buffer = malloc(SLICE_BLOCK);
    if (!slice->buffer)
        return error_no_memory(error);
    ptrdiff_t got = origin_read(&slice->origin, slice->buffer, want, slice->at);
    if (got < 0)
        return error_set(error, "cannot read %s: %m", slice->name);
    if (got == 0)
        return entry_fault_set(fault, ENTRY_CODE_CHANGED,
                               "the file became shorter while it was read; "
                               "run again when nothing writes to it");
    slice->at += (uint64_t)got;
    feed->given += (uint64_t)got;
    *block = slice->buffer;
    *len = (size_t)got;
    return 0;
}

bool feed_is_cancelled(const atomic_bool *cancelled)
{
    return cancelled && atomic_load_explicit(cancelled, memory_order_relaxed);
}

void slice_feed_open(struct slice_feed *feed, const struct slice *slice, const char *name,
                     const atomic_bool *cancelled)
{
    memset(feed, 0, sizeof *feed);
    feed->feed.next = slice_next;
    feed->origin = slice->origin;
    feed->start = feed->at = slice->at;
    feed->end = slice->at + slice->len;
    feed->name = name;
    feed->cancelled = cancelled;
}

void slice_feed_close(struct slice_feed *feed)
{
    free(feed->buffer);
    feed->buffer = NULL;
}

static int memory_next(struct feed *feed, const char **block, size_t *len,
                       struct entry_fault *fault, struct thresh_error *error)
{
    struct memory_feed *memory = (struct memory_feed *)feed;
    (void)fault;
    (void)error;
    *block = memory->bytes;
    *len = feed->given ? 0 : memory->len;
    feed->given = memory->len;
    return 0;
}

void memory_feed_open(struct memory_feed *feed, const char *bytes, size_t len)
{
    memset(feed, 0, sizeof *feed);
    feed->feed.next = memory_next;
    feed->bytes = bytes;
    feed->len = len;
}

bool feed_exceeds_ratio(uint64_t max_ratio, uint64_t given, uint64_t taken)
{
    return max_ratio && given > 1u << 20 && given / (taken + 1) >= max_ratio;
}

int feed_limits_count(const struct feed_limits *limits, uint64_t given, uint64_t taken,
                      size_t len, struct entry_fault *fault)
{
    if (feed_exceeds_ratio(limits->max_ratio, given, taken))
        return entry_fault_set(fault, ENTRY_CODE_LIMIT_RATIO,
                               "it unpacks to more than %llu times its size, "
                               "as a bomb does; raise --max-ratio if it is none",
                               (unsigned long long)limits->max_ratio);
    if (!limits->left)
        return 0;
    if (len > *limits->left)
        return entry_fault_set(
            fault, ENTRY_CODE_LIMIT_TOTAL,
            "what had to be unpacked or put aside to list the inputs is more "
            "than --max-total-bytes allows; raise it if it is to be");
    *limits->left -= len;
    return 0;
}
