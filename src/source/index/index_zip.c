/* SPDX-License-Identifier: MIT
 *
 * The entries of a ZIP archive. A member named .xml is a document unseen, for opening a million
 * local headers would take longer than validating them; of all others the first bytes decide.
 */
#include "base/utf8.h"
#include "source/index/indexer.h"
#include "source/zip/zip.h"

#include <errno.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

struct zip_visit {
    struct indexer *indexer;
    const struct named_bytes *place;
    struct zip zip;
    uint32_t container;
    uint64_t directory; /* where the directory begins: no member may reach into it */
    uint64_t reach;     /* the farthest end of a member so far */
    bool overlaps;
    struct buf unpacked; /* extents of the members that were, in the order they lie in */
};

struct extent {
    uint64_t start, end;
};

static const char overlap[] = "the entry lies over another one, as in a bomb; pack it again";

/* The least that a member takes up. */
static uint64_t member_end(uint64_t offset, size_t name_len, uint64_t stored)
{
    return offset + 30 + name_len + stored;
}

static int member_name(struct zip_visit *visit, const struct zip_member *member,
                       struct buf *scratch, struct entry_name *name)
{
    struct indexer *indexer = visit->indexer;
    const char *shown = member->name;
    size_t len = member->name_len;
    buf_clear(scratch);
    if (member->unicode_name && utf8_is_valid(member->unicode_name, member->unicode_name_len)) {
        shown = member->unicode_name;
        len = member->unicode_name_len;
    } else if (utf8_is_valid(shown, len)) {
        *name = (struct entry_name){.shown = shown, .shown_len = len};
        return 0;
    } else {
        int rc = member->is_utf8 ? utf8_append(scratch, shown, len)
                                 : entry_name_append_cp437(scratch, shown, len);
        if (rc < 0)
            return error_no_memory(indexer->error);
        shown = scratch->data;
        len = scratch->len;
    }
    *name = (struct entry_name){
        .shown = shown, .shown_len = len, .raw = member->name, .raw_len = member->name_len};
    return 0;
}

/* member->name is in the directory's window, which is not the one that zip_locate moves. */
static struct zip_claim claim_of(const struct zip_member *member)
{
    return (struct zip_claim){.offset = member->offset,
                              .name = member->name,
                              .name_len = member->name_len,
                              .stored = member->stored,
                              .size = member->size,
                              .crc = member->crc,
                              .method = member->method};
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

/* A member that is all head can be checked at once; that it is not XML is else an early
 * verdict. */
static int check_head(const struct zip_member *member, const char *head, size_t len,
                      struct entry_fault *fault)
{
    if (len == SNIFF_BYTES && member->size > len)
        return 0;
    return check_sum(member, len, libdeflate_crc32(0, head, len), fault);
}

/* The first bytes of a member: 0, 1 with *fault, -1. */
static int peek(struct zip_visit *visit, const struct zip_member *member, char *head,
                size_t *len, uint64_t *data, struct entry_fault *fault)
{
    struct indexer *indexer = visit->indexer;
    const struct named_bytes *place = visit->place;
    struct zip_claim claim = claim_of(member);
    size_t want = member->stored < 2 * SNIFF_BYTES ? (size_t)member->stored : 2 * SNIFF_BYTES;
    const unsigned char *bytes;
    int rc = zip_locate(&indexer->members, place->fd, place->serial, &claim, want, data, fault);
    if (rc)
        return rc < 0 ? indexer_failed(indexer, place) : rc;
    if (window_get(&indexer->members, place->fd, place->serial, *data, want, &bytes, &want) < 0)
        return indexer_failed(indexer, place);
    if (member->method == ZIP_STORED) {
        *len = want < SNIFF_BYTES ? want : SNIFF_BYTES;
        memcpy(head, bytes, *len);
        return check_head(member, head, *len, fault);
    }
    inflateReset(&indexer->inflate);
    indexer->inflate.next_in = bytes;
    indexer->inflate.avail_in = (uInt)want;
    indexer->inflate.next_out = (unsigned char *)head;
    indexer->inflate.avail_out = SNIFF_BYTES;
    int status = inflate(&indexer->inflate, Z_SYNC_FLUSH);
    *len = SNIFF_BYTES - indexer->inflate.avail_out;
    if (status == Z_MEM_ERROR)
        return error_no_memory(indexer->error);
    bool is_short = *len < SNIFF_BYTES && *len < member->size && want == member->stored;
    if (status == Z_DATA_ERROR || is_short)
        return entry_fault_set(fault, ENTRY_CODE_DAMAGED,
                               "the deflated data is damaged; get the archive "
                               "again");
    return check_head(member, head, *len, fault);
}

/* Inflates one block of input completely. */
static int inflate_block(struct indexer *indexer, const struct zip_member *member,
                         uint64_t *size, uint32_t *crc, bool *is_done,
                         struct entry_fault *fault)
{
    unsigned char out[32u << 10];
    struct feed_limits limits = {indexer->source->options.max_ratio, &indexer->left};
    do {
        indexer->inflate.next_out = out;
        indexer->inflate.avail_out = sizeof out;
        int status = inflate(&indexer->inflate, Z_NO_FLUSH);
        if (status == Z_MEM_ERROR)
            return error_no_memory(indexer->error);
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
            return entry_fault_set(fault, ENTRY_CODE_DAMAGED,
                                   "the deflated data is damaged; get the archive "
                                   "again");
        size_t len = sizeof out - indexer->inflate.avail_out;
        *size += len;
        *crc = libdeflate_crc32(*crc, out, len);
        *is_done = status == Z_STREAM_END;
        if (*size > member->size)
            return entry_fault_set(fault, ENTRY_CODE_SIZE,
                                   "the entry is longer than the %llu bytes that the "
                                   "archive says; get it again",
                                   (unsigned long long)member->size);
        int rc = feed_limits_count(&limits, *size, member->stored, len, fault);
        if (!rc)
            rc = indexer_keep(indexer, out, len, fault);
        if (rc)
            return rc;
    } while (indexer->inflate.avail_out == 0 && !*is_done);
    return 0;
}

/* A packed member's bytes as a place: where it lies if stored, else inflated into the spool. */
static int unpack(struct zip_visit *visit, const struct zip_member *member, uint64_t data,
                  struct named_bytes *inside, struct entry_fault *fault)
{
    struct indexer *indexer = visit->indexer;
    bool is_done = member->method == ZIP_STORED;
    uint64_t size = 0, start = indexer->source->spool.len;
    uint32_t crc = 0;
    struct slice_feed slice;
    const char *block;
    size_t len;
    int rc;
    inflateReset(&indexer->inflate);
    slice_feed_open(&slice, visit->place->fd, data, member->stored,
                    indexer_what(indexer, visit->place));
    while (!(rc = slice.feed.next(&slice.feed, &block, &len, fault, indexer->error)) && len) {
        if (member->method == ZIP_STORED) {
            crc = libdeflate_crc32(crc, block, len);
            size += len;
            continue;
        }
        indexer->inflate.next_in = (const unsigned char *)block;
        indexer->inflate.avail_in = (uInt)len;
        rc = inflate_block(indexer, member, &size, &crc, &is_done, fault);
        if (rc || is_done)
            break;
    }
    slice_feed_close(&slice);
    if (!rc && !is_done)
        rc = entry_fault_set(fault, ENTRY_CODE_DAMAGED,
                             "the deflated data breaks off; get the archive "
                             "again");
    if (!rc)
        rc = check_sum(member, size, crc, fault);
    if (rc) {
        spool_cut(&indexer->source->spool, start);
        return rc;
    }
    if (member->method != ZIP_STORED)
        return indexer_spool_place(indexer, start, inside, inside);
    inside->offset = data;
    inside->size = member->stored;
    return 0;
}

/* What was unpacked once is not unpacked again under another name: 0, 1 with *fault, -1.
 * Members mostly come in the order they lie in, so that there is little to move. */
static int claim_extent(struct zip_visit *visit, const struct zip_member *member,
                        struct entry_fault *fault)
{
    struct extent mine = {member->offset,
                          member_end(member->offset, member->name_len, member->stored)};
    size_t n = visit->unpacked.len / sizeof mine, at = n;
    if (buf_append(&visit->unpacked, &mine, sizeof mine) < 0)
        return error_no_memory(visit->indexer->error);
    struct extent *extents = (struct extent *)(void *)visit->unpacked.data;
    while (at && extents[at - 1].start > mine.start)
        at--;
    if ((at && extents[at - 1].end > mine.start) || (at < n && extents[at].start < mine.end)) {
        visit->unpacked.len -= sizeof mine;
        return entry_fault_set(fault, ENTRY_CODE_OVERLAP, "%s", overlap);
    }
    memmove(extents + at + 1, extents + at, (n - at) * sizeof mine);
    extents[at] = mine;
    return 0;
}

static int descend(struct zip_visit *visit, const struct zip_member *member,
                   const struct entry_name *name, uint64_t data, bool is_archive)
{
    struct indexer *indexer = visit->indexer;
    struct entry_fault fault;
    bool excluded;
    struct named_bytes inside = *visit->place;
    inside.name = *name;
    inside.container = visit->container;
    inside.depth = visit->place->depth + 1;
    inside.is_input = false;
    inside.open_path = NULL;
    inside.file = indexer->source->listing.containers[visit->container].file;
    if (indexer_is_excluded(indexer, visit->container, name, true, &excluded) < 0)
        return -1;
    if (excluded)
        return indexer_add_skipped(indexer, visit->container, name, member->size, ENTRY_CODE_EXCLUDED);
    int rc = is_archive ? indexer_check_depth(indexer, &inside) : 0;
    if (rc)
        return rc < 0 ? -1 : 0;
    bool did = indexer_unpacking(indexer, member->stored);
    rc = claim_extent(visit, member, &fault);
    if (!rc)
        rc = unpack(visit, member, data, &inside, &fault);
    if (!rc)
        rc = indexer_at(indexer, &inside);
    else if (rc > 0)
        rc = indexer_add_unreadable(indexer, visit->container, name, &fault);
    indexer_unpacked(indexer, did);
    return rc;
}

/* The name is in the directory's window or in scratch: what is inside moves the one and uses
 * the other. */
static int visit_packed(struct zip_visit *visit, const struct zip_member *member,
                        const struct entry_name *name, uint64_t data, bool is_archive)
{
    struct buf copy = {0};
    buf_append(&copy, name->shown, name->shown_len);
    if (name->raw)
        buf_append(&copy, name->raw, name->raw_len);
    const char *bytes = buf_string(&copy);
    struct entry_name kept = {.shown = bytes,
                              .shown_len = name->shown_len,
                              .raw = name->raw && bytes ? bytes + name->shown_len : NULL,
                              .raw_len = name->raw_len};
    int rc = bytes ? descend(visit, member, &kept, data, is_archive)
                   : error_no_memory(visit->indexer->error);
    buf_free(&copy);
    return rc;
}

static int add_document(struct zip_visit *visit, const struct zip_member *member,
                        const struct entry_name *name, bool by_name)
{
    struct listing_record record = {.offset = member->offset,
                                    .stored = member->stored,
                                    .size = member->size,
                                    .container = visit->container,
                                    .crc = member->crc,
                                    .kind = ENTRY_DOCUMENT,
                                    .marks = by_name ? ENTRY_MARK_XML_NAME : 0};
    record.storage = member->method == ZIP_STORED ? STORAGE_ZIP_STORED : STORAGE_ZIP_DEFLATED;
    return indexer_add(visit->indexer, &record, name);
}

/* What can be said without the member's bytes: NULL, or a reason to skip it. */
static enum entry_code judge_record(const struct zip_member *member)
{
    if (member->is_symlink)
        return ENTRY_CODE_SYMLINK;
    if (member->is_special)
        return ENTRY_CODE_DEVICE;
    if (member->size)
        return ENTRY_CODE_NONE;
    if (member->name_len && member->name[member->name_len - 1] == '/')
        return ENTRY_CODE_DIRECTORY;
    return ENTRY_CODE_NONE;
}

static int visit_unreadable(struct zip_visit *visit, const struct zip_member *member,
                            const struct entry_name *name)
{
    struct entry_fault fault;
    const char *method = zip_method_name(member->method);
    if (member->is_cut)
        entry_fault_set(&fault, ENTRY_CODE_TRUNCATED,
                        "the entry's bytes would lie outside the archive; get "
                        "it again");
    else if (member->is_encrypted)
        entry_fault_set(&fault, ENTRY_CODE_ENCRYPTED,
                        "the entry is encrypted; decrypt the archive first");
    else
        entry_fault_set(&fault, ENTRY_CODE_METHOD,
                        "the entry is compressed by method %u%s%s%s, which cannot "
                        "be read here; pack it again, deflated",
                        member->method, *method ? " (" : "", method, *method ? ")" : "");
    return indexer_add_unreadable(visit->indexer, visit->container, name, &fault);
}

/* Where the archive is still being written: until this much of the member is there. */
static int await(struct zip_visit *visit, const struct zip_member *member, uint64_t len)
{
    const struct source_options *options = &visit->indexer->source->options;
    if (!options->await || visit->place->file == LISTING_SPOOL ||
        options->await(options->await_context, member->offset, len + ZIP_AHEAD))
        return 0;
    return error_set(visit->indexer->error, "the rest of the archive did not arrive");
}

static int visit_by_content(struct zip_visit *visit, const struct zip_member *member,
                            const struct entry_name *name, bool excluded)
{
    struct indexer *indexer = visit->indexer;
    char head[SNIFF_BYTES];
    size_t len = 0;
    uint64_t data = 0;
    struct entry_fault fault;
    if (await(visit, member, 0) < 0)
        return -1;
    int rc = peek(visit, member, head, &len, &data, &fault);
    if (rc < 0)
        return -1;
    if (rc)
        return indexer_add_unreadable(indexer, visit->container, name, &fault);
    enum sniff sniff = sniff_bytes(head, len);
    if (sniff_is_packed(sniff) && await(visit, member, member->stored) < 0)
        return -1;
    if (sniff_is_packed(sniff))
        return visit_packed(visit, member, name, data, sniff < SNIFF_GZIP);
    enum entry_code why = excluded ? ENTRY_CODE_EXCLUDED : indexer_judge(name, sniff);
    if (!why)
        return add_document(visit, member, name, false);
    return indexer_add_leaf(indexer, visit->container, name, member->size, sniff, why,
                            sniff_foreign(head, len));
}

static int visit_member(struct zip_visit *visit, const struct zip_member *member,
                        const struct entry_name *name)
{
    struct indexer *indexer = visit->indexer;
    bool excluded = false;
    enum entry_code why = judge_record(member);
    if (why)
        return indexer_add_skipped(indexer, visit->container, name, member->size, why);
    if (indexer_is_excluded(indexer, visit->container, name, false, &excluded) < 0)
        return -1;
    bool is_xml = entry_name_ends_with(name->shown, name->shown_len, ".xml");
    if (is_xml && excluded)
        return indexer_add_skipped(indexer, visit->container, name, member->size, ENTRY_CODE_EXCLUDED);
    if (member->is_cut || member->is_encrypted ||
        (member->method != ZIP_STORED && member->method != ZIP_DEFLATED))
        return visit_unreadable(visit, member, name);
    uint64_t end = member_end(member->offset, member->name_len, member->stored);
    visit->overlaps |= member->offset < visit->reach || end > visit->directory;
    visit->reach = end > visit->reach ? end : visit->reach;
    if (is_xml)
        return add_document(visit, member, name, true);
    return visit_by_content(visit, member, name, excluded);
}

static int compare_offsets(const void *a, const void *b, void *context)
{
    const struct listing_record *records = context;
    uint64_t x = records[*(const uint32_t *)a].offset, y = records[*(const uint32_t *)b].offset;
    return (x > y) - (x < y);
}

static void refuse(struct listing_record *record, uint64_t message)
{
    record->kind = ENTRY_UNREADABLE;
    record->code = ENTRY_CODE_OVERLAP;
    record->offset = message;
    record->storage = STORAGE_NONE;
}

/* Bytes that belong to two entries are a bomb or a forgery: neither is read. */
static int refuse_overlaps(struct zip_visit *visit, size_t first)
{
    struct listing *listing = &visit->indexer->source->listing;
    struct listing_record *records = listing->records;
    uint64_t text = listing->arena.len, reach = 0, start;
    size_t n = 0, last = 0;
    if (!visit->overlaps)
        return 0;
    uint32_t *order = malloc((listing->count - first + 1) * sizeof *order);
    if (!order || buf_append(&listing->arena, overlap, sizeof overlap) < 0) {
        free(order);
        return error_no_memory(visit->indexer->error);
    }
    for (size_t i = first; i < listing->count; i++)
        if (records[i].container == visit->container && records[i].storage >= STORAGE_ZIP_STORED)
            order[n++] = (uint32_t)i;
    qsort_r(order, n, sizeof *order, compare_offsets, records);
    for (size_t i = 0; i < n; i++) {
        struct listing_record *record = &records[order[i]];
        size_t name_len;
        listing_raw_name(listing, record, &name_len);
        start = record->offset;
        uint64_t end = member_end(start, name_len, record->stored);
        if (start < reach && records[order[last]].kind == ENTRY_DOCUMENT)
            refuse(&records[order[last]], text);
        if (start < reach || end > visit->directory)
            refuse(record, text);
        if (end > reach) {
            reach = end;
            last = i;
        }
    }
    free(order);
    return 0;
}

static int visit_members(struct zip_visit *visit)
{
    struct indexer *indexer = visit->indexer;
    struct zip_member member;
    struct buf scratch = {0};
    int more = 0, rc = 0;
    while (!rc && !indexer->is_full && (more = zip_next(&visit->zip, &member)) > 0) {
        struct entry_name name;
        indexer->more =
            visit->zip.records > visit->zip.seen ? visit->zip.records - visit->zip.seen : 0;
        rc = member_name(visit, &member, &scratch, &name);
        if (!rc)
            rc = visit_member(visit, &member, &name);
    }
    indexer->more = 0;
    buf_free(&scratch);
    if (!rc && more < 0)
        rc = indexer_failed(indexer, visit->place);
    return rc;
}

int indexer_at_zip(struct indexer *indexer, const struct named_bytes *place)
{
    struct zip_visit visit = {.indexer = indexer, .place = place};
    struct entry_fault fault;
    size_t first = indexer->source->listing.count;
    int rc = indexer_check_depth(indexer, place);
    if (rc)
        return rc < 0 ? -1 : 0;
    rc = zip_open(&visit.zip, place->fd, place->serial, place->offset, place->size,
                  &indexer->directory, &fault);
    if (rc < 0)
        return indexer_failed(indexer, place);
    if (rc)
        return indexer_add_unreadable(indexer, place->container, &place->name, &fault);
    rc = indexer_enter(indexer, place, &visit.container);
    if (rc)
        return rc < 0 ? -1 : 0;
    visit.directory = visit.zip.next;
    rc = visit_members(&visit);
    buf_free(&visit.unpacked);
    if (rc < 0 || refuse_overlaps(&visit, first) < 0)
        return -1;
    rc = indexer->is_full ? 0 : zip_verify(&visit.zip, &fault);
    if (rc < 0)
        return indexer_failed(indexer, place);
    if (rc)
        return indexer_add_unreadable(indexer, place->container, &place->name, &fault);
    if (!visit.zip.seen)
        return indexer_add_skipped(indexer, place->container, &place->name, 0, ENTRY_CODE_EMPTY);
    return 0;
}
