/* SPDX-License-Identifier: MIT */
#include "lambda/s3/s3_request.h"

#include "base/clock.h"
#include "lambda/s3/s3_xml.h"
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

/* "Retry behavior" in the AWS SDKs and Tools Reference Guide: exponential backoff with full
 * jitter, which is a random part of a span that doubles with each try. */
#define TRIES_MAX      8
#define BACKOFF_MS     50
#define BACKOFF_MAX_MS 5000

/* -- The end of a try ----------------------------------------------------------------- */

/* Errors that may be gone at the next try, by the "List of error codes" in the Amazon S3 API
 * Reference. A write error is our own and has its own message. */
static bool is_retryable(const struct s3_request *request, CURLcode code)
{
    static const char *const codes[] = {
        "SlowDown",         "RequestTimeout", "InternalError",      "ServiceUnavailable",
        "OperationAborted", "BadDigest",      "ThrottlingException"};
    if (code == CURLE_WRITE_ERROR || code == CURLE_SSL_CACERT_BADFILE ||
        code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_URL_MALFORMAT ||
        code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_OUT_OF_MEMORY)
        return false;
    if (code != CURLE_OK)
        return true;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strcmp(request->code, codes[i]) == 0)
            return true;
    return request->status == 500 || (request->status >= 502 && request->status <= 504) ||
           request->status == 429 || request->status == 408;
}

/* What the reader of the error can do about it. */
static const char *remedy(const struct s3_request *request)
{
    if (strcmp(request->code, "NoSuchKey") == 0 || request->status == 404)
        return "; it may have been deleted since, or the name is not the one in the bucket";
    if (strcmp(request->code, "SignatureDoesNotMatch") == 0)
        return "; AWS_SECRET_ACCESS_KEY is not that of AWS_ACCESS_KEY_ID";
    if (strcmp(request->code, "ExpiredToken") == 0)
        return "; the credentials in the environment have expired";
    if (request->status == 403 && s3_is_directory_bucket(request->bucket))
        return "; the function's role needs s3express:CreateSession";
    if (request->status == 403)
        return "; the function's role needs s3:GetObject (s3:PutObject to write, s3:ListBucket "
               "for prefixes and to tell a missing key), and THRESH_REQUEST_PAYER=requester a "
               "bucket whose requesters pay";
    return "";
}

/* Why a try has failed: *error. */
static void explain(const struct s3_request *request, CURLcode code, bool again,
                    struct lambda_error *error)
{
    char type[sizeof error->type];
    struct buf message = {0};
    const char *at = request->text.data;
    const char *key = request->key ? request->key : "";
    if (code != CURLE_OK) {
        lambda_error_set(error, "S3.Network", again, "s3://%s/%s: %s (%s, %u tries)",
                         request->bucket, key,
                         *request->curl_error ? request->curl_error : curl_easy_strerror(code),
                         request->method, request->tries);
        return;
    }
    if (at && s3_xml_text(&at, "Message", &message) && message.len &&
        message.data[message.len - 1] == '.')
        message.data[--message.len] = '\0';
    snprintf(type, sizeof type, "S3.%s", *request->code ? request->code : "Status");
    lambda_error_set(error, type, again || strcmp(request->code, "ExpiredToken") == 0,
                     "s3://%s/%s: S3 answered %ld %s%s%.300s%s (%s, %u tries)", request->bucket,
                     key, request->status, request->code, message.len ? ": " : "",
                     message.len ? message.data : "", remedy(request), request->method,
                     request->tries);
    buf_free(&message);
}

static void fail(struct s3_request *request, CURLcode code, bool again)
{
    request->state = S3_FAILED;
    if (!*request->error.message.text) /* else a callback has said it already */
        explain(request, code, again, &request->error);
}

/* Where S3 says that the bucket lies in another region, it is asked there. */
static bool is_redirected(struct s3_request *request)
{
    struct s3 *s3 = request->s3;
    if (!*request->region || strcmp(request->region, s3_region_of(s3, request->bucket)) == 0 ||
        (request->status != 301 && request->status != 307 && request->status != 400) ||
        request->redirects++ >= 2 || strlen(request->bucket) >= sizeof s3->region_of)
        return false;
    snprintf(s3->region_of, sizeof s3->region_of, "%s", request->bucket);
    snprintf(s3->region, sizeof s3->region, "%s", request->region);
    return true;
}

static void retry_later(struct s3_request *request)
{
    uint32_t random = 0;
    int64_t most = BACKOFF_MS << (request->tries < 12 ? request->tries : 12);
    if (most > BACKOFF_MAX_MS)
        most = BACKOFF_MAX_MS;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random)
        random = (uint32_t)clock_unix_ms() * 2654435761u;
    request->due_ms = clock_unix_ms() + random % (most + 1);
    request->state = S3_WAITING;
}

/* S3 may find an error after it has begun to answer with 200, so an <Error> counts in any
 * answer that is not an object's bytes. */
static void read_code(struct s3_request *request)
{
    struct buf code = {0};
    const char *at = buf_string(&request->text);
    if (at && strstr(at, "<Error") && s3_xml_text(&at, "Code", &code))
        snprintf(request->code, sizeof request->code, "%s", code.data);
    buf_free(&code);
}

static bool is_whole(const struct s3_request *request)
{
    uint64_t next = request->from + request->received;
    return !request->ranged || request->status == 200 || next > request->to ||
           (request->total_known && next == request->total);
}

/* Keys may end before the time that was said of them; once, others are asked for. */
static bool has_new_keys(const struct s3_request *request)
{
    return request->tries == 1 && strcmp(request->code, "ExpiredToken") == 0 &&
           s3_forget_keys(request);
}

static void end_try(struct s3_request *request, CURLcode code)
{
    bool good = request->status / 100 == 2;
    curl_multi_remove_handle(request->s3->multi, request->easy);
    request->tries++;
    if (!good || request->fd < 0)
        read_code(request);
    bool whole = is_whole(request);
    bool again = is_retryable(request, code) || (good && !whole) || has_new_keys(request);
    if (code == CURLE_OK && good && !*request->code && whole) {
        request->state = S3_DONE;
    } else if (code == CURLE_OK && is_redirected(request)) {
        request->due_ms = 0;
        request->state = S3_WAITING;
    } else if (again && request->tries < TRIES_MAX && !*request->error.message.text) {
        explain(request, code, true, &request->last);
        retry_later(request);
    } else {
        fail(request, code, again);
    }
}

/* -- Requests ------------------------------------------------------------------------- */

void s3_request_init(struct s3_request *request, const char *method, const char *bucket,
                     const char *key)
{
    *request = (struct s3_request){.method = method, .bucket = bucket, .key = key, .fd = -1};
}

static void forget(struct s3_request *request)
{
    struct s3 *s3 = request->s3;
    for (size_t i = 0; s3 && i < s3->n_active; i++)
        if (s3->active[i] == request) {
            s3->active[i] = s3->active[--s3->n_active];
            break;
        }
}

void s3_request_free(struct s3_request *request)
{
    if (request->state == S3_RUNNING)
        curl_multi_remove_handle(request->s3->multi, request->easy);
    forget(request);
    s3_transfer_free(request);
    *request = (struct s3_request){.fd = -1};
}

void s3_request_start(struct s3 *s3, struct s3_request *request)
{
    request->s3 = s3;
    request->state = S3_WAITING;
    request->due_ms = 0;
    request->tries = request->redirects = 0;
    request->error = request->last = (struct lambda_error){0};
    if (s3->n_active == S3_ACTIVE_MAX) {
        request->state = S3_FAILED;
        lambda_error_set(&request->error, "Thresh.Internal", false,
                         "too many requests at once; please report this");
    } else {
        s3->active[s3->n_active++] = request;
    }
}

/* -- Turning -------------------------------------------------------------------------- */

static void expire(struct s3 *s3)
{
    for (size_t i = 0; i < s3->n_active; i++) {
        struct s3_request *request = s3->active[i];
        if (request->state == S3_RUNNING)
            curl_multi_remove_handle(s3->multi, request->easy);
        request->state = S3_FAILED;
        /* What has failed until now, more time might not have mended. */
        if (*request->last.message.text && !request->status)
            lambda_error_set(&request->error, request->last.type, true,
                             "%s, until the time of the invocation was up",
                             request->last.message.text);
        else
            lambda_error_set(
                &request->error, "Thresh.Deadline", true,
                "s3://%s/%s: the time of the invocation was up during a %s; raise the "
                "function's timeout",
                request->bucket, request->key ? request->key : "", request->method);
    }
}

static void begin_try(struct s3_request *request)
{
    CURLcode code = CURLE_OK;
    int rc = s3_authorise(request, &code);
    if (rc == 1)
        end_try(request, code);
    else if (rc < 0 || s3_transfer_begin(request) < 0)
        request->state = S3_FAILED;
}

/* Begins what is due; the milliseconds until the next is, at most wait_ms. */
static int begin_due(struct s3 *s3, int64_t now_ms, int wait_ms)
{
    for (size_t i = 0; i < s3->n_active; i++) {
        struct s3_request *request = s3->active[i];
        if (request->state != S3_WAITING)
            continue;
        if (request->due_ms <= now_ms) {
            begin_try(request);
        } else if (request->due_ms - now_ms < wait_ms) {
            wait_ms = (int)(request->due_ms - now_ms);
        }
    }
    return wait_ms;
}

/* Whether any try has ended. */
static bool end_tries(struct s3 *s3)
{
    int left;
    bool any = false;
    for (const CURLMsg *message; (message = curl_multi_info_read(s3->multi, &left));
         any = true) {
        struct s3_request *request = NULL;
        CURLcode code = message->data.result; /* not to be had once the handle is removed */
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&request);
        if (message->msg == CURLMSG_DONE)
            end_try(request, code);
    }
    return any;
}

void s3_turn(struct s3 *s3, int wait_ms)
{
    int running;
    int64_t now_ms = clock_unix_ms();
    if (s3->settings.deadline_ms && now_ms >= s3->settings.deadline_ms)
        expire(s3);
    wait_ms = begin_due(s3, now_ms, wait_ms);
    curl_multi_perform(s3->multi, &running);
    bool any = end_tries(s3);
    for (size_t i = s3->n_active; i-- > 0;)
        if (s3->active[i]->state >= S3_DONE)
            s3->active[i] = s3->active[--s3->n_active];
    if (!any && wait_ms > 0 && s3->n_active)
        curl_multi_poll(s3->multi, NULL, 0, wait_ms, NULL);
}

int s3_request_wait(struct s3_request *request, struct lambda_error *error)
{
    while (request->state == S3_WAITING || request->state == S3_RUNNING)
        s3_turn(request->s3, 200);
    if (request->state == S3_DONE)
        return 0;
    *error = request->error;
    return -1;
}

int s3_request_do(struct s3 *s3, struct s3_request *request, struct lambda_error *error)
{
    s3_request_start(s3, request);
    return s3_request_wait(request, error);
}
