/* SPDX-License-Identifier: MIT */
#include "run/cache.h"

#include <stdlib.h>
#include <unistd.h>

enum { BLOCK = 1 << 18 };

/* -- Looking -------------------------------------------------------------------------- */

/* What is no journal, or has just been thrown out, has nothing to say. */
static int open_journals(struct cache *cache, const struct cache_files *files)
{
    cache->journals = calloc(files->n + 1, sizeof *cache->journals);
    cache->is_used = calloc(files->n + 1, sizeof *cache->is_used);
    if (!cache->journals || !cache->is_used)
        return -1;
    for (size_t i = 0; i < files->n && i < CACHE_MOST_FILES; i++) {
        struct journal *journal = &cache->journals[cache->n];
        int fd = cache_directory_find(&cache->directory, files->items[i].name);
        if (fd < 0)
            continue;
        if (journal_open(journal, fd) == 0)
            cache->n++;
        else
            journal_close(journal);
    }
    return 0;
}

int cache_open(struct cache *cache, const char *path, uint64_t max_bytes,
               struct thresh_error *error)
{
    struct cache_files files = {0};
    *cache = (struct cache){.directory = {.path = path,
                                          .option = "--cache",
                                          .decides = "what documents are",
                                          .suffix = ".kept",
                                          .max_bytes = max_bytes}};
    if (cache_directory_open(&cache->directory, error) < 0)
        return -1;
    int rc = cache_directory_list(&cache->directory, &files);
    if (rc == 0)
        rc = open_journals(cache, &files);
    free(files.items);
    return rc < 0 ? cache_directory_fail(&cache->directory, "cannot be looked into", error) : 0;
}

bool cache_find(const struct cache *cache, const uint8_t key[DIGEST_BYTES], struct buf *answer)
{
    size_t i = 0;
    while (i < cache->n && !journal_find(&cache->journals[i], key, answer))
        i++;
    if (i == cache->n)
        return false;
    if (!atomic_exchange_explicit(&cache->is_used[i], true, memory_order_relaxed))
        cache_directory_use(cache->journals[i].fd);
    return true;
}

void cache_close(struct cache *cache)
{
    for (size_t i = 0; i < cache->n; i++)
        journal_close(&cache->journals[i]);
    free(cache->journals);
    free(cache->is_used);
    cache_addition_drop(&cache->addition, &cache->directory);
    cache_directory_close(&cache->directory);
    journal_table_free(&cache->table);
    buf_free(&cache->pending);
}

/* -- Adding --------------------------------------------------------------------------- */

static int flush(struct cache *cache, struct thresh_error *error)
{
    if (cache->pending.failed)
        return error_no_memory(error);
    if (cache_addition_write(&cache->addition, &cache->directory, cache->pending.data,
                             cache->pending.len, error) < 0)
        return -1;
    cache->new_bytes += cache->pending.len;
    buf_clear(&cache->pending);
    return 0;
}

int cache_add(struct cache *cache, const uint8_t key[DIGEST_BYTES], const void *answer,
              size_t len, struct thresh_error *error)
{
    uint64_t at = cache->new_bytes + cache->pending.len;
    if (at + len > cache->directory.max_bytes / 2)
        return 0;
    if (!cache->addition.temporary) {
        if (cache_addition_begin(&cache->addition, &cache->directory, error) < 0)
            return -1;
        journal_begin(&cache->pending);
        at = cache->pending.len;
    }
    if (!journal_append(&cache->pending, key, answer, len))
        return 0;
    if (cache->pending.failed || journal_table_add(&cache->table, key, at) < 0)
        return error_no_memory(error);
    return cache->pending.len < BLOCK ? 0 : flush(cache, error);
}

int cache_commit(struct cache *cache, struct thresh_error *error)
{
    if (cache->addition.temporary) {
        journal_end(&cache->pending, &cache->table);
        if (flush(cache, error) < 0 ||
            cache_addition_publish(&cache->addition, &cache->directory, NULL, error) < 0)
            return -1;
    }
    return cache_directory_throw_out(&cache->directory, error);
}
