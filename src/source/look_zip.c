/* SPDX-License-Identifier: MIT
 *
 * The entries of a ZIP archive. A member named .xml is a document unseen, for opening a million
 * local headers would take longer than validating them; of all others the first bytes decide.
 */
#include "look.h"
#include "zip.h"

#include <errno.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

struct visit {
    struct look *look;
    const struct place *place;
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

static int member_name(struct visit *visit, const struct zip_member *member,
                       struct buf *scratch, struct name *name)
{
    struct look *look = visit->look;
    const char *shown = member->name;
    size_t len = member->name_len;
    buf_clear(scratch);
    if (member->unicode_name && name_is_utf8(member->unicode_name, member->unicode_name_len)) {
        shown = member->unicode_name;
        len = member->unicode_name_len;
    } else if (name_is_utf8(shown, len)) {
        *name = (struct name){.shown = shown, .shown_len = len};
        return 0;
    } else {
        int result = member->is_utf8 ? name_append_utf8(scratch, shown, len)
                                     : name_append_cp437(scratch, shown, len);
        if (result < 0)
            return error_no_memory(look->error);
        shown = scratch->data;
        len = scratch->len;
    }
    *name = (struct name){
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
                     struct trouble *trouble)
{
    if (size != member->size)
        return trouble_set(trouble, "size",
                           "the entry is %llu bytes long, the archive says %llu; "
                           "get it again",
                           (unsigned long long)size, (unsigned long long)member->size);
    if (crc != member->crc)
        return trouble_set(trouble, "crc",
                           "CRC-32 is %08x, the archive says %08x: the entry is "
                           "damaged; get it again",
                           (unsigned)crc, (unsigned)member->crc);
    return 0;
}

/* A member that is all head can be checked at once; that it is not XML is else an early
 * verdict. */
static int check_head(const struct zip_member *member, const char *head, size_t len,
                      struct trouble *trouble)
{
    if (len == SNIFF_BYTES && member->size > len)
        return 0;
    return check_sum(member, len, libdeflate_crc32(0, head, len), trouble);
}

/* The first bytes of a member: 0, 1 with *trouble, -1. */
static int peek(struct visit *visit, const struct zip_member *member, char *head, size_t *len,
                uint64_t *data, struct trouble *trouble)
{
    struct look *look = visit->look;
    const struct place *place = visit->place;
    struct zip_claim claim = claim_of(member);
    size_t want = member->stored < 2 * SNIFF_BYTES ? (size_t)member->stored : 2 * SNIFF_BYTES;
    const unsigned char *bytes;
    int result =
        zip_locate(&look->members, place->fd, place->serial, &claim, want, data, trouble);
    if (result)
        return result < 0 ? look_failed(look, place) : result;
    if (window_get(&look->members, place->fd, place->serial, *data, want, &bytes, &want) < 0)
        return look_failed(look, place);
    if (member->method == ZIP_STORED) {
        *len = want < SNIFF_BYTES ? want : SNIFF_BYTES;
        memcpy(head, bytes, *len);
        return check_head(member, head, *len, trouble);
    }
    inflateReset(&look->inflate);
    look->inflate.next_in = bytes;
    look->inflate.avail_in = (uInt)want;
    look->inflate.next_out = (unsigned char *)head;
    look->inflate.avail_out = SNIFF_BYTES;
    int status = inflate(&look->inflate, Z_SYNC_FLUSH);
    *len = SNIFF_BYTES - look->inflate.avail_out;
    if (status == Z_MEM_ERROR)
        return error_no_memory(look->error);
    bool is_short = *len < SNIFF_BYTES && *len < member->size && want == member->stored;
    if (status == Z_DATA_ERROR || is_short)
        return trouble_set(trouble, "damaged",
                           "the deflated data is damaged; get the archive "
                           "again");
    return check_head(member, head, *len, trouble);
}

/* Inflates one block of input completely. */
static int inflate_block(struct look *look, const struct zip_member *member, uint64_t *size,
                         uint32_t *crc, bool *is_done, struct trouble *trouble)
{
    unsigned char out[32u << 10];
    struct feed_limits limits = {look->source->options.max_ratio, &look->left};
    do {
        look->inflate.next_out = out;
        look->inflate.avail_out = sizeof out;
        int status = inflate(&look->inflate, Z_NO_FLUSH);
        if (status == Z_MEM_ERROR)
            return error_no_memory(look->error);
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
            return trouble_set(trouble, "damaged",
                               "the deflated data is damaged; get the archive "
                               "again");
        size_t len = sizeof out - look->inflate.avail_out;
        *size += len;
        *crc = libdeflate_crc32(*crc, out, len);
        *is_done = status == Z_STREAM_END;
        if (*size > member->size)
            return trouble_set(trouble, "size",
                               "the entry is longer than the %llu bytes that the "
                               "archive says; get it again",
                               (unsigned long long)member->size);
        int result = feed_limits_count(&limits, *size, member->stored, len, trouble);
        if (!result)
            result = look_keep(look, out, len, trouble);
        if (result)
            return result;
    } while (look->inflate.avail_out == 0 && !*is_done);
    return 0;
}

/* A packed member's bytes as a place: where it lies if stored, else inflated into the spool. */
static int unpack(struct visit *visit, const struct zip_member *member, uint64_t data,
                  struct place *inside, struct trouble *trouble)
{
    struct look *look = visit->look;
    bool is_done = member->method == ZIP_STORED;
    uint64_t size = 0, start = look->source->spool.len;
    uint32_t crc = 0;
    struct slice_feed slice;
    const char *block;
    size_t len;
    int result;
    inflateReset(&look->inflate);
    slice_feed_open(&slice, visit->place->fd, data, member->stored,
                    look_what(look, visit->place));
    while (!(result = slice.feed.next(&slice.feed, &block, &len, trouble, look->error)) &&
           len) {
        if (member->method == ZIP_STORED) {
            crc = libdeflate_crc32(crc, block, len);
            size += len;
            continue;
        }
        look->inflate.next_in = (const unsigned char *)block;
        look->inflate.avail_in = (uInt)len;
        result = inflate_block(look, member, &size, &crc, &is_done, trouble);
        if (result || is_done)
            break;
    }
    slice_feed_close(&slice);
    if (!result && !is_done)
        result = trouble_set(trouble, "damaged",
                             "the deflated data breaks off; get the archive "
                             "again");
    if (!result)
        result = check_sum(member, size, crc, trouble);
    if (result) {
        spool_cut(&look->source->spool, start);
        return result;
    }
    if (member->method != ZIP_STORED)
        return look_spool_place(look, start, inside, inside);
    inside->offset = data;
    inside->size = member->stored;
    return 0;
}

/* What was unpacked once is not unpacked again under another name: 0, 1 with *trouble, -1.
 * Members mostly come in the order they lie in, so that there is little to move. */
static int claim_extent(struct visit *visit, const struct zip_member *member,
                        struct trouble *trouble)
{
    struct extent mine = {member->offset,
                          member_end(member->offset, member->name_len, member->stored)};
    size_t n = visit->unpacked.len / sizeof mine, at = n;
    if (buf_append(&visit->unpacked, &mine, sizeof mine) < 0)
        return error_no_memory(visit->look->error);
    struct extent *extents = (struct extent *)(void *)visit->unpacked.data;
    while (at && extents[at - 1].start > mine.start)
        at--;
    if ((at && extents[at - 1].end > mine.start) || (at < n && extents[at].start < mine.end)) {
        visit->unpacked.len -= sizeof mine;
        return trouble_set(trouble, "overlap", "%s", overlap);
    }
    memmove(extents + at + 1, extents + at, (n - at) * sizeof mine);
    extents[at] = mine;
    return 0;
}

static int descend(struct visit *visit, const struct zip_member *member,
                   const struct name *name, uint64_t data, bool is_archive)
{
    struct look *look = visit->look;
    struct trouble trouble;
    bool excluded;
    struct place inside = *visit->place;
    inside.name = *name;
    inside.container = visit->container;
    inside.depth = visit->place->depth + 1;
    inside.is_input = false;
    inside.open_path = NULL;
    inside.file = look->source->listing.containers[visit->container].file;
    if (look_is_excluded(look, visit->container, name, true, &excluded) < 0)
        return -1;
    if (excluded)
        return look_add_skipped(look, visit->container, name, member->size, "excluded");
    int result = is_archive ? look_check_depth(look, &inside) : 0;
    if (result)
        return result < 0 ? -1 : 0;
    bool did = look_unpacking(look, member->stored);
    result = claim_extent(visit, member, &trouble);
    if (!result)
        result = unpack(visit, member, data, &inside, &trouble);
    if (!result)
        result = look_at(look, &inside);
    else if (result > 0)
        result = look_add_unreadable(look, visit->container, name, &trouble);
    look_unpacked(look, did);
    return result;
}

/* The name is in the directory's window or in scratch: what is inside moves the one and uses
 * the other. */
static int visit_packed(struct visit *visit, const struct zip_member *member,
                        const struct name *name, uint64_t data, bool is_archive)
{
    struct buf copy = {0};
    buf_append(&copy, name->shown, name->shown_len);
    if (name->raw)
        buf_append(&copy, name->raw, name->raw_len);
    const char *bytes = buf_string(&copy);
    struct name kept = {.shown = bytes,
                        .shown_len = name->shown_len,
                        .raw = name->raw && bytes ? bytes + name->shown_len : NULL,
                        .raw_len = name->raw_len};
    int result = bytes ? descend(visit, member, &kept, data, is_archive)
                       : error_no_memory(visit->look->error);
    buf_free(&copy);
    return result;
}

static int add_document(struct visit *visit, const struct zip_member *member,
                        const struct name *name, bool by_name)
{
    struct record record = {.offset = member->offset,
                            .stored = member->stored,
                            .size = member->size,
                            .container = visit->container,
                            .crc = member->crc,
                            .kind = ENTRY_DOCUMENT,
                            .marks = by_name ? MARK_XML_NAME : 0};
    record.how = member->method == ZIP_STORED ? HOW_STORED : HOW_DEFLATED;
    return look_add(visit->look, &record, name);
}

/* What can be said without the member's bytes: NULL, or a reason to skip it. */
static const char *judge_record(const struct zip_member *member)
{
    if (member->is_symlink)
        return "symlink";
    if (member->is_special)
        return "device";
    if (member->size)
        return NULL;
    if (member->name_len && member->name[member->name_len - 1] == '/')
        return "directory";
    return NULL;
}

static int visit_unreadable(struct visit *visit, const struct zip_member *member,
                            const struct name *name)
{
    struct trouble trouble;
    const char *method = zip_method_name(member->method);
    if (member->is_cut)
        trouble_set(&trouble, "truncated",
                    "the entry's bytes would lie outside the archive; get "
                    "it again");
    else if (member->is_encrypted)
        trouble_set(&trouble, "encrypted", "the entry is encrypted; decrypt the archive first");
    else
        trouble_set(&trouble, "method",
                    "the entry is compressed by method %u%s%s%s, which cannot "
                    "be read here; pack it again, deflated",
                    member->method, *method ? " (" : "", method, *method ? ")" : "");
    return look_add_unreadable(visit->look, visit->container, name, &trouble);
}

/* Where the archive is still being written: until this much of the member is there. */
static int await(struct visit *visit, const struct zip_member *member, uint64_t len)
{
    const struct source_options *options = &visit->look->source->options;
    if (!options->await || visit->place->file == SPOOL_FILE ||
        options->await(options->await_context, member->offset, len + ZIP_AHEAD))
        return 0;
    return error_set(visit->look->error, "the rest of the archive did not arrive");
}

static int visit_by_content(struct visit *visit, const struct zip_member *member,
                            const struct name *name, bool excluded)
{
    struct look *look = visit->look;
    char head[SNIFF_BYTES];
    size_t len = 0;
    uint64_t data = 0;
    struct trouble trouble;
    if (await(visit, member, 0) < 0)
        return -1;
    int result = peek(visit, member, head, &len, &data, &trouble);
    if (result < 0)
        return -1;
    if (result)
        return look_add_unreadable(look, visit->container, name, &trouble);
    enum sniff sniff = sniff_bytes(head, len);
    if (sniff_is_packed(sniff) && await(visit, member, member->stored) < 0)
        return -1;
    if (sniff_is_packed(sniff))
        return visit_packed(visit, member, name, data, sniff < SNIFF_GZIP);
    const char *why = excluded ? "excluded" : look_judge(name, sniff);
    if (!why)
        return add_document(visit, member, name, false);
    return look_add_leaf(look, visit->container, name, member->size, sniff, why,
                         sniff_foreign(head, len));
}

static int visit_member(struct visit *visit, const struct zip_member *member,
                        const struct name *name)
{
    struct look *look = visit->look;
    bool excluded = false;
    const char *why = judge_record(member);
    if (why)
        return look_add_skipped(look, visit->container, name, member->size, why);
    if (look_is_excluded(look, visit->container, name, false, &excluded) < 0)
        return -1;
    bool is_xml = name_ends_with(name->shown, name->shown_len, ".xml");
    if (is_xml && excluded)
        return look_add_skipped(look, visit->container, name, member->size, "excluded");
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
    const struct record *records = context;
    uint64_t x = records[*(const uint32_t *)a].offset, y = records[*(const uint32_t *)b].offset;
    return (x > y) - (x < y);
}

static void refuse(struct record *record, uint64_t message)
{
    record->kind = ENTRY_UNREADABLE;
    record->why = listing_why("overlap");
    record->offset = message;
    record->how = HOW_NONE;
}

/* Bytes that belong to two entries are a bomb or a forgery: neither is read. */
static int refuse_overlaps(struct visit *visit, size_t first)
{
    struct listing *listing = &visit->look->source->listing;
    struct record *records = listing->records;
    uint64_t text = listing->arena.len, reach = 0, start;
    size_t n = 0, last = 0;
    if (!visit->overlaps)
        return 0;
    uint32_t *order = malloc((listing->count - first + 1) * sizeof *order);
    if (!order || buf_append(&listing->arena, overlap, sizeof overlap) < 0) {
        free(order);
        return error_no_memory(visit->look->error);
    }
    for (size_t i = first; i < listing->count; i++)
        if (records[i].container == visit->container && records[i].how >= HOW_STORED)
            order[n++] = (uint32_t)i;
    qsort_r(order, n, sizeof *order, compare_offsets, records);
    for (size_t i = 0; i < n; i++) {
        struct record *record = &records[order[i]];
        size_t name_len;
        record_raw(listing, record, &name_len);
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

static int visit_members(struct visit *visit)
{
    struct look *look = visit->look;
    struct zip_member member;
    struct buf scratch = {0};
    int more = 0, result = 0;
    while (!result && !look->is_full && (more = zip_next(&visit->zip, &member)) > 0) {
        struct name name;
        look->more =
            visit->zip.records > visit->zip.seen ? visit->zip.records - visit->zip.seen : 0;
        result = member_name(visit, &member, &scratch, &name);
        if (!result)
            result = visit_member(visit, &member, &name);
    }
    look->more = 0;
    buf_free(&scratch);
    if (!result && more < 0)
        result = look_failed(look, visit->place);
    return result;
}

int look_at_zip(struct look *look, const struct place *place)
{
    struct visit visit = {.look = look, .place = place};
    struct trouble trouble;
    size_t first = look->source->listing.count;
    int result = look_check_depth(look, place);
    if (result)
        return result < 0 ? -1 : 0;
    result = zip_open(&visit.zip, place->fd, place->serial, place->offset, place->size,
                      &look->directory, &trouble);
    if (result < 0)
        return look_failed(look, place);
    if (result)
        return look_add_unreadable(look, place->container, &place->name, &trouble);
    result = look_enter(look, place, &visit.container);
    if (result)
        return result < 0 ? -1 : 0;
    visit.directory = visit.zip.next;
    result = visit_members(&visit);
    buf_free(&visit.unpacked);
    if (result < 0 || refuse_overlaps(&visit, first) < 0)
        return -1;
    result = look->is_full ? 0 : zip_verify(&visit.zip, &trouble);
    if (result < 0)
        return look_failed(look, place);
    if (result)
        return look_add_unreadable(look, place->container, &place->name, &trouble);
    if (!visit.zip.seen)
        return look_add_skipped(look, place->container, &place->name, 0, "empty");
    return 0;
}
