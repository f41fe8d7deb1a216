/* SPDX-License-Identifier: MIT */
#include "lambda/s3/container_keys.h"

#include "base/buf.h"
#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ECS_ADDRESS "http://169.254.170.2"

/* -- Where they are ------------------------------------------------------------------- */

/* Plain HTTP is for what cannot leave the machine: the loopback, ECS and EKS. */
static bool is_near(const char *host)
{
    static const char *const near[] = {"localhost",     "[::1]",          "::1",
                                       "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]",
                                       "fd00:ec2::23"};
    for (size_t i = 0; i < sizeof near / sizeof *near; i++)
        if (strcasecmp(host, near[i]) == 0)
            return true;
    return strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == strlen(host);
}

static int check_uri(const char *uri, struct lambda_error *error)
{
    char *host = NULL, *scheme = NULL;
    CURLU *parts = curl_url();
    bool is_uri = parts && curl_url_set(parts, CURLUPART_URL, uri, 0) == CURLUE_OK &&
                  curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                  curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK;
    bool is_good = is_uri && (strcmp(scheme, "https") == 0 ||
                              (strcmp(scheme, "http") == 0 && is_near(host)));
    curl_free(host);
    curl_free(scheme);
    curl_url_cleanup(parts);
    if (is_good)
        return 0;
    return lambda_error_set(error, "S3.NoCredentials", false,
                            "AWS_CONTAINER_CREDENTIALS_FULL_URI: '%.200s' is neither https nor "
                            "http to the loopback or to the address of ECS or EKS",
                            uri);
}

static int make_uri(const struct container_endpoint *endpoint, struct buf *uri,
                    struct lambda_error *error)
{
    if (endpoint->relative_uri)
        buf_append_format(uri, ECS_ADDRESS "%s%s", *endpoint->relative_uri == '/' ? "" : "/",
                          endpoint->relative_uri);
    else
        buf_append_string(uri, endpoint->full_uri);
    if (!buf_string(uri))
        return lambda_error_no_memory(error);
    return endpoint->relative_uri ? 0 : check_uri(uri->data, error);
}

/* Appends what is to be shown; nothing where nothing is set. A line break in it would begin
 * another header. */
static int read_token(const struct container_endpoint *endpoint, struct buf *token,
                      struct lambda_error *error)
{
    char bytes[4096];
    size_t len = 0;
    if (endpoint->token_file) {
        FILE *file = fopen(endpoint->token_file, "re");
        if (file) {
            len = fread(bytes, 1, sizeof bytes, file);
            fclose(file);
        }
        if (!len)
            return lambda_error_set(
                error, "S3.NoCredentials", false,
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: %.200s cannot be read: %m",
                endpoint->token_file);
        buf_append(token, bytes, len);
    } else if (endpoint->token) {
        buf_append_string(token, endpoint->token);
    }
    if (!buf_string(token))
        return lambda_error_no_memory(error);
    if (strpbrk(token->data, "\r\n"))
        return lambda_error_set(error, "S3.NoCredentials", false,
                                "the container's authorization token has a line break in it");
    return 0;
}

/* -- Asking --------------------------------------------------------------------------- */

static size_t take_body(char *bytes, size_t one, size_t len, void *into)
{
    (void)one;
    return buf_append(into, bytes, len) < 0 ? 0 : len;
}

static CURLcode call(const char *uri, const char *token, long max_ms, struct buf *answer,
                     long *status)
{
    struct buf header = {0};
    struct curl_slist *headers = NULL;
    CURL *easy = curl_easy_init();
    if (!easy)
        return CURLE_OUT_OF_MEMORY;
    if (*token && buf_append_format(&header, "Authorization: %s", token) == 0)
        headers = curl_slist_append(NULL, header.data);
    buf_free(&header);
    answer->max_bytes = 64u << 10;
    curl_easy_setopt(easy, CURLOPT_URL, uri);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 1000L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, max_ms);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
    CURLcode code = curl_easy_perform(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(easy);
    return code;
}

static const char *text(const json_t *answer, const char *name)
{
    return json_string_value(json_object_get(answer, name));
}

static int take_keys(const char *uri, const struct buf *body, struct s3_keys *keys,
                     struct lambda_error *error)
{
    json_t *answer = json_loadb(body->data, body->len, 0, NULL);
    bool is_good =
        s3_keys_set(keys, text(answer, "AccessKeyId"), text(answer, "SecretAccessKey"),
                    text(answer, "Token"), text(answer, "Expiration"));
    json_decref(answer);
    if (is_good)
        return 0;
    return lambda_error_set(error, "S3.NoCredentials", false,
                            "%.200s gave no AccessKeyId, SecretAccessKey, Token and Expiration",
                            uri);
}

int container_keys_get(const struct container_endpoint *endpoint, long max_ms,
                       struct s3_keys *keys, struct lambda_error *error)
{
    struct buf uri = {0}, token = {0}, body = {0};
    long status = 0;
    int rc = make_uri(endpoint, &uri, error);
    if (rc == 0)
        rc = read_token(endpoint, &token, error);
    if (rc == 0) {
        CURLcode code = call(uri.data, token.data, max_ms, &body, &status);
        if (code == CURLE_OK && status == 200) {
            rc = take_keys(uri.data, &body, keys, error);
        } else if (code == CURLE_OK) {
            rc = status == 429 || status >= 500 ? 1 : -1;
            lambda_error_set(error, "S3.NoCredentials", rc == 1,
                             "the container's credentials: %.200s answered %ld: %.200s",
                             uri.data, status, buf_string(&body) ? body.data : "");
        } else {
            rc = 1;
            lambda_error_set(error, "S3.NoCredentials", true,
                             "the container's credentials: %.200s: %s", uri.data,
                             curl_easy_strerror(code));
        }
    }
    buf_free(&uri);
    buf_free(&token);
    buf_free(&body);
    return rc;
}
