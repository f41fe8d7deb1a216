/* SPDX-License-Identifier: MIT
 *
 * An answer sent while it is made ("Configuring Lambda response streaming" in the AWS Lambda
 * Developer Guide): a chunked POST, moved on at each write. An error behind the first byte is
 * told in trailers.
 */
#include "lambda/runtime/runtime_call.h"

#include "lambda/base64.h"
#include <string.h>

#define WAITING_MAX (256u << 10) /* bytes that may wait for the socket when a write returns */

void runtime_stream_close(struct runtime_stream *stream)
{
    if (stream->multi && stream->easy)
        curl_multi_remove_handle(stream->multi, stream->easy);
    curl_easy_cleanup(stream->easy);
    curl_multi_cleanup(stream->multi);
    curl_slist_free_all(stream->headers);
    buf_free(&stream->waiting);
    buf_free(&stream->error_type);
    buf_free(&stream->error_body);
    *stream = (struct runtime_stream){0};
}

/* libcurl calls these two; the first says by a pause that there is nothing to send yet. */
static size_t give_bytes(char *into, size_t one, size_t room, void *context)
{
    struct runtime_stream *stream = context;
    size_t len = stream->waiting.len - stream->sent;
    (void)one;
    if (!len && !stream->ended) {
        stream->paused = true;
        return CURL_READFUNC_PAUSE;
    }
    if (len > room)
        len = room;
    if (len)
        memcpy(into, stream->waiting.data + stream->sent, len);
    stream->sent += len;
    return len;
}

static int give_trailers(struct curl_slist **trailers, void *context)
{
    struct runtime_stream *stream = context;
    struct buf line = {0};
    if (!stream->error_type.len)
        return CURL_TRAILERFUNC_OK;
    buf_append_format(&line, "Lambda-Runtime-Function-Error-Type: %s", stream->error_type.data);
    *trailers = buf_string(&line) ? curl_slist_append(*trailers, line.data) : NULL;
    buf_clear(&line);
    buf_append_format(&line, "Lambda-Runtime-Function-Error-Body: %s", stream->error_body.data);
    if (*trailers && buf_string(&line))
        curl_slist_append(*trailers, line.data);
    buf_free(&line);
    return *trailers ? CURL_TRAILERFUNC_OK : CURL_TRAILERFUNC_ABORT;
}

int runtime_stream_begin(struct runtime *runtime, const char *id, const char *content_type,
                         struct thresh_error *error)
{
    char path[200];
    struct runtime_stream *stream = &runtime->stream;
    runtime_stream_close(stream);
    stream->multi = curl_multi_init();
    stream->easy = curl_easy_init();
    if (!stream->multi || !stream->easy) {
        runtime_stream_close(stream);
        return error_no_memory(error);
    }
    snprintf(path, sizeof path, "/invocation/%s/response", id);
    buf_clear(&runtime->reply);
    runtime_call_prepare(runtime, stream->easy, path, &runtime->reply);
    struct curl_slist *headers = runtime_call_header(NULL, "Content-Type", content_type);
    headers =
        runtime_call_header(headers, "Lambda-Runtime-Function-Response-Mode", "streaming");
    headers = runtime_call_header(headers, "Transfer-Encoding", "chunked");
    headers = runtime_call_header(headers, "Trailer",
                                  "Lambda-Runtime-Function-Error-Type, "
                                  "Lambda-Runtime-Function-Error-Body");
    stream->headers = runtime_call_header(headers, "Expect", NULL);
    curl_easy_setopt(stream->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(stream->easy, CURLOPT_HTTPHEADER, stream->headers);
    curl_easy_setopt(stream->easy, CURLOPT_READFUNCTION, give_bytes);
    curl_easy_setopt(stream->easy, CURLOPT_READDATA, stream);
    curl_easy_setopt(stream->easy, CURLOPT_TRAILERFUNCTION, give_trailers);
    curl_easy_setopt(stream->easy, CURLOPT_TRAILERDATA, stream);
    curl_multi_add_handle(stream->multi, stream->easy);
    return 0;
}

/* Sends until WAITING_MAX bytes wait or fewer; to `finish`, until the API has replied. */
static int move_on(struct runtime *runtime, bool finish, struct thresh_error *error)
{
    struct runtime_stream *stream = &runtime->stream;
    int running = 1;
    if (stream->paused) {
        stream->paused = false;
        curl_easy_pause(stream->easy, CURLPAUSE_CONT);
    }
    for (;;) {
        CURLMcode code = curl_multi_perform(stream->multi, &running);
        if (code != CURLM_OK)
            return error_set(error, "streaming: %s", curl_multi_strerror(code));
        if (!running || (!finish && stream->waiting.len - stream->sent <= WAITING_MAX))
            break;
        curl_multi_poll(stream->multi, NULL, 0, 1000, NULL);
    }
    if (stream->sent * 2 >= stream->waiting.len) {
        stream->waiting.len -= stream->sent;
        memmove(stream->waiting.data, stream->waiting.data + stream->sent, stream->waiting.len);
        stream->sent = 0;
    }
    if (!running && !finish)
        return error_set(error, "the caller of the streamed answer has gone");
    return 0;
}

int runtime_stream_write(struct runtime *runtime, const void *bytes, size_t len,
                         struct thresh_error *error)
{
    struct runtime_stream *stream = &runtime->stream;
    if (buf_append(&stream->waiting, bytes, len) < 0)
        return error_no_memory(error);
    return move_on(runtime, false, error);
}

int runtime_stream_end(struct runtime *runtime, const char *type, const char *message,
                       struct thresh_error *error)
{
    struct runtime_stream *stream = &runtime->stream;
    struct buf body = {0};
    CURLcode code = CURLE_OK;
    long status = 0;
    int left;
    if (type) {
        buf_append_string(&stream->error_type, type);
        if (runtime_call_error(type, message, &body) == 0)
            base64_encode(body.data, body.len, &stream->error_body);
        buf_free(&body);
        if (!buf_string(&stream->error_type) || !buf_string(&stream->error_body))
            stream->error_type.len = 0;
    }
    stream->ended = true;
    int rc = move_on(runtime, true, error);
    const CURLMsg *done = curl_multi_info_read(stream->multi, &left);
    if (done)
        code = done->data.result;
    curl_easy_getinfo(stream->easy, CURLINFO_RESPONSE_CODE, &status);
    if (rc == 0)
        rc = runtime_call_judge(runtime, code, status, false, error);
    runtime_stream_close(stream);
    return rc;
}
