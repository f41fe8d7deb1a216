/* SPDX-License-Identifier: MIT */
#include "lambda/runtime/runtime.h"

#include "lambda/runtime/runtime_call.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Bytes of an event or of a reply; more than the limit of Lambda, and the API is broken. */
#define BODY_MAX (RUNTIME_MAX_BYTES + 4096)
#define TRIES    3

struct runtime *runtime_open(const char *api, struct thresh_error *error)
{
    if (!api) {
        error_set(error, "AWS_LAMBDA_RUNTIME_API is not set: there is no Lambda here");
        return NULL;
    }
    struct runtime *runtime = calloc(1, sizeof *runtime);
    if (!runtime || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(runtime);
        error_no_memory(error);
        return NULL;
    }
    int len =
        snprintf(runtime->base, sizeof runtime->base, "http://%s/2018-06-01/runtime", api);
    runtime->reply.max_bytes = BODY_MAX;
    runtime->easy = curl_easy_init();
    if (!runtime->easy || len >= (int)sizeof runtime->base) {
        error_set(error, "AWS_LAMBDA_RUNTIME_API: '%.100s' cannot be used", api);
        runtime_close(runtime);
        return NULL;
    }
    return runtime;
}

void runtime_close(struct runtime *runtime)
{
    if (!runtime)
        return;
    runtime_stream_close(&runtime->stream);
    curl_easy_cleanup(runtime->easy);
    buf_free(&runtime->reply);
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
    runtime_call_prepare(runtime, runtime->easy, "/invocation/next", &invocation->event);
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

int runtime_restore(struct runtime *runtime, struct thresh_error *error)
{
    long status = 0;
    buf_clear(&runtime->reply);
    runtime_call_prepare(runtime, runtime->easy, "/restore/next", &runtime->reply);
    CURLcode code = curl_easy_perform(runtime->easy);
    curl_easy_getinfo(runtime->easy, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK && status == 200)
        return 0;
    return error_set(error, "the Runtime API answered /restore/next with %ld: %.200s", status,
                     code != CURLE_OK              ? curl_easy_strerror(code)
                     : buf_string(&runtime->reply) ? runtime->reply.data
                                                   : "");
}

/* -- Answering ------------------------------------------------------------------------ */

static int post(struct runtime *runtime, const char *path, struct curl_slist *headers,
                const void *bytes, size_t len, struct thresh_error *error)
{
    CURLcode code = CURLE_OK;
    long status = 0;
    int tries = 0;
    do {
        if (tries)
            pause_ms(50L << tries);
        buf_clear(&runtime->reply);
        runtime_call_prepare(runtime, runtime->easy, path, &runtime->reply);
        curl_easy_setopt(runtime->easy, CURLOPT_POST, 1L);
        curl_easy_setopt(runtime->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
        curl_easy_setopt(runtime->easy, CURLOPT_POSTFIELDS, len ? bytes : "");
        curl_easy_setopt(runtime->easy, CURLOPT_HTTPHEADER, headers);
        code = curl_easy_perform(runtime->easy);
        curl_easy_getinfo(runtime->easy, CURLINFO_RESPONSE_CODE, &status);
    } while (code != CURLE_OK && ++tries < TRIES);
    return runtime_call_judge(runtime, code, status, tries > 0, error);
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
    struct curl_slist *headers = runtime_call_header(NULL, "Content-Type", "application/json");
    headers = runtime_call_header(headers, "Expect", NULL);
    int rc = post(runtime, path, headers, bytes, len, error);
    curl_slist_free_all(headers);
    return rc;
}

static int post_error(struct runtime *runtime, const char *path, const char *type,
                      const char *message, struct thresh_error *error)
{
    struct buf body = {0};
    if (runtime_call_error(type, message, &body) < 0) {
        buf_free(&body);
        return error_no_memory(error);
    }
    struct curl_slist *headers = runtime_call_header(NULL, "Content-Type", "application/json");
    headers = runtime_call_header(headers, "Lambda-Runtime-Function-Error-Type", type);
    headers = runtime_call_header(headers, "Expect", NULL);
    int rc = post(runtime, path, headers, body.data, body.len, error);
    curl_slist_free_all(headers);
    buf_free(&body);
    return rc;
}

int runtime_error(struct runtime *runtime, const char *id, const char *type,
                  const char *message, struct thresh_error *error)
{
    char path[200] = "/init/error";
    if (id)
        snprintf(path, sizeof path, "/invocation/%s/error", id);
    return post_error(runtime, path, type, message, error);
}

int runtime_restore_error(struct runtime *runtime, const char *type, const char *message,
                          struct thresh_error *error)
{
    return post_error(runtime, "/restore/error", type, message, error);
}
