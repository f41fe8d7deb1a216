/* SPDX-License-Identifier: MIT */
#include "source/index/listing.h"

#include "base/array.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static_assert(sizeof(struct listing_record) == 48, "an entry takes this much memory");
static_assert((int)ENTRY_CODES < 256, "a code fits its bits");
static_assert((int)CODECS <= 16, "so does a codec");

/* Room for one more of `size` bytes. */
static int grow(void **array, size_t *cap, size_t count, size_t size)
{
    void *moved = array_room(*array, cap, count + 1, size);
    if (!moved)
        return -1;
    *array = moved;
    return 0;
}

int listing_add(struct listing *listing, const struct listing_record *record,
                const struct entry_name *name)
{
    void *records = listing->records;
    if (listing->count >= UINT32_MAX || name->shown_len > UINT32_MAX / 2 ||
        name->raw_len > UINT32_MAX / 2 ||
        grow(&records, &listing->cap, listing->count, sizeof *record) < 0)
        return -1;
    listing->records = records;
    struct listing_record *added = &listing->records[listing->count];
    *added = *record;
    added->name = listing->arena.len;
    added->name_len = (uint32_t)name->shown_len;
    buf_append(&listing->arena, name->shown, name->shown_len);
    if (name->raw) {
        uint32_t len = (uint32_t)name->raw_len;
        added->has_raw_name = true;
        buf_append(&listing->arena, &len, sizeof len);
        buf_append(&listing->arena, name->raw, name->raw_len);
    }
    if (listing->arena.failed)
        return -1;
    listing->count++;
    return 0;
}

int listing_add_container(struct listing *listing, const struct listing_container *container,
                          const char *prefix, size_t len, uint32_t *index)
{
    void *containers = listing->containers;
    if (len > UINT32_MAX || listing->n_containers >= UINT32_MAX ||
        grow(&containers, &listing->cap_containers, listing->n_containers, sizeof *container) <
            0)
        return -1;
    listing->containers = containers;
    struct listing_container *added = &listing->containers[listing->n_containers];
    *added = *container;
    added->prefix = listing->arena.len;
    added->prefix_len = (uint32_t)len;
    *index = added->same_as = (uint32_t)listing->n_containers;
    if (buf_append(&listing->arena, prefix, len) < 0)
        return -1;
    listing->n_containers++;
    return 0;
}

int listing_add_file(struct listing *listing, const struct listing_file *file, const char *path,
                     uint32_t *index)
{
    void *files = listing->files;
    if (listing->n_files >= LISTING_SPOOL ||
        grow(&files, &listing->cap_files, listing->n_files, sizeof *file) < 0)
        return -1;
    listing->files = files;
    struct listing_file *added = &listing->files[listing->n_files];
    *added = *file;
    added->path = listing->arena.len;
    *index = (uint32_t)listing->n_files;
    if (buf_append(&listing->arena, path, strlen(path) + 1) < 0)
        return -1;
    listing->n_files++;
    return 0;
}

void listing_file_note(struct listing_file *file, const struct stat *facts)
{
    file->size = (uint64_t)facts->st_size;
    file->inode = facts->st_ino;
    file->modified_s = facts->st_mtim.tv_sec;
    file->modified_ns = facts->st_mtim.tv_nsec;
}

bool listing_file_is(const struct listing_file *file, const struct stat *facts,
                     bool is_being_written)
{
    return (uint64_t)facts->st_size == file->size && facts->st_ino == file->inode &&
           (is_being_written || (facts->st_mtim.tv_sec == file->modified_s &&
                                 facts->st_mtim.tv_nsec == file->modified_ns));
}

void listing_free(struct listing *listing)
{
    for (size_t i = 0; i < listing->n_files; i++)
        if (listing->files[i].origin.fd >= 0)
            close(listing->files[i].origin.fd);
    free(listing->records);
    free(listing->containers);
    free(listing->files);
    buf_free(&listing->arena);
}

const char *listing_raw_name(const struct listing *listing, const struct listing_record *record,
                             size_t *len)
{
    const char *shown = listing_text(listing, record->name);
    *len = record->name_len;
    if (!record->has_raw_name)
        return shown;
    uint32_t raw_len;
    memcpy(&raw_len, shown + record->name_len, sizeof raw_len);
    *len = raw_len;
    return shown + record->name_len + sizeof raw_len;
}
