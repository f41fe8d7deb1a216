/* SPDX-License-Identifier: MIT
 *
 * An object of up to one part is written by a single PUT, a larger one by a multipart upload
 * ("Uploading and copying objects using multipart upload" in the Amazon S3 User Guide): one
 * part is sent while the next is filled, by turns that the writer gives it, so that no thread
 * is needed. Either way S3 shows nothing under the key before the last request has succeeded.
 */
#include "lambda/s3/s3_request.h"

#include "lambda/percent.h"
#include "lambda/s3/s3_xml.h"
#include <stdlib.h>
#include <string.h>

#define PART_BYTES (8u << 20) /* S3 takes parts of 5 MiB or more, and up to 10,000: 80 GiB */
#define PARTS_MAX  10000u

struct s3_upload {
    struct s3 *s3;
    char *bucket;
    char *key;
    const char *content_type;
    struct buf filling;
    struct buf sending;
    struct buf id;   /* of the multipart upload; empty: there is none yet */
    struct buf list; /* <Part> elements */
    struct s3_request part;
    unsigned part_number; /* the one that is being sent */
    char query[1400];
};

struct s3_upload *s3_create(struct s3 *s3, const char *bucket, const char *key,
                            const char *content_type, struct lambda_error *error)
{
    struct s3_upload *upload = calloc(1, sizeof *upload);
    if (upload) {
        *upload = (struct s3_upload){.s3 = s3, .content_type = content_type};
        upload->bucket = strdup(bucket);
        upload->key = strdup(key);
        s3_request_init(&upload->part, "PUT", upload->bucket, upload->key);
    }
    if (upload && upload->bucket && upload->key)
        return upload;
    s3_discard(upload);
    lambda_error_no_memory(error);
    return NULL;
}

static int begin_parts(struct s3_upload *upload, struct lambda_error *error)
{
    struct s3_request request;
    s3_request_init(&request, "POST", upload->bucket, upload->key);
    request.query = "uploads=";
    request.content_type = upload->content_type;
    int rc = s3_request_do(upload->s3, &request, error);
    const char *xml = rc == 0 ? buf_string(&request.text) : NULL;
    if (rc == 0 && (!xml || !s3_xml_text(&xml, "UploadId", &upload->id)))
        rc = lambda_error_set(error, "S3.NoUploadId", true, "s3://%s/%s: S3 gave no upload id",
                              upload->bucket, upload->key);
    s3_request_free(&request);
    return rc;
}

static int set_query(struct s3_upload *upload, bool with_part, struct lambda_error *error)
{
    struct buf query = {0};
    if (with_part)
        buf_append_format(&query, "partNumber=%u&", upload->part_number);
    buf_append_string(&query, "uploadId=");
    percent_encode(upload->id.data, upload->id.len, false, &query);
    bool fits = buf_string(&query) && query.len < sizeof upload->query;
    if (fits)
        memcpy(upload->query, query.data, query.len + 1);
    buf_free(&query);
    return fits ? 0 : lambda_error_no_memory(error);
}

/* Waits until the part under way has arrived. */
static int end_part(struct s3_upload *upload, struct lambda_error *error)
{
    if (upload->part.state == S3_IDLE)
        return 0;
    int rc = s3_request_wait(&upload->part, error);
    if (rc == 0)
        buf_append_format(&upload->list,
                          "<Part><PartNumber>%u</PartNumber><ETag>%s</ETag></Part>",
                          upload->part_number, upload->part.etag);
    s3_request_free(&upload->part);
    s3_request_init(&upload->part, "PUT", upload->bucket, upload->key);
    return rc;
}

static int begin_part(struct s3_upload *upload, struct lambda_error *error)
{
    if (upload->part_number == PARTS_MAX)
        return lambda_error_set(error, "S3.TooLarge", false,
                                "s3://%s/%s: the results are larger than %u parts of %u bytes",
                                upload->bucket, upload->key, PARTS_MAX, PART_BYTES);
    struct buf full = upload->filling;
    upload->filling = upload->sending;
    upload->sending = full;
    buf_clear(&upload->filling);
    upload->part_number++;
    if (set_query(upload, true, error) < 0)
        return -1;
    upload->part.query = upload->query;
    upload->part.body = upload->sending.data;
    upload->part.body_len = upload->sending.len;
    s3_request_start(upload->s3, &upload->part);
    return 0;
}

static int send_filled(struct s3_upload *upload, struct lambda_error *error)
{
    if (!upload->id.len && begin_parts(upload, error) < 0)
        return -1;
    return end_part(upload, error) < 0 ? -1 : begin_part(upload, error);
}

int s3_write(struct s3_upload *upload, const void *bytes, size_t len,
             struct lambda_error *error)
{
    const char *next = bytes;
    while (len) {
        size_t room = PART_BYTES - upload->filling.len;
        size_t now = len < room ? len : room;
        if (buf_append(&upload->filling, next, now) < 0)
            return lambda_error_no_memory(error);
        next += now;
        len -= now;
        if (upload->filling.len == PART_BYTES && send_filled(upload, error) < 0)
            return -1;
    }
    if (upload->part.state == S3_RUNNING || upload->part.state == S3_WAITING)
        s3_turn(upload->s3, 0);
    return 0;
}

static int put_whole(struct s3_upload *upload, struct lambda_error *error)
{
    upload->part.content_type = upload->content_type;
    upload->part.body = upload->filling.len ? upload->filling.data : "";
    upload->part.body_len = upload->filling.len;
    int rc = s3_request_do(upload->s3, &upload->part, error);
    s3_request_free(&upload->part);
    return rc;
}

/* S3 may fail to put the parts together after it has answered with 200: s3_request.c sees to
 * that. */
static int complete(struct s3_upload *upload, struct lambda_error *error)
{
    struct s3_request request;
    struct buf body = {0};
    buf_append_string(&body, "<CompleteMultipartUpload>");
    buf_append(&body, upload->list.data, upload->list.len);
    buf_append_string(&body, "</CompleteMultipartUpload>");
    if (body.failed || upload->list.failed || set_query(upload, false, error) < 0) {
        buf_free(&body);
        return lambda_error_no_memory(error);
    }
    s3_request_init(&request, "POST", upload->bucket, upload->key);
    request.query = upload->query;
    request.content_type = "application/xml";
    request.body = body.data;
    request.body_len = body.len;
    int rc = s3_request_do(upload->s3, &request, error);
    s3_request_free(&request);
    buf_free(&body);
    if (rc == 0)
        buf_clear(&upload->id);
    return rc;
}

int s3_commit(struct s3_upload *upload, struct lambda_error *error)
{
    if (!upload->id.len)
        return put_whole(upload, error);
    if (upload->filling.len && send_filled(upload, error) < 0)
        return -1;
    return end_part(upload, error) < 0 ? -1 : complete(upload, error);
}

void s3_discard(struct s3_upload *upload)
{
    struct s3_request request;
    struct lambda_error ignored = {0};
    if (!upload)
        return;
    s3_request_free(&upload->part);
    if (upload->id.len && set_query(upload, false, &ignored) == 0) {
        s3_request_init(&request, "DELETE", upload->bucket, upload->key);
        request.query = upload->query;
        s3_request_do(upload->s3, &request, &ignored);
        s3_request_free(&request);
    }
    free(upload->bucket);
    free(upload->key);
    buf_free(&upload->filling);
    buf_free(&upload->sending);
    buf_free(&upload->id);
    buf_free(&upload->list);
    free(upload);
}
