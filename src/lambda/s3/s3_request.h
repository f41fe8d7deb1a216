/* SPDX-License-Identifier: MIT
 *
 * One request to S3 with its retries, any number of which run side by side.
 */
#ifndef THRESH_LAMBDA_S3_S3_REQUEST_H
#define THRESH_LAMBDA_S3_S3_REQUEST_H

#include "lambda/s3/s3.h"
#include <curl/curl.h>

enum { S3_ACTIVE_MAX = 16 };

enum s3_state { S3_IDLE, S3_WAITING, S3_RUNNING, S3_DONE, S3_FAILED };

struct s3_request {
    /* What is asked. */
    const char *method;
    const char *bucket;
    const char *key;   /* NULL: the bucket itself */
    const char *query; /* sorted and encoded, NULL: none */
    const char *content_type;
    const char *if_match;
    const void *body;
    size_t body_len;
    bool ranged;
    uint64_t from, to; /* of the range, both inclusive */
    int fd; /* where the bytes of a good answer go, each at its own offset; -1: to text */

    /* What was answered. */
    long status;
    struct buf text; /* the answer, where it does not go to fd */
    char etag[160];
    bool total_known;
    uint64_t total; /* bytes of the whole object */
    uint64_t received;
    char region[48];
    char code[56]; /* S3's, of an error */
    struct lambda_error error;

    /* The engine's. */
    enum s3_state state;
    struct s3 *s3;
    CURL *easy;
    struct curl_slist *headers;
    size_t sent;
    uint64_t begun_at; /* the offset that this try asks from */
    unsigned tries;
    unsigned redirects;
    int64_t due_ms;
    char curl_error[CURL_ERROR_SIZE];
};

struct s3 {
    CURLM *multi;
    struct s3_settings settings;
    const char *ca_file; /* found at run time */
    char region_of[64];  /* a bucket that lies in another region ... */
    char region[48];     /* ... and that region */
    struct s3_request *active[S3_ACTIVE_MAX];
    size_t n_active;
};

/* Ready to be asked: method, bucket, key. Released by s3_request_free in any state. */
void s3_request_init(struct s3_request *request, const char *method, const char *bucket,
                     const char *key);
void s3_request_free(struct s3_request *request);

void s3_request_start(struct s3 *s3, struct s3_request *request);
/* Moves all that is active; waits up to wait_ms for something to happen. */
void s3_turn(struct s3 *s3, int wait_ms);
/* Until this one is S3_DONE (0) or S3_FAILED (-1, the error copied). */
int s3_request_wait(struct s3_request *request, struct lambda_error *error);
/* start and wait */
int s3_request_do(struct s3 *s3, struct s3_request *request, struct lambda_error *error);

/* The text of the first <tag> at or after *at, which moves past it; false: there is none. */
bool s3_xml_text(const char **at, const char *tag, struct buf *out);

#endif
