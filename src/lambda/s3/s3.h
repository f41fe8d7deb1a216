/* SPDX-License-Identifier: MIT
 *
 * Objects in S3, or in whatever speaks its protocol: fetched by parallel ranges, written whole
 * or in parts, copied by prefix. libcurl signs; it is only given what every version of it signs
 * right: paths and queries already in canonical form, a payload hash, and no empty header. One
 * thread uses a struct s3 at a time; nothing here leaves a thread behind.
 */
#ifndef THRESH_LAMBDA_S3_S3_H
#define THRESH_LAMBDA_S3_S3_H

#include "base/buf.h"
#include "lambda/lambda_error.h"

/* What the environment says; strings live until the next s3_settle. */
struct s3_settings {
    const char *region;
    const char *endpoint; /* NULL: Amazon's */
    const char *key_id;
    const char *secret;
    const char *token;   /* NULL: none */
    const char *ca_file; /* NULL: where AL2023, Debian and Alpine keep theirs */
    int64_t deadline_ms; /* unix time by which everything must have ended; 0: none */
};

struct s3;

/* NULL with the error filled in. s3_close takes NULL. */
struct s3 *s3_open(struct thresh_error *error);
void s3_close(struct s3 *s3);
/* From here on; before the first, everything is refused for want of credentials. */
void s3_settle(struct s3 *s3, const struct s3_settings *settings);

struct s3_object {
    const char *bucket;
    const char *key;
    const char *version; /* NULL: the current one */
};

#define S3_PART_BYTES (4u << 20) /* what is fetched at a time */

/* Told how a fetch gets on, from within it. */
struct s3_watch {
    void *context;
    void (*begun)(void *context, uint64_t total);                /* the file has its size */
    void (*arrived)(void *context, uint64_t from, uint64_t len); /* whole parts, or the last */
    /* The part to be asked for before others, UINT64_MAX for none. The rest comes in order, but
     * for the last part, which is asked for second. */
    uint64_t (*wanted)(void *context);
    bool (*stop)(void *context); /* true: enough */
};

/* The object into a file, checked against the room there is. An object that changes meanwhile
 * is fetched again from its start, or is a error (S3.ObjectChanges) where someone watches. */
int s3_fetch(struct s3 *s3, const struct s3_object *object, int fd,
             const struct s3_watch *watch, uint64_t *size_bytes, struct lambda_error *error);
/* The same, unwatched. */
int s3_get(struct s3 *s3, const struct s3_object *object, int fd, uint64_t *size_bytes,
           struct lambda_error *error);

/* Every object below the prefix, by key. -1 returned by `each` ends it. */
int s3_list(struct s3 *s3, const char *bucket, const char *prefix,
            int (*each)(void *context, const char *key, struct lambda_error *error),
            void *context, struct lambda_error *error);

/* An object being written. Nothing is to be seen under its key before s3_commit was 0. */
struct s3_upload;
/* Asks nothing of S3 yet. `content_type` must outlive it. NULL without memory. */
struct s3_upload *s3_create(struct s3 *s3, const char *bucket, const char *key,
                            const char *content_type, struct lambda_error *error);
/* 0 or -1; without bytes, what is on its way moves on. */
int s3_write(struct s3_upload *upload, const void *bytes, size_t len,
             struct lambda_error *error);
int s3_commit(struct s3_upload *upload, struct lambda_error *error);
/* Frees, NULL too; what was not committed is taken back. */
void s3_discard(struct s3_upload *upload);

#endif
