/* SPDX-License-Identifier: MIT
 *
 * The bytes of one member of a ZIP archive, as far as listing needs them: the first ones, to
 * see what it is, and all of them if it is packed itself.
 */
#include "source/decoder.h"
#include "source/index/index_unpack.h"
#include "source/index/index_zip.h"
#include "source/index/sniff.h"

#include <libdeflate.h>
#include <string.h>

static int damaged(struct entry_fault *fault)
{
    return entry_fault_set(fault, ENTRY_CODE_DAMAGED,
                           "the deflated data is damaged; get the archive again");
}

static int check_sum(const struct zip_member *member, uint64_t size, uint32_t crc,
                     struct entry_fault *fault)
{
    if (size != member->size)
        return entry_fault_set(fault, ENTRY_CODE_SIZE,
                               "the entry is %llu bytes long, the archive says %llu; "
                               "get it again",
                               (unsigned long long)size, (unsigned long long)member->size);
    if (crc != member->crc)
        return entry_fault_set(fault, ENTRY_CODE_CRC,
                               "CRC-32 is %08x, the archive says %08x: the entry is "
                               "damaged; get it again",
                               (unsigned)crc, (unsigned)member->crc);
    return 0;
}

/* -- The first bytes ------------------------------------------------------------------ */

/* A member that is no longer than its head is checked at once. What is longer and turns out to
 * be no document is never checked. */
static int check_head(const struct zip_member *member, const char *head, size_t len,
                      struct entry_fault *fault)
{
    if (len == SNIFF_BYTES && member->size > len)
        return 0;
    return check_sum(member, len, libdeflate_crc32(0, head, len), fault);
}

/* Inflates the head of a member from its first `stored` bytes. */
static int inflate_head(struct indexer *indexer, const struct zip_member *member,
                        const unsigned char *bytes, size_t stored, char *head, size_t *len,
                        struct entry_fault *fault)
{
    inflateReset(&indexer->inflate);
    indexer->inflate.next_in = bytes;
    indexer->inflate.avail_in = (uInt)stored;
    indexer->inflate.next_out = (unsigned char *)head;
    indexer->inflate.avail_out = SNIFF_BYTES;
    int rc = inflate(&indexer->inflate, Z_SYNC_FLUSH);
    *len = SNIFF_BYTES - indexer->inflate.avail_out;
    if (rc == Z_MEM_ERROR)
        return error_no_memory(indexer->error);
    bool is_short = *len < SNIFF_BYTES && *len < member->size && stored == member->stored;
    return rc == Z_DATA_ERROR || is_short ? damaged(fault) : 0;
}

int index_zip_locate(struct zip_walk *walk, const struct zip_member *member, size_t want,
                     struct index_item *item, struct entry_fault *fault)
{
    /* The name is in the directory's window, which is not the one that is moved here. */
    struct zip_claim claim = {.name = member->name,
                              .name_len = member->name_len,
                              .size = member->size,
                              .crc = member->crc,
                              .method = member->method};
    int rc = zip_locate(&walk->indexer->members, &claim, want, &item->bytes, fault);
    return rc < 0 ? indexer_cannot_read(walk->indexer, walk->archive) : rc;
}

int index_zip_peek(struct zip_walk *walk, const struct zip_member *member,
                   struct index_item *item, char *head, size_t *len, struct entry_fault *fault)
{
    struct indexer *indexer = walk->indexer;
    size_t want = member->stored < 2 * SNIFF_BYTES ? (size_t)member->stored : 2 * SNIFF_BYTES;
    const unsigned char *bytes;
    int rc = index_zip_locate(walk, member, want, item, fault);
    if (rc)
        return rc;
    struct slice first = item->bytes;
    first.len = want;
    if (window_get(&indexer->members, &first, &bytes, &want) < 0)
        return indexer_cannot_read(indexer, walk->archive);
    if (member->method == ZIP_STORED) {
        *len = want < SNIFF_BYTES ? want : SNIFF_BYTES;
        memcpy(head, bytes, *len);
    } else {
        rc = inflate_head(indexer, member, bytes, want, head, len, fault);
    }
    return rc ? rc : check_head(member, head, *len, fault);
}

/* -- All bytes ------------------------------------------------------------------------ */

/* A member on its way through the inflater, or past it. */
struct member_sum {
    uint64_t size;
    uint32_t crc;
    bool is_done;
};

/* Inflates a block of stored bytes into the spool. 0, 1 with *fault, -1. */
static int inflate_block(struct indexer *indexer, const struct zip_member *member,
                         struct member_sum *sum, struct entry_fault *fault)
{
    unsigned char out[32u << 10];
    struct feed_limits limits = {indexer->source->options.max_ratio, &indexer->left};
    do {
        indexer->inflate.next_out = out;
        indexer->inflate.avail_out = sizeof out;
        int rc = inflate(&indexer->inflate, Z_NO_FLUSH);
        if (rc == Z_MEM_ERROR)
            return error_no_memory(indexer->error);
        if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
            return damaged(fault);
        size_t len = sizeof out - indexer->inflate.avail_out;
        sum->size += len;
        sum->crc = libdeflate_crc32(sum->crc, out, len);
        sum->is_done = rc == Z_STREAM_END;
        if (sum->size > member->size)
            return entry_fault_set(fault, ENTRY_CODE_SIZE,
                                   "the entry is longer than the %llu bytes that the "
                                   "archive says; get it again",
                                   (unsigned long long)member->size);
        rc = feed_limits_count(&limits, sum->size, member->stored, len, fault);
        if (!rc)
            rc = index_unpack_append(indexer, out, len, fault);
        if (rc)
            return rc;
    } while (indexer->inflate.avail_out == 0 && !sum->is_done);
    return 0;
}

/* All stored bytes: inflated into the spool, or only summed up. */
static int pass_through(struct zip_walk *walk, const struct zip_member *member,
                        struct feed *stored, struct member_sum *sum, struct entry_fault *fault)
{
    struct indexer *indexer = walk->indexer;
    const char *block;
    size_t len;
    int rc;
    inflateReset(&indexer->inflate);
    while (!(rc = stored->next(stored, &block, &len, fault, indexer->error)) && len) {
        if (member->method == ZIP_STORED) {
            sum->crc = libdeflate_crc32(sum->crc, block, len);
            sum->size += len;
            continue;
        }
        indexer->inflate.next_in = (const unsigned char *)block;
        indexer->inflate.avail_in = (uInt)len;
        rc = inflate_block(indexer, member, sum, fault);
        if (rc || sum->is_done)
            return rc;
    }
    if (!rc && member->method != ZIP_STORED)
        rc = entry_fault_set(fault, ENTRY_CODE_DAMAGED,
                             "the deflated data breaks off; get the archive again");
    return rc;
}

/* All stored bytes, decompressed into the spool as a file's would be. */
static int decode(struct zip_walk *walk, const struct zip_member *member, struct feed *stored,
                  struct member_sum *sum, struct entry_fault *fault)
{
    struct indexer *indexer = walk->indexer;
    struct feed_limits limits = {indexer->source->options.max_ratio, &indexer->left};
    struct decoder_input input = {stored, member->stored, zip_method_codec(member->method),
                                  member->size};
    struct decoder *decoder = decoder_open(&input, &limits, indexer->error);
    const char *block;
    size_t len = 0;
    int rc = decoder ? 0 : -1;
    while (!rc) {
        struct feed *feed = decoder_feed(decoder);
        rc = feed->next(feed, &block, &len, fault, indexer->error);
        if (rc || !len)
            break;
        sum->crc = libdeflate_crc32(sum->crc, block, len);
        sum->size += len;
        if (sum->size > member->size)
            rc = check_sum(member, sum->size, sum->crc, fault);
        else
            rc = index_unpack_append(indexer, block, len, fault);
    }
    decoder_close(decoder);
    return rc;
}

int index_zip_unpack(struct zip_walk *walk, const struct zip_member *member,
                     struct index_item *item, struct entry_fault *fault)
{
    struct indexer *indexer = walk->indexer;
    struct spool *spool = &indexer->source->spool;
    uint64_t start = spool->len;
    struct member_sum sum = {0};
    struct slice_feed stored;
    indexer_feed(indexer, walk->archive, &item->bytes, &stored);
    int rc = zip_method_codec(member->method) == CODEC_NONE
                 ? pass_through(walk, member, &stored.feed, &sum, fault)
                 : decode(walk, member, &stored.feed, &sum, fault);
    slice_feed_close(&stored);
    if (!rc)
        rc = check_sum(member, sum.size, sum.crc, fault);
    if (rc) {
        spool_cut(spool, start);
        return rc;
    }
    return member->method == ZIP_STORED ? 0 : index_unpack_finish(indexer, start, item);
}
