/* SPDX-License-Identifier: MIT
 *
 * Bytes that belong to two members make a bomb of an archive, or are a forgery: neither member
 * is read. Two records of the directory for one member are one of them too many.
 */
#include "source/index/index_zip.h"

#include <stdlib.h>
#include <string.h>

struct extent {
    uint64_t start, end;
};

static const char twice[] =
    "the archive's list has this entry twice: it is read once, for the first of them";
static const char message[] = "the entry lies over another one, as in a bomb; pack it again";

uint64_t index_zip_member_end(uint64_t offset, size_t name_len, uint64_t stored)
{
    return offset + ZIP_LOCAL_BYTES + name_len + stored;
}

int index_zip_claim(struct zip_walk *walk, const struct zip_member *member,
                    struct entry_fault *fault)
{
    struct extent mine = {
        member->offset, index_zip_member_end(member->offset, member->name_len, member->stored)};
    size_t n = walk->unpacked.len / sizeof mine, at = n;
    if (buf_append(&walk->unpacked, &mine, sizeof mine) < 0)
        return error_no_memory(walk->indexer->error);
    struct extent *extents = (struct extent *)(void *)walk->unpacked.data;
    /* Most archives list their members in the order in which they lie: there is little to
     * move. */
    while (at && extents[at - 1].start > mine.start)
        at--;
    if ((at && extents[at - 1].end > mine.start) || (at < n && extents[at].start < mine.end)) {
        walk->unpacked.len -= sizeof mine;
        return entry_fault_set(fault, ENTRY_CODE_OVERLAP, "%s", message);
    }
    memmove(extents + at + 1, extents + at, (n - at) * sizeof mine);
    extents[at] = mine;
    return 0;
}

static int compare_offsets(const void *a, const void *b, void *context)
{
    const struct listing_record *records = context;
    uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
    uint64_t x = records[i].offset, y = records[k].offset;
    return x == y ? (i > k) - (i < k) : (x > y) - (x < y);
}

static void refuse(struct listing_record *record, uint64_t text)
{
    record->kind = ENTRY_UNREADABLE;
    record->code = ENTRY_CODE_OVERLAP;
    record->offset = text;
    record->storage = STORAGE_NONE;
}

static bool is_same_member(const struct listing *listing, const struct listing_record *a,
                           const struct listing_record *b)
{
    size_t a_len, b_len;
    const char *a_name = listing_raw_name(listing, a, &a_len);
    const char *b_name = listing_raw_name(listing, b, &b_len);
    return a->offset == b->offset && a->stored == b->stored && a->size == b->size &&
           a->crc == b->crc && a->storage == b->storage && a_len == b_len &&
           memcmp(a_name, b_name, a_len) == 0;
}

/* `order` has the n documents in order of offset. */
static void refuse_documents(struct zip_walk *walk, const uint32_t *order, size_t n,
                             uint64_t text)
{
    struct listing *listing = &walk->indexer->source->listing;
    uint64_t reach = 0;
    size_t last = 0; /* of the documents so far, the one that reaches farthest */
    for (size_t i = 0; i < n; i++) {
        struct listing_record *record = &listing->records[order[i]];
        struct listing_record *farthest = &listing->records[order[last]];
        uint64_t start = record->offset;
        size_t name_len;
        listing_raw_name(listing, record, &name_len);
        uint64_t end = index_zip_member_end(start, name_len, record->stored);
        if (i && record->kind == ENTRY_DOCUMENT && farthest->kind == ENTRY_DOCUMENT &&
            is_same_member(listing, record, farthest)) {
            refuse(record, text + sizeof message);
            continue;
        }
        if (start < reach && farthest->kind == ENTRY_DOCUMENT)
            refuse(farthest, text);
        if (start < reach || end > walk->directory)
            refuse(record, text);
        if (end > reach) {
            reach = end;
            last = i;
        }
    }
}

int index_zip_refuse_overlaps(struct zip_walk *walk, size_t first)
{
    struct listing *listing = &walk->indexer->source->listing;
    struct listing_record *records = listing->records;
    uint64_t text = listing->arena.len;
    size_t n = 0;
    if (!walk->may_overlap)
        return 0;
    uint32_t *order = malloc((listing->count - first + 1) * sizeof *order);
    if (!order || buf_append(&listing->arena, message, sizeof message) < 0 ||
        buf_append(&listing->arena, twice, sizeof twice) < 0) {
        free(order);
        return error_no_memory(walk->indexer->error);
    }
    for (size_t i = first; i < listing->count; i++)
        if (records[i].container == walk->container && records[i].storage >= STORAGE_ZIP_STORED)
            order[n++] = (uint32_t)i;
    qsort_r(order, n, sizeof *order, compare_offsets, records);
    refuse_documents(walk, order, n, text);
    free(order);
    return 0;
}
