/* SPDX-License-Identifier: MIT
 *
 * Events of each kind where memory ends: each allocation of reading one is refused in turn, and
 * then that and all after it. What comes of it is the event as it is, or the error that says
 * so, of the event or of one message; never an event that lacks something, nor the blame for
 * it. (tests/CMakeLists.txt has the allocators wrapped.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lambda/event/event.h"
#include "lambda/json_whole.h"

enum { MESSAGES_MAX = 8 };

/* -- Memory --------------------------------------------------------------------------- */

static bool is_watched, is_in_lexer, refuses_all_after;
static size_t asked, refused_at; /* 0: none is */

/* Jansson's lexer goes on where a string cannot grow, and then reads beyond it: what may be
 * that is never refused. */
static bool is_refused(size_t size)
{
    if (!is_watched || (is_in_lexer && size >= 32 && (size & (size - 1)) == 0))
        return false;
    asked++;
    return refused_at && (refuses_all_after ? asked >= refused_at : asked == refused_at);
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len);
json_t *__real_json_loadb(const char *bytes, size_t len, size_t flags, json_error_t *error);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);
json_t *__wrap_json_loadb(const char *bytes, size_t len, size_t flags, json_error_t *error);

void *__wrap_malloc(size_t size)
{
    return is_refused(size) ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return is_refused(n * size) ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return is_refused(size) ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
    return is_refused(0) ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t len)
{
    return is_refused(0) ? NULL : __real_strndup(text, len);
}

json_t *__wrap_json_loadb(const char *bytes, size_t len, size_t flags, json_error_t *error)
{
    is_in_lexer = true;
    json_t *json = __real_json_loadb(bytes, len, flags, error);
    is_in_lexer = false;
    return json;
}

/* -- Events --------------------------------------------------------------------------- */

/* What was read, in words: of the event as a whole, and of each message. */
struct reading {
    struct thresh_error error;
    struct buf whole;
    struct buf messages[MESSAGES_MAX];
    size_t n_messages;
    bool lacks_memory[MESSAGES_MAX];
};

static void describe(const struct event_item *item, struct buf *out)
{
    char *job = item->job ? json_dumps(item->job, JSON_SORT_KEYS) : NULL;
    buf_append_format(out, "%s/%s?%s %s %.*s %s;", item->bucket ? item->bucket : "-", item->key,
                      item->version ? item->version : "", item->ignored ? item->ignored : "",
                      (int)item->bytes.len, item->bytes.data ? item->bytes.data : "",
                      job ? job : "");
    free(job);
}

static void read_event(const char *text, struct reading *reading)
{
    struct event event;
    *reading = (struct reading){.n_messages = 0};
    asked = 0;
    is_watched = true;
    int rc = event_parse(&event, text, strlen(text), &reading->error);
    is_watched = false;
    if (rc == 0) {
        buf_append_format(&reading->whole, "%s %zu %d %d;", event_kind_name(event.kind),
                          event.n_messages ? 0 : event.ignored, event.takes_no_stream,
                          event.fifo);
        reading->n_messages = event.n_messages;
        for (size_t i = 0; i < event.n_items; i++)
            describe(&event.items[i], event.n_messages
                                          ? &reading->messages[event.items[i].message]
                                          : &reading->whole);
    }
    for (size_t i = 0; i < reading->n_messages; i++) {
        const struct event_message *message = &event.messages[i];
        reading->lacks_memory[i] = error_is_no_memory(&message->error);
        assert_true(!reading->lacks_memory[i] || !reading->messages[i].len);
        buf_append_format(&reading->messages[i], "%s %s", message->id, message->error.text);
    }
    event_free(&event);
}

static void free_reading(struct reading *reading)
{
    buf_free(&reading->whole);
    for (size_t i = 0; i < MESSAGES_MAX; i++)
        buf_free(&reading->messages[i]);
}

static void expect_same_or_told(struct reading *is, struct reading *was)
{
    if (error_is_no_memory(&is->error))
        return;
    assert_string_equal(is->error.text, was->error.text);
    if (!was->whole.len)
        return;
    assert_string_equal(buf_string(&is->whole), buf_string(&was->whole));
    assert_int_equal(is->n_messages, was->n_messages);
    for (size_t i = 0; i < was->n_messages; i++)
        if (!is->lacks_memory[i])
            assert_string_equal(buf_string(&is->messages[i]), buf_string(&was->messages[i]));
}

static void expect_nothing_lost(const char *text)
{
    struct reading was, is;
    refused_at = 0;
    read_event(text, &was);
    size_t most = asked;
    assert_true(most > 5);
    for (size_t at = 1; at <= most; at++)
        for (int all = 0; all < 2; all++) {
            refused_at = at;
            refuses_all_after = all;
            read_event(text, &is);
            expect_same_or_told(&is, &was);
            free_reading(&is);
        }
    free_reading(&was);
}

#define S3(key)                                                                                \
    "{\"Records\":[{\"eventSource\":\"aws:s3\",\"eventName\":\"ObjectCreated:Put\",\"s3\":{"   \
    "\"bucket\":{\"name\":\"a-bucket\"},\"object\":{\"key\":\"" key                            \
    "\",\"versionId\":\"v1\"}}}]}"
#define BRIDGE                                                                                 \
    "{\"source\":\"aws.s3\",\"detail-type\":\"Object Created\",\"detail\":{\"bucket\":{"       \
    "\"name\":\"b\"},\"object\":{\"key\":\"a+b.zip\",\"version-id\":\"7\"}}}"
#define HTTP(more)                                                                             \
    "{\"requestContext\":{\"http\":{\"method\":\"POST\"}},\"body\":\"Zm9vYmFy\","              \
    "\"isBase64Encoded\":true," more "}"
#define REST(context, more)                                                                    \
    "{\"httpMethod\":\"POST\",\"requestContext\":{" context "},\"body\":\"plain\"," more "}"

static void what_people_write_is_whole_or_refused(void **state)
{
    static const char *const events[] = {
        "{\"uri\":\"s3://bucket/a/key.zip\",\"version\":\"3\",\"job\":{\"schema\":\"a.xsd\","
        "\"extract\":{\"a\":\"//a\"}},\"max-errors\":3,\"include\":[\"*.xml\"]}",
        "{\"bucket\":\"b\",\"key\":\"k\",\"format\":\"csv\"}",
        "{\"archive_base64\":\"Zm9vYmFy\",\"name\":\"x.zip\",\"fields\":[\"path\"]}",
        "{\"archive_base64\":\"Zm9vY*Fy\"}",
        "{\"archive_bsae64\":\"Zm9vYmFy\",\"shema\":1}",
        "{\"uri\":\"s3://b/k\",\"job\":{},\"shema\":\"x\"}",
        "{\"nothing\":{\"of\":\"ours\"}}",
        "{\"Items\":[{\"Key\":\"a/\"},{\"key\":\"b\",\"max-errors\":2},"
        "{\"uri\":\"s3://c/d\",\"job\":{\"group\":true}}],\"BatchInput\":{\"bucket\":\"B\","
        "\"job\":{\"schema\":\"a.xsd\"}},\"max-errors\":5}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        expect_nothing_lost(events[i]);
}

static void what_services_send_is_whole_or_refused(void **state)
{
    static const char *const events[] = {
        S3("in%2F2024/feed+1.zip"),
        S3("%zz"),
        BRIDGE,
        "{\"detail-type\":\"mine\",\"detail\":{\"uri\":\"s3://b/k\"}}",
        "{\"Records\":[{\"EventSource\":\"aws:sns\",\"Sns\":{\"Message\":"
        "\"{\\\"uri\\\":\\\"s3://b/k\\\",\\\"group\\\":true}\"}}]}",
        "{\"Records\":[{\"messageId\":\"m0\",\"eventSource\":\"aws:sqs\",\"eventSourceARN\":"
        "\"arn:q.fifo\",\"body\":\"{\\\"uri\\\":\\\"s3://b/k\\\",\\\"job\\\":{\\\"group\\\":"
        "true}}\"},{\"messageId\":\"m1\",\"eventSource\":\"aws:sqs\",\"body\":\"nonsense\"},"
        "{\"messageId\":\"m2\",\"eventSource\":\"aws:sqs\",\"body\":\"{\\\"Type\\\":"
        "\\\"Notification\\\",\\\"Message\\\":\\\"{}\\\"}\"}]}",
        "{\"invocationSchemaVersion\":\"2.0\",\"job\":{\"userArguments\":{\"max-errors\":"
        "\"3\"}},\"tasks\":[{\"taskId\":\"t0\",\"s3Key\":\"a%20b\",\"s3Bucket\":\"b\","
        "\"s3VersionId\":\"1\"},{\"taskId\":\"t1\",\"s3Key\":\"%\",\"s3Bucket\":\"b\"}]}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        expect_nothing_lost(events[i]);
}

static void a_request_is_whole_or_refused(void **state)
{
    static const char *const events[] = {
        HTTP("\"rawQueryString\":\"format=csv&include=a&include=b+c&max-errors=3&name=x.zip\""),
        HTTP("\"rawQueryString\":\"name=%ff\""),
        HTTP("\"rawQueryString\":\"shema=x\""),
        HTTP("\"queryStringParameters\":{\"name\":\"x.zip\",\"format\":\"csv\"}"),
        REST("\"stage\":\"p\"",
             "\"multiValueQueryStringParameters\":{\"include\":[\"a\",\"b\"],"
             "\"exclude\":[\"c\"],\"name\":[\"x.zip\"]}"),
        REST("\"elb\":{}", "\"queryStringParameters\":{\"name\":\"a%20b\",\"include\":"
                           "\"%c3%a9\",\"exclude\":\"c+d\"}"),
        REST("\"elb\":{}", "\"queryStringParameters\":{\"name\":\"%ff\"}"),
    };
    (void)state;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        expect_nothing_lost(events[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_people_write_is_whole_or_refused),
        cmocka_unit_test(what_services_send_is_whole_or_refused),
        cmocka_unit_test(a_request_is_whole_or_refused),
    };
    json_whole_watch_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
