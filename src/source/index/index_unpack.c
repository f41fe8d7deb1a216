/* SPDX-License-Identifier: MIT */
#include "source/index/index_unpack.h"

bool index_unpack_begin(struct indexer *indexer, uint64_t stored)
{
    if (indexer->outer_stored)
        return false;
    indexer->outer_stored = stored ? stored : 1;
    indexer->outer_start = indexer->source->spool.len;
    return true;
}

void index_unpack_end(struct indexer *indexer, bool is_outermost)
{
    if (is_outermost)
        indexer->outer_stored = 0;
}

int index_unpack_append(struct indexer *indexer, const void *bytes, size_t len,
                        struct entry_fault *fault)
{
    struct spool *spool = &indexer->source->spool;
    struct feed_limits limits = {indexer->source->options.max_ratio, NULL};
    /* What was cut off the spool again does not count: one bomb does not use up what its
     * neighbours may have. */
    if (indexer->outer_stored &&
        feed_limits_count(&limits, spool->len + len - indexer->outer_start,
                          indexer->outer_stored, len, fault))
        return 1;
    uint64_t room = indexer->source->options.max_spool_bytes;
    if (room && (spool->len > room || len > room - spool->len))
        return entry_fault_set(
            fault, ENTRY_CODE_LIMIT_TOTAL,
            "it has to be unpacked, and the temporary directory has room for "
            "%llu bytes in all; give it more (in Lambda, EphemeralStorage)",
            (unsigned long long)room);
    return spool_append(spool, bytes, len, indexer->error);
}

int index_unpack_check_size(const struct indexer *indexer, uint64_t size,
                            struct entry_fault *fault)
{
    const struct source_options *options = &indexer->source->options;
    uint64_t max = options->max_document_bytes;
    if (!max || size <= max)
        return 0;
    return entry_fault_set(fault, ENTRY_CODE_LIMIT_BYTES,
                           "the document is longer than %llu bytes; raise %s",
                           (unsigned long long)max, options->document_remedy);
}

int index_unpack_feed(struct indexer *indexer, struct feed *feed, struct index_item *item,
                      struct entry_fault *fault)
{
    struct spool *spool = &indexer->source->spool;
    uint64_t start = spool->len;
    const char *block;
    size_t len;
    do {
        int rc = feed->next(feed, &block, &len, fault, indexer->error);
        if (!rc)
            rc = index_unpack_append(indexer, block, len, fault);
        if (rc) {
            spool_cut(spool, start);
            return rc;
        }
    } while (len);
    return index_unpack_finish(indexer, start, item);
}

int index_unpack_finish(struct indexer *indexer, uint64_t start, struct index_item *item)
{
    struct spool *spool = &indexer->source->spool;
    if (spool_flush(spool, indexer->error) < 0)
        return -1;
    /* A number of its own: a window that saw the spool before knows nothing of these bytes. */
    item->bytes = (struct slice){.origin.fd = spool->fd,
                                 .file = ++indexer->last_file,
                                 .at = start,
                                 .len = spool->len - start};
    item->size = item->bytes.len;
    item->file = LISTING_SPOOL;
    item->open_path = NULL;
    return 0;
}
