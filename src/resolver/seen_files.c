/* SPDX-License-Identifier: MIT */
#include "resolver/seen_files.h"

#include "base/array.h"
#include "base/clock.h"
#include "resolver/local_file.h"
#include <stdlib.h>
#include <string.h>

/* No file system's clock ticks more slowly than FAT's. A file that had not been changed for so
 * long when it was opened cannot be changed since and look the same. */
#define TICK_S 2

static struct seen_file *find(const struct seen_files *seen, const char *path)
{
    size_t number = (size_t)xmlHashLookup(seen->numbers, (const xmlChar *)path);
    return number ? &seen->items[number - 1] : NULL;
}

/* Whether it had not been changed for long at that time. */
static bool is_settled(const struct stat *facts, int64_t unix_ms)
{
    return unix_ms / 1000 - facts->st_ctim.tv_sec > TICK_S;
}

static int add(struct seen_files *seen, const struct seen_file *file)
{
    struct seen_file *items =
        array_room(seen->items, &seen->cap, seen->n + 1, sizeof *seen->items);
    if (!items)
        return -1;
    seen->items = items;
    if (!seen->numbers && !(seen->numbers = xmlHashCreate(64)))
        return -1;
    items[seen->n] = *file;
    if (xmlHashAddEntry(seen->numbers, (const xmlChar *)file->path, (void *)(seen->n + 1)) < 0)
        return -1;
    seen->n++;
    return 0;
}

void seen_files_found(struct seen_files *seen, const char *path, const struct stat *facts)
{
    struct seen_file file = {.is_there = facts != NULL};
    if (!seen || find(seen, path))
        return;
    if (facts) {
        file.facts = *facts;
        file.is_settled = is_settled(facts, clock_unix_ms());
    }
    file.path = strdup(path);
    if (file.path && add(seen, &file) == 0)
        return;
    free(file.path);
    seen->failed = true;
}

void seen_files_took(struct seen_files *seen, const char *path, const struct stat *facts)
{
    seen_files_found(seen, path, facts);
    struct seen_file *file = seen ? find(seen, path) : NULL;
    if (file)
        file->is_taken = true;
}

void seen_files_read(struct seen_files *seen, const char *path, const struct buf *bytes)
{
    struct seen_file *file = seen ? find(seen, path) : NULL;
    if (!file)
        return;
    file->is_read = true;
    file->bytes = bytes->len;
    digest_of(bytes->data, bytes->len, file->digest);
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool is_untouched(const struct stat *then, const struct stat *now)
{
    return now->st_dev == then->st_dev && now->st_ino == then->st_ino &&
           now->st_size == then->st_size && same_time(&now->st_mtim, &then->st_mtim) &&
           same_time(&now->st_ctim, &then->st_ctim);
}

static bool holds(const struct local_file *file, const struct seen_file *seen)
{
    struct buf bytes = {0};
    struct thresh_error ignored;
    uint8_t digest[DIGEST_BYTES];
    bool same = (uint64_t)file->facts.st_size == seen->bytes &&
                local_file_read(file, LOCAL_FILE_MOST, &bytes, seen->path, &ignored) == 0;
    if (same) {
        digest_of(bytes.data, bytes.len, digest);
        same = memcmp(digest, seen->digest, sizeof digest) == 0;
    }
    buf_free(&bytes);
    return same;
}

/* From now on the facts of a file that was read tell, if it is old enough by now. */
static bool is_current(struct seen_file *seen)
{
    struct local_file file;
    int64_t now = clock_unix_ms();
    if (local_file_open(&file, seen->path) < 0)
        return !seen->is_there;
    bool is_same = seen->is_there;
    if (is_same && !(seen->is_settled && is_untouched(&seen->facts, &file.facts))) {
        /* What was only looked for may have been read by another path. */
        is_same = seen->is_taken  ? false
                  : seen->is_read ? holds(&file, seen)
                                  : file.facts.st_dev == seen->facts.st_dev &&
                                        file.facts.st_ino == seen->facts.st_ino;
        if (is_same && seen->is_read) {
            seen->facts = file.facts;
            seen->is_settled = is_settled(&file.facts, now);
        }
    }
    local_file_close(&file);
    return is_same;
}

int seen_files_again(struct seen_files *seen, const struct seen_file *then,
                     const struct seen_files *known)
{
    const struct seen_file *read = find(known, then->path);
    struct local_file file;
    struct buf bytes = {0};
    struct thresh_error ignored;
    bool is_there = local_file_open(&file, then->path) == 0;
    seen_files_found(seen, then->path, is_there ? &file.facts : NULL);
    struct seen_file *now = find(seen, then->path);
    bool is_same = now && is_there == then->is_there;
    if (is_same && then->is_read) {
        if (read && read->is_read && is_untouched(&read->facts, &file.facts)) {
            now->is_read = true;
            now->bytes = read->bytes;
            memcpy(now->digest, read->digest, sizeof now->digest);
        } else if ((uint64_t)file.facts.st_size == then->bytes &&
                   local_file_read(&file, LOCAL_FILE_MOST, &bytes, then->path, &ignored) == 0) {
            seen_files_read(seen, then->path, &bytes);
        }
        is_same = now->is_read && now->bytes == then->bytes &&
                  memcmp(now->digest, then->digest, sizeof now->digest) == 0;
    }
    local_file_close(&file);
    buf_free(&bytes);
    return seen->failed ? -1 : is_same;
}

void seen_files_replace(struct seen_files *seen, struct seen_files *again)
{
    for (size_t i = 0; i < seen->n; i++)
        if (seen->items[i].is_taken)
            seen_files_took(again, seen->items[i].path, &seen->items[i].facts);
    seen_files_free(seen);
    *seen = *again;
    *again = (struct seen_files){.items = NULL};
}

bool seen_files_are_current(struct seen_files *seen)
{
    for (size_t i = 0; i < seen->n; i++)
        if (!is_current(&seen->items[i]))
            return false;
    return !seen->failed;
}

static bool is_one(const struct seen_file *seen, const struct stat *file)
{
    return seen->is_there && seen->facts.st_dev == file->st_dev &&
           seen->facts.st_ino == file->st_ino;
}

size_t seen_files_first(const struct seen_files *seen, size_t number)
{
    size_t i = 0;
    while (seen->items[number].is_there && i < number &&
           !is_one(&seen->items[i], &seen->items[number].facts))
        i++;
    return seen->items[number].is_there ? i : number;
}

bool seen_files_has(const struct seen_files *seen, const struct stat *file)
{
    for (size_t i = 0; i < seen->n; i++)
        if (is_one(&seen->items[i], file))
            return true;
    return false;
}

uint64_t seen_files_bytes(const struct seen_files *seen)
{
    return seen->cap * sizeof *seen->items;
}

void seen_files_free(struct seen_files *seen)
{
    for (size_t i = 0; i < seen->n; i++)
        free(seen->items[i].path);
    free(seen->items);
    xmlHashFree(seen->numbers, NULL);
    *seen = (struct seen_files){0};
}
