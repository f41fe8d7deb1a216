/* SPDX-License-Identifier: MIT
 *
 * An object is fetched in ranges of up to S3_PART_BYTES, several at a time ("Performance
 * guidelines for Amazon S3" in its User Guide). The first range is asked for without knowing
 * the size: its headers tell that, and the entity tag that all others must match. So a small
 * object costs one request.
 */
#include "lambda/s3/s3_request.h"

#include "lambda/percent.h"
#include "lambda/s3/s3_xml.h"
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* One connection to S3 has a fraction of the bandwidth that a function has. */
#define S3_CONNECTIONS 6
#define CHANGES_MAX    3

struct download {
    struct s3 *s3;
    const struct s3_object *object;
    int fd;
    char query[1200];
    char etag[160];
    const struct s3_watch *watch;
    uint64_t total;
    bool is_sent_whole; /* the server knows no ranges: the first request gets all of it */
    struct s3_request parts[S3_CONNECTIONS];
};

static int set_version(struct download *download, struct lambda_error *error)
{
    const char *version = download->object->version;
    struct buf query = {0};
    int rc = 0;
    if (!version || strcmp(version, "null") == 0)
        return 0;
    buf_append_string(&query, "versionId=");
    percent_encode(version, strlen(version), false, &query);
    if (!buf_string(&query) || query.len >= sizeof download->query)
        rc = lambda_error_set(error, "S3.Version", false,
                              "s3://%s/%s: the version id is too long",
                              download->object->bucket, download->object->key);
    else
        memcpy(download->query, query.data, query.len + 1);
    buf_free(&query);
    return rc;
}

static void ask_for(struct download *download, struct s3_request *part, uint64_t from,
                    uint64_t len)
{
    s3_request_free(part);
    s3_request_init(part, "GET", download->object->bucket, download->object->key);
    part->query = *download->query ? download->query : NULL;
    part->if_match = *download->etag ? download->etag : NULL;
    part->fd = download->fd;
    part->ranged = true;
    part->from = from;
    part->to = from + len - 1;
    s3_request_start(download->s3, part);
}

static int check_room(const struct download *download, struct lambda_error *error)
{
    struct statvfs room;
    if (!download->watch->takes_all || fstatvfs(download->fd, &room) < 0)
        return 0;
    uint64_t free_bytes = (uint64_t)room.f_bavail * room.f_frsize + S3_PART_BYTES;
    if (download->total <= free_bytes)
        return 0;
    return lambda_error_set(
        error, "Thresh.Storage", false,
        "s3://%s/%s: is %llu bytes, and the temporary directory has room for "
        "%llu; raise the function's EphemeralStorage",
        download->object->bucket, download->object->key, (unsigned long long)download->total,
        (unsigned long long)free_bytes);
}

/* Asks for the first bytes and waits for their headers. 1: the object is empty, so all is
 * done. */
static int begin(struct download *download, struct lambda_error *error)
{
    const struct s3_watch *watch = download->watch;
    struct s3_request *first = &download->parts[0];
    ask_for(download, first, 0, watch->first_bytes);
    while ((first->state == S3_WAITING || first->state == S3_RUNNING) &&
           !(first->total_known && *first->etag && first->status / 100 == 2))
        s3_turn(download->s3, 200);
    if (first->state == S3_FAILED) {
        *error = first->error;
        return first->status == 416 ? 1 : -1;
    }
    memcpy(download->etag, first->etag, sizeof first->etag);
    first->if_match = *download->etag ? download->etag : NULL;
    download->total = first->total;
    download->is_sent_whole = first->status == 200;
    if (check_room(download, error) < 0)
        return -1;
    if (ftruncate(download->fd, (off_t)download->total) < 0)
        return lambda_error_set(error, "Thresh.Storage", false, "temporary file: %m");
    return watch->begun(watch->context, download->total) < 0 ? lambda_error_no_memory(error)
                                                             : 0;
}

/* What has come is told, and what has ended asks for more. Whether anything is under way; -1:
 * it has failed, or with a status of 412 the object was replaced. */
static int move_parts(struct download *download, long *status, struct lambda_error *error)
{
    const struct s3_watch *watch = download->watch;
    int busy = 0;
    uint64_t from, len;
    for (size_t i = 0; i < S3_CONNECTIONS; i++) {
        struct s3_request *part = &download->parts[i];
        if (part->state == S3_FAILED) {
            *error = part->error;
            *status = part->status;
            return -1;
        }
        if (part->state == S3_DONE) {
            watch->arrived(watch->context, part->from, part->received);
            part->state = S3_IDLE;
        }
        if (part->state == S3_IDLE && !download->is_sent_whole &&
            watch->next(watch->context, false, &from, &len))
            ask_for(download, part, from, len);
        busy |= part->state != S3_IDLE;
    }
    return busy;
}

/* 0: all that was wanted is there. 1: the object was replaced. -1: it has failed. */
static int fetch(struct download *download, struct lambda_error *error)
{
    const struct s3_watch *watch = download->watch;
    uint64_t from, len;
    long status = 0;
    int rc = begin(download, error);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    for (;;) {
        int busy = move_parts(download, &status, error);
        if (busy < 0)
            return status == 412 ? 1 : -1;
        if (watch->stop(watch->context))
            return lambda_error_set(error, "Thresh.Stopped", true, "no more was wanted");
        if (busy)
            s3_turn(download->s3, 200);
        else if (!download->is_sent_whole && watch->next(watch->context, true, &from, &len))
            ask_for(download, &download->parts[0], from, len);
        else if (!watch->stop(watch->context))
            return 0;
    }
}

/* As fetch. */
static int try_to_fetch(struct s3 *s3, const struct s3_object *object, int fd,
                        const struct s3_watch *watch, struct lambda_error *error)
{
    struct download *download = calloc(1, sizeof *download);
    if (!download)
        return lambda_error_no_memory(error);
    *download = (struct download){.s3 = s3, .object = object, .fd = fd, .watch = watch};
    int rc = ftruncate(fd, 0) < 0
                 ? lambda_error_set(error, "Thresh.Storage", false, "temporary file: %m")
                 : set_version(download, error);
    if (rc == 0)
        rc = fetch(download, error);
    for (size_t i = 0; i < S3_CONNECTIONS; i++)
        s3_request_free(&download->parts[i]);
    free(download);
    return rc;
}

static int was_replaced(const struct s3_object *object, int times, struct lambda_error *error)
{
    return lambda_error_set(error, "S3.ObjectChanges", true,
                            "s3://%s/%s: the object was replaced while it was read, %d times",
                            object->bucket, object->key, times);
}

int s3_fetch(struct s3 *s3, const struct s3_object *object, int fd,
             const struct s3_watch *watch, struct lambda_error *error)
{
    int rc = try_to_fetch(s3, object, fd, watch, error);
    return rc == 1 ? was_replaced(object, 1, error) : rc;
}

/* -- All of it ------------------------------------------------------------------------ */

/* One part after the other. */
struct sequence {
    uint64_t next, total;
};

static int sequence_begun(void *context, uint64_t total)
{
    *(struct sequence *)context = (struct sequence){S3_PART_BYTES, total};
    return 0;
}

static bool sequence_next(void *context, bool is_idle, uint64_t *from, uint64_t *len)
{
    struct sequence *sequence = context;
    (void)is_idle;
    if (sequence->next >= sequence->total)
        return false;
    *from = sequence->next;
    *len = sequence->total - *from < S3_PART_BYTES ? sequence->total - *from : S3_PART_BYTES;
    sequence->next += *len;
    return true;
}

static void sequence_arrived(void *context, uint64_t from, uint64_t len)
{
    (void)context, (void)from, (void)len;
}

static bool sequence_stop(void *context)
{
    (void)context;
    return false;
}

int s3_get(struct s3 *s3, const struct s3_object *object, int fd, uint64_t *size_bytes,
           struct lambda_error *error)
{
    struct sequence sequence = {0};
    const struct s3_watch watch = {&sequence,      S3_PART_BYTES,    true,
                                   sequence_begun, sequence_arrived, sequence_next,
                                   sequence_stop};
    int rc = 1;
    for (int changes = 0; rc == 1 && changes < CHANGES_MAX; changes++)
        rc = try_to_fetch(s3, object, fd, &watch, error);
    *size_bytes = sequence.total;
    return rc == 1 ? was_replaced(object, CHANGES_MAX, error) : rc;
}

/* -- Listing -------------------------------------------------------------------------- */

static int take_keys(const char *xml, int (*each)(void *, const char *, struct lambda_error *),
                     void *context, struct lambda_error *error)
{
    struct buf coded = {0}, key = {0};
    int rc = 0;
    while (rc == 0 && s3_xml_text(&xml, "Key", &coded)) {
        buf_clear(&key);
        if (percent_decode_form(coded.data, coded.len, &key) == 0 && buf_string(&key))
            rc = each(context, key.data, error);
        buf_clear(&coded);
    }
    buf_free(&coded);
    buf_free(&key);
    return rc;
}

static int list_page(struct s3 *s3, const char *bucket, const char *prefix, struct buf *token,
                     int (*each)(void *, const char *, struct lambda_error *), void *context,
                     struct lambda_error *error)
{
    struct s3_request request;
    struct buf query = {0};
    if (token->len) {
        buf_append_string(&query, "continuation-token=");
        percent_encode(token->data, token->len, false, &query);
        buf_append_char(&query, '&');
    }
    buf_append_string(&query, "encoding-type=url&list-type=2&prefix=");
    percent_encode(prefix, strlen(prefix), false, &query);
    s3_request_init(&request, "GET", bucket, NULL);
    request.query = buf_string(&query);
    int rc = request.query ? s3_request_do(s3, &request, error) : lambda_error_no_memory(error);
    if (rc == 0) {
        const char *xml = buf_string(&request.text) ? request.text.data : "";
        rc = take_keys(xml, each, context, error);
        buf_clear(token);
        s3_xml_text(&xml, "NextContinuationToken", token);
    }
    s3_request_free(&request);
    buf_free(&query);
    return rc;
}

int s3_list(struct s3 *s3, const char *bucket, const char *prefix,
            int (*each)(void *context, const char *key, struct lambda_error *error),
            void *context, struct lambda_error *error)
{
    struct buf token = {0};
    int rc;
    do
        rc = list_page(s3, bucket, prefix, &token, each, context, error);
    while (rc == 0 && token.len);
    buf_free(&token);
    return rc;
}
