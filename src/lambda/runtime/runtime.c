/* SPDX-License-Identifier: MIT */
#include "lambda/runtime/runtime.h"

#include "lambda/base64.h"
#include "lambda/json_text.h"
#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* Room for an error's JSON and for the event's own limit; a body beyond it is a broken API. */
#define BODY_MAX    (RUNTIME_MAX_BYTES + 4096)
#define TRIES       3
#define STREAM_HIGH (256u << 10) /* streamed bytes that may wait for the socket */

struct stream {
    CURLM *multi;
    CURL *easy;
    struct curl_slist *headers;
    struct buf waiting;
    size_t sent; /* of waiting */
    bool paused;
    bool ended;
    struct buf type, body; /* the trailers; empty where all went well */
};

struct runtime {
    CURL *easy;
    char base[600];
    char curl_error[CURL_ERROR_SIZE];
    struct buf answer;
    struct invocation *invocation; /* whose headers are arriving, or NULL */
    struct stream stream;
};

/* -- What arrives --------------------------------------------------------------------- */

static size_t take_body(char *bytes, size_t one, size_t len, void *into)
{
    (void)one;
    return buf_append(into, bytes, len) < 0 ? 0 : len;
}

static bool header_is(const char *line, size_t len, const char *name, char *value, size_t room)
{
    size_t name_len = strlen(name);
    if (len <= name_len || line[name_len] != ':' || strncasecmp(line, name, name_len) != 0)
        return false;
    const char *from = line + name_len + 1;
    const char *to = line + len;
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    while (to > from && (unsigned char)to[-1] <= ' ')
        to--;
    size_t have = (size_t)(to - from) < room ? (size_t)(to - from) : room - 1;
    memcpy(value, from, have);
    value[have] = '\0';
    return true;
}

static size_t take_header(char *line, size_t one, size_t len, void *context)
{
    struct runtime *runtime = context;
    struct invocation *invocation = runtime->invocation;
    char number[32];
    (void)one;
    if (!invocation)
        return len;
    header_is(line, len, "Lambda-Runtime-Aws-Request-Id", invocation->id,
              sizeof invocation->id);
    header_is(line, len, "Lambda-Runtime-Trace-Id", invocation->trace_id,
              sizeof invocation->trace_id);
    header_is(line, len, "Lambda-Runtime-Invoked-Function-Arn", invocation->arn,
              sizeof invocation->arn);
    if (header_is(line, len, "Lambda-Runtime-Deadline-Ms", number, sizeof number))
        invocation->deadline_ms = strtoll(number, NULL, 10);
    return len;
}

/* -- Handles -------------------------------------------------------------------------- */

/* A proxy in the environment is never meant for the loopback, and there is no time limit: the
 * process may be frozen for hours inside /next. */
static void prepare(struct runtime *runtime, CURL *easy, const char *path, struct buf *body)
{
    char url[900];
    snprintf(url, sizeof url, "%s%s", runtime->base, path);
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 1000L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, runtime->curl_error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, runtime);
    runtime->curl_error[0] = '\0';
}

struct runtime *runtime_open(const char *api, struct thresh_error *error)
{
    struct runtime *runtime = calloc(1, sizeof *runtime);
    if (!runtime || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(runtime);
        error_no_memory(error);
        return NULL;
    }
    int len =
        snprintf(runtime->base, sizeof runtime->base, "http://%s/2018-06-01/runtime", api);
    runtime->answer.max_bytes = BODY_MAX;
    runtime->easy = curl_easy_init();
    if (!runtime->easy || len >= (int)sizeof runtime->base) {
        error_set(error, "AWS_LAMBDA_RUNTIME_API: '%.100s' cannot be used", api);
        runtime_close(runtime);
        return NULL;
    }
    return runtime;
}

static void stream_close(struct stream *stream)
{
    if (stream->multi && stream->easy)
        curl_multi_remove_handle(stream->multi, stream->easy);
    curl_easy_cleanup(stream->easy);
    curl_multi_cleanup(stream->multi);
    curl_slist_free_all(stream->headers);
    buf_free(&stream->waiting);
    buf_free(&stream->type);
    buf_free(&stream->body);
    *stream = (struct stream){0};
}

void runtime_close(struct runtime *runtime)
{
    if (!runtime)
        return;
    stream_close(&runtime->stream);
    curl_easy_cleanup(runtime->easy);
    buf_free(&runtime->answer);
    free(runtime);
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* -- Asking for work ------------------------------------------------------------------ */

static int ask(struct runtime *runtime, struct invocation *invocation,
               struct thresh_error *error)
{
    long status = 0;
    buf_clear(&invocation->event);
    invocation->event.max_bytes = BODY_MAX;
    invocation->id[0] = invocation->trace_id[0] = invocation->arn[0] = '\0';
    invocation->deadline_ms = 0;
    prepare(runtime, runtime->easy, "/invocation/next", &invocation->event);
    curl_easy_setopt(runtime->easy, CURLOPT_HTTPGET, 1L);
    runtime->invocation = invocation;
    CURLcode code = curl_easy_perform(runtime->easy);
    runtime->invocation = NULL;
    curl_easy_getinfo(runtime->easy, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK)
        error_set(error, "the Runtime API did not give the next event: %s",
                  *runtime->curl_error ? runtime->curl_error : curl_easy_strerror(code));
    else if (status != 200)
        error_set(error, "the Runtime API answered /next with %ld: %.200s", status,
                  buf_string(&invocation->event) ? invocation->event.data : "");
    else if (!*invocation->id)
        error_set(error, "the Runtime API gave an event without Lambda-Runtime-Aws-Request-Id");
    else
        return 0;
    return status == 500 ? -1 : 1;
}

int runtime_next(struct runtime *runtime, struct invocation *invocation,
                 struct thresh_error *error)
{
    int rc = 1;
    for (int tries = 0; rc == 1 && tries < TRIES; tries++) {
        if (tries)
            pause_ms(50L << tries);
        rc = ask(runtime, invocation, error);
    }
    if (rc == 0)
        error->text[0] = '\0';
    return rc == 0 ? 0 : -1;
}

/* -- Answering ------------------------------------------------------------------------ */

/* What the API says to an answer, as the loop has to take it. */
static int judge(struct runtime *runtime, CURLcode code, long status, bool again,
                 struct thresh_error *error)
{
    const char *said = buf_string(&runtime->answer) ? runtime->answer.data : "";
    if (code != CURLE_OK)
        return error_set(error, "the Runtime API did not take the answer: %s",
                         *runtime->curl_error ? runtime->curl_error : curl_easy_strerror(code));
    /* The first copy of an answer sent twice had arrived. */
    if (status == 202 || (again && status == 403))
        return 0;
    error_set(error, "the Runtime API refused the answer with %ld: %.300s", status, said);
    return status == 500 ? -1 : 1;
}

static int post(struct runtime *runtime, const char *path, struct curl_slist *headers,
                const void *bytes, size_t len, struct thresh_error *error)
{
    CURLcode code = CURLE_OK;
    long status = 0;
    int tries = 0;
    do {
        if (tries)
            pause_ms(50L << tries);
        buf_clear(&runtime->answer);
        prepare(runtime, runtime->easy, path, &runtime->answer);
        curl_easy_setopt(runtime->easy, CURLOPT_POST, 1L);
        curl_easy_setopt(runtime->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
        curl_easy_setopt(runtime->easy, CURLOPT_POSTFIELDS, len ? bytes : "");
        curl_easy_setopt(runtime->easy, CURLOPT_HTTPHEADER, headers);
        code = curl_easy_perform(runtime->easy);
        curl_easy_getinfo(runtime->easy, CURLINFO_RESPONSE_CODE, &status);
    } while (code != CURLE_OK && ++tries < TRIES);
    return judge(runtime, code, status, tries > 0, error);
}

static struct curl_slist *append_header(struct curl_slist *list, const char *name,
                                        const char *value)
{
    char line[600];
    snprintf(line, sizeof line, "%s: %s", name, value);
    struct curl_slist *longer = curl_slist_append(list, line);
    return longer ? longer : list;
}

int runtime_response(struct runtime *runtime, const char *id, const void *bytes, size_t len,
                     struct thresh_error *error)
{
    char path[200];
    if (len > RUNTIME_MAX_BYTES) {
        error_set(error, "an answer of %zu bytes is over Lambda's limit of %u", len,
                  RUNTIME_MAX_BYTES);
        return 1;
    }
    snprintf(path, sizeof path, "/invocation/%s/response", id);
    struct curl_slist *headers = append_header(NULL, "Content-Type", "application/json");
    headers = curl_slist_append(headers, "Expect:");
    int rc = post(runtime, path, headers, bytes, len, error);
    curl_slist_free_all(headers);
    return rc;
}

int runtime_error_body(const char *type, const char *message, struct buf *out)
{
    json_t *body = json_pack("{s:o, s:s, s:[]}", "errorMessage", json_text(message),
                             "errorType", type, "stackTrace");
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    int rc = text ? buf_append_string(out, text) : -1;
    free(text);
    json_decref(body);
    return rc;
}

int runtime_error(struct runtime *runtime, const char *id, const char *type,
                  const char *message, struct thresh_error *error)
{
    char path[200] = "/init/error";
    struct buf body = {0};
    if (id)
        snprintf(path, sizeof path, "/invocation/%s/error", id);
    if (runtime_error_body(type, message, &body) < 0) {
        buf_free(&body);
        return error_no_memory(error);
    }
    struct curl_slist *headers = append_header(NULL, "Content-Type", "application/json");
    headers = append_header(headers, "Lambda-Runtime-Function-Error-Type", type);
    headers = curl_slist_append(headers, "Expect:");
    int rc = post(runtime, path, headers, body.data, body.len, error);
    curl_slist_free_all(headers);
    buf_free(&body);
    return rc;
}

/* -- Streaming ------------------------------------------------------------------------ */

static size_t give_stream(char *into, size_t one, size_t room, void *context)
{
    struct stream *stream = context;
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
    struct stream *stream = context;
    struct buf line = {0};
    if (!stream->type.len)
        return CURL_TRAILERFUNC_OK;
    buf_append_format(&line, "Lambda-Runtime-Function-Error-Type: %s", stream->type.data);
    *trailers = buf_string(&line) ? curl_slist_append(*trailers, line.data) : NULL;
    buf_clear(&line);
    buf_append_format(&line, "Lambda-Runtime-Function-Error-Body: %s", stream->body.data);
    if (*trailers && buf_string(&line))
        curl_slist_append(*trailers, line.data);
    buf_free(&line);
    return *trailers ? CURL_TRAILERFUNC_OK : CURL_TRAILERFUNC_ABORT;
}

int runtime_stream_begin(struct runtime *runtime, const char *id, const char *content_type,
                         struct thresh_error *error)
{
    char path[200];
    struct stream *stream = &runtime->stream;
    stream_close(stream);
    stream->multi = curl_multi_init();
    stream->easy = curl_easy_init();
    if (!stream->multi || !stream->easy) {
        stream_close(stream);
        return error_no_memory(error);
    }
    snprintf(path, sizeof path, "/invocation/%s/response", id);
    buf_clear(&runtime->answer);
    prepare(runtime, stream->easy, path, &runtime->answer);
    struct curl_slist *headers = append_header(NULL, "Content-Type", content_type);
    headers = append_header(headers, "Lambda-Runtime-Function-Response-Mode", "streaming");
    headers = append_header(headers, "Transfer-Encoding", "chunked");
    headers = append_header(headers, "Trailer",
                            "Lambda-Runtime-Function-Error-Type, "
                            "Lambda-Runtime-Function-Error-Body");
    stream->headers = curl_slist_append(headers, "Expect:");
    curl_easy_setopt(stream->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(stream->easy, CURLOPT_HTTPHEADER, stream->headers);
    curl_easy_setopt(stream->easy, CURLOPT_READFUNCTION, give_stream);
    curl_easy_setopt(stream->easy, CURLOPT_READDATA, stream);
    curl_easy_setopt(stream->easy, CURLOPT_TRAILERFUNCTION, give_trailers);
    curl_easy_setopt(stream->easy, CURLOPT_TRAILERDATA, stream);
    curl_multi_add_handle(stream->multi, stream->easy);
    return 0;
}

/* Moves what waits until at most `most` bytes do, or until the answer to the whole has come. */
static int stream_move(struct runtime *runtime, size_t most, bool finish,
                       struct thresh_error *error)
{
    struct stream *stream = &runtime->stream;
    int running = 1;
    if (stream->paused) {
        stream->paused = false;
        curl_easy_pause(stream->easy, CURLPAUSE_CONT);
    }
    for (;;) {
        CURLMcode code = curl_multi_perform(stream->multi, &running);
        if (code != CURLM_OK)
            return error_set(error, "streaming: %s", curl_multi_strerror(code));
        if (!running || (!finish && stream->waiting.len - stream->sent <= most))
            break;
        curl_multi_poll(stream->multi, NULL, 0, 1000, NULL);
    }
    if (stream->sent == stream->waiting.len)
        stream->sent = stream->waiting.len = 0;
    if (!running && !finish)
        return error_set(error, "the caller of the streamed answer has gone");
    return 0;
}

int runtime_stream_write(struct runtime *runtime, const void *bytes, size_t len,
                         struct thresh_error *error)
{
    struct stream *stream = &runtime->stream;
    if (buf_append(&stream->waiting, bytes, len) < 0)
        return error_no_memory(error);
    return stream_move(runtime, STREAM_HIGH, false, error);
}

int runtime_stream_end(struct runtime *runtime, const char *type, const char *message,
                       struct thresh_error *error)
{
    struct stream *stream = &runtime->stream;
    struct buf body = {0};
    CURLcode code = CURLE_OK;
    long status = 0;
    int left;
    if (type) {
        buf_append_string(&stream->type, type);
        if (runtime_error_body(type, message, &body) == 0)
            base64_encode(body.data, body.len, &stream->body);
        buf_free(&body);
        if (!buf_string(&stream->type) || !buf_string(&stream->body))
            stream->type.len = 0;
    }
    stream->ended = true;
    int rc = stream_move(runtime, 0, true, error);
    const CURLMsg *done = curl_multi_info_read(stream->multi, &left);
    if (done)
        code = done->data.result;
    curl_easy_getinfo(stream->easy, CURLINFO_RESPONSE_CODE, &status);
    if (rc == 0)
        rc = judge(runtime, code, status, false, error);
    stream_close(stream);
    return rc;
}
