/* SPDX-License-Identifier: MIT */
#include "run/cache.h"

#include "base/array.h"
#include "base/io.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define PREFIX    "thresh-"
#define KEPT      ".kept"
#define TEMPORARY ".new"

/* Each file of a cache is a descriptor, and a look at its table for each new document. */
enum { MOST_FILES = 512, BLOCK = 1 << 18, DAY_S = 86400 };

/* -- The directory -------------------------------------------------------------------- */

struct cache_file {
    char name[64];
    struct timespec time;
    uint64_t bytes;
};

struct cache_files {
    struct cache_file *items;
    size_t n, cap;
};

static bool is_named(const char *name, const char *suffix)
{
    size_t len = strlen(name), end = strlen(suffix);
    return strncmp(name, PREFIX, sizeof PREFIX - 1) == 0 && len > end &&
           len < sizeof((struct cache_file *)0)->name && strcmp(name + len - end, suffix) == 0;
}

/* Of a run that was killed, as long ago as none lasts. */
static bool is_left_over(const char *name, const struct stat *facts)
{
    return is_named(name, TEMPORARY) && time(NULL) - facts->st_mtim.tv_sec > DAY_S;
}

static int by_age(const void *a, const void *b)
{
    const struct cache_file *left = a, *right = b;
    if (left->time.tv_sec != right->time.tv_sec)
        return left->time.tv_sec < right->time.tv_sec ? 1 : -1;
    if (left->time.tv_nsec != right->time.tv_nsec)
        return left->time.tv_nsec < right->time.tv_nsec ? 1 : -1;
    return strcmp(left->name, right->name);
}

/* Those that are there, the newest first. 0, or -1 with errno. */
static int list(int fd, struct cache_files *files)
{
    int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
    DIR *directory = again < 0 ? NULL : fdopendir(again);
    struct dirent *entry;
    struct stat facts;
    if (!directory) {
        if (again >= 0)
            close(again);
        return -1;
    }
    while (rc == 0 && (errno = 0, entry = readdir(directory))) {
        const char *name = entry->d_name;
        if (fstatat(fd, name, &facts, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(facts.st_mode))
            continue;
        if (is_left_over(name, &facts))
            unlinkat(fd, name, 0);
        if (!is_named(name, KEPT))
            continue;
        struct cache_file *items =
            array_room(files->items, &files->cap, files->n + 1, sizeof *items);
        if (!items) {
            rc = -1;
            break;
        }
        files->items = items;
        struct cache_file *file = &items[files->n++];
        *file = (struct cache_file){.time = facts.st_mtim, .bytes = (uint64_t)facts.st_size};
        memcpy(file->name, name, strlen(name) + 1);
    }
    if (rc == 0 && errno)
        rc = -1;
    closedir(directory);
    if (files->n)
        qsort(files->items, files->n, sizeof *files->items, by_age);
    return rc;
}

/* Removes the oldest files that are too much. Another run may be doing so, too. */
static int throw_out(const struct cache *cache)
{
    struct cache_files files = {0};
    uint64_t bytes = 0;
    int rc = list(cache->fd, &files);
    for (size_t i = 0; rc == 0 && i < files.n; i++) {
        bytes += files.items[i].bytes;
        if (bytes > cache->max_bytes || i >= MOST_FILES)
            unlinkat(cache->fd, files.items[i].name, 0);
    }
    free(files.items);
    return rc;
}

/* -- Looking -------------------------------------------------------------------------- */

static int fail(const struct cache *cache, const char *what, struct thresh_error *error)
{
    return errno == ENOMEM
               ? error_no_memory(error)
               : error_set(error, "%s: %s: %m; name another directory with --cache, or none",
                           cache->directory, what);
}

static int check_directory(struct cache *cache, struct thresh_error *error)
{
    if (fstat(cache->fd, &cache->facts) < 0)
        return fail(cache, "cannot be looked into", error);
    if (cache->facts.st_mode & S_IWOTH)
        return error_set(error,
                         "%s: everybody may write to it, and so say what documents are; take "
                         "a directory of your own for --cache",
                         cache->directory);
    return 0;
}

/* What is no journal, or has just been thrown out, has nothing to say. */
static int open_journals(struct cache *cache, const struct cache_files *files)
{
    cache->journals = calloc(files->n + 1, sizeof *cache->journals);
    cache->is_used = calloc(files->n + 1, sizeof *cache->is_used);
    if (!cache->journals || !cache->is_used)
        return -1;
    for (size_t i = 0; i < files->n && i < MOST_FILES; i++) {
        struct journal *journal = &cache->journals[cache->n];
        int fd = openat(cache->fd, files->items[i].name,
                        O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (fd < 0)
            continue;
        if (journal_open(journal, fd) == 0)
            cache->n++;
        else
            journal_close(journal);
    }
    return 0;
}

int cache_open(struct cache *cache, const char *directory, uint64_t max_bytes,
               struct thresh_error *error)
{
    struct cache_files files = {0};
    *cache =
        (struct cache){.directory = directory, .max_bytes = max_bytes, .fd = -1, .new_fd = -1};
    if (mkdir(directory, 0700) < 0 && errno != EEXIST)
        return fail(cache, "cannot be made", error);
    cache->fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (cache->fd < 0)
        return fail(cache, "cannot be opened", error);
    if (check_directory(cache, error) < 0)
        return -1;
    int rc = list(cache->fd, &files);
    if (rc == 0)
        rc = open_journals(cache, &files);
    free(files.items);
    return rc < 0 ? fail(cache, "cannot be looked into", error) : 0;
}

bool cache_find(const struct cache *cache, const uint8_t key[DIGEST_BYTES], struct buf *answer)
{
    size_t i = 0;
    while (i < cache->n && !journal_find(&cache->journals[i], key, answer))
        i++;
    if (i == cache->n)
        return false;
    /* What is used is no longer the oldest. A worker that is closed off may not say so. */
    if (!atomic_exchange_explicit(&cache->is_used[i], true, memory_order_relaxed))
        futimens(cache->journals[i].fd, NULL);
    return true;
}

void cache_close(struct cache *cache)
{
    for (size_t i = 0; i < cache->n; i++)
        journal_close(&cache->journals[i]);
    free(cache->journals);
    free(cache->is_used);
    if (cache->temporary)
        unlinkat(cache->fd, cache->temporary, 0);
    free(cache->temporary);
    if (cache->new_fd >= 0)
        close(cache->new_fd);
    if (cache->fd >= 0)
        close(cache->fd);
    journal_table_free(&cache->table);
    buf_free(&cache->pending);
}

/* -- Adding --------------------------------------------------------------------------- */

static int begin(struct cache *cache, struct thresh_error *error)
{
    uint64_t number;
    if (getrandom(&number, sizeof number, 0) != sizeof number)
        return fail(cache, "no random number can be had", error);
    if (asprintf(&cache->temporary, PREFIX "%016llx" TEMPORARY, (unsigned long long)number) <
        0) {
        cache->temporary = NULL;
        return error_no_memory(error);
    }
    cache->new_fd =
        openat(cache->fd, cache->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (cache->new_fd < 0) {
        fail(cache, "cannot be written to", error);
        free(cache->temporary);
        cache->temporary = NULL;
        return -1;
    }
    journal_begin(&cache->pending);
    return 0;
}

static int flush(struct cache *cache, struct thresh_error *error)
{
    if (cache->pending.failed)
        return error_no_memory(error);
    if (io_write_all(cache->new_fd, cache->pending.data, cache->pending.len) < 0)
        return fail(cache, "cannot be written to", error);
    cache->new_bytes += cache->pending.len;
    buf_clear(&cache->pending);
    return 0;
}

int cache_add(struct cache *cache, const uint8_t key[DIGEST_BYTES], const void *answer,
              size_t len, struct thresh_error *error)
{
    uint64_t at = cache->new_bytes + cache->pending.len;
    if (at + len > cache->max_bytes / 2)
        return 0;
    if (!cache->temporary) {
        if (begin(cache, error) < 0)
            return -1;
        at = cache->pending.len;
    }
    if (!journal_append(&cache->pending, key, answer, len))
        return 0;
    if (cache->pending.failed || journal_table_add(&cache->table, key, at) < 0)
        return error_no_memory(error);
    return cache->pending.len < BLOCK ? 0 : flush(cache, error);
}

/* Gives what was added the name by which it is found. */
static int publish(struct cache *cache, struct thresh_error *error)
{
    journal_end(&cache->pending, &cache->table);
    if (flush(cache, error) < 0)
        return -1;
    size_t stem = strlen(cache->temporary) - (sizeof TEMPORARY - 1);
    char *name;
    if (asprintf(&name, "%.*s" KEPT, (int)stem, cache->temporary) < 0)
        return error_no_memory(error);
    int rc = renameat(cache->fd, cache->temporary, cache->fd, name);
    free(name);
    /* It may have been thrown out: another run takes what is old for left over. */
    if (rc < 0 && errno != ENOENT)
        return fail(cache, "cannot be written to", error);
    free(cache->temporary);
    cache->temporary = NULL;
    return 0;
}

int cache_commit(struct cache *cache, struct thresh_error *error)
{
    if (cache->temporary && publish(cache, error) < 0)
        return -1;
    return throw_out(cache) < 0 ? fail(cache, "cannot be looked into", error) : 0;
}
