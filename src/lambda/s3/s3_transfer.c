/* SPDX-License-Identifier: MIT
 *
 * One try of a request, by libcurl, which also signs it ("AWS Signature Version 4" in the IAM
 * User Guide). Versions of libcurl before 8.14 sign some requests wrong, so it is only given
 * what all of them sign right: path and query in canonical form, the hash of the payload in
 * x-amz-content-sha256, and no header without a value.
 */
#include "lambda/s3/s3_request.h"

#include "lambda/http_header.h"
#include "lambda/percent.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX      (8u << 20) /* bytes of an answer that is not an object's bytes */
#define STALL_SECONDS 10         /* a connection without a byte for so long is given up */

/* -- What is sent --------------------------------------------------------------------- */

/* Behind the last "--" but one. */
static const char *zone_of(const char *bucket, int *len)
{
    const char *end = bucket + strlen(bucket) - strlen("--x-s3");
    const char *zone = end;
    while (zone - bucket >= 2 && (zone[-1] != '-' || zone[-2] != '-'))
        zone--;
    *len = (int)(end - zone);
    return zone;
}

/* "Methods for accessing a bucket" and "Regional and Zonal endpoints for directory buckets" in
 * the Amazon S3 User Guide; another endpoint than Amazon's is addressed by path, which each of
 * them understands. */
static int make_url(const struct s3_request *request, struct buf *url)
{
    const struct s3 *s3 = request->s3;
    const char *region = s3_region_of(s3, request->bucket);
    const char *suffix = strncmp(region, "cn-", 3) == 0 ? ".cn" : "";
    const char *endpoint = s3->settings.endpoint;
    if (endpoint) {
        size_t len = strlen(endpoint);
        while (len && endpoint[len - 1] == '/')
            len--;
        buf_append(url, endpoint, len);
        buf_append_format(url, "/%s/", request->bucket);
    } else if (s3_is_directory_bucket(request->bucket)) {
        int len;
        const char *zone = zone_of(request->bucket, &len);
        buf_append_format(url, "https://%s.s3express-%.*s.%s.amazonaws.com%s/", request->bucket,
                          len, zone, region, suffix);
    } else if (strchr(request->bucket, '.')) {
        /* A certificate for *.s3.REGION... does not cover a bucket with dots in its name. */
        buf_append_format(url, "https://s3.%s.amazonaws.com%s/%s/", region, suffix,
                          request->bucket);
    } else {
        buf_append_format(url, "https://%s.s3.%s.amazonaws.com%s/", request->bucket, region,
                          suffix);
    }
    if (request->key)
        percent_encode(request->key, strlen(request->key), true, url);
    if (request->query)
        buf_append_format(url, "?%s", request->query);
    return buf_string(url) ? 0 : -1;
}

static int add_header(struct s3_request *request, const char *name, const char *value)
{
    char line[sizeof request->keys.token + 64];
    if (snprintf(line, sizeof line, "%s: %s", name, value) >= (int)sizeof line)
        return -1;
    struct curl_slist *longer = curl_slist_append(request->headers, line);
    if (longer)
        request->headers = longer;
    return longer ? 0 : -1;
}

static int make_headers(struct s3_request *request)
{
    static const char hash_of_nothing[] =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const struct s3_settings *settings = &request->s3->settings;
    const char *token = request->keys.token;
    bool is_directory = s3_is_directory_bucket(request->bucket);
    bool is_in_session = is_directory && !request->is_session_call;
    curl_slist_free_all(request->headers);
    request->headers = NULL;
    if (add_header(request, "x-amz-content-sha256",
                   request->body_len ? "UNSIGNED-PAYLOAD" : hash_of_nothing) < 0)
        return -1;
    if (*token &&
        add_header(request, is_in_session ? "x-amz-s3session-token" : "x-amz-security-token",
                   token) < 0)
        return -1;
    if (settings->requester_pays && !is_directory && /* whose requesters cannot pay */
        add_header(request, "x-amz-request-payer", "requester") < 0)
        return -1;
    if (request->if_match && add_header(request, "If-Match", request->if_match) < 0)
        return -1;
    return request->content_type ? add_header(request, "Content-Type", request->content_type)
                                 : 0;
}

static size_t give_body(char *into, size_t one, size_t room, void *context)
{
    struct s3_request *request = context;
    size_t len = request->body_len - request->sent;
    (void)one;
    if (len > room)
        len = room;
    if (len)
        memcpy(into, (const char *)request->body + request->sent, len);
    request->sent += len;
    return len;
}

/* libcurl begins the body again where a kept connection turns out to be closed. */
static int seek_body(void *context, curl_off_t offset, int origin)
{
    struct s3_request *request = context;
    if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > request->body_len)
        return CURL_SEEKFUNC_FAIL;
    request->sent = (size_t)offset;
    return CURL_SEEKFUNC_OK;
}

/* -- What arrives --------------------------------------------------------------------- */

static int write_to_file(struct s3_request *request, const char *bytes, size_t len)
{
    while (len) {
        off_t at = (off_t)(request->from + request->received);
        ssize_t put = pwrite(request->fd, bytes, len, at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return lambda_error_set(
                &request->error, "Thresh.Storage", false,
                "s3://%s/%s: the temporary file cannot be written: %m%s", request->bucket,
                request->key, errno == ENOSPC ? "; raise the function's EphemeralStorage" : "");
        bytes += put;
        len -= (size_t)put;
        request->received += (uint64_t)put;
    }
    return 0;
}

/* Less than `len` makes libcurl end the transfer with CURLE_WRITE_ERROR. */
static size_t take_body(char *bytes, size_t one, size_t len, void *context)
{
    struct s3_request *request = context;
    (void)one;
    if (request->status / 100 != 2 || request->fd < 0)
        return buf_append(&request->text, bytes, len) < 0 ? 0 : len;
    uint64_t begin = request->status == 206 ? request->range_begin : 0;
    if (begin != request->begun_at) {
        lambda_error_set(&request->error, "S3.RangeIgnored", false,
                         "s3://%s/%s: the server sends the object from byte %llu on where a "
                         "range from byte %llu on is asked for",
                         request->bucket, request->key, (unsigned long long)begin,
                         (unsigned long long)request->begun_at);
        return 0;
    }
    return write_to_file(request, bytes, len) < 0 ? 0 : len;
}

static size_t take_header(char *line, size_t one, size_t len, void *context)
{
    struct s3_request *request = context;
    char value[256];
    (void)one;
    if (len > 9 && memcmp(line, "HTTP/", 5) == 0) {
        const char *space = memchr(line, ' ', len);
        request->status = space ? strtol(space, NULL, 10) : 0;
        buf_clear(&request->text);
    } else if (http_header_is(line, len, "Content-Range", value, sizeof value)) {
        const char *slash = strchr(value, '/');
        if (strncmp(value, "bytes ", 6) == 0)
            request->range_begin = strtoull(value + 6, NULL, 10);
        request->total_known = slash && slash[1] >= '0' && slash[1] <= '9';
        if (request->total_known)
            request->total = strtoull(slash + 1, NULL, 10);
    } else if (http_header_is(line, len, "Content-Length", value, sizeof value)) {
        if (request->status == 200) {
            request->total = strtoull(value, NULL, 10);
            request->total_known = true;
        }
    } else if (request->status / 100 == 2) {
        http_header_is(line, len, "ETag", request->etag, sizeof request->etag);
    } else {
        http_header_is(line, len, "x-amz-bucket-region", request->region,
                       sizeof request->region);
    }
    return len;
}

/* -- A try ---------------------------------------------------------------------------- */

static void set_body(struct s3_request *request)
{
    CURL *easy = request->easy;
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_body);
    curl_easy_setopt(easy, CURLOPT_READDATA, request);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, seek_body);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, request);
    if (strcmp(request->method, "PUT") == 0) {
        curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->body_len);
    } else if (strcmp(request->method, "POST") == 0) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body_len ? request->body : "");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len);
    } else if (strcmp(request->method, "DELETE") == 0) {
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "DELETE");
    } else {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    }
}

static void set_signature(struct s3_request *request)
{
    char provider[96];
    snprintf(provider, sizeof provider, "aws:amz:%s:%s",
             s3_region_of(request->s3, request->bucket),
             s3_is_directory_bucket(request->bucket) ? "s3express" : "s3");
    curl_easy_setopt(request->easy, CURLOPT_AWS_SIGV4, provider);
    curl_easy_setopt(request->easy, CURLOPT_USERNAME, request->keys.id);
    curl_easy_setopt(request->easy, CURLOPT_PASSWORD, request->keys.secret);
}

static void set_transport(struct s3_request *request)
{
    CURL *easy = request->easy;
    const struct s3 *s3 = request->s3;
    const char *ca_file = s3->settings.ca_file ? s3->settings.ca_file : s3->ca_file;
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 256L << 10);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 256L << 10);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 3000L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS);
    curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, request->tries ? 0L : 60L);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request->tries ? 1L : 0L);
    if (ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
}

/* Everything but the sending. */
static int prepare(struct s3_request *request)
{
    struct buf url = {0};
    char range[64];
    if (!request->easy)
        request->easy = curl_easy_init();
    if (!request->easy || make_url(request, &url) < 0 || make_headers(request) < 0) {
        buf_free(&url);
        return lambda_error_no_memory(&request->error);
    }
    curl_easy_reset(request->easy);
    curl_easy_setopt(request->easy, CURLOPT_URL, url.data);
    buf_free(&url);
    set_transport(request);
    set_body(request);
    set_signature(request);
    curl_easy_setopt(request->easy, CURLOPT_HTTPHEADER, request->headers);
    curl_easy_setopt(request->easy, CURLOPT_ERRORBUFFER, request->curl_error);
    curl_easy_setopt(request->easy, CURLOPT_PRIVATE, request);
    curl_easy_setopt(request->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(request->easy, CURLOPT_WRITEDATA, request);
    curl_easy_setopt(request->easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(request->easy, CURLOPT_HEADERDATA, request);
    if (request->ranged) {
        snprintf(range, sizeof range, "%llu-%llu",
                 (unsigned long long)(request->from + request->received),
                 (unsigned long long)request->to);
        curl_easy_setopt(request->easy, CURLOPT_RANGE, range);
    }
    request->curl_error[0] = request->region[0] = request->code[0] = '\0';
    request->status = 0;
    request->sent = 0;
    request->begun_at = request->from + request->received;
    request->range_begin = 0;
    buf_clear(&request->text);
    request->text.max_bytes = TEXT_MAX;
    return 0;
}

int s3_transfer_begin(struct s3_request *request)
{
    if (prepare(request) < 0)
        return -1;
    request->state = S3_RUNNING;
    curl_multi_add_handle(request->s3->multi, request->easy);
    return 0;
}

int s3_transfer_alone(struct s3_request *request, long max_ms, CURLcode *code)
{
    if (prepare(request) < 0)
        return -1;
    curl_easy_setopt(request->easy, CURLOPT_TIMEOUT_MS, max_ms);
    *code = curl_easy_perform(request->easy);
    return 0;
}

void s3_transfer_free(struct s3_request *request)
{
    curl_easy_cleanup(request->easy);
    curl_slist_free_all(request->headers);
    buf_free(&request->text);
}
