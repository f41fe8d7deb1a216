/* SPDX-License-Identifier: MIT
 *
 * An object is fetched in ranges of S3_PART_BYTES, several at a time ("Performance guidelines
 * for Amazon S3" in its User Guide). The first range is asked for without knowing the size:
 * its headers tell that, and the entity tag that all others must match. So a small object
 * costs one request.
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
    uint64_t n_parts;
    uint64_t n_asked;         /* parts that have been asked for */
    unsigned char *was_asked; /* 1: that part has been asked for */
    uint64_t next;            /* all parts before it have been asked for */
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

static void ask_for(struct download *download, struct s3_request *part, uint64_t from)
{
    s3_request_free(part);
    s3_request_init(part, "GET", download->object->bucket, download->object->key);
    part->query = *download->query ? download->query : NULL;
    part->if_match = *download->etag ? download->etag : NULL;
    part->fd = download->fd;
    part->ranged = true;
    part->from = from;
    part->to = from + S3_PART_BYTES - 1;
    if (*download->etag && part->to >= download->total)
        part->to = download->total - 1;
    s3_request_start(download->s3, part);
}

static int check_room(const struct download *download, struct lambda_error *error)
{
    struct statvfs room;
    if (fstatvfs(download->fd, &room) < 0)
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

/* Asks for the first part and waits for its headers. 1: the object is empty, so all is done. */
static int begin(struct download *download, struct lambda_error *error)
{
    struct s3_request *first = &download->parts[0];
    ask_for(download, first, 0);
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
    download->n_parts = (first->total + S3_PART_BYTES - 1) / S3_PART_BYTES;
    if (first->status == 200) /* the server sends all of it */
        download->n_parts = 1;
    if (check_room(download, error) < 0)
        return -1;
    if (!(download->was_asked = calloc(download->n_parts + 1, 1)))
        return lambda_error_no_memory(error);
    download->was_asked[0] = 1;
    download->n_asked = 1;
    if (ftruncate(download->fd, (off_t)download->total) < 0)
        return lambda_error_set(error, "Thresh.Storage", false, "temporary file: %m");
    if (download->watch)
        download->watch->begun(download->watch->context, download->total);
    return 0;
}

/* The last part is asked for second, for the list of what is in an archive lies at its end. */
static void ask_for_next(struct download *download, struct s3_request *part)
{
    const struct s3_watch *watch = download->watch;
    uint64_t index = UINT64_MAX;
    if (watch)
        index = download->n_asked == 1 ? download->n_parts - 1 : watch->wanted(watch->context);
    while (download->was_asked[download->next])
        download->next++;
    if (index >= download->n_parts || download->was_asked[index])
        index = download->next;
    download->was_asked[index] = 1;
    download->n_asked++;
    ask_for(download, part, index * S3_PART_BYTES);
}

static void hand_on(const struct download *download, struct s3_request *part)
{
    const struct s3_watch *watch = download->watch;
    if (part->state != S3_DONE)
        return;
    if (watch)
        watch->arrived(watch->context, part->from, part->received);
    part->state = S3_IDLE;
}

static bool is_stopped(const struct download *download)
{
    const struct s3_watch *watch = download->watch;
    return watch && watch->stop(watch->context);
}

/* 0: all of it is there. 1: the object was replaced. -1: it has failed. */
static int fetch(struct download *download, struct lambda_error *error)
{
    int rc = begin(download, error);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    for (bool busy = true; busy;) {
        busy = false;
        for (size_t i = 0; i < S3_CONNECTIONS; i++) {
            struct s3_request *part = &download->parts[i];
            if (part->state == S3_FAILED) {
                *error = part->error;
                return part->status == 412 ? 1 : -1;
            }
            hand_on(download, part);
            bool idle = part->state == S3_IDLE;
            if (idle && download->n_asked < download->n_parts) {
                ask_for_next(download, part);
                idle = false;
            }
            busy |= !idle;
        }
        if (is_stopped(download))
            return lambda_error_set(error, "Thresh.Stopped", true, "no more was wanted");
        if (busy)
            s3_turn(download->s3, 200);
    }
    return 0;
}

static void close_parts(struct download *download)
{
    for (size_t i = 0; i < S3_CONNECTIONS; i++)
        s3_request_free(&download->parts[i]);
    free(download->was_asked);
    download->was_asked = NULL;
}

int s3_fetch(struct s3 *s3, const struct s3_object *object, int fd,
             const struct s3_watch *watch, uint64_t *size_bytes, struct lambda_error *error)
{
    int rc = 1;
    int changes_max = watch ? 1 : CHANGES_MAX;
    struct download *download = calloc(1, sizeof *download);
    if (!download)
        return lambda_error_no_memory(error);
    for (int changes = 0; rc == 1 && changes < changes_max; changes++) {
        *download = (struct download){.s3 = s3, .object = object, .fd = fd, .watch = watch};
        rc = ftruncate(fd, 0) < 0
                 ? lambda_error_set(error, "Thresh.Storage", false, "temporary file: %m")
                 : set_version(download, error);
        if (rc == 0)
            rc = fetch(download, error);
        close_parts(download);
    }
    if (rc == 1)
        lambda_error_set(error, "S3.ObjectChanges", true,
                         "s3://%s/%s: the object was replaced while it was read, %d times",
                         object->bucket, object->key, changes_max);
    *size_bytes = download->total;
    free(download);
    return rc == 0 ? 0 : -1;
}

int s3_get(struct s3 *s3, const struct s3_object *object, int fd, uint64_t *size_bytes,
           struct lambda_error *error)
{
    return s3_fetch(s3, object, fd, NULL, size_bytes, error);
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
