/* SPDX-License-Identifier: MIT */
#include "lambda/s3/archive_download.h"

#include "base/clock.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is fetched is fetched in whole blocks. A gap of a few is fetched with what is on either
 * side of it: another request takes longer, and costs more, than their bytes. */
#define BLOCK_BYTES (64u << 10)
#define PART_BLOCKS (S3_PART_BYTES / BLOCK_BYTES)
#define GAP_BLOCKS  4u
#define AHEAD_MOST  (4 * PART_BLOCKS) /* for who reads from front to back */

enum block_state {
    BLOCK_UNWANTED,
    BLOCK_WANTED,
    BLOCK_ASKED, /* under way */
    BLOCK_THERE,
};

/* -- Blocks (under the mutex) --------------------------------------------------------- */

static uint64_t blocks_to(const struct archive_download *download, uint64_t end)
{
    return end < download->total ? (end + BLOCK_BYTES - 1) / BLOCK_BYTES : download->n_blocks;
}

static void mark_wanted(struct archive_download *download, uint64_t first, uint64_t end)
{
    bool any = false;
    if (end > download->n_blocks)
        end = download->n_blocks;
    if (first > download->wanted_end && first - download->wanted_end <= GAP_BLOCKS)
        first = download->wanted_end;
    download->wanted_end = end;
    for (uint64_t i = first; i < end; i++)
        if (download->blocks[i] == BLOCK_UNWANTED) {
            download->blocks[i] = BLOCK_WANTED;
            any = true;
        }
    if (!any)
        return;
    if (first < download->next)
        download->next = first;
    if (end > download->end)
        download->end = end;
    pthread_cond_broadcast(&download->moved);
}

/* What somebody is about to wait for. Who goes on where they were gets twice as much ahead each
 * time: the list of a large archive, or all of one that can only be read from front to back. */
static void mark_needed(struct archive_download *download, uint64_t first, uint64_t end)
{
    download->urgent = first;
    while (first < end && download->blocks[first] != BLOCK_UNWANTED)
        first++;
    if (first == end)
        return;
    bool goes_on = download->ahead_end && first >= download->ahead_end &&
                   first - download->ahead_end <= GAP_BLOCKS;
    download->ahead = !goes_on ? 0 : download->ahead ? download->ahead * 2 : end - first;
    if (download->ahead > AHEAD_MOST)
        download->ahead = AHEAD_MOST;
    download->ahead_end = end + download->ahead;
    mark_wanted(download, first, download->ahead_end);
}

/* The blocks around one that is wanted which can be asked for with it. */
static void take_range(struct archive_download *download, uint64_t block, uint64_t *from,
                       uint64_t *len)
{
    uint64_t part = block - block % PART_BLOCKS, first = block, end = block + 1;
    while (first > part && download->blocks[first - 1] == BLOCK_WANTED)
        first--;
    while (end < part + PART_BLOCKS && end < download->n_blocks &&
           download->blocks[end] == BLOCK_WANTED)
        end++;
    memset(download->blocks + first, BLOCK_ASKED, end - first);
    *from = first * BLOCK_BYTES;
    *len = (end < download->n_blocks ? end * BLOCK_BYTES : download->total) - *from;
}

/* -- In the thread that fetches ------------------------------------------------------- */

static int on_begun(void *context, uint64_t total)
{
    struct archive_download *download = context;
    uint64_t n = total / BLOCK_BYTES + 1;
    unsigned char *blocks = calloc(n, 1); /* pages that nothing is wanted of take no memory */
    pthread_mutex_lock(&download->mutex);
    if (blocks) {
        download->blocks = blocks;
        download->total = total;
        download->n_blocks = (total + BLOCK_BYTES - 1) / BLOCK_BYTES;
        download->next = n;
        if (download->takes_all)
            mark_wanted(download, 0, n);
        uint64_t asked = download->takes_all ? PART_BLOCKS : 1;
        memset(blocks, BLOCK_ASKED, asked < n ? asked : n);
        download->is_known = true;
    }
    pthread_cond_broadcast(&download->moved);
    pthread_mutex_unlock(&download->mutex);
    return blocks ? 0 : -1;
}

static void on_arrived(void *context, uint64_t from, uint64_t len)
{
    struct archive_download *download = context;
    pthread_mutex_lock(&download->mutex);
    for (uint64_t i = from / BLOCK_BYTES; i < download->n_blocks; i++) {
        if ((i + 1) * BLOCK_BYTES > from + len && from + len < download->total)
            break;
        download->blocks[i] = BLOCK_THERE;
    }
    download->fetched += len;
    download->ms = clock_ms() - download->begun_ms;
    pthread_cond_broadcast(&download->moved);
    pthread_mutex_unlock(&download->mutex);
}

static bool on_next(void *context, bool is_idle, uint64_t *from, uint64_t *len)
{
    struct archive_download *download = context;
    bool found = false;
    pthread_mutex_lock(&download->mutex);
    for (;;) {
        uint64_t block = download->urgent;
        if (block >= download->n_blocks || download->blocks[block] != BLOCK_WANTED) {
            while (download->next < download->end &&
                   download->blocks[download->next] != BLOCK_WANTED)
                download->next++;
            block = download->next;
        }
        found = !download->is_unwanted && block < download->end;
        if (found)
            take_range(download, block, from, len);
        if (found || !is_idle || download->is_unwanted || download->takes_all)
            break;
        pthread_cond_wait(&download->moved, &download->mutex);
    }
    pthread_mutex_unlock(&download->mutex);
    return found;
}

static bool on_stop(void *context)
{
    struct archive_download *download = context;
    pthread_mutex_lock(&download->mutex);
    bool stop = download->is_unwanted;
    pthread_mutex_unlock(&download->mutex);
    return stop;
}

static void *fetch(void *context)
{
    struct archive_download *download = context;
    const struct s3_watch watch = {.context = download,
                                   .first_bytes =
                                       download->takes_all ? S3_PART_BYTES : BLOCK_BYTES,
                                   .takes_all = download->takes_all,
                                   .begun = on_begun,
                                   .arrived = on_arrived,
                                   .next = on_next,
                                   .stop = on_stop};
    struct lambda_error error = {0};
    int rc = s3_fetch(download->s3, &download->object, download->fd, &watch, &error);
    pthread_mutex_lock(&download->mutex);
    download->rc = rc;
    download->error = error;
    download->has_ended = true;
    pthread_cond_broadcast(&download->moved);
    pthread_mutex_unlock(&download->mutex);
    return NULL;
}

/* -- In the threads that read --------------------------------------------------------- */

static uint64_t first_missing(const struct archive_download *download, uint64_t first,
                              uint64_t end)
{
    while (first < end && download->blocks[first] == BLOCK_THERE)
        first++;
    return first;
}

static bool await(void *context, uint64_t offset, uint64_t least, uint64_t *most)
{
    struct archive_download *download = context;
    pthread_mutex_lock(&download->mutex);
    if (offset >= download->total) { /* where no file has bytes */
        pthread_mutex_unlock(&download->mutex);
        return true;
    }
    uint64_t end =
        blocks_to(download, least < UINT64_MAX - offset ? offset + least : UINT64_MAX);
    uint64_t missing = offset / BLOCK_BYTES;
    while ((missing = first_missing(download, missing, end)) < end && !download->has_ended) {
        mark_needed(download, missing, end);
        pthread_cond_wait(&download->moved, &download->mutex);
    }
    bool there = missing >= end;
    uint64_t reach = *most < UINT64_MAX - offset ? offset + *most : UINT64_MAX;
    uint64_t ahead = first_missing(download, missing, blocks_to(download, reach)) * BLOCK_BYTES;
    if (ahead < reach && ahead < download->total)
        *most = ahead - offset;
    download->was_short |= !there;
    pthread_mutex_unlock(&download->mutex);
    return there;
}

static void want(void *context, uint64_t offset, uint64_t len)
{
    struct archive_download *download = context;
    pthread_mutex_lock(&download->mutex);
    if (offset < download->total && len)
        mark_wanted(download, offset / BLOCK_BYTES, blocks_to(download, offset + len));
    pthread_mutex_unlock(&download->mutex);
}

/* -- The whole ------------------------------------------------------------------------ */

int archive_download_begin(struct archive_download *download, struct s3 *s3,
                           const struct s3_object *object, int fd, bool takes_all,
                           struct lambda_error *error)
{
    *download = (struct archive_download){.s3 = s3,
                                          .object = *object,
                                          .fd = fd,
                                          .takes_all = takes_all,
                                          .arrival = {await, want, download},
                                          .urgent = UINT64_MAX,
                                          .begun_ms = clock_ms()};
    pthread_mutex_init(&download->mutex, NULL);
    pthread_cond_init(&download->moved, NULL);
    int rc = pthread_create(&download->thread, NULL, fetch, download);
    if (rc != 0) {
        archive_download_close(download);
        errno = rc;
        return lambda_error_set(error, "Thresh.Memory", true, "no thread can be started: %m");
    }
    pthread_mutex_lock(&download->mutex);
    while (!download->is_known && !download->has_ended)
        pthread_cond_wait(&download->moved, &download->mutex);
    bool has_failed = download->has_ended && download->rc < 0;
    pthread_mutex_unlock(&download->mutex);
    if (!has_failed)
        return 0;
    *error = download->error;
    archive_download_end(download, &download->error);
    archive_download_close(download);
    return -1;
}

int archive_download_end(struct archive_download *download, struct lambda_error *error)
{
    pthread_mutex_lock(&download->mutex);
    bool is_first = !download->is_unwanted;
    download->is_unwanted = true;
    pthread_cond_broadcast(&download->moved);
    pthread_mutex_unlock(&download->mutex);
    if (is_first)
        pthread_join(download->thread, NULL);
    if (!download->was_short)
        return 0;
    *error = download->error;
    return -1;
}

void archive_download_close(struct archive_download *download)
{
    pthread_mutex_destroy(&download->mutex);
    pthread_cond_destroy(&download->moved);
    free(download->blocks);
    download->blocks = NULL;
}
