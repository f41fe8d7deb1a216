/* SPDX-License-Identifier: MIT */
#include "source/index/index_add.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The listing may always take this much memory, so that few entries may have long names. */
#define LIST_BYTES (UINT64_C(16) << 20)

/* -- Entries -------------------------------------------------------------------------- */

/* A name takes memory until the run ends, and the path of an archive is told again with each of
 * its entries: an archive of a few megabytes can make paths of a hundred gigabytes. */
static bool is_list_too_long(const struct indexer *indexer, const struct entry_name *name)
{
    const struct listing *listing = &indexer->source->listing;
    uint64_t max = indexer->source->options.max_entries;
    uint64_t most =
        max < UINT64_MAX / SOURCE_ENTRY_BYTES ? max * SOURCE_ENTRY_BYTES : UINT64_MAX;
    uint64_t bytes = listing->count * sizeof *listing->records +
                     listing->n_containers * sizeof *listing->containers + listing->arena.len +
                     indexer->prefix_bytes + name->shown_len + name->raw_len;
    return max && bytes > LIST_BYTES && bytes > most;
}

/* Adds, in place of the first entry that is too many, one that says so. */
static int add_limit(struct indexer *indexer, uint32_t container, const struct entry_name *name)
{
    struct listing *listing = &indexer->source->listing;
    const struct source_options *options = &indexer->source->options;
    unsigned long long max = options->max_entries;
    char message[256], more[64] = "", what[96];
    struct listing_record record = {.container = container,
                                    .kind = ENTRY_UNREADABLE,
                                    .code = ENTRY_CODE_LIMIT_ENTRIES,
                                    .offset = listing->arena.len};
    if (listing->count >= max)
        snprintf(what, sizeof what, "more than %llu entries", max);
    else
        snprintf(what, sizeof what,
                 "with their paths, more than %u bytes for each of %llu entries",
                 SOURCE_ENTRY_BYTES, max);
    if (indexer->more_members)
        snprintf(more, sizeof more, ", nor were %llu more in its archive",
                 (unsigned long long)indexer->more_members);
    snprintf(message, sizeof message,
             "%s: this one and what follows was not looked at%s; raise %s", what, more,
             options->entries_remedy);
    indexer->is_full = true;
    if (buf_append(&listing->arena, message, strlen(message) + 1) < 0 ||
        listing_add(listing, &record, name) < 0)
        return error_no_memory(indexer->error);
    return 0;
}

int index_add(struct indexer *indexer, const struct listing_record *record,
              const struct entry_name *name)
{
    struct listing *listing = &indexer->source->listing;
    uint64_t max = indexer->source->options.max_entries;
    if (indexer_go_on(indexer) < 0)
        return -1;
    if (indexer->is_full)
        return 0;
    if ((max && listing->count >= max) || is_list_too_long(indexer, name))
        return add_limit(indexer, record->container, name);
    struct listing_record added = *record;
    indexer->prefix_bytes += listing->containers[added.container].prefix_len;
    if (listing->containers[added.container].is_archive &&
        entry_name_is_unsafe(name->raw ? name->raw : name->shown,
                             name->raw ? name->raw_len : name->shown_len))
        added.notices |= ENTRY_NOTICE_UNSAFE_NAME;
    return listing_add(listing, &added, name) < 0 ? error_no_memory(indexer->error) : 0;
}

int index_add_skipped(struct indexer *indexer, const struct index_item *item,
                      enum entry_code code)
{
    struct listing_record record = {
        .container = item->container, .kind = ENTRY_SKIPPED, .size = item->size, .code = code};
    return index_add(indexer, &record, &item->name);
}

int index_add_empty(struct indexer *indexer, const struct index_item *item)
{
    struct index_item empty = *item;
    empty.size = 0;
    return index_add_skipped(indexer, &empty, ENTRY_CODE_EMPTY);
}

int index_add_unreadable(struct indexer *indexer, const struct index_item *item,
                         const struct entry_fault *fault)
{
    struct buf *arena = &indexer->source->listing.arena;
    struct listing_record record = {.container = item->container,
                                    .kind = ENTRY_UNREADABLE,
                                    .code = fault->code,
                                    .offset = arena->len};
    if (buf_append(arena, fault->message, strlen(fault->message) + 1) < 0)
        return error_no_memory(indexer->error);
    return index_add(indexer, &record, &item->name);
}

int index_add_document(struct indexer *indexer, const struct index_item *item, enum codec codec)
{
    struct listing_record record = {.container = item->container,
                                    .kind = ENTRY_DOCUMENT,
                                    .offset = item->bytes.at,
                                    .stored = item->bytes.len,
                                    .size = item->size,
                                    .storage = item->open_path               ? STORAGE_FILE
                                               : item->file == LISTING_SPOOL ? STORAGE_SPOOL
                                                                             : STORAGE_SLICE,
                                    .codec = codec};
    return index_add(indexer, &record, &item->name);
}

/* -- Containers ----------------------------------------------------------------------- */

int index_check_depth(struct indexer *indexer, const struct index_item *item)
{
    struct entry_fault fault;
    if (item->depth <= indexer->source->options.max_nesting)
        return 0;
    entry_fault_set(&fault, ENTRY_CODE_LIMIT_NESTING,
                    "an archive inside %d others was not opened; raise --max-nesting",
                    item->depth);
    int rc = index_add_unreadable(indexer, item, &fault);
    return rc < 0 ? -1 : 1;
}

static int add_file(struct indexer *indexer, const struct index_item *item, uint32_t *index)
{
    struct listing_file file = {.origin.fd = -1};
    struct stat facts;
    if (fstat(item->bytes.origin.fd, &facts) < 0)
        return indexer_cannot_read(indexer, item);
    listing_file_note(&file, &facts);
    if (listing_add_file(&indexer->source->listing, &file, item->open_path, index) < 0)
        return error_no_memory(indexer->error);
    return 0;
}

int index_add_container(struct indexer *indexer, const struct listing_container *container,
                        const char *prefix, size_t len, uint32_t *index)
{
    struct listing *listing = &indexer->source->listing;
    return listing_add_container(listing, container, prefix, len, index) < 0
               ? error_no_memory(indexer->error)
               : 0;
}

int index_add_archive(struct indexer *indexer, const struct index_item *item,
                      uint32_t *container)
{
    const struct listing *listing = &indexer->source->listing;
    struct listing_container archive = {.file = item->file, .is_archive = true};
    int rc = index_check_depth(indexer, item);
    if (rc)
        return rc;
    if (item->open_path && add_file(indexer, item, &archive.file) < 0)
        return -1;
    const struct listing_container *in = &listing->containers[item->container];
    struct buf prefix = {0};
    buf_append(&prefix, listing_text(listing, in->prefix), in->prefix_len);
    buf_append(&prefix, item->name.shown, item->name.shown_len);
    buf_append_string(&prefix, "!/");
    archive.input_len = item->is_input ? (uint32_t)prefix.len : in->input_len;
    rc = prefix.failed
             ? error_no_memory(indexer->error)
             : index_add_container(indexer, &archive, prefix.data, prefix.len, container);
    buf_free(&prefix);
    return rc;
}
