/* SPDX-License-Identifier: MIT
 *
 * What calls of the Runtime API have in common. For the files of this room.
 */
#ifndef THRESH_LAMBDA_RUNTIME_RUNTIME_CALL_H
#define THRESH_LAMBDA_RUNTIME_RUNTIME_CALL_H

#include "lambda/runtime/runtime.h"
#include <curl/curl.h>

/* An answer that is under way in pieces. */
struct runtime_stream {
    CURLM *multi;
    CURL *easy;
    struct curl_slist *headers;
    struct buf waiting; /* bytes for the socket ... */
    size_t sent;        /* ... of which so many have gone */
    bool paused;        /* libcurl asked for bytes when there were none */
    bool ended;
    struct buf error_type, error_body; /* the trailers; empty: it ended well */
};

struct runtime {
    CURL *easy;     /* keeps the one connection */
    char base[600]; /* of all addresses */
    char curl_error[CURL_ERROR_SIZE];
    struct buf reply;              /* what the API says to an answer */
    struct invocation *invocation; /* whose headers are arriving; NULL: none */
    struct runtime_stream stream;
};

/* Sets `easy` up for a call to `path`, whose reply goes to `body`. */
void runtime_call_prepare(struct runtime *runtime, CURL *easy, const char *path,
                          struct buf *body);
/* `list` with one more header, or as it was without memory. `value` NULL: libcurl is not to
 * send this header. */
struct curl_slist *runtime_call_header(struct curl_slist *list, const char *name,
                                       const char *value);
/* What the end of an answer means: 0, 1 or -1 as runtime.h has it. `again`: it was sent more
 * than once. */
int runtime_call_judge(struct runtime *runtime, CURLcode code, long status, bool again,
                       struct thresh_error *error);

/* Appends {"errorMessage", "errorType", "stackTrace": []}. 0, or -1 without memory. */
int runtime_call_error(const char *type, const char *message, struct buf *out);

/* Ends the stream, if there is one, without a word to the API. */
void runtime_stream_close(struct runtime_stream *stream);

#endif
