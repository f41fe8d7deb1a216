/* SPDX-License-Identifier: MIT
 *
 * Objects in S3 (Amazon S3 API Reference), or in what speaks its protocol: fetched by ranges
 * side by side, written in parts, listed by prefix. Errors that may be transient are retried,
 * up to 8 times.
 *
 * One thread at a time uses a struct s3; calls leave no thread behind. Functions that give an
 * int give 0, or -1 with the error filled in.
 */
#ifndef THRESH_LAMBDA_S3_S3_H
#define THRESH_LAMBDA_S3_S3_H

#include "base/buf.h"
#include "lambda/lambda_error.h"
#include "lambda/s3/container_keys.h"

/* What the environment says. The strings are borrowed until the next s3_settle. */
struct s3_settings {
    const char *region;
    const char *endpoint; /* scheme://host[:port][/path]; NULL: Amazon's */
    const char *key_id;
    const char *secret;
    const char *token;                   /* NULL: none */
    struct container_endpoint container; /* who gives keys where `key_id` is NULL */
    bool requester_pays;                 /* for buckets whose owners do not */
    const char *ca_file;                 /* of authorities to trust; NULL: the system's */
    int64_t deadline_ms; /* unix time by which everything must have ended; 0: none */
};

struct s3;

/* NULL with the error filled in. s3_close takes NULL; uploads have to be discarded before. */
struct s3 *s3_open(struct thresh_error *error);
void s3_close(struct s3 *s3);
/* Holds from now on. Before the first, every request is refused for want of credentials. */
void s3_settle(struct s3 *s3, const struct s3_settings *settings);

struct s3_object {
    const char *bucket;
    const char *key;
    const char *version; /* NULL: the current one */
};

#define S3_PART_BYTES (4u << 20) /* what is fetched at a time */

/* What s3_fetch calls, in its thread: what to fetch, and how it gets on. */
struct s3_watch {
    void *context;
    uint64_t first_bytes; /* asked for while the size of the object is not known yet */
    bool takes_all;       /* sooner or later: the file system has to have room for all of it */
    /* The file has its size. 0, or -1 without memory. */
    int (*begun)(void *context, uint64_t total);
    void (*arrived)(void *context, uint64_t from, uint64_t len);
    /* Sets what to fetch next, up to S3_PART_BYTES. False: there is nothing; where nothing is
     * under way (`is_idle`) there will not be, so it waits if need be. */
    bool (*next)(void *context, bool is_idle, uint64_t *from, uint64_t *len);
    bool (*stop)(void *context); /* true: enough */
};

/* Fetches of the object what the watch asks for into the file, which is emptied first, each
 * byte at its own offset. Every range has to be of the same entity tag: where the object is
 * replaced meanwhile, it fails (S3.ObjectChanges). */
int s3_fetch(struct s3 *s3, const struct s3_object *object, int fd,
             const struct s3_watch *watch, struct lambda_error *error);
/* Fetches all of it, from its start again where it is replaced meanwhile. It fails before it
 * has begun where the file system has too little room. */
int s3_get(struct s3 *s3, const struct s3_object *object, int fd, uint64_t *size_bytes,
           struct lambda_error *error);

/* Calls `each` for every object whose key begins with the prefix, in order of keys; -1 ends
 * it. */
int s3_list(struct s3 *s3, const char *bucket, const char *prefix,
            int (*each)(void *context, const char *key, struct lambda_error *error),
            void *context, struct lambda_error *error);

/* An object being written. Nothing is seen under its key before s3_commit has given 0. */
struct s3_upload;
/* Sends nothing yet. `content_type` is borrowed to the end. NULL with the error filled in. */
struct s3_upload *s3_create(struct s3 *s3, const char *bucket, const char *key,
                            const char *content_type, struct lambda_error *error);
/* Without bytes (len 0), what is under way gets the chance to be sent. */
int s3_write(struct s3_upload *upload, const void *bytes, size_t len,
             struct lambda_error *error);
/* Sends the rest and makes the object visible. To be discarded afterwards, too. */
int s3_commit(struct s3_upload *upload, struct lambda_error *error);
/* Frees it; takes NULL. Of what was not committed nothing stays in S3. */
void s3_discard(struct s3_upload *upload);

#endif
