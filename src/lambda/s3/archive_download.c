/* SPDX-License-Identifier: MIT */
#include "lambda/s3/archive_download.h"

#include "base/clock.h"
#include "base/io.h"
#include "lambda/s3/s3_request.h"
#include <stdlib.h>
#include <string.h>

/* An end record, and the longest comment behind it. */
#define END_BYTES  22u
#define TAIL_BYTES (END_BYTES + 65535u)

/* -- In the thread -------------------------------------------------------------------- */

static void on_begun(void *context, uint64_t total)
{
    struct archive_download *arrival = context;
    uint64_t n = (total + S3_PART_BYTES - 1) / S3_PART_BYTES;
    pthread_mutex_lock(&arrival->mutex);
    arrival->parts = calloc(n + 1, 1);
    arrival->n_parts = arrival->parts ? n : 0;
    arrival->total = total;
    arrival->is_known = true;
    pthread_cond_broadcast(&arrival->moved);
    pthread_mutex_unlock(&arrival->mutex);
}

static void on_arrived(void *context, uint64_t from, uint64_t len)
{
    struct archive_download *arrival = context;
    pthread_mutex_lock(&arrival->mutex);
    for (uint64_t i = from / S3_PART_BYTES;
         i < arrival->n_parts && i * S3_PART_BYTES < from + len; i++)
        arrival->parts[i] = 1;
    pthread_cond_broadcast(&arrival->moved);
    pthread_mutex_unlock(&arrival->mutex);
}

static uint64_t on_wanted(void *context)
{
    struct archive_download *arrival = context;
    pthread_mutex_lock(&arrival->mutex);
    uint64_t wanted = arrival->wanted;
    pthread_mutex_unlock(&arrival->mutex);
    return wanted;
}

static bool on_stop(void *context)
{
    struct archive_download *arrival = context;
    pthread_mutex_lock(&arrival->mutex);
    bool stop = arrival->is_unwanted;
    pthread_mutex_unlock(&arrival->mutex);
    return stop;
}

static void *fetch(void *context)
{
    struct archive_download *arrival = context;
    const struct s3_watch watch = {arrival, on_begun, on_arrived, on_wanted, on_stop};
    struct lambda_error failure = {0};
    uint64_t size;
    int64_t begun_ms = clock_unix_ms();
    int rc = s3_fetch(arrival->s3, &arrival->object, arrival->fd, &watch, &size, &failure);
    pthread_mutex_lock(&arrival->mutex);
    arrival->ms = (double)(clock_unix_ms() - begun_ms);
    arrival->rc = rc;
    arrival->failure = failure;
    arrival->has_ended = true;
    pthread_cond_broadcast(&arrival->moved);
    pthread_mutex_unlock(&arrival->mutex);
    return NULL;
}

/* -- For those who wait --------------------------------------------------------------- */

static bool is_there(struct archive_download *arrival, uint64_t offset, uint64_t end)
{
    if (arrival->has_ended)
        return arrival->rc == 0;
    if (!arrival->is_known)
        return false;
    for (uint64_t i = offset / S3_PART_BYTES; i < arrival->n_parts && i * S3_PART_BYTES < end;
         i++)
        if (!arrival->parts[i]) {
            arrival->wanted = i;
            return false;
        }
    return arrival->n_parts > 0;
}

bool archive_download_await(void *context, uint64_t offset, uint64_t len)
{
    struct archive_download *arrival = context;
    uint64_t end = len < UINT64_MAX - offset ? offset + len : UINT64_MAX;
    pthread_mutex_lock(&arrival->mutex);
    bool there;
    while (!(there = is_there(arrival, offset, end)) && !arrival->has_ended)
        pthread_cond_wait(&arrival->moved, &arrival->mutex);
    pthread_mutex_unlock(&arrival->mutex);
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
        /* ZIP64, or bytes before the archive: the reader knows better, once all is there. */
        return offset != UINT32_MAX && size <= *to && *from == offset;
    }
    return false;
}

/* Waits for what a listing reads, or for everything. */
static void wait_for_list(struct archive_download *arrival)
{
    uint64_t from, to;
    if (!archive_download_await(arrival, 0, 1) || arrival->total < 3u * S3_PART_BYTES ||
        !archive_download_await(arrival, arrival->total - TAIL_BYTES, TAIL_BYTES))
        return;
    unsigned char *tail = malloc(TAIL_BYTES);
    arrival->is_early =
        tail &&
        io_pread_all(arrival->fd, tail, TAIL_BYTES, arrival->total - TAIL_BYTES) ==
            TAIL_BYTES &&
        archive_download_directory(tail, TAIL_BYTES, arrival->total, &from, &to) &&
        archive_download_await(arrival, from, to - from);
    free(tail);
}

int archive_download_begin(struct archive_download *arrival, struct s3 *s3,
                           const struct s3_object *object, int fd, struct lambda_error *failure)
{
    *arrival =
        (struct archive_download){.s3 = s3, .object = *object, .fd = fd, .wanted = UINT64_MAX};
    pthread_mutex_init(&arrival->mutex, NULL);
    pthread_cond_init(&arrival->moved, NULL);
    if (pthread_create(&arrival->thread, NULL, fetch, arrival) != 0) {
        pthread_mutex_destroy(&arrival->mutex);
        pthread_cond_destroy(&arrival->moved);
        return lambda_error_set(failure, "Thresh.Memory", true, "no thread can be started: %m");
    }
    wait_for_list(arrival);
    if (arrival->is_early || archive_download_await(arrival, 0, UINT64_MAX))
        return 0;
    return archive_download_end(arrival, failure);
}

int archive_download_end(struct archive_download *arrival, struct lambda_error *failure)
{
    pthread_mutex_lock(&arrival->mutex);
    arrival->is_unwanted = true;
    pthread_mutex_unlock(&arrival->mutex);
    pthread_join(arrival->thread, NULL);
    pthread_mutex_destroy(&arrival->mutex);
    pthread_cond_destroy(&arrival->moved);
    free(arrival->parts);
    arrival->parts = NULL;
    if (arrival->rc == 0 || strcmp(arrival->failure.type, "Thresh.Stopped") == 0)
        return 0;
    *failure = arrival->failure;
    return -1;
}
