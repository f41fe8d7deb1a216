/* SPDX-License-Identifier: MIT */
#include "lambda/s3/archive_download.h"

#include "base/clock.h"
#include "base/io.h"
#include "lambda/s3/s3_request.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The end record of a ZIP archive, and the longest comment behind it (APPNOTE 4.3.16). */
#define END_BYTES  22u
#define TAIL_BYTES (END_BYTES + 65535u)

/* -- In the thread that fetches ------------------------------------------------------- */

static void on_begun(void *context, uint64_t total)
{
    struct archive_download *download = context;
    uint64_t n = (total + S3_PART_BYTES - 1) / S3_PART_BYTES;
    pthread_mutex_lock(&download->mutex);
    download->parts = calloc(n + 1, 1);
    download->n_parts = download->parts ? n : 0;
    download->total = total;
    download->is_known = true;
    pthread_cond_broadcast(&download->moved);
    pthread_mutex_unlock(&download->mutex);
}

static void on_arrived(void *context, uint64_t from, uint64_t len)
{
    struct archive_download *download = context;
    pthread_mutex_lock(&download->mutex);
    for (uint64_t i = from / S3_PART_BYTES;
         i < download->n_parts && i * S3_PART_BYTES < from + len; i++)
        download->parts[i] = 1;
    pthread_cond_broadcast(&download->moved);
    pthread_mutex_unlock(&download->mutex);
}

static uint64_t on_wanted(void *context)
{
    struct archive_download *download = context;
    pthread_mutex_lock(&download->mutex);
    uint64_t wanted = download->wanted;
    pthread_mutex_unlock(&download->mutex);
    return wanted;
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
    const struct s3_watch watch = {download, on_begun, on_arrived, on_wanted, on_stop};
    struct lambda_error error = {0};
    uint64_t size;
    double begun_ms = clock_ms();
    int rc = s3_fetch(download->s3, &download->object, download->fd, &watch, &size, &error);
    pthread_mutex_lock(&download->mutex);
    download->ms = clock_ms() - begun_ms;
    download->rc = rc;
    download->error = error;
    download->has_ended = true;
    pthread_cond_broadcast(&download->moved);
    pthread_mutex_unlock(&download->mutex);
    return NULL;
}

/* -- In the threads that wait --------------------------------------------------------- */

static bool is_there(struct archive_download *download, uint64_t offset, uint64_t end)
{
    if (download->has_ended)
        return download->rc == 0;
    if (!download->is_known)
        return false;
    for (uint64_t i = offset / S3_PART_BYTES; i < download->n_parts && i * S3_PART_BYTES < end;
         i++)
        if (!download->parts[i]) {
            download->wanted = i;
            return false;
        }
    return download->n_parts > 0;
}

bool archive_download_await(void *context, uint64_t offset, uint64_t len)
{
    struct archive_download *download = context;
    uint64_t end = len < UINT64_MAX - offset ? offset + len : UINT64_MAX;
    pthread_mutex_lock(&download->mutex);
    bool there;
    while (!(there = is_there(download, offset, end)) && !download->has_ended)
        pthread_cond_wait(&download->moved, &download->mutex);
    pthread_mutex_unlock(&download->mutex);
    return there;
}

static uint32_t le32(const unsigned char *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

bool archive_download_directory(const unsigned char *tail, size_t len, uint64_t total,
                                uint64_t *from, uint64_t *to)
{
    for (size_t at = len >= END_BYTES ? len - END_BYTES + 1 : 0; at-- > 0;) {
        const unsigned char *end = tail + at;
        if (memcmp(end, "PK\5\6", 4) != 0 ||
            at + END_BYTES + (end[20] | (size_t)end[21] << 8) != len)
            continue;
        uint64_t size = le32(end + 12), offset = le32(end + 16);
        *to = total - len + at;
        *from = *to - size;
        /* Else the archive is ZIP64 or has bytes before it, and is read once all is there. */
        return offset != UINT32_MAX && size <= *to && *from == offset;
    }
    return false;
}

/* Waits for what a listing reads: the first bytes, the end record and the central directory.
 * Gives up, so that all is waited for, where that would save nothing. */
static void wait_for_list(struct archive_download *download)
{
    uint64_t from, to;
    if (!archive_download_await(download, 0, 1) || download->total < 3u * S3_PART_BYTES ||
        !archive_download_await(download, download->total - TAIL_BYTES, TAIL_BYTES))
        return;
    unsigned char *tail = malloc(TAIL_BYTES);
    download->is_early =
        tail &&
        io_pread_all(download->fd, tail, TAIL_BYTES, download->total - TAIL_BYTES) ==
            TAIL_BYTES &&
        archive_download_directory(tail, TAIL_BYTES, download->total, &from, &to) &&
        archive_download_await(download, from, to - from);
    free(tail);
}

int archive_download_begin(struct archive_download *download, struct s3 *s3,
                           const struct s3_object *object, int fd, struct lambda_error *error)
{
    *download =
        (struct archive_download){.s3 = s3, .object = *object, .fd = fd, .wanted = UINT64_MAX};
    pthread_mutex_init(&download->mutex, NULL);
    pthread_cond_init(&download->moved, NULL);
    int rc = pthread_create(&download->thread, NULL, fetch, download);
    if (rc != 0) {
        pthread_mutex_destroy(&download->mutex);
        pthread_cond_destroy(&download->moved);
        errno = rc;
        return lambda_error_set(error, "Thresh.Memory", true, "no thread can be started: %m");
    }
    wait_for_list(download);
    if (download->is_early || archive_download_await(download, 0, UINT64_MAX))
        return 0;
    return archive_download_end(download, error);
}

int archive_download_end(struct archive_download *download, struct lambda_error *error)
{
    pthread_mutex_lock(&download->mutex);
    download->is_unwanted = true;
    pthread_mutex_unlock(&download->mutex);
    pthread_join(download->thread, NULL);
    pthread_mutex_destroy(&download->mutex);
    pthread_cond_destroy(&download->moved);
    free(download->parts);
    download->parts = NULL;
    if (download->rc == 0 || strcmp(download->error.type, "Thresh.Stopped") == 0)
        return 0;
    *error = download->error;
    return -1;
}
