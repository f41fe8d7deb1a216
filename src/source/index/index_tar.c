/* SPDX-License-Identifier: MIT
 *
 * The entries of tar and 7z archives, which can be read only in order. The documents of a plain
 * tar are slices of it; those of a compressed one, or of a 7z, go to the spool.
 */
#include "base/io.h"
#include "source/index/indexer.h"
#include "source/unarchive.h"

#include <string.h>

struct tar_tour {
    struct indexer *indexer;
    const struct named_bytes *place;
    struct unarchive *un;
    uint32_t container;
    bool is_plain; /* a tar whose bytes lie in place->fd as they are */
    bool is_sevenzip;
    bool is_sparse;    /* the member at hand has holes, which cost its archive nothing */
    uint64_t unpacked; /* 7z: bytes so far */
    bool is_spent;     /* 7z: `spent` is the limit that it is over, with all that follows */
    struct entry_fault spent;
};

static int data(struct tar_tour *tour, const char **block, size_t *len,
                struct entry_fault *fault)
{
    struct indexer *indexer = tour->indexer;
    struct feed_limits limits = {.left = &indexer->left};
    if (tour->is_spent) {
        *fault = tour->spent;
        return 1;
    }
    int rc = unarchive_data(tour->un, block, len, fault, indexer->error);
    if (rc || !(tour->is_sevenzip || tour->is_sparse))
        return rc;
    if (tour->is_sevenzip)
        limits.max_ratio = indexer->source->options.max_ratio;
    tour->unpacked += *len;
    rc = feed_limits_count(&limits, tour->unpacked, tour->place->size, *len, fault);
    if (rc && tour->is_sevenzip) {
        tour->is_spent = true;
        tour->spent = *fault;
    }
    return rc;
}

/* What nobody wants of a 7z's member libarchive would unpack all the same, and count nothing.
 */
static int pass_over(struct tar_tour *tour, struct entry_fault *fault)
{
    const char *block;
    size_t len;
    int rc;
    do
        rc = data(tour, &block, &len, fault);
    while (!rc && len);
    return rc > 0 && !tour->is_spent ? 0 : rc; /* what else there is comes up again */
}

/* Does the member lie in the tar as it is? Only if what libarchive gave is what is there. */
static bool find_slice(struct tar_tour *tour, const struct archive_member *member,
                       const char *block, size_t len, uint64_t *at)
{
    char there[SNIFF_BYTES];
    uint64_t position = unarchive_position(tour->un);
    len = len < sizeof there ? len : sizeof there;
    if (!tour->is_plain || member->is_sparse || !member->has_size ||
        position > tour->place->size || member->size > tour->place->size - position)
        return false;
    *at = tour->place->offset + position;
    return io_pread_all(tour->place->fd, there, len, *at) == (ptrdiff_t)len &&
           memcmp(there, block, len) == 0;
}

/* All of the member into the spool, of which `head` was read before. */
static int spool_member(struct tar_tour *tour, const struct buf *head, bool is_document,
                        struct named_bytes *inside, struct entry_fault *fault)
{
    struct indexer *indexer = tour->indexer;
    struct spool *spool = &indexer->source->spool;
    uint64_t start = spool->len, max = indexer->source->options.max_document_bytes;
    const char *block = head->data;
    size_t len = head->len;
    int rc = 0;
    while (len) {
        if (is_document && max && spool->len - start + len > max) {
            rc = entry_fault_set(fault, ENTRY_CODE_LIMIT_BYTES,
                                 "the document is longer than %llu bytes; "
                                 "raise %s",
                                 (unsigned long long)max,
                                 indexer->source->options.document_remedy);
            break;
        }
        if ((rc = indexer_keep(indexer, block, len, fault)) ||
            (rc = data(tour, &block, &len, fault)))
            break;
    }
    if (rc) {
        spool_cut(spool, start);
        return rc;
    }
    return indexer_spool_place(indexer, start, inside, inside);
}

/* A document or something packed: by its place in the tar, or over the spool. */
static int keep_member(struct tar_tour *tour, const struct archive_member *member,
                       const struct entry_name *name, const struct buf *head, bool is_slice,
                       uint64_t at, bool is_document)
{
    struct indexer *indexer = tour->indexer;
    struct entry_fault fault;
    uint64_t max = indexer->source->options.max_document_bytes;
    struct named_bytes inside = *tour->place;
    int rc = 0;
    inside.name = *name;
    inside.container = tour->container;
    inside.depth++;
    inside.is_input = false;
    inside.open_path = NULL;
    inside.file = indexer->source->listing.containers[tour->container].file;
    inside.offset = at;
    inside.size = member->size;
    if (is_document && max && member->has_size && member->size > max)
        rc = entry_fault_set(&fault, ENTRY_CODE_LIMIT_BYTES,
                             "the document is %llu bytes long, more than "
                             "%llu; raise %s",
                             (unsigned long long)member->size, (unsigned long long)max,
                             indexer->source->options.document_remedy);
    else if (!is_slice)
        rc = spool_member(tour, head, is_document, &inside, &fault);
    if (rc < 0)
        return -1;
    if (rc)
        return indexer_add_unreadable(indexer, tour->container, name, &fault);
    return is_document ? indexer_add_document(indexer, &inside, CODEC_NONE, inside.size)
                       : indexer_at(indexer, &inside);
}

/* Reads up to SNIFF_BYTES into `head`, more if the blocks are longer. */
static int read_head(struct tar_tour *tour, const struct archive_member *member,
                     struct buf *head, bool *is_slice, uint64_t *at, struct entry_fault *fault)
{
    const char *block;
    size_t len;
    *is_slice = false;
    *at = 0;
    buf_clear(head);
    do {
        int rc = data(tour, &block, &len, fault);
        if (rc)
            return rc;
        if (len && !head->len)
            *is_slice = find_slice(tour, member, block, len, at);
        if (buf_append(head, block, len) < 0)
            return error_no_memory(tour->indexer->error);
    } while (len && head->len < SNIFF_BYTES);
    return 0;
}

static int visit_file(struct tar_tour *tour, const struct archive_member *member,
                      const struct entry_name *name, struct buf *head)
{
    struct indexer *indexer = tour->indexer;
    struct entry_fault fault;
    bool is_slice, excluded;
    uint64_t at;
    if (indexer_is_excluded(indexer, tour->container, name, true, &excluded) < 0)
        return -1;
    if (excluded)
        return indexer_add_skipped(indexer, tour->container, name, member->size, ENTRY_CODE_EXCLUDED);
    if (member->is_encrypted) {
        entry_fault_set(&fault, ENTRY_CODE_ENCRYPTED,
                        "the entry is encrypted; decrypt the archive first");
        return indexer_add_unreadable(indexer, tour->container, name, &fault);
    }
    int rc = read_head(tour, member, head, &is_slice, &at, &fault);
    if (rc < 0)
        return -1;
    if (rc)
        return indexer_add_unreadable(indexer, tour->container, name, &fault);
    enum sniff sniff = sniff_bytes(head->data, head->len);
    if (sniff_is_packed(sniff)) {
        struct named_bytes inside = {
            .name = *name, .container = tour->container, .depth = tour->place->depth + 1};
        rc = sniff < SNIFF_GZIP ? indexer_check_depth(indexer, &inside) : 0;
        if (rc)
            return rc < 0 ? -1 : 0;
        return keep_member(tour, member, name, head, is_slice, at, false);
    }
    if (indexer_is_excluded(indexer, tour->container, name, false, &excluded) < 0)
        return -1;
    enum entry_code why = excluded ? ENTRY_CODE_EXCLUDED : indexer_judge(name, sniff);
    if (!why)
        return keep_member(tour, member, name, head, is_slice, at, true);
    return indexer_add_leaf(indexer, tour->container, name, member->size, sniff, why,
                            sniff_foreign(head->data, head->len));
}

static int visit_member(struct tar_tour *tour, const struct archive_member *member,
                        struct buf *scratch, struct buf *head)
{
    struct entry_name name;
    if (indexer_name(tour->indexer, member->name, member->name_len, scratch, &name) < 0)
        return -1;
    switch (member->type) {
    case MEMBER_DIRECTORY:
        return indexer_add_skipped(tour->indexer, tour->container, &name, 0, ENTRY_CODE_DIRECTORY);
    case MEMBER_SYMLINK:
        return indexer_add_skipped(tour->indexer, tour->container, &name, 0, ENTRY_CODE_SYMLINK);
    case MEMBER_HARD_LINK:
        return indexer_add_skipped(tour->indexer, tour->container, &name, 0, ENTRY_CODE_HARD_LINK);
    case MEMBER_DEVICE:
        return indexer_add_skipped(tour->indexer, tour->container, &name, 0, ENTRY_CODE_DEVICE);
    default:
        return visit_file(tour, member, &name, head);
    }
}

/* A stream's checksum comes behind all of its entries, and does not say which one is damaged.
 */
static void doubt_all(struct listing *listing, size_t first)
{
    for (size_t i = first; i < listing->count; i++)
        if (listing->records[i].kind == ENTRY_DOCUMENT)
            listing->records[i].marks |= ENTRY_MARK_DOUBTED;
}

static int walk(struct tar_tour *tour)
{
    struct indexer *indexer = tour->indexer;
    struct buf scratch = {0}, head = {0};
    struct entry_fault fault;
    struct archive_member member;
    bool more = true, any = false;
    int rc = 0, visited = 0;
    size_t first = indexer->source->listing.count;
    while (!visited && !indexer->is_full &&
           !(rc = unarchive_next(tour->un, &member, &more, &fault, indexer->error)) && more) {
        any = true;
        tour->is_sparse = member.is_sparse;
        visited = visit_member(tour, &member, &scratch, &head);
        if (!visited && tour->is_sevenzip && (rc = pass_over(tour, &fault)))
            break;
    }
    buf_free(&scratch);
    buf_free(&head);
    if (visited || rc < 0)
        return -1;
    if (!rc && !tour->is_sevenzip && !indexer->is_full)
        rc = unarchive_verify_end(tour->un, &fault, indexer->error);
    if (rc < 0)
        return -1;
    const struct named_bytes *place = tour->place;
    if (rc && !tour->is_sevenzip &&
        (fault.code == ENTRY_CODE_CRC || fault.code == ENTRY_CODE_SIZE))
        doubt_all(&indexer->source->listing, first);
    if (rc)
        return indexer_add_unreadable(indexer, place->container, &place->name, &fault);
    if (!any)
        return indexer_add_skipped(indexer, place->container, &place->name, 0, ENTRY_CODE_EMPTY);
    return 0;
}

static int tour_feed(struct indexer *indexer, const struct named_bytes *place,
                     struct feed *feed, struct slice_feed *slice, bool is_sevenzip)
{
    struct tar_tour tour = {.indexer = indexer,
                            .place = place,
                            .is_sevenzip = is_sevenzip,
                            .is_plain = slice && !is_sevenzip};
    int rc = indexer_enter(indexer, place, &tour.container);
    if (rc)
        return rc < 0 ? -1 : 0;
    bool did = indexer_unpacking(indexer, place->size);
    tour.un = unarchive_open(is_sevenzip, feed, slice, indexer->error);
    rc = tour.un ? walk(&tour) : -1;
    unarchive_close(tour.un);
    indexer_unpacked(indexer, did);
    return rc;
}

int indexer_at_tar(struct indexer *indexer, const struct named_bytes *place, enum codec codec)
{
    struct slice_feed slice;
    struct feed_limits limits = {indexer->source->options.max_ratio, &indexer->left};
    struct decoder *decoder = NULL;
    int rc;
    slice_feed_open(&slice, place->fd, place->offset, place->size,
                    indexer_what(indexer, place));
    if (codec == CODEC_NONE) {
        rc = tour_feed(indexer, place, &slice.feed, &slice, false);
    } else {
        decoder = decoder_open(codec, &slice.feed, place->size, &limits, indexer->error);
        rc = decoder ? tour_feed(indexer, place, decoder_feed(decoder), NULL, false) : -1;
    }
    decoder_close(decoder);
    slice_feed_close(&slice);
    return rc;
}

int indexer_at_sevenzip(struct indexer *indexer, const struct named_bytes *place)
{
    struct slice_feed slice;
    slice_feed_open(&slice, place->fd, place->offset, place->size,
                    indexer_what(indexer, place));
    int rc = tour_feed(indexer, place, &slice.feed, &slice, true);
    slice_feed_close(&slice);
    return rc;
}
