/* SPDX-License-Identifier: MIT
 *
 * One request to S3, with its retries. Any number up to S3_ACTIVE_MAX are under way side by
 * side, all of them in the thread that calls s3_turn. For the files of this room.
 *
 * s3_request.c decides what becomes of a request: when it is tried, when it is tried again, and
 * what error it ends with. s3_authorise.c finds the keys for a try; s3_transfer.c does it.
 */
#ifndef THRESH_LAMBDA_S3_S3_REQUEST_H
#define THRESH_LAMBDA_S3_S3_REQUEST_H

#include "lambda/s3/s3.h"
#include <curl/curl.h>

enum { S3_ACTIVE_MAX = 16 };

enum s3_state {
    S3_IDLE,
    S3_WAITING, /* for its time to be tried, at due_ms */
    S3_RUNNING,
    S3_DONE,
    S3_FAILED,
};

struct s3_request {
    /* What is asked. Whoever asks keeps all this alive until the request is freed. */
    const char *method;
    const char *bucket;
    const char *key;          /* NULL: the bucket itself */
    const char *query;        /* in canonical form: sorted and encoded; NULL: none */
    const char *content_type; /* NULL: none */
    const char *if_match;     /* an entity tag; NULL: any */
    const void *body;
    size_t body_len;
    bool ranged;
    uint64_t from, to; /* the bytes asked for, both inclusive */
    int fd; /* a good answer is written there, each byte at its own offset; -1: to `text` */

    /* What was answered. */
    long status;     /* of HTTP; 0: nothing yet */
    struct buf text; /* what does not go to fd */
    char etag[160];
    bool total_known;
    uint64_t total;    /* bytes of the whole object */
    uint64_t received; /* bytes written to fd, over all tries */
    char region[48];   /* where S3 says that the bucket lies */
    char code[56];     /* of an error, as S3 names it; "": none */
    struct lambda_error error;
    struct lambda_error last; /* why the last try failed that was tried again; empty: none */

    /* How it gets on. */
    enum s3_state state;
    struct s3 *s3;
    struct s3_keys keys;  /* that this try is signed with */
    bool is_session_call; /* it asks for a session, and so is not signed with one's keys */
    CURL *easy;
    struct curl_slist *headers;
    size_t sent;          /* bytes of the body */
    uint64_t begun_at;    /* the first byte that this try asks for, ... */
    uint64_t range_begin; /* ... and that of the range which is answered */
    unsigned tries;
    unsigned redirects;
    int64_t due_ms;
    char curl_error[CURL_ERROR_SIZE];
};

enum { S3_SESSIONS = 4 };

/* With a directory bucket: keys that are good for nothing else, for five minutes. */
struct s3_session {
    char bucket[64];
    struct s3_keys keys;
};

struct s3 {
    CURLM *multi;
    struct s3_settings settings;
    const char *ca_file; /* the system's, found by s3_open; NULL: there is none */
    struct s3_keys keys; /* the container's last; zeroed: it was not asked */
    struct s3_session sessions[S3_SESSIONS];
    char region_of[64]; /* a bucket that turned out to lie in another region ... */
    char region[48];    /* ... and that region */
    struct s3_request *active[S3_ACTIVE_MAX];
    size_t n_active;
};

/* -- s3_request.c --------------------------------------------------------------------- */

/* Sets all of it; the members that are not named here may be set before it is started. Freed by
 * s3_request_free, which may be called in any state and ends what is under way. */
void s3_request_init(struct s3_request *request, const char *method, const char *bucket,
                     const char *key);
void s3_request_free(struct s3_request *request);

/* Sends nothing yet: s3_turn does. It may be S3_FAILED at once. */
void s3_request_start(struct s3 *s3, struct s3_request *request);
/* Moves all that are active, and waits up to wait_ms for something to happen. */
void s3_turn(struct s3 *s3, int wait_ms);
/* Until it is S3_DONE (0) or S3_FAILED (-1, with its error copied). */
int s3_request_wait(struct s3_request *request, struct lambda_error *error);
/* s3_request_start and s3_request_wait. */
int s3_request_do(struct s3 *s3, struct s3_request *request, struct lambda_error *error);

/* -- s3.c ----------------------------------------------------------------------------- */

/* The region to ask for this bucket. */
const char *s3_region_of(const struct s3 *s3, const char *bucket);
/* Of S3 Express One Zone, by its name: BASE--ZONE--x-s3. */
bool s3_is_directory_bucket(const char *bucket);

/* -- s3_authorise.c ------------------------------------------------------------------- */

/* Finds request->keys: the environment's, the container's, or those of a session with its
 * bucket, which are asked for now where there are none that hold. 0; -1 with the request's
 * error set; 1: who gives keys did not, so that this try has ended, as *code says and what was
 * answered, which is the request's own answer now. */
int s3_authorise(struct s3_request *request, CURLcode *code);
/* Forgets the keys that the request was signed with. False: they are the environment's, and
 * there are no others. */
bool s3_forget_keys(const struct s3_request *request);

/* -- s3_transfer.c -------------------------------------------------------------------- */

/* Makes the request S3_RUNNING: one try, that begins behind what was already received.
 * s3_turn sees it end. 0, or -1 with the request's error set and its state as it was. */
int s3_transfer_begin(struct s3_request *request);
/* One try while all others wait, for up to max_ms. As above; how it ended is *code, and the
 * request's answer. */
int s3_transfer_alone(struct s3_request *request, long max_ms, CURLcode *code);
/* Frees what tries have made and left, the answer's text among it. */
void s3_transfer_free(struct s3_request *request);

#endif
