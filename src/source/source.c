/* SPDX-License-Identifier: MIT */
#include "source/source.h"

#include "source/feed.h"
#include "source/index/index.h"
#include "source/source_private.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

int source_open(struct source **opened, const struct source_input *inputs, size_t n_inputs,
                const struct source_options *options, struct thresh_error *error)
{
    struct indexer indexer;
    struct source *source = calloc(1, sizeof *source);
    *opened = NULL;
    if (!source)
        return error_no_memory(error);
    source->options = *options;
    source->spool.fd = -1;
    source->spool.dir = options->temp_dir ? options->temp_dir : "/tmp";
    int rc = indexer_open(&indexer, source, error);
    /* So that the arena is never NULL: an empty prefix points into it, too. */
    if (!rc && buf_append_char(&source->listing.arena, '\0') < 0)
        rc = error_no_memory(error);
    if (!rc)
        rc = index_inputs(&indexer, inputs, n_inputs);
    indexer_close(&indexer);
    if (!rc)
        rc = spool_flush(&source->spool, error);
    buf_free(&source->spool.pending);
    if (!rc && listing_mark_duplicates(&source->listing) < 0)
        rc = error_no_memory(error);
    if (rc) {
        source_close(source);
        return feed_is_cancelled(options->cancelled) ? 1 : -1;
    }
    *opened = source;
    return 0;
}

void source_close(struct source *source)
{
    if (!source)
        return;
    spool_close(&source->spool);
    listing_free(&source->listing);
    free(source);
}

/* -- Opening files ahead of the workers that read them -------------------------------- */

/* Opens the file if it still is what was listed. If not, the reader is to find that out and say
 * so. */
static bool preopen(const struct listing *listing, struct listing_file *file)
{
    struct stat facts;
    int fd =
        open(listing_text(listing, file->path), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return false;
    if (fstat(fd, &facts) == 0 && listing_file_is(file, &facts, false))
        file->origin.fd = fd;
    else
        close(fd);
    return file->origin.fd >= 0;
}

bool source_preopen(struct source *source)
{
    struct listing *listing = &source->listing;
    struct rlimit most;
    for (size_t i = 0; i < listing->count; i++)
        if (listing->records[i].storage == STORAGE_FILE)
            return false;
    if (getrlimit(RLIMIT_NOFILE, &most) < 0 || listing->n_files > most.rlim_cur / 2)
        return false;
    bool all = true;
    for (size_t i = 0; i < listing->n_files; i++) {
        struct listing_file *file = &listing->files[i];
        if (!listing_file_is_open(file) && !file->is_directory)
            all = preopen(listing, file) && all;
    }
    return all;
}

/* -- Entries -------------------------------------------------------------------------- */

uint64_t source_count(const struct source *source)
{
    return source->listing.count;
}

uint64_t source_bytes_in(const struct source *source)
{
    return source->bytes_in;
}

enum entry_kind source_kind(const struct source *source, uint64_t index)
{
    return source->listing.records[index].kind;
}

uint64_t source_size_bytes(const struct source *source, uint64_t index)
{
    return source->listing.records[index].size;
}

int source_entry(const struct source *source, uint64_t index, struct buf *scratch,
                 struct entry *entry)
{
    const struct listing *listing = &source->listing;
    const struct listing_record *record = &listing->records[index];
    const struct listing_container *container = &listing->containers[record->container];
    buf_clear(scratch);
    buf_append(scratch, listing_text(listing, container->prefix), container->prefix_len);
    buf_append(scratch, listing_text(listing, record->name), record->name_len);
    memset(entry, 0, sizeof *entry);
    entry->path = buf_string(scratch);
    entry->path_len = scratch->len;
    entry->kind = record->kind;
    entry->size_bytes = record->size;
    entry->crc = record->storage >= STORAGE_ZIP_STORED ? record->crc : 0;
    entry->code = record->code;
    if (entry->kind == ENTRY_UNREADABLE)
        entry->message = listing_text(listing, record->offset);
    entry->notices = record->notices;
    return entry->path ? 0 : -1;
}
