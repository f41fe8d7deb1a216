/* SPDX-License-Identifier: MIT */
#include "lambda/s3/s3_request.h"

#include "base/clock.h"
#include "lambda/percent.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define TRIES_MAX     8
#define BACKOFF_MS    50 /* doubled at each try, a random part of it waited */
#define BACKOFF_CAP   5000
#define TEXT_MAX      (8u << 20)
#define STALL_SECONDS 10 /* without a byte: the connection is given up */

/* -- The client ----------------------------------------------------------------------- */

static const char *find_ca_file(void)
{
    static const char *const files[] = {
        "/etc/pki/tls/certs/ca-bundle.crt",                  /* Amazon Linux, Fedora */
        "/etc/ssl/certs/ca-certificates.crt",                /* Debian */
        "/etc/ssl/cert.pem",                                 /* Alpine */
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* what the first links to */
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (access(files[i], R_OK) == 0)
            return files[i];
    return NULL;
}

struct s3 *s3_open(struct thresh_error *error)
{
    struct s3 *s3 = calloc(1, sizeof *s3);
    if (s3 && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
        s3->multi = curl_multi_init();
    if (!s3 || !s3->multi) {
        s3_close(s3);
        error_no_memory(error);
        return NULL;
    }
    s3->ca_file = find_ca_file();
    return s3;
}

void s3_close(struct s3 *s3)
{
    if (!s3)
        return;
    curl_multi_cleanup(s3->multi);
    free(s3);
}

void s3_settle(struct s3 *s3, const struct s3_settings *settings)
{
    s3->settings = *settings;
}

static const char *region_of(const struct s3 *s3, const char *bucket)
{
    if (*s3->region && strcmp(s3->region_of, bucket) == 0)
        return s3->region;
    return s3->settings.region ? s3->settings.region : "us-east-1";
}

/* -- What is sent --------------------------------------------------------------------- */

static int make_url(const struct s3_request *request, struct buf *url)
{
    const struct s3 *s3 = request->s3;
    const char *region = region_of(s3, request->bucket);
    const char *suffix = strncmp(region, "cn-", 3) == 0 ? ".cn" : "";
    const char *endpoint = s3->settings.endpoint;
    /* A certificate for *.s3... does not cover a bucket with dots in its name. */
    if (endpoint) {
        size_t len = strlen(endpoint);
        while (len && endpoint[len - 1] == '/')
            len--;
        buf_append(url, endpoint, len);
        buf_append_format(url, "/%s/", request->bucket);
    } else if (strchr(request->bucket, '.')) {
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
    char line[4096];
    if (snprintf(line, sizeof line, "%s: %s", name, value) >= (int)sizeof line)
        return -1;
    struct curl_slist *longer = curl_slist_append(request->headers, line);
    if (longer)
        request->headers = longer;
    return longer ? 0 : -1;
}

static int make_headers(struct s3_request *request)
{
    static const char empty[] =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const struct s3_settings *settings = &request->s3->settings;
    curl_slist_free_all(request->headers);
    request->headers = NULL;
    if (add_header(request, "x-amz-content-sha256",
                   request->body_len ? "UNSIGNED-PAYLOAD" : empty) < 0)
        return -1;
    if (settings->token && add_header(request, "x-amz-security-token", settings->token) < 0)
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

static int seek_body(void *context, curl_off_t offset, int origin)
{
    struct s3_request *request = context;
    if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > request->body_len)
        return CURL_SEEKFUNC_FAIL;
    request->sent = (size_t)offset;
    return CURL_SEEKFUNC_OK;
}

/* -- What arrives --------------------------------------------------------------------- */

static size_t take_body(char *bytes, size_t one, size_t len, void *context)
{
    struct s3_request *request = context;
    (void)one;
    if (request->status / 100 != 2 || request->fd < 0)
        return buf_append(&request->text, bytes, len) < 0 ? 0 : len;
    if (request->status == 200 && request->begun_at) {
        lambda_error_set(
            &request->error, "S3.RangeIgnored", false,
            "s3://%s/%s: the server sends the whole object where a range is asked for",
            request->bucket, request->key);
        return 0;
    }
    for (size_t done = 0; done < len;) {
        off_t at = (off_t)(request->from + request->received);
        ssize_t put = pwrite(request->fd, bytes + done, len - done, at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0) {
            lambda_error_set(&request->error, "Thresh.Storage", false,
                             "s3://%s/%s: the temporary file cannot be written: %m%s",
                             request->bucket, request->key,
                             errno == ENOSPC ? "; raise the function's EphemeralStorage" : "");
            return 0;
        }
        done += (size_t)put;
        request->received += (uint64_t)put;
    }
    return len;
}

static bool header_is(const char *line, size_t len, const char *name, char *value, size_t room)
{
    size_t name_len = strlen(name);
    if (len <= name_len || line[name_len] != ':' || strncasecmp(line, name, name_len) != 0)
        return false;
    const char *from = line + name_len + 1;
    const char *to = line + len;
    while (from < to && *from == ' ')
        from++;
    while (to > from && (unsigned char)to[-1] <= ' ')
        to--;
    size_t have = (size_t)(to - from) < room ? (size_t)(to - from) : 0;
    memcpy(value, from, have);
    value[have] = '\0';
    return true;
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
    } else if (header_is(line, len, "Content-Range", value, sizeof value)) {
        const char *slash = strchr(value, '/');
        request->total_known = slash && slash[1] >= '0' && slash[1] <= '9';
        if (request->total_known)
            request->total = strtoull(slash + 1, NULL, 10);
    } else if (header_is(line, len, "Content-Length", value, sizeof value)) {
        if (request->status == 200) {
            request->total = strtoull(value, NULL, 10);
            request->total_known = true;
        }
    } else if (request->status / 100 == 2) {
        header_is(line, len, "ETag", request->etag, sizeof request->etag);
    } else {
        header_is(line, len, "x-amz-bucket-region", request->region, sizeof request->region);
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
    const struct s3_settings *settings = &request->s3->settings;
    snprintf(provider, sizeof provider, "aws:amz:%s:s3",
             region_of(request->s3, request->bucket));
    curl_easy_setopt(request->easy, CURLOPT_AWS_SIGV4, provider);
    curl_easy_setopt(request->easy, CURLOPT_USERNAME, settings->key_id);
    curl_easy_setopt(request->easy, CURLOPT_PASSWORD, settings->secret);
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

static int launch(struct s3_request *request)
{
    struct buf url = {0};
    char range[64];
    if (!request->easy)
        request->easy = curl_easy_init();
    if (!request->easy || make_url(request, &url) < 0 || make_headers(request) < 0) {
        buf_free(&url);
        return error_no_memory(&request->error.message);
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
    buf_clear(&request->text);
    request->text.max_bytes = TEXT_MAX;
    request->state = S3_RUNNING;
    curl_multi_add_handle(request->s3->multi, request->easy);
    return 0;
}

/* -- The end of a try ----------------------------------------------------------------- */

bool s3_xml_text(const char **at, const char *tag, struct buf *out)
{
    static const struct {
        const char *name;
        char c;
    } entities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    char open[64];
    int len = snprintf(open, sizeof open, "<%s>", tag);
    const char *from = strstr(*at, open);
    if (!from)
        return false;
    for (from += len; *from && *from != '<';) {
        size_t i = 0;
        while (i < 5 && strncmp(from, entities[i].name, strlen(entities[i].name)) != 0)
            i++;
        buf_append_char(out, i < 5 ? entities[i].c : *from);
        from += i < 5 ? strlen(entities[i].name) : 1;
    }
    *at = from;
    return buf_string(out) != NULL;
}

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

static const char *remedy(const struct s3_request *request)
{
    if (strcmp(request->code, "NoSuchKey") == 0 || request->status == 404)
        return "; it may have been deleted since, or the name is not the one in the bucket";
    if (strncmp(request->code, "SignatureDoesNotMatch", 21) == 0)
        return "; AWS_SECRET_ACCESS_KEY is not that of AWS_ACCESS_KEY_ID";
    if (strncmp(request->code, "ExpiredToken", 12) == 0)
        return "; the credentials in the environment have expired";
    if (request->status == 403)
        return "; the function's role needs s3:GetObject (s3:PutObject to write, s3:ListBucket "
               "for prefixes and to tell a missing key)";
    return "";
}

static int fail(struct s3_request *request, CURLcode code, bool again)
{
    char type[sizeof request->error.type];
    struct buf message = {0};
    const char *at = request->text.data;
    const char *key = request->key ? request->key : "";
    request->state = S3_FAILED;
    if (*request->error.message.text) /* a callback said it already */
        return -1;
    if (code != CURLE_OK)
        return lambda_error_set(&request->error, "S3.Network", again,
                                "s3://%s/%s: %s (%s, %u tries)", request->bucket, key,
                                *request->curl_error ? request->curl_error
                                                     : curl_easy_strerror(code),
                                request->method, request->tries);
    if (at && s3_xml_text(&at, "Message", &message) && message.len &&
        message.data[message.len - 1] == '.')
        message.data[--message.len] = '\0';
    snprintf(type, sizeof type, "S3.%s", *request->code ? request->code : "Status");
    lambda_error_set(
        &request->error, type, again || strncmp(request->code, "ExpiredToken", 12) == 0,
        "s3://%s/%s: S3 answered %ld %s%s%.300s%s (%s, %u tries)", request->bucket, key,
        request->status, request->code, message.len ? ": " : "",
        message.len ? message.data : "", remedy(request), request->method, request->tries);
    buf_free(&message);
    return -1;
}

/* Where S3 says that the bucket lies in another region, it is asked there. */
static bool is_redirected(struct s3_request *request)
{
    struct s3 *s3 = request->s3;
    if (!*request->region || strcmp(request->region, region_of(s3, request->bucket)) == 0 ||
        (request->status != 301 && request->status != 307 && request->status != 400) ||
        request->redirects++ >= 2 || strlen(request->bucket) >= sizeof s3->region_of)
        return false;
    snprintf(s3->region_of, sizeof s3->region_of, "%s", request->bucket);
    snprintf(s3->region, sizeof s3->region, "%s", request->region);
    return true;
}

static void wait_for_retry(struct s3_request *request)
{
    uint32_t random = 0;
    int64_t most = BACKOFF_MS << (request->tries < 12 ? request->tries : 12);
    if (most > BACKOFF_CAP)
        most = BACKOFF_CAP;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random)
        random = (uint32_t)clock_unix_ms() * 2654435761u;
    request->due_ms = clock_unix_ms() + random % (most + 1);
    request->state = S3_WAITING;
}

static void finish(struct s3_request *request, CURLcode code)
{
    struct buf name = {0};
    const char *at = buf_string(&request->text);
    curl_multi_remove_handle(request->s3->multi, request->easy);
    request->tries++;
    if (at && *at && (request->status / 100 != 2 || request->fd < 0) && strstr(at, "<Error") &&
        s3_xml_text(&at, "Code", &name))
        snprintf(request->code, sizeof request->code, "%s", name.data);
    buf_free(&name);
    bool whole = !request->ranged || request->status == 200 ||
                 request->from + request->received > request->to ||
                 (request->total_known && request->from + request->received == request->total);
    if (code == CURLE_OK && request->status / 100 == 2 && !*request->code && whole) {
        request->state = S3_DONE;
    } else if (code == CURLE_OK && is_redirected(request)) {
        request->due_ms = 0;
        request->state = S3_WAITING;
    } else {
        bool again = is_retryable(request, code) || (request->status / 100 == 2 && !whole);
        if (again && request->tries < TRIES_MAX && !*request->error.message.text)
            wait_for_retry(request);
        else
            fail(request, code, again);
    }
}

/* -- Turning -------------------------------------------------------------------------- */

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
    curl_easy_cleanup(request->easy);
    curl_slist_free_all(request->headers);
    buf_free(&request->text);
    *request = (struct s3_request){.fd = -1};
}

void s3_request_start(struct s3 *s3, struct s3_request *request)
{
    request->s3 = s3;
    request->state = S3_WAITING;
    request->due_ms = 0;
    request->tries = request->redirects = 0;
    request->error = (struct lambda_error){0};
    if (!s3->settings.key_id || !s3->settings.secret) {
        request->state = S3_FAILED;
        lambda_error_set(&request->error, "S3.NoCredentials", false,
                         "s3://%s/%s: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set",
                         request->bucket, request->key ? request->key : "");
    } else if (s3->n_active == S3_ACTIVE_MAX) {
        request->state = S3_FAILED;
        lambda_error_set(&request->error, "Thresh.Internal", false,
                         "too many requests at once; please report this");
    } else {
        s3->active[s3->n_active++] = request;
    }
}

static void expire(struct s3 *s3)
{
    for (size_t i = 0; i < s3->n_active; i++) {
        struct s3_request *request = s3->active[i];
        if (request->state == S3_RUNNING)
            curl_multi_remove_handle(s3->multi, request->easy);
        request->state = S3_FAILED;
        lambda_error_set(&request->error, "Thresh.Deadline", true,
                         "s3://%s/%s: the time of the invocation was up during a %s; raise the "
                         "function's timeout",
                         request->bucket, request->key ? request->key : "", request->method);
    }
}

void s3_turn(struct s3 *s3, int wait_ms)
{
    int running, left;
    int64_t now = clock_unix_ms();
    const CURLMsg *message;
    if (s3->settings.deadline_ms && now >= s3->settings.deadline_ms)
        expire(s3);
    for (size_t i = 0; i < s3->n_active; i++) {
        struct s3_request *request = s3->active[i];
        if (request->state == S3_WAITING && request->due_ms > now) {
            if (request->due_ms - now < wait_ms)
                wait_ms = (int)(request->due_ms - now);
        } else if (request->state == S3_WAITING && launch(request) < 0) {
            request->state = S3_FAILED;
        }
    }
    curl_multi_perform(s3->multi, &running);
    bool moved = false;
    while ((message = curl_multi_info_read(s3->multi, &left))) {
        struct s3_request *request = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&request);
        if (message->msg == CURLMSG_DONE)
            finish(request, code);
        moved = true;
    }
    for (size_t i = s3->n_active; i-- > 0;)
        if (s3->active[i]->state >= S3_DONE)
            s3->active[i] = s3->active[--s3->n_active];
    if (!moved && wait_ms > 0 && s3->n_active)
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
