/* SPDX-License-Identifier: MIT
 *
 * With which keys a request is signed. A directory bucket ("Directory buckets" in the Amazon
 * S3 User Guide) takes only those of a session that was opened with it (CreateSession in the
 * Amazon S3 API Reference). Keys are asked for while everything else waits: that takes some
 * milliseconds, once in minutes.
 */
#include "lambda/s3/s3_request.h"

#include "base/clock.h"
#include "lambda/s3/s3_xml.h"
#include <string.h>

#define PATIENCE_MS 5000
#define RENEWED_MS  60000 /* keys that end within this time are replaced */

static bool hold(const struct s3_keys *keys)
{
    return *keys->id && (!keys->until_ms || keys->until_ms - RENEWED_MS > clock_unix_ms());
}

static long patience_ms(const struct s3 *s3)
{
    int64_t end_ms = s3->settings.deadline_ms, left = end_ms - clock_unix_ms();
    if (!end_ms || left > PATIENCE_MS)
        return PATIENCE_MS;
    return left > 1 ? (long)left : 1;
}

/* -- The function's own --------------------------------------------------------------- */

static bool has_container(const struct s3 *s3)
{
    return s3->settings.container.relative_uri || s3->settings.container.full_uri;
}

static int own_keys(struct s3_request *request, CURLcode *code)
{
    struct s3 *s3 = request->s3;
    const struct s3_settings *settings = &s3->settings;
    if (settings->key_id && settings->secret) {
        if (s3_keys_set(&request->keys, settings->key_id, settings->secret, settings->token,
                        NULL))
            return 0;
        return lambda_error_set(&request->error, "S3.NoCredentials", false,
                                "the credentials in the environment are too long");
    }
    if (!has_container(s3))
        return lambda_error_set(
            &request->error, "S3.NoCredentials", false,
            "s3://%s/%s: neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set, nor "
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI",
            request->bucket, request->key ? request->key : "");
    struct lambda_error error = {0};
    int rc = hold(&s3->keys)
                 ? 0
                 : container_keys_get(&settings->container, patience_ms(s3), &s3->keys, &error);
    request->keys = s3->keys;
    if (rc < 0)
        request->error = error;
    if (rc == 1) {
        *code = CURLE_COULDNT_CONNECT;
        snprintf(request->curl_error, sizeof request->curl_error, "%.*s", CURL_ERROR_SIZE - 1,
                 error.message.text);
    }
    return rc;
}

/* -- Sessions ------------------------------------------------------------------------- */

/* The bucket's, or the place of the one that ends first. */
static struct s3_session *find_session(struct s3 *s3, const char *bucket)
{
    struct s3_session *oldest = &s3->sessions[0];
    for (size_t i = 0; i < S3_SESSIONS; i++) {
        struct s3_session *session = &s3->sessions[i];
        if (strcmp(session->bucket, bucket) == 0)
            return session;
        if (session->keys.until_ms < oldest->keys.until_ms)
            oldest = session;
    }
    return oldest;
}

static bool take_session(const char *xml, struct s3_keys *keys)
{
    static const char *const tags[] = {"AccessKeyId", "SecretAccessKey", "SessionToken",
                                       "Expiration"};
    struct buf texts[4] = {{0}};
    bool is_good = true;
    for (size_t i = 0; i < 4; i++) {
        const char *at = xml;
        is_good = is_good && xml && s3_xml_text(&at, tags[i], &texts[i]);
    }
    is_good = is_good &&
              s3_keys_set(keys, texts[0].data, texts[1].data, texts[2].data, texts[3].data);
    for (size_t i = 0; i < 4; i++)
        buf_free(&texts[i]);
    return is_good;
}

/* What S3 says to the call is what it says to the request that needs the session. */
static int open_session(struct s3_request *request, struct s3_session *session, CURLcode *code)
{
    struct s3_request call = {.method = "GET",
                              .bucket = request->bucket,
                              .query = "session=",
                              .fd = -1,
                              .s3 = request->s3,
                              .is_session_call = true,
                              .keys = request->keys};
    int rc = s3_transfer_alone(&call, patience_ms(request->s3), code);
    if (rc < 0)
        request->error = call.error;
    else if (*code == CURLE_OK && call.status == 200)
        rc = take_session(buf_string(&call.text), &session->keys)
                 ? 0
                 : lambda_error_set(&request->error, "S3.NoSession", false,
                                    "s3://%s: S3 gave no session", request->bucket);
    else
        rc = 1;
    if (rc == 1) {
        struct buf text = request->text;
        request->text = call.text;
        call.text = text;
        request->status = call.status;
        memcpy(request->region, call.region, sizeof request->region);
        memcpy(request->curl_error, call.curl_error, sizeof request->curl_error);
    }
    s3_transfer_free(&call);
    return rc;
}

int s3_authorise(struct s3_request *request, CURLcode *code)
{
    int rc = 0;
    if (!s3_is_directory_bucket(request->bucket))
        return own_keys(request, code);
    struct s3_session *session = find_session(request->s3, request->bucket);
    if (strcmp(session->bucket, request->bucket) != 0 || !hold(&session->keys)) {
        *session = (struct s3_session){0};
        rc = own_keys(request, code);
        if (rc == 0)
            rc = open_session(request, session, code);
        if (rc == 0)
            snprintf(session->bucket, sizeof session->bucket, "%s", request->bucket);
    }
    if (rc == 0)
        request->keys = session->keys;
    return rc;
}

bool s3_forget_keys(const struct s3_request *request)
{
    struct s3 *s3 = request->s3;
    bool any = false;
    for (size_t i = 0; i < S3_SESSIONS; i++)
        if (strcmp(s3->sessions[i].keys.id, request->keys.id) == 0) {
            s3->sessions[i] = (struct s3_session){0};
            any = true;
        }
    if (strcmp(s3->keys.id, request->keys.id) == 0) {
        s3->keys = (struct s3_keys){0};
        any = true;
    }
    return any;
}
