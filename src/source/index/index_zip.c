/* SPDX-License-Identifier: MIT
 *
 * The members of a ZIP archive. One named .xml is listed as a document unseen, for to open a
 * million local headers would take longer than to validate the documents; of all others the
 * first bytes decide.
 */
#include "source/index/index_zip.h"

#include "base/utf8.h"
#include "source/index/index.h"
#include "source/index/index_add.h"
#include "source/index/index_leaf.h"
#include "source/index/index_unpack.h"
#include "source/index/name_promise.h"

#include <string.h>

/* The name by the rules of APPNOTE appendix D: the Unicode extra field's, else UTF-8 if it says
 * so, else what the user says, else UTF-8 if that is what it is, else code page 437. */
static int member_name(struct indexer *indexer, const struct zip_member *member,
                       struct buf *scratch, struct entry_name *name)
{
    const char *shown = member->name;
    size_t len = member->name_len;
    bool is_unicode =
        member->unicode_name && utf8_is_valid(member->unicode_name, member->unicode_name_len);
    int rc = is_unicode || member->is_utf8
                 ? 0
                 : name_encoding_decode(&indexer->names, shown, len, scratch);
    bool is_decoded = rc > 0;
    if (is_unicode) {
        shown = member->unicode_name;
        len = member->unicode_name_len;
    } else if (!rc && !utf8_is_valid(shown, len)) {
        buf_clear(scratch);
        rc = member->is_utf8 ? utf8_append(scratch, shown, len)
                             : entry_name_append_cp437(scratch, shown, len);
        is_decoded = true;
    }
    if (rc < 0)
        return error_no_memory(indexer->error);
    if (is_decoded) {
        shown = scratch->data;
        len = scratch->len;
    }
    if (len == member->name_len && memcmp(shown, member->name, len) == 0) {
        *name = (struct entry_name){.shown = member->name, .shown_len = len};
        return 0;
    }
    *name = (struct entry_name){
        .shown = shown, .shown_len = len, .raw = member->name, .raw_len = member->name_len};
    return 0;
}

/* -- Members that are packed themselves ----------------------------------------------- */

static int descend(struct zip_walk *walk, const struct zip_member *member,
                   struct index_item *item, bool is_archive)
{
    struct indexer *indexer = walk->indexer;
    struct entry_fault fault;
    bool excluded;
    if (indexer_is_excluded(indexer, item, true, &excluded) < 0)
        return -1;
    if (excluded)
        return index_add_skipped(indexer, item, ENTRY_CODE_EXCLUDED);
    int rc = is_archive ? index_check_depth(indexer, item) : 0;
    if (rc)
        return rc < 0 ? -1 : 0;
    bool is_outermost = index_unpack_begin(indexer, member->stored);
    rc = index_zip_claim(walk, member, &fault);
    if (!rc)
        rc = index_zip_unpack(walk, member, item, &fault);
    if (!rc)
        rc = index_item(indexer, item);
    else if (rc > 0)
        rc = index_add_unreadable(indexer, item, &fault);
    index_unpack_end(indexer, is_outermost);
    return rc;
}

/* The member's name is in the directory's window or in scratch, and both are used again for
 * what is inside it: a copy is made. */
static int visit_packed(struct zip_walk *walk, const struct zip_member *member,
                        struct index_item *item, bool is_archive)
{
    struct buf copy = {0};
    struct entry_name *name = &item->name;
    buf_append(&copy, name->shown, name->shown_len);
    if (name->raw)
        buf_append(&copy, name->raw, name->raw_len);
    const char *bytes = buf_string(&copy);
    if (!bytes) {
        buf_free(&copy);
        return error_no_memory(walk->indexer->error);
    }
    name->shown = bytes;
    name->raw = name->raw ? bytes + name->shown_len : NULL;
    int rc = descend(walk, member, item, is_archive);
    buf_free(&copy);
    return rc;
}

/* -- One member ----------------------------------------------------------------------- */

static int add_document(struct zip_walk *walk, const struct zip_member *member,
                        const struct index_item *item, bool is_unseen)
{
    struct listing_record record = {
        .offset = member->offset,
        .stored = member->stored,
        .size = member->size,
        .container = walk->container,
        .crc = member->crc,
        .kind = ENTRY_DOCUMENT,
        .storage = member->method == ZIP_STORED ? STORAGE_ZIP_STORED : STORAGE_ZIP_DEFLATED,
        .is_unseen = is_unseen};
    return index_add(walk->indexer, &record, &item->name);
}

/* Why the directory alone says that the member is no document; or ENTRY_CODE_NONE. */
static enum entry_code judge_member(const struct zip_member *member)
{
    if (member->is_symlink)
        return ENTRY_CODE_SYMLINK;
    if (member->is_special)
        return ENTRY_CODE_DEVICE;
    if (!member->size && member->name_len && member->name[member->name_len - 1] == '/')
        return ENTRY_CODE_DIRECTORY;
    return ENTRY_CODE_NONE;
}

static int add_unreadable(struct zip_walk *walk, const struct zip_member *member,
                          const struct index_item *item)
{
    struct entry_fault fault;
    const char *method = zip_method_name(member->method);
    if (member->is_cut)
        entry_fault_set(&fault, ENTRY_CODE_TRUNCATED,
                        "the entry's bytes would lie outside the archive; get it again");
    else if (member->is_encrypted)
        entry_fault_set(&fault, ENTRY_CODE_ENCRYPTED,
                        "the entry is encrypted; decrypt the archive first");
    else
        entry_fault_set(&fault, ENTRY_CODE_METHOD,
                        "the entry is compressed by method %u%s%s%s, which cannot "
                        "be read here; pack it again, deflated",
                        member->method, *method ? " (" : "", method, *method ? ")" : "");
    return index_add_unreadable(walk->indexer, item, &fault);
}

static int visit_by_content(struct zip_walk *walk, const struct zip_member *member,
                            struct index_item *item)
{
    struct indexer *indexer = walk->indexer;
    char head[SNIFF_BYTES];
    size_t len = 0;
    struct entry_fault fault;
    enum entry_code code;
    int rc = index_zip_peek(walk, member, item, head, &len, &fault);
    if (rc < 0)
        return -1;
    if (rc)
        return index_add_unreadable(indexer, item, &fault);
    enum sniff sniff = index_leaf_sniff(&item->name, head, len);
    if (sniff_is_packed(sniff) || index_leaf_may_be_zip(&item->name, sniff, head, len))
        return visit_packed(walk, member, item, sniff_is_archive(sniff));
    if (index_leaf_judge(indexer, item, &item->name, sniff, &code) < 0)
        return -1;
    if (code == ENTRY_CODE_NONE)
        return add_document(walk, member, item, false);
    return index_leaf_add(indexer, item, &item->name, code, sniff, sniff_foreign(head, len));
}

/* Members that are compressed by other means are rare: one is decompressed into the spool when
 * it is listed, whatever it is. */
static int visit_decoded(struct zip_walk *walk, const struct zip_member *member,
                         struct index_item *item)
{
    struct entry_fault fault;
    if (name_promises_document(&item->name) &&
        index_unpack_check_size(walk->indexer, member->size, &fault))
        return index_add_unreadable(walk->indexer, item, &fault);
    int rc = index_zip_locate(walk, member, 0, item, &fault);
    if (rc)
        return rc < 0 ? -1 : index_add_unreadable(walk->indexer, item, &fault);
    return visit_packed(walk, member, item, false);
}

static int visit_member(struct zip_walk *walk, const struct zip_member *member,
                        struct index_item *item)
{
    struct indexer *indexer = walk->indexer;
    bool excluded = false;
    enum entry_code code = judge_member(member);
    if (code != ENTRY_CODE_NONE)
        return index_add_skipped(indexer, item, code);
    bool is_xml = name_promises_document(&item->name);
    if (is_xml && indexer_is_excluded(indexer, item, false, &excluded) < 0)
        return -1;
    if (excluded)
        return index_add_skipped(indexer, item, ENTRY_CODE_EXCLUDED);
    bool is_decoded = zip_method_codec(member->method) != CODEC_NONE;
    if (member->is_cut || member->is_encrypted ||
        (member->method != ZIP_STORED && member->method != ZIP_DEFLATED && !is_decoded))
        return add_unreadable(walk, member, item);
    uint64_t end = index_zip_member_end(member->offset, member->name_len, member->stored);
    walk->may_overlap |= member->offset < walk->reach || end > walk->directory;
    walk->reach = end > walk->reach ? end : walk->reach;
    if (is_decoded)
        return visit_decoded(walk, member, item);
    if (is_xml)
        return add_document(walk, member, item, true);
    return visit_by_content(walk, member, item);
}

/* -- The archive ---------------------------------------------------------------------- */

static int visit_members(struct zip_walk *walk)
{
    struct indexer *indexer = walk->indexer;
    const struct zip *zip = &walk->zip;
    struct zip_member member;
    struct buf scratch = {0};
    int more = 0, rc = 0;
    while (!rc && !indexer->is_full && (more = zip_next(&walk->zip, &member)) > 0) {
        struct index_item item = {
            .container = walk->container,
            .depth = walk->archive->depth + 1,
            .bytes = {walk->archive->bytes.origin, walk->archive->bytes.file, member.offset,
                      member.stored},
            .size = member.size,
            .file = indexer->source->listing.containers[walk->container].file};
        indexer->more_members = zip->records > zip->seen ? zip->records - zip->seen : 0;
        rc = member_name(indexer, &member, &scratch, &item.name);
        if (!rc)
            rc = visit_member(walk, &member, &item);
    }
    indexer->more_members = 0;
    buf_free(&scratch);
    if (!rc && more < 0)
        rc = indexer_cannot_read(indexer, walk->archive);
    return rc;
}

int index_zip(struct indexer *indexer, const struct index_item *item)
{
    struct zip_walk walk = {.indexer = indexer, .archive = item};
    struct entry_fault fault;
    size_t first = indexer->source->listing.count;
    int rc = index_check_depth(indexer, item);
    if (rc)
        return rc < 0 ? -1 : 0;
    rc = zip_open(&walk.zip, &item->bytes, &indexer->directory, &fault);
    if (rc < 0)
        return indexer_cannot_read(indexer, item);
    if (rc)
        return index_add_unreadable(indexer, item, &fault);
    rc = index_add_archive(indexer, item, &walk.container);
    if (rc)
        return rc < 0 ? -1 : 0;
    walk.directory = walk.zip.next;
    rc = visit_members(&walk);
    buf_free(&walk.unpacked);
    if (rc < 0 || index_zip_refuse_overlaps(&walk, first) < 0)
        return -1;
    rc = indexer->is_full ? 0 : zip_verify(&walk.zip, &fault);
    if (rc < 0)
        return indexer_cannot_read(indexer, item);
    if (rc)
        return index_add_unreadable(indexer, item, &fault);
    return walk.zip.seen ? 0 : index_add_empty(indexer, item);
}
