/* SPDX-License-Identifier: MIT
 *
 * The members of tar, cpio and 7z archives, which can be read only in order. The documents of a
 * plain tar or cpio are slices of it; those of a compressed one or of a 7z go to the spool. */
#include "base/io.h"
#include "base/swar.h"
#include "source/decoder.h"
#include "source/index/index.h"
#include "source/index/index_add.h"
#include "source/index/index_leaf.h"
#include "source/index/index_unpack.h"
#include "source/index/name_promise.h"
#include "source/libarchive/unarchive.h"

#include <libdeflate.h>
#include <string.h>

/* No tar is written in records of more bytes (2048 blocks). */
#define EMPTY_TAR_MOST (1u << 20)
#define SEVENZIP_BYTES 32u /* of the start header */

struct tar_walk {
    struct indexer *indexer;
    const struct index_item *archive;
    struct unarchive *un;
    uint32_t container;
    bool is_plain; /* a tar that is not compressed: members may lie in it as they are */
    bool is_sevenzip;
    struct buf head;       /* what was read of the member at hand to see what it is */
    bool is_slice;         /* that member lies in the archive as it is, at item->bytes */
    bool is_sparse;        /* it has holes, which cost its archive nothing */
    uint64_t unpacked;     /* of a 7z and of sparse members: bytes so far */
    bool is_trailed;       /* other bytes follow the end of a 7z */
    bool is_passed_broken; /* the data of a 7z broke where nobody wants it */
    struct entry_fault passed;
    bool is_over;             /* a 7z is over a limit: nothing more of it is unpacked */
    struct entry_fault limit; /* which one */
};

/* -- Bytes of the member at hand. All return 0, 1 with *fault, or -1. ----------------- */

static int next_block(struct tar_walk *walk, const char **block, size_t *len,
                      struct entry_fault *fault)
{
    struct indexer *indexer = walk->indexer;
    struct feed_limits limits = {.left = &indexer->left};
    if (walk->is_over) {
        *fault = walk->limit;
        return 1;
    }
    int rc = unarchive_data(walk->un, block, len, fault, indexer->error);
    /* The bytes of a compressed tar are counted where it is decompressed. */
    if (rc || !(walk->is_sevenzip || walk->is_sparse))
        return rc;
    if (walk->is_sevenzip)
        limits.max_ratio = indexer->source->options.max_ratio;
    walk->unpacked += *len;
    rc = feed_limits_count(&limits, walk->unpacked, walk->archive->bytes.len, *len, fault);
    if (rc && walk->is_sevenzip) {
        walk->is_over = true;
        walk->limit = *fault;
    }
    return rc;
}

/* Reads the rest of a 7z's member that nobody wants: libarchive would unpack it anyway to get
 * to the next, and those bytes would count towards no limit. Damage in it is reported for the
 * archive, unless it was reported for the member. */
static int pass_over(struct tar_walk *walk, struct entry_fault *fault)
{
    const char *block;
    size_t len;
    int rc;
    bool was_broken = unarchive_is_broken(walk->un);
    do
        rc = next_block(walk, &block, &len, fault);
    while (!rc && len);
    if (!was_broken && unarchive_is_broken(walk->un) && !walk->is_passed_broken) {
        walk->is_passed_broken = true;
        walk->passed = *fault;
    }
    return rc > 0 && !walk->is_over ? 0 : rc;
}

/* Finds out whether the member lies in the tar as it is, which it does if its first block, as
 * libarchive gave it, is what is there. */
static void find_slice(struct tar_walk *walk, const struct unarchive_member *member,
                       struct index_item *item, const char *block, size_t len)
{
    char there[SNIFF_BYTES];
    const struct slice *archive = &walk->archive->bytes;
    uint64_t position = unarchive_position(walk->un);
    len = len < sizeof there ? len : sizeof there;
    if (!walk->is_plain || member->is_sparse || !member->has_size || position > archive->len ||
        member->size > archive->len - position)
        return;
    item->bytes.at = archive->at + position;
    item->bytes.len = member->size;
    walk->is_slice =
        origin_read(&archive->origin, there, len, item->bytes.at) == (ptrdiff_t)len &&
        memcmp(there, block, len) == 0;
}

/* Reads SNIFF_BYTES into walk->head, or all if there are fewer, or more where blocks are
 * longer. */
static int read_head(struct tar_walk *walk, const struct unarchive_member *member,
                     struct index_item *item, struct entry_fault *fault)
{
    struct buf *head = &walk->head;
    const char *block;
    size_t len;
    walk->is_slice = false;
    buf_clear(head);
    do {
        int rc = next_block(walk, &block, &len, fault);
        if (rc)
            return rc;
        if (len && !head->len)
            find_slice(walk, member, item, block, len);
        if (buf_append(head, block, len) < 0)
            return error_no_memory(walk->indexer->error);
    } while (len && head->len < SNIFF_BYTES);
    return 0;
}

/* All of the member into the spool, with the head that was read before. */
static int spool_member(struct tar_walk *walk, struct index_item *item, bool is_document,
                        struct entry_fault *fault)
{
    struct indexer *indexer = walk->indexer;
    struct spool *spool = &indexer->source->spool;
    uint64_t start = spool->len;
    const char *block = walk->head.data;
    size_t len = walk->head.len;
    int rc = 0;
    while (len) {
        if ((is_document &&
             (rc = index_unpack_check_size(indexer, spool->len - start + len, fault))) ||
            (rc = index_unpack_append(indexer, block, len, fault)) ||
            (rc = next_block(walk, &block, &len, fault)))
            break;
    }
    if (rc) {
        spool_cut(spool, start);
        return rc;
    }
    return index_unpack_finish(indexer, start, item);
}

/* Makes item->bytes be the whole member: a slice of the tar, or in the spool. */
static int keep_member(struct tar_walk *walk, const struct unarchive_member *member,
                       struct index_item *item, bool is_document, struct entry_fault *fault)
{
    if (is_document && member->has_size &&
        index_unpack_check_size(walk->indexer, member->size, fault))
        return 1;
    return walk->is_slice ? 0 : spool_member(walk, item, is_document, fault);
}

/* -- One member ----------------------------------------------------------------------- */

static int visit_file(struct tar_walk *walk, const struct unarchive_member *member,
                      struct index_item *item)
{
    struct indexer *indexer = walk->indexer;
    struct entry_fault fault;
    enum entry_code code = ENTRY_CODE_NONE;
    bool excluded;
    if (indexer_is_excluded(indexer, item, true, &excluded) < 0)
        return -1;
    if (excluded)
        return index_add_skipped(indexer, item, ENTRY_CODE_EXCLUDED);
    if (member->is_encrypted) {
        entry_fault_set(&fault, ENTRY_CODE_ENCRYPTED,
                        "the entry is encrypted; decrypt the archive first");
        return index_add_unreadable(indexer, item, &fault);
    }
    int rc = read_head(walk, member, item, &fault);
    if (rc)
        return rc < 0 ? -1 : index_add_unreadable(indexer, item, &fault);
    enum sniff sniff = index_leaf_sniff(&item->name, walk->head.data, walk->head.len);
    bool is_packed = sniff_is_packed(sniff) ||
                     index_leaf_may_be_zip(&item->name, sniff, walk->head.data, walk->head.len);
    if (sniff_is_archive(sniff) && (rc = index_check_depth(indexer, item)))
        return rc < 0 ? -1 : 0;
    if (!is_packed && index_leaf_judge(indexer, item, &item->name, sniff, &code) < 0)
        return -1;
    if (code != ENTRY_CODE_NONE)
        return index_leaf_add(indexer, item, &item->name, code, sniff,
                              sniff_foreign(walk->head.data, walk->head.len));
    rc = keep_member(walk, member, item, !is_packed, &fault);
    if (rc)
        return rc < 0 ? -1 : index_add_unreadable(indexer, item, &fault);
    return is_packed ? index_item(indexer, item)
                     : index_add_document(indexer, item, CODEC_NONE);
}

static int visit_member(struct tar_walk *walk, const struct unarchive_member *member,
                        struct buf *scratch)
{
    struct indexer *indexer = walk->indexer;
    struct index_item item = {
        .container = walk->container,
        .depth = walk->archive->depth + 1,
        .bytes = {.origin = walk->archive->bytes.origin, .file = walk->archive->bytes.file},
        .file = indexer->source->listing.containers[walk->container].file};
    if ((member->is_utf8 ? indexer_name : indexer_unencoded_name)(
            indexer, member->name, member->name_len, scratch, &item.name) < 0)
        return -1;
    switch (member->type) {
    case UNARCHIVE_DIRECTORY:
        return index_add_skipped(indexer, &item, ENTRY_CODE_DIRECTORY);
    case UNARCHIVE_SYMLINK:
        return index_add_skipped(indexer, &item, ENTRY_CODE_SYMLINK);
    case UNARCHIVE_HARD_LINK:
        return index_add_skipped(indexer, &item, ENTRY_CODE_HARD_LINK);
    case UNARCHIVE_DEVICE:
        return index_add_skipped(indexer, &item, ENTRY_CODE_DEVICE);
    default:
        item.size = member->size;
        return visit_file(walk, member, &item);
    }
}

/* -- The archive ---------------------------------------------------------------------- */

/* A stream has one checksum for all entries: any of them may be the damaged one. */
static void doubt_all(struct listing *listing, size_t first)
{
    for (size_t i = first; i < listing->count; i++)
        if (listing->records[i].kind == ENTRY_DOCUMENT)
            listing->records[i].notices |= ENTRY_NOTICE_DAMAGED_ARCHIVE;
}

/* Sets *any if there are members. 0, 1 with the archive's *fault, -1. */
static int visit_members(struct tar_walk *walk, bool *any, struct entry_fault *fault)
{
    struct indexer *indexer = walk->indexer;
    struct buf scratch = {0};
    struct unarchive_member member;
    bool more = true;
    int rc = 0;
    while (!rc && !indexer->is_full) {
        rc = unarchive_next(walk->un, &member, &more, fault, indexer->error);
        if (rc || !more)
            break;
        *any = true;
        walk->is_sparse = member.is_sparse;
        rc = visit_member(walk, &member, &scratch);
        if (!rc && walk->is_sevenzip && !member.is_encrypted)
            rc = pass_over(walk, fault);
    }
    buf_free(&scratch);
    return rc;
}

static int visit_archive(struct tar_walk *walk)
{
    struct indexer *indexer = walk->indexer;
    struct listing *listing = &indexer->source->listing;
    struct entry_fault fault;
    bool any = false;
    size_t first = listing->count;
    int rc = visit_members(walk, &any, &fault);
    if (!rc && walk->is_passed_broken) {
        fault = walk->passed;
        rc = 1;
    }
    if (!rc && walk->is_trailed)
        rc = entry_fault_set(&fault, ENTRY_CODE_TRAILING,
                             "other bytes follow the end of the 7z archive, perhaps a second "
                             "archive; cut them off");
    if (!rc && !walk->is_sevenzip && !indexer->is_full)
        rc = unarchive_verify_end(walk->un, &fault, indexer->error);
    if (rc < 0)
        return -1;
    /* Where compressed data turns out to be damaged, it may have been wrong before. */
    if (rc && !walk->is_sevenzip &&
        (fault.code == ENTRY_CODE_CRC || fault.code == ENTRY_CODE_SIZE ||
         (fault.code == ENTRY_CODE_DAMAGED && !walk->is_plain)))
        doubt_all(listing, first);
    if (rc)
        return index_add_unreadable(indexer, walk->archive, &fault);
    if (!any && walk->is_plain && walk->archive->bytes.len > EMPTY_TAR_MOST)
        entry_fault_set(
            &fault, ENTRY_CODE_DAMAGED,
            "it is zeros and nothing else, more than an empty tar has; get it again");
    else
        return any ? 0 : index_add_empty(indexer, walk->archive);
    return index_add_unreadable(indexer, walk->archive, &fault);
}

/* `from` gives the archive's bytes; `slice` is the same feed if that is the file itself. */
static int open_archive(struct indexer *indexer, const struct index_item *item,
                        struct feed *from, struct slice_feed *slice,
                        enum unarchive_format format, bool is_trailed)
{
    struct tar_walk walk = {.indexer = indexer,
                            .archive = item,
                            .is_sevenzip = format == UNARCHIVE_SEVENZIP,
                            .is_trailed = is_trailed,
                            .is_plain = slice && format != UNARCHIVE_SEVENZIP};
    int rc = index_add_archive(indexer, item, &walk.container);
    if (rc)
        return rc < 0 ? -1 : 0;
    bool is_outermost = index_unpack_begin(indexer, item->bytes.len);
    walk.un = unarchive_open(format, from, slice, indexer->error);
    rc = walk.un ? visit_archive(&walk) : -1;
    unarchive_close(walk.un);
    buf_free(&walk.head);
    index_unpack_end(indexer, is_outermost);
    return rc;
}

int index_serial(struct indexer *indexer, const struct index_item *item, enum codec codec,
                 bool is_cpio)
{
    struct slice_feed stored;
    struct feed_limits limits = {indexer->source->options.max_ratio, &indexer->left};
    struct decoder_input input = {&stored.feed, item->bytes.len, codec, 0};
    struct decoder *decoder = NULL;
    enum unarchive_format format = is_cpio ? UNARCHIVE_CPIO : UNARCHIVE_TAR;
    int rc = -1;
    indexer_feed(indexer, item, &item->bytes, &stored);
    if (codec == CODEC_NONE)
        rc = open_archive(indexer, item, &stored.feed, &stored, format, false);
    else if ((decoder = decoder_open(&input, &limits, indexer->error)))
        rc = open_archive(indexer, item, decoder_feed(decoder), NULL, format, false);
    decoder_close(decoder);
    slice_feed_close(&stored);
    return rc;
}

/* The start header of a 7z (7zFormat.txt, SignatureHeader) says where the list of its entries
 * is; its writer fills it in at the end. libarchive does not look at its CRC. 0, 1 with *fault,
 * -1. */
static int check_sevenzip(struct indexer *indexer, const struct index_item *item,
                          bool *is_trailed, struct entry_fault *fault)
{
    unsigned char header[SEVENZIP_BYTES];
    const struct slice *bytes = &item->bytes;
    ptrdiff_t got = origin_read(&bytes->origin, header, sizeof header, bytes->at);
    if (got < 0)
        return indexer_cannot_read(indexer, item);
    if ((size_t)got < sizeof header || bytes->len < sizeof header)
        return entry_fault_set(fault, ENTRY_CODE_TRUNCATED,
                               "the 7z archive ends after %llu bytes; get it again",
                               (unsigned long long)bytes->len);
    static const unsigned char unwritten[SEVENZIP_BYTES - 8] = {0};
    uint64_t at = swar_load_8(header + 12), len = swar_load_8(header + 20);
    uint64_t left = bytes->len - sizeof header;
    if (memcmp(header + 8, unwritten, sizeof unwritten) == 0 || (len == 0 && left))
        return entry_fault_set(
            fault, ENTRY_CODE_TRUNCATED,
            "the 7z archive was never finished: there is no list of its entries; "
            "pack it again");
    if (libdeflate_crc32(0, header + 12, sizeof header - 12) != swar_le32(header + 8))
        return entry_fault_set(
            fault, ENTRY_CODE_CRC,
            "the 7z archive's header is damaged: its CRC-32 is another; get it again");
    *is_trailed = at <= left && len < left - at;
    if (at <= left && len <= left - at)
        return 0;
    if (name_promises_volume(&item->name))
        return entry_fault_set(fault, ENTRY_CODE_SPLIT,
                               "this is one volume of a 7z archive split over several files; "
                               "join them first");
    return entry_fault_set(
        fault, ENTRY_CODE_TRUNCATED,
        "the 7z archive is cut off: its end, with the list of its entries, is "
        "missing, and without it none can be told from another; get it again, or join its "
        "volumes");
}

int index_sevenzip(struct indexer *indexer, const struct index_item *item)
{
    struct entry_fault fault;
    bool is_trailed = false;
    int rc = check_sevenzip(indexer, item, &is_trailed, &fault);
    if (rc)
        return rc < 0 ? -1 : index_add_unreadable(indexer, item, &fault);
    struct slice_feed stored;
    indexer_feed(indexer, item, &item->bytes, &stored);
    rc = open_archive(indexer, item, &stored.feed, &stored, UNARCHIVE_SEVENZIP, is_trailed);
    slice_feed_close(&stored);
    return rc;
}
