/* SPDX-License-Identifier: MIT */
#include "source/libarchive/filter_feed.h"

#include "source/libarchive/unarchive_input.h"

#include <stdlib.h>

struct filter_feed {
    struct feed feed;
    struct archive *archive;
    struct unarchive_input input;
    bool is_begun;
};

/* Whether all that follows is padding, for libarchive's bzip2 filter takes no notice of it. */
static int verify_rest(struct filter_feed *filter, struct entry_fault *fault,
                       struct thresh_error *error)
{
    la_int64_t taken = archive_filter_bytes(filter->archive, -1);
    bool is_zero = true;
    if (taken >= 0 && unarchive_input_drain(&filter->input, (uint64_t)taken, &is_zero) < 0)
        return unarchive_input_explain(filter->archive, &filter->input, fault, error);
    if (is_zero)
        return 0;
    return entry_fault_set(fault, ENTRY_CODE_TRAILING,
                           "other bytes follow the compressed data; what they "
                           "are is unknown, cut them off");
}

static int filter_next(struct feed *feed, const char **block, size_t *len,
                       struct entry_fault *fault, struct thresh_error *error)
{
    struct filter_feed *filter = (struct filter_feed *)feed;
    struct archive_entry *entry;
    const void *bytes = NULL;
    la_int64_t at;
    int rc = ARCHIVE_OK;
    *len = 0;
    *block = "";
    if (!filter->is_begun)
        rc = archive_read_next_header(filter->archive, &entry);
    filter->is_begun = true;
    while (!*len && (rc == ARCHIVE_OK || rc == ARCHIVE_WARN))
        rc = archive_read_data_block(filter->archive, &bytes, len, &at);
    if (rc != ARCHIVE_OK && rc != ARCHIVE_EOF) {
        *len = 0;
        return unarchive_input_explain(filter->archive, &filter->input, fault, error);
    }
    if (*len)
        *block = bytes;
    feed->given += *len;
    return *len ? 0 : verify_rest(filter, fault, error);
}

struct filter_feed *filter_feed_open(enum codec codec, struct feed *from)
{
    struct filter_feed *filter = calloc(1, sizeof *filter);
    if (filter)
        filter->archive = archive_read_new();
    if (!filter || !filter->archive) {
        free(filter);
        return NULL;
    }
    filter->feed.next = filter_next;
    filter->input.from = from;
    if (codec == CODEC_XZ)
        archive_read_support_filter_xz(filter->archive);
    else if (codec == CODEC_ZSTD)
        archive_read_support_filter_zstd(filter->archive);
    else
        archive_read_support_filter_bzip2(filter->archive);
    archive_read_support_format_raw(filter->archive);
    archive_read_support_format_empty(filter->archive);
    unarchive_input_open(filter->archive, &filter->input, false);
    return filter;
}

struct feed *filter_feed_feed(struct filter_feed *filter)
{
    return &filter->feed;
}

void filter_feed_close(struct filter_feed *filter)
{
    if (!filter)
        return;
    archive_read_free(filter->archive);
    free(filter);
}
