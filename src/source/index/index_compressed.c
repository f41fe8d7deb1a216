/* SPDX-License-Identifier: MIT
 *
 * One compressed file: a document (a.xml.gz), an archive (a.tar.gz, a.zip.gz), something
 * compressed twice, or none of these.
 */
#include "base/io.h"
#include "base/swar.h"
#include "source/decoder.h"
#include "source/index/index.h"
#include "source/index/index_add.h"
#include "source/index/index_leaf.h"
#include "source/index/index_unpack.h"

#include <string.h>

/* bzip2 tells that a block is damaged behind the block, of 900000 bytes at most. What comes out
 * of a damaged one is like nothing that was packed: its first bytes say nothing. */
enum { BZIP2_BLOCK = 1 << 20 };

/* The first bytes of what is compressed, of `most` that are read: 0, 1 with *fault, -1. */
static int peek(struct indexer *indexer, const struct index_item *item, enum codec codec,
                uint64_t most, char *head, size_t *head_len, struct entry_fault *fault)
{
    struct slice_feed stored;
    struct feed_limits limits = {0};
    indexer_feed(indexer, item, &item->bytes, &stored);
    struct decoder_input input = {&stored.feed, item->bytes.len, codec, 0};
    struct decoder *decoder = decoder_open(&input, &limits, indexer->error);
    int rc = decoder ? 0 : -1;
    *head_len = 0;
    for (uint64_t read = 0; !rc && read < most;) {
        const char *block;
        size_t len;
        struct feed *feed = decoder_feed(decoder);
        rc = feed->next(feed, &block, &len, fault, indexer->error);
        if (rc || !len)
            break;
        read += len;
        if (len > SNIFF_BYTES - *head_len)
            len = SNIFF_BYTES - *head_len;
        memcpy(head + *head_len, block, len);
        *head_len += len;
    }
    decoder_close(decoder);
    slice_feed_close(&stored);
    return rc;
}

/* Unpacks the item into the spool, and makes it be what came out: 0, 1 with *fault, -1. */
static int unpack(struct indexer *indexer, struct index_item *item, enum codec codec,
                  struct entry_fault *fault)
{
    struct slice_feed stored;
    struct feed_limits limits = {indexer->source->options.max_ratio, &indexer->left};
    int rc = -1;
    indexer_feed(indexer, item, &item->bytes, &stored);
    struct decoder_input input = {&stored.feed, item->bytes.len, codec, 0};
    struct decoder *decoder = decoder_open(&input, &limits, indexer->error);
    if (decoder)
        rc = index_unpack_feed(indexer, decoder_feed(decoder), item, fault);
    decoder_close(decoder);
    slice_feed_close(&stored);
    return rc;
}

/* Something packed inside something compressed. Each layer of compression counts as one of
 * depth, so that they cannot go on without end; with an archive in it, the two are one. */
static int index_packed(struct indexer *indexer, const struct index_item *item,
                        enum codec codec, bool is_archive)
{
    struct entry_fault fault;
    struct index_item inside = *item;
    int rc = is_archive ? index_check_depth(indexer, item) : 0;
    if (rc)
        return rc < 0 ? -1 : 0;
    bool is_outermost = index_unpack_begin(indexer, item->bytes.len);
    rc = unpack(indexer, &inside, codec, &fault);
    if (rc > 0) {
        rc = index_add_unreadable(indexer, item, &fault);
    } else if (rc == 0) {
        inside.depth += !is_archive;
        rc = is_archive ? 0 : index_check_depth(indexer, &inside);
        if (!rc)
            rc = index_item(indexer, &inside);
    }
    index_unpack_end(indexer, is_outermost);
    return rc < 0 ? -1 : 0;
}

/* a.xml.gz is named like a document, too. */
static struct entry_name name_unpacked(const struct entry_name *name)
{
    static const char *const suffixes[] = {".gz", ".xz", ".zst", ".bz2", ".lz", ".lz4", ".z"};
    struct entry_name unpacked = *name;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (entry_name_ends_with(name->shown, name->shown_len, suffixes[i])) {
            unpacked.shown_len -= strlen(suffixes[i]);
            break;
        }
    return unpacked;
}

/* Gzip states the length of what is in it, modulo 2^32, in its last 4 bytes (RFC 1952, 2.3.1).
 * That is good enough to plan by. */
static uint64_t stated_size(const struct index_item *item, enum codec codec)
{
    unsigned char end[4];
    const struct slice *bytes = &item->bytes;
    if (codec != CODEC_GZIP || bytes->len < CODEC_GZIP_LEAST ||
        origin_read(&bytes->origin, end, sizeof end, bytes->at + bytes->len - 4) != 4)
        return 0;
    return swar_le32(end);
}

int index_compressed(struct indexer *indexer, const struct index_item *item, enum codec codec)
{
    char head[SNIFF_BYTES];
    size_t len;
    struct entry_fault fault;
    enum entry_code code;
    int rc = peek(indexer, item, codec, SNIFF_BYTES, head, &len, &fault);
    if (rc < 0)
        return -1;
    if (rc)
        return index_add_unreadable(indexer, item, &fault);
    struct entry_name name = name_unpacked(&item->name);
    enum sniff sniff = index_leaf_sniff(&name, head, len);
    if (sniff == SNIFF_TAR || sniff == SNIFF_CPIO)
        return index_serial(indexer, item, codec, sniff == SNIFF_CPIO);
    if (sniff_is_packed(sniff))
        return index_packed(indexer, item, codec, sniff_is_archive(sniff));
    if (index_leaf_judge(indexer, item, &name, sniff, &code) < 0)
        return -1;
    struct index_item leaf = *item;
    leaf.size = code == ENTRY_CODE_NONE ? stated_size(item, codec) : 0;
    if (code == ENTRY_CODE_NONE)
        return index_add_document(indexer, &leaf, codec);
    if (codec == CODEC_BZIP2)
        rc = peek(indexer, item, codec, BZIP2_BLOCK, head, &len, &fault);
    if (rc)
        return rc < 0 ? -1 : index_add_unreadable(indexer, item, &fault);
    return index_leaf_add(indexer, &leaf, &name, code, sniff, sniff_foreign(head, len));
}
