/* SPDX-License-Identifier: MIT */
#include "lambda/runtime/runtime_call.h"

#include "lambda/http_header.h"
#include "lambda/json_text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t take_body(char *bytes, size_t one, size_t len, void *into)
{
    (void)one;
    return buf_append(into, bytes, len) < 0 ? 0 : len;
}

static size_t take_header(char *line, size_t one, size_t len, void *context)
{
    struct runtime *runtime = context;
    struct invocation *invocation = runtime->invocation;
    char number[32];
    (void)one;
    if (!invocation)
        return len;
    http_header_is(line, len, "Lambda-Runtime-Aws-Request-Id", invocation->id,
                   sizeof invocation->id);
    http_header_is(line, len, "Lambda-Runtime-Trace-Id", invocation->trace_id,
                   sizeof invocation->trace_id);
    http_header_is(line, len, "Lambda-Runtime-Invoked-Function-Arn", invocation->arn,
                   sizeof invocation->arn);
    if (http_header_is(line, len, "Lambda-Runtime-Deadline-Ms", number, sizeof number))
        invocation->deadline_ms = strtoll(number, NULL, 10);
    return len;
}

/* There is no time limit: the process may be frozen for hours inside /next. A proxy that the
 * environment names is not for the API, which is on the loopback. */
void runtime_call_prepare(struct runtime *runtime, CURL *easy, const char *path,
                          struct buf *body)
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

struct curl_slist *runtime_call_header(struct curl_slist *list, const char *name,
                                       const char *value)
{
    char line[600];
    snprintf(line, sizeof line, "%s:%s%s", name, value ? " " : "", value ? value : "");
    struct curl_slist *longer = curl_slist_append(list, line);
    return longer ? longer : list;
}

int runtime_call_judge(struct runtime *runtime, CURLcode code, long status, bool again,
                       struct thresh_error *error)
{
    const char *said = buf_string(&runtime->reply) ? runtime->reply.data : "";
    if (code != CURLE_OK)
        return error_set(error, "the Runtime API did not take the answer: %s",
                         *runtime->curl_error ? runtime->curl_error : curl_easy_strerror(code));
    /* 403 to the second copy of an answer: the first one had arrived. */
    if (status == 202 || (again && status == 403))
        return 0;
    error_set(error, "the Runtime API refused the answer with %ld: %.300s", status, said);
    return status == 500 ? -1 : 1;
}

int runtime_call_error(const char *type, const char *message, struct buf *out)
{
    json_t *body = json_pack("{s:o, s:s, s:[]}", "errorMessage", json_text(message),
                             "errorType", type, "stackTrace");
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    int rc = text ? buf_append_string(out, text) : -1;
    free(text);
    json_decref(body);
    return rc;
}
