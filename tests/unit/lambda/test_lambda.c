/* SPDX-License-Identifier: MIT
 *
 * The pure parts of the Lambda runtime, by tables: encodings, events, answers, templates.
 */
#include "lambda/answer.h"
#include "lambda/base64.h"
#include "lambda/event/event.h"
#include "lambda/output_template.h"
#include "lambda/percent.h"
#include "lambda/s3/archive_download.h"
#include "record/escape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* -- Encodings ------------------------------------------------------------------------ */

static void base64(void **state)
{
    static const struct {
        const char *text, *bytes; /* bytes NULL: refused */
    } rows[] = {
        {"", ""},
        {"Zg==", "f"},
        {"Zm8=", "fo"},
        {"Zm9v", "foo"},
        {"Zm9vYg==", "foob"},
        {"Zm9vYmE", "fooba"},
        {"Zm9v\nYmFy", "foobar"},
        {"-_-_", "\xfb\xff\xbf"},
        {"Z", NULL},
        {"Zm9v!", NULL},
        {"Zg==x", NULL},
        {"Zm9v\0", "foo"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out = {0}, back = {0};
        int rc = base64_decode(rows[i].text, strlen(rows[i].text), &out);
        assert_int_equal(rc, rows[i].bytes ? 0 : -1);
        if (rows[i].bytes) {
            assert_string_equal(buf_string(&out), rows[i].bytes);
            base64_encode(out.data, out.len, &back);
            buf_clear(&out);
            base64_decode(back.data, back.len, &out);
            assert_string_equal(buf_string(&out), rows[i].bytes);
        }
        buf_free(&out);
        buf_free(&back);
    }
    struct buf out = {0};
    assert_int_equal(base64_decode("Zm9v\0Zm9v", 9, &out), -1);
    buf_free(&out);
}

static void forms_and_percents(void **state)
{
    static const struct {
        const char *coded, *plain;
    } rows[] = {
        {"a+b%2Bc%3D1.zip", "a b+c=1.zip"},
        {"in/%C3%A9%25.zip", "in/\xc3\xa9%.zip"},
        {"%41", "A"},
        {"%4", NULL},
        {"%", NULL},
        {"%zz", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out = {0};
        int rc = percent_decode_form(rows[i].coded, strlen(rows[i].coded), &out);
        assert_int_equal(rc, rows[i].plain ? 0 : -1);
        if (rows[i].plain)
            assert_string_equal(buf_string(&out), rows[i].plain);
        buf_free(&out);
    }
    struct buf out = {0};
    const char *odd = "a b+c=(\xc3\xa9)/~._-";
    percent_encode(odd, strlen(odd), true, &out);
    assert_string_equal(buf_string(&out), "a%20b%2Bc%3D%28%C3%A9%29/~._-");
    buf_clear(&out);
    percent_encode("a/b", 3, false, &out);
    assert_string_equal(buf_string(&out), "a%2Fb");
    buf_clear(&out);
    escape_json(&out, "\"\\\n\x01x", 5);
    assert_string_equal(buf_string(&out), "\\\"\\\\\\n\\u0001x");
    buf_free(&out);
}

/* -- Events --------------------------------------------------------------------------- */

#define S3(key)                                                                                \
    "{\"Records\":[{\"s3\":{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"" key "\"}}}]}"
#define S3_IN_TEXT                                                                             \
    "{\\\"Records\\\":[{\\\"s3\\\":{\\\"bucket\\\":{\\\"name\\\":\\\"b\\\"},"                  \
    "\\\"object\\\":{\\\"key\\\":\\\"a+b\\\"}}}]}"

/* What is made of an event: its kind and "bucket/key" of each item, or a part of the error. */
static const struct {
    const char *event;
    enum event_kind kind;
    const char *items; /* NULL: refused */
    const char *said;
} events[] = {
    {"{\"uri\":\"s3://b/k%20+\"}", EVENT_DIRECT, "b/k%20+;", NULL},
    {"{\"bucket\":\"b\",\"key\":\"k\"}", EVENT_DIRECT, "b/k;", NULL},
    {"{\"Bucket\":\"b\",\"Key\":\"k\"}", EVENT_DIRECT, "b/k;", NULL},
    {"{\"archive_base64\":\"Zm9v\",\"name\":\"n.zip\"}", EVENT_DIRECT, "-/n.zip;", NULL},
    {"{\"key\":\"k\"}", EVENT_DIRECT, NULL, "no bucket"},
    {"{\"uri\":\"b/k\"}", EVENT_DIRECT, NULL, "s3://bucket/key"},
    {"{\"a\":1,\"b\":2}", EVENT_DIRECT, NULL, "\"a\", \"b\""},
    {"{}", EVENT_DIRECT, NULL, "no members"},
    {"[]", EVENT_DIRECT, NULL, "not a JSON object"},
    {"{\"uri\":\"s3://b/k\",\"job\":[]}", EVENT_DIRECT, NULL, "job"},
    {"", EVENT_DIRECT, NULL, "not JSON"},
    {S3("a+b%2Bc"), EVENT_S3, "b/a b+c;", NULL},
    {S3("folder/"), EVENT_S3, "", NULL},
    {S3("%"), EVENT_S3, NULL, "URL-encoded"},
    {"{\"Records\":[{\"eventName\":\"ObjectRemoved:Delete\",\"s3\":{\"bucket\":{\"name\":\"b\"}"
     ","
     "\"object\":{\"key\":\"k\"}}}]}",
     EVENT_S3, "", NULL},
    {"{\"detail-type\":\"Object Created\",\"detail\":{\"bucket\":{\"name\":\"b\"},\"object\":{"
     "\"key\":\"a+b%20\"}}}",
     EVENT_EVENTBRIDGE, "b/a+b%20;", NULL},
    {"{\"detail-type\":\"Object Deleted\",\"detail\":{\"bucket\":{\"name\":\"b\"},\"object\":{"
     "\"key\":\"a\"}}}",
     EVENT_EVENTBRIDGE, "", NULL},
    {"{\"detail-type\":\"mine\",\"detail\":{\"uri\":\"s3://b/k\"}}", EVENT_EVENTBRIDGE, "b/k;",
     NULL},
    {"{\"Records\":[{\"eventSource\":\"aws:sqs\",\"messageId\":\"m\",\"body\":\"" S3_IN_TEXT
     "\"}]}",
     EVENT_SQS, "b/a b;", NULL},
    {"{\"Records\":[{\"eventSource\":\"aws:sqs\",\"messageId\":\"m\",\"body\":\"{\"}]}",
     EVENT_SQS, "", NULL},
    {"{\"Records\":[{\"eventSource\":\"aws:sqs\",\"body\":\"{}\"}]}", EVENT_SQS, NULL,
     "messageId"},
    {"{\"Records\":[{\"EventSource\":\"aws:sns\",\"Sns\":{\"Message\":\"" S3_IN_TEXT "\"}}]}",
     EVENT_SNS, "b/a b;", NULL},
    {"{\"tasks\":[{\"taskId\":\"t\",\"s3Key\":\"a%20b\",\"s3BucketArn\":\"arn:aws:s3:::b\"}],"
     "\"invocationSchemaVersion\":\"1.0\"}",
     EVENT_S3_BATCH, "b/a b;", NULL},
    {"{\"tasks\":[{\"taskId\":\"t\",\"s3Key\":\"a+b\",\"s3Bucket\":\"b\"}],"
     "\"invocationSchemaVersion\":\"2.0\",\"job\":{\"userArguments\":{\"format\":\"csv\"}}}",
     EVENT_S3_BATCH, "b/a b;", NULL},
    {"{\"Items\":[{\"Key\":\"a+b\"},{\"Key\":\"c\"}],\"BatchInput\":{\"bucket\":\"b\"}}",
     EVENT_MAP, "b/a+b;b/c;", NULL},
    {"{\"Items\":[],\"BatchInput\":{\"job\":5}}", EVENT_MAP, NULL, "BatchInput's job"},
    {"{\"Items\":[{\"Key\":\"a\"}]}", EVENT_MAP, NULL, "BatchInput"},
    {"{\"requestContext\":{\"http\":{\"method\":\"POST\"}},\"body\":\"Zm9v\","
     "\"isBase64Encoded\":true,\"queryStringParameters\":{\"name\":\"x.zip\"}}",
     EVENT_HTTP, "-/x.zip;", NULL},
    {"{\"requestContext\":{\"http\":{\"method\":\"GET\"}}}", EVENT_HTTP, NULL, "POST"},
    {"{\"requestContext\":{\"http\":{\"method\":\"POST\"}},\"body\":\"x\","
     "\"queryStringParameters\":{\"schema\":\"x\"}}",
     EVENT_HTTP, NULL, "schema"},
    {"{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\"}", EVENT_TEST, "", NULL},
};

static void recognition(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        struct event event;
        struct thresh_error error = {{0}};
        struct buf items = {0};
        int rc = event_parse(&event, events[i].event, strlen(events[i].event), &error);
        if (rc != (events[i].items ? 0 : -1))
            fail_msg("%s: %s", events[i].event, error.text);
        assert_int_equal(event.kind, events[i].kind);
        for (size_t k = 0; rc == 0 && k < event.n_items; k++)
            buf_append_format(&items, "%s/%s;",
                              event.items[k].bucket ? event.items[k].bucket : "-",
                              event.items[k].key);
        if (rc == 0)
            assert_string_equal(buf_string(&items), events[i].items);
        else if (!strstr(error.text, events[i].said))
            fail_msg("%s: %s", events[i].event, error.text);
        buf_free(&items);
        event_free(&event);
    }
}

/* Every event, cut after each of its bytes: refused or understood, and nothing leaks or is read
 * that is not there. */
static void cut_events(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        for (size_t len = strlen(events[i].event); len-- > 0;) {
            struct event event;
            struct thresh_error error = {{0}};
            char *bytes = malloc(len + 1);
            memcpy(bytes, events[i].event, len);
            event_parse(&event, bytes, len, &error);
            event_free(&event);
            free(bytes);
        }
}

/* -- Answers -------------------------------------------------------------------------- */

static void check_answer(const char *text, const enum outcome_state *states, bool again,
                         const char *wanted)
{
    struct event event;
    struct thresh_error refused;
    struct lambda_error error = {0};
    struct outcome outcomes[4] = {0};
    struct buf out = {0};
    assert_int_equal(event_parse(&event, text, strlen(text), &refused), 0);
    for (size_t i = 0; i < event.n_items; i++) {
        outcomes[i].state = states[i];
        outcomes[i].good = true;
        if (states[i] != OUTCOME_DONE)
            lambda_error_set(&outcomes[i].error, "S3.X", again, "why");
    }
    int rc = answer_make(&event, outcomes, &out, &error);
    if (rc < 0)
        buf_append_format(&out, "%s: %s", error.type, error.message.text);
    if (!strstr(buf_string(&out), wanted))
        fail_msg("%s: %s, not %s", text, out.data, wanted);
    buf_free(&out);
    event_free(&event);
}

#define SQS(arn)                                                                               \
    "{\"Records\":[{\"eventSource\":\"aws:sqs\",\"eventSourceARN\":\"" arn                     \
    "\",\"messageId\":\"1\","                                                                  \
    "\"body\":\"" S3_IN_TEXT                                                                   \
    "\"},{\"eventSource\":\"aws:sqs\",\"messageId\":\"2\",\"body\":\"" S3_IN_TEXT              \
    "\"},{\"eventSource\":\"aws:sqs\",\"messageId\":\"3\",\"body\":\"" S3_IN_TEXT "\"}]}"

static void answers(void **state)
{
    static const enum outcome_state all[] = {OUTCOME_DONE, OUTCOME_DONE, OUTCOME_DONE};
    static const enum outcome_state second[] = {OUTCOME_DONE, OUTCOME_FAILED, OUTCOME_DONE};
    static const enum outcome_state first[] = {OUTCOME_INCOMPLETE};
    const char *batch = "{\"tasks\":[{\"taskId\":\"t\",\"s3Key\":\"k\",\"s3Bucket\":\"b\"}],"
                        "\"invocationSchemaVersion\":\"2.0\",\"invocationId\":\"I\"}";
    (void)state;
    check_answer(SQS("q"), all, false, "{\"batchItemFailures\":[]}");
    check_answer(SQS("q"), second, false,
                 "{\"batchItemFailures\":[{\"itemIdentifier\":\"2\"}]}");
    check_answer(SQS("q.fifo"), second, false,
                 "[{\"itemIdentifier\":\"2\"},{\"itemIdentifier\":\"3\"}]");
    check_answer(batch, all, false, "\"resultCode\":\"Succeeded\"");
    check_answer(batch, first, false,
                 "\"resultCode\":\"PermanentFailure\",\"resultString\":\"why\"");
    check_answer(batch, first, true, "\"resultCode\":\"TemporaryFailure\"");
    check_answer(batch, all, false, "{\"invocationSchemaVersion\":\"2.0\"");
    check_answer(S3("k"), all, false, "\"complete\":true");
    check_answer(S3("k"), first, false, "S3.X: why");
    check_answer("{\"uri\":\"s3://b/k\"}", first, false, "\"complete\":false,\"good\":false");
    check_answer("{\"uri\":\"s3://b/k\"}", second + 1, false, "S3.X: why");
}

/* -- Templates, directories ----------------------------------------------------------- */

static void output_templates(void **state)
{
    static const struct {
        const char *template, *bucket, *key; /* NULL: refused */
    } rows[] = {
        {"s3://out/{bucket}/{key}.ndjson", "out", "b/in/a {key}.zip.ndjson"},
        {"s3://{bucket}/x-{request_id}", "b", "x-r"},
        {"s3://out/a{b", "out", "a{b"},
        {"s3://out/{what}", NULL, NULL},
        {"s3://out", NULL, NULL},
        {"s3:///k", NULL, NULL},
        {"/tmp/x", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *bucket, *key;
        struct lambda_error error = {0};
        int rc = output_template_expand(rows[i].template, "b", "in/a {key}.zip", "r", &bucket,
                                        &key, &error);
        assert_int_equal(rc, rows[i].bucket ? 0 : -1);
        if (rc == 0) {
            assert_string_equal(bucket, rows[i].bucket);
            assert_string_equal(key, rows[i].key);
        } else {
            assert_non_null(strstr(error.message.text, rows[i].template));
        }
        free(bucket);
        free(key);
    }
}

static void directories(void **state)
{
    unsigned char tail[64] = "0123456789012345678901234567890123456789PK\5\6";
    uint64_t from, to;
    (void)state;
    tail[40 + 12] = 30;  /* of the directory: its size ... */
    tail[40 + 16] = 110; /* ... and its offset */
    assert_true(archive_download_directory(tail, 62, 162, &from, &to));
    assert_int_equal(from, 110);
    assert_int_equal(to, 140);
    assert_false(
        archive_download_directory(tail, 62, 163, &from, &to)); /* a byte before the archive */
    assert_false(archive_download_directory(tail, 61, 161, &from, &to)); /* cut off */
    tail[40 + 20] = 2;
    assert_true(archive_download_directory(tail, 64, 164, &from, &to)); /* a comment */
    memset(tail + 40 + 16, 0xff, 4);
    assert_false(archive_download_directory(tail, 64, 164, &from, &to)); /* ZIP64 */
    assert_false(archive_download_directory(tail, 10, 10, &from, &to));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64),      cmocka_unit_test(forms_and_percents),
        cmocka_unit_test(recognition), cmocka_unit_test(cut_events),
        cmocka_unit_test(answers),     cmocka_unit_test(output_templates),
        cmocka_unit_test(directories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
