/* SPDX-License-Identifier: MIT */
#include "lambda/event/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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
    {"null", EVENT_DIRECT, NULL, "the event is null"},
    {"\"x\"", EVENT_DIRECT, NULL, "the event is a string"},
    {"7", EVENT_DIRECT, NULL, "the event is a number"},
    {"{\"archive_base46\":\"Zm9v\"}", EVENT_DIRECT, NULL, "did you mean \"archive_base64\"?"},
    {"{\"uri\":\"s3://b/k\",\"schemas\":\"a.xsd\"}", EVENT_DIRECT, NULL,
     "\"schemas\", which is not known; did you mean \"schema\"?"},
    {"{\"uri\":\"s3://b/k\",\"jobs\":{\"format\":\"csv\"},\"job\":{\"jobs\":1}}", EVENT_DIRECT,
     NULL, "\"jobs\" both in its job and beside it"},
    {"{\"uri\":\"s3://b/k\",\"whatever\":1}", EVENT_DIRECT, NULL,
     "\"whatever\", which is neither known nor an option"},
    {"{\"bucket\":\"b\",\"Key\":\"k\",\"Size\":9,\"IsLatest\":\"true\",\"VersionId\":\"\"}",
     EVENT_DIRECT, "b/k;", NULL},
    /* What S3 says of an object that it lists, nobody says of one that people name. */
    {"{\"bucket\":\"b\",\"key\":\"k\",\"Size\":9}", EVENT_DIRECT, NULL,
     "a member \"Size\", which is neither known"},
    {"{\"uri\":\"s3://b/k\",\"VersionId\":\"v\"}", EVENT_DIRECT, NULL,
     "\"VersionId\", which is not known; did you mean \"versionId\"?"},
    {"{\"archive_base64\":\"Zm9v\",\"version\":\"v\"}", EVENT_DIRECT, NULL,
     "a member \"version\", which"},
    {"{\"uri\":\"s3://b/k\",\"name\":\"n\"}", EVENT_DIRECT, NULL, "a member \"name\", which"},
    {"{\"uri\":\"s3://b/k\",\"bucket\":\"c\"}", EVENT_DIRECT, NULL,
     "a member \"bucket\", which"},
    {"{\"uri\":\"s3://b/k\",\"etag\":\"e\"}", EVENT_DIRECT, NULL, "a member \"etag\", which"},
    {"{\"bucket\":\"b\",\"Bucket\":\"c\",\"Key\":\"k\"}", EVENT_DIRECT, NULL,
     "names a bucket twice, by \"bucket\" and by \"Bucket\""},
    {"{\"Bucket\":\"b\",\"Key\":\"k\",\"VersionId\":7}", EVENT_DIRECT, NULL,
     "\"VersionId\" is not a text"},
    {"{\"archive_base64\":\"\"}", EVENT_DIRECT, NULL, "or is empty"},
    {"{\"warmUp\":true}", EVENT_DIRECT, NULL, "did you mean \"warmup\"?"},
    {"{\"warmers\":true}", EVENT_DIRECT, NULL, "did you mean \"warmer\"?"},
    {"{\"warmup\":\"true\"}", EVENT_DIRECT, NULL, "\"warmup\" is not true"},
    {"{\"warmer\":true,\"concurrency\":3}", EVENT_WARM_UP, "", NULL},
    {"{\"source\":\"serverless-plugin-warmup\"}", EVENT_WARM_UP, "", NULL},
    {"{\"warmup\":true,\"uri\":\"s3://b/k\"}", EVENT_DIRECT, NULL, "\"warmup\", which is"},
    {"{\"warmer\":true,\"archive_base64\":\"Zm9v\"}", EVENT_DIRECT, NULL,
     "\"warmer\", which is"},
    {"{\"uri\":\"s3://b/k\",\"archive_base64\":\"Zm9v\"}", EVENT_DIRECT, NULL,
     "twice, by \"uri\" and by \"archive_base64\""},
    {"{\"bucket\":\"b\",\"key\":\"k\",\"archive_base64\":\"Zm9v\"}", EVENT_DIRECT, NULL,
     "twice"},
    {"{\"uri\":\"s3://b/k\",\"key\":\"l\"}", EVENT_DIRECT, NULL, "twice"},
    {"{\"uri\":\"s3://b/k\",\"Bucket\":\"b\",\"Key\":\"l\"}", EVENT_DIRECT, NULL, "twice"},
    {"{\"archive_base64\":\"Zm9v\",\"Bucket\":\"b\",\"Key\":\"l\"}", EVENT_DIRECT, NULL,
     "twice"},
    {"{\"bucket\":\"b\",\"key\":\"k\",\"Key\":\"l\"}", EVENT_DIRECT, NULL, "twice"},
    {"{\"bucket\":\"b\",\"key\":\"k\",\"version\":5}", EVENT_DIRECT, NULL,
     "\"version\" is not a text"},
    {"{\"bucket\":\"b\",\"key\":\"k\",\"versionId\":\"\"}", EVENT_DIRECT, NULL, "or is empty"},
    {"{\"bucket\":\"b\",\"key\":\"k\",\"version\":\"v\",\"versionId\":\"w\"}", EVENT_DIRECT,
     NULL, "twice, by \"version\" and by \"versionId\""},
    {"{\"archive_base64\":\"Zm9v\",\"name\":7}", EVENT_DIRECT, NULL, "\"name\" is not a text"},
    {"{\"uri\":\"s3://b/folder/\"}", EVENT_DIRECT, NULL, "is a folder"},
    {"{\"bucket\":\"b\",\"key\":\"folder/\"}", EVENT_DIRECT, NULL, "is a folder"},
    {"{\"Bucket\":\"b\",\"Key\":\"folder/\"}", EVENT_DIRECT, "b/folder/ (a folder);", NULL},
    {"{\"uri\":\"s3://b/k\",\"schema\":\"a.xsd\",\"schema\":\"b.xsd\"}", EVENT_DIRECT, NULL,
     "duplicate object key"},
    {"{\"bucket\":\"b\"}", EVENT_DIRECT, NULL, "it has \"bucket\"; give"},
    {"{\"version\":\"0\",\"detail-type\":\"Scheduled Event\",\"source\":\"aws.events\","
     "\"detail\":{}}",
     EVENT_EVENTBRIDGE, NULL, "scheduled event"},
    {"{\"version\":\"0\",\"detail-type\":\"Scheduled Event\",\"source\":\"aws.scheduler\","
     "\"detail\":\"{}\"}",
     EVENT_EVENTBRIDGE, NULL, "scheduled event"},
    {"{\"version\":\"0\",\"detail-type\":\"AWS API Call via CloudTrail\",\"source\":\"aws.s3\","
     "\"detail\":{\"eventName\":\"PutObject\"}}",
     EVENT_EVENTBRIDGE, NULL, "'AWS API Call via CloudTrail', which names no archive"},
    {"{\"version\":\"0\",\"detail-type\":\"ours\",\"source\":\"shop\","
     "\"detail\":{\"uri\":\"s3://b/k\"}}",
     EVENT_EVENTBRIDGE, "b/k;", NULL},
    {"{\"Records\":[{\"eventSource\":\"aws:kinesis\",\"kinesis\":{\"data\":\"e30=\"}}]}",
     EVENT_DIRECT, NULL, "is records of a Kinesis stream, which names no archive; have S3"},
    {"{\"Records\":[{\"eventSource\":\"aws:dynamodb\",\"dynamodb\":{}}]}", EVENT_DIRECT, NULL,
     "DynamoDB"},
    {"{\"eventSource\":\"aws:kafka\",\"records\":{\"topic-0\":[]}}", EVENT_DIRECT, NULL,
     "Kafka topic"},
    {"{\"triggerSource\":\"PreSignUp_SignUp\",\"userPoolId\":\"p\"}", EVENT_DIRECT, NULL,
     "Cognito user pool"},
    {"{\"awslogs\":{\"data\":\"\"}}", EVENT_DIRECT, NULL, "CloudWatch Logs"},
    {"{\"requestContext\":{\"connectionId\":\"c\",\"eventType\":\"MESSAGE\"},\"body\":\"x\"}",
     EVENT_DIRECT, NULL, "WebSocket"},
    {"{\"Records\":[{\"cf\":{\"request\":{}}}]}", EVENT_DIRECT, NULL, "CloudFront"},
    {"{\"Records\":7,\"eventSource\":[\"aws:kafka\"],\"requestContext\":[]}", EVENT_DIRECT,
     NULL, "of no kind that is known"},
    {S3("a+b%2Bc"), EVENT_S3, "b/a b+c;", NULL},
    {"{\"detail-type\":\"ours\",\"source\":\"shop\"}", EVENT_EVENTBRIDGE, NULL,
     "'ours', whose detail is missing"},
    {"{\"detail-type\":\"ours\",\"source\":\"shop\",\"detail\":\"{}\"}", EVENT_EVENTBRIDGE,
     NULL, "not a JSON object"},
    {S3("folder/"), EVENT_S3, "b/folder/ (a folder);", NULL},
    {S3("%"), EVENT_S3, NULL, "URL-encoded"},
    {S3("a%00"), EVENT_S3, NULL, "URL-encoded"},
    {S3("%00"), EVENT_S3, NULL, "URL-encoded"},
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
    {"{\"Items\":[{\"uri\":\"s3://b/k\"},{\"archive_base64\":\"Zm9v\",\"name\":\"n\"},"
     "{\"Key\":\"f/\"},{\"Key\":\"c\",\"IsDeleteMarker\":\"true\"},{\"key\":\"g/\"}],"
     "\"bucket\":\"b\"}",
     EVENT_MAP, "b/k;-/n;b/f/ (a folder);b/c (a delete marker);b/g/ (a folder);", NULL},
    {"{\"Items\":[{\"key\":\"a\",\"Key\":\"c\"}],\"bucket\":\"b\"}", EVENT_MAP, NULL,
     "Items[0] names an archive twice, by \"key\" and by \"Key\""},
    {"{\"Items\":[{\"uri\":\"s3://b/k\",\"Key\":\"c\"}]}", EVENT_MAP, NULL, "twice"},
    {"{\"Items\":[{\"Key\":\"a\",\"bucket\":\"b\",\"Bucket\":\"c\"}]}", EVENT_MAP, NULL,
     "Items[0] names a bucket twice"},
    {"{\"Items\":[{\"Key\":\"a\",\"VersionId\":\"v\",\"version\":\"w\"}],\"bucket\":\"b\"}",
     EVENT_MAP, NULL, "Items[0] names a version twice"},
    {"{\"Items\":[{\"Key\":7}],\"bucket\":\"b\"}", EVENT_MAP, NULL,
     "Items[0]: \"Key\" is not a text"},
    {"{\"Items\":[{\"Key\":\"a\",\"bucket\":7}],\"bucket\":\"b\"}", EVENT_MAP, NULL,
     "Items[0]: \"bucket\" is not a text"},
    {"{\"Items\":[{\"Key\":\"a\"}],\"BatchInput\":{\"bucket\":7}}", EVENT_MAP, NULL,
     "BatchInput: \"bucket\" is not a text"},
    {"{\"Items\":[{\"key\":\"a\",\"Size\":9}],\"bucket\":\"b\"}", EVENT_MAP, NULL,
     "Items[0] has a member \"Size\""},
    {"{\"Items\":[{\"Key\":\"a\"}],\"BatchInput\":{\"Bucket\":\"b\"}}", EVENT_MAP, NULL,
     "BatchInput has a member \"Bucket\", which is not known; did you mean \"bucket\"?"},
    {"{\"Items\":[\"a.zip\"],\"bucket\":\"b\"}", EVENT_MAP, NULL, "Items[0] names no archive"},
    {"{\"Items\":[],\"BatchInput\":[{\"schema\":\"x\"}]}", EVENT_MAP, NULL,
     "BatchInput is not a JSON object"},
    {"{\"Items\":[],\"BatchInput\":{\"job\":5}}", EVENT_MAP, NULL, "BatchInput: the job"},
    {"{\"Items\":[{\"Key\":\"a\"}]}", EVENT_MAP, NULL, "BatchInput"},
    {"{\"Items\":[{\"Key\":\"a\"}],\"BatchInput\":{\"bucket\":\"b\",\"shema\":\"x\"}}",
     EVENT_MAP, NULL,
     "BatchInput has a member \"shema\", which is not known; did you mean \"schema\"?"},
    {"{\"Items\":[{\"Key\":\"a\",\"shema\":\"x\"}],\"bucket\":\"b\"}", EVENT_MAP, NULL,
     "Items[0] has a member \"shema\""},
    {"{\"Items\":[{\"Key\":\"a\"}],\"bucket\":\"b\",\"Batchinputs\":{}}", EVENT_MAP, NULL,
     "did you mean \"BatchInput\"?"},
    {"{\"Items\":[{\"key\":\"a\",\"bucket\":\"c\"},{\"Bucket\":\"d\",\"Key\":\"e\"}],"
     "\"bucket\":\"b\"}",
     EVENT_MAP, "c/a;d/e;", NULL},
    {"{\"requestContext\":{\"http\":{\"method\":\"POST\"}},\"body\":\"Zm9v\","
     "\"isBase64Encoded\":true,\"queryStringParameters\":{\"name\":\"x.zip\"}}",
     EVENT_HTTP, "-/x.zip;", NULL},
    {"{\"requestContext\":{\"http\":{\"method\":\"GET\"}}}", EVENT_HTTP, NULL, "POST"},
    {"{\"requestContext\":{\"http\":{\"method\":\"POST\"}},\"body\":\"x\","
     "\"queryStringParameters\":{\"schema\":\"x\"}}",
     EVENT_HTTP, NULL, "schema"},
    {"{\"resource\":\"/\",\"httpMethod\":\"POST\",\"requestContext\":{\"stage\":\"p\"},"
     "\"body\":\"Zm9v\",\"isBase64Encoded\":true,\"queryStringParameters\":null}",
     EVENT_HTTP, "-/archive;", NULL},
    {"{\"requestContext\":{\"http\":{\"method\":\"POST\"}},\"body\":\"x\","
     "\"rawQueryString\":\"name=a&name=b\"}",
     EVENT_HTTP, NULL, "more than once"},
    {"{\"requestContext\":{\"http\":{\"method\":\"POST\"}},\"body\":\"x\","
     "\"rawQueryString\":\"name=%ff\"}",
     EVENT_HTTP, NULL, "not URL-encoded"},
    {"{\"requestContext\":{\"http\":{\"method\":\"POST\"}},\"body\":\"x\","
     "\"rawQueryString\":\"name=a%00b\"}",
     EVENT_HTTP, NULL, "not URL-encoded"},
    {"{\"requestContext\":{\"http\":{\"method\":\"POST\"}},\"body\":\"x\","
     "\"rawQueryString\":\"&&name=a+b%2Bc%3D&\",\"queryStringParameters\":{\"name\":\"-\"}}",
     EVENT_HTTP, "-/a b+c=;", NULL},
    {"{\"requestContext\":{\"http\":{\"method\":\"POST\"}},\"body\":\"x\","
     "\"rawQueryString\":\"schema=x\"}",
     EVENT_HTTP, NULL, "schema"},
    {"{\"httpMethod\":\"POST\",\"requestContext\":{\"elb\":{}},\"body\":\"x\","
     "\"queryStringParameters\":{\"name\":\"a%20b\"}}",
     EVENT_HTTP, "-/a b;", NULL},
    {"{\"httpMethod\":\"POST\",\"requestContext\":{\"stage\":\"p\"},\"body\":\"x\","
     "\"queryStringParameters\":{\"name\":\"a%20b\"}}",
     EVENT_HTTP, "-/a%20b;", NULL},
    {"{\"httpMethod\":\"GET\",\"requestContext\":{\"elb\":{}},\"body\":null}", EVENT_HTTP, NULL,
     "POST"},
    {"{\"httpMethod\":\"POST\",\"requestContext\":{\"stage\":\"p\"},\"body\":\"x\","
     "\"queryStringParameters\":\"format=csv\"}",
     EVENT_HTTP, NULL, "not an object of parameters"},
    {"{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\"}", EVENT_TEST, "", NULL},
};

static void each_kind_is_recognised_and_its_archives_named(void **state)
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
            buf_append_format(&items, event.items[k].ignored ? "%s/%s (%s);" : "%s/%s;",
                              event.items[k].bucket ? event.items[k].bucket : "-",
                              event.items[k].key, event.items[k].ignored);
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
static void events_cut_anywhere_are_safe(void **state)
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

static struct event parsed(const char *text)
{
    struct event event;
    struct thresh_error error = {{0}};
    if (event_parse(&event, text, strlen(text), &error) < 0)
        fail_msg("%s: %s", text, error.text);
    return event;
}

static void messages_nest_four_deep_and_no_deeper(void **state)
{
    char text[4096] = "{\"uri\":\"s3://b/k\"}";
    (void)state;
    for (int depth = 1; depth <= 5; depth++) {
        struct event event;
        struct thresh_error error = {{0}};
        assert_int_equal(event_parse(&event, text, strlen(text), &error), depth <= 4 ? 0 : -1);
        if (depth > 4)
            assert_non_null(strstr(error.text, "more than 4 deep"));
        event_free(&event);
        json_t *outer = json_pack("{s:s, s:{}}", "detail-type", "mine", "detail");
        json_object_set_new(outer, "detail", json_loads(text, 0, NULL));
        char *longer = json_dumps(outer, 0);
        snprintf(text, sizeof text, "%s", longer);
        free(longer);
        json_decref(outer);
    }
}

static void a_message_that_is_not_understood_fails_alone(void **state)
{
    struct event event = parsed(
        "{\"Records\":["
        "{\"eventSource\":\"aws:sqs\",\"messageId\":\"1\",\"body\":\"" S3_IN_TEXT "\"},"
        "{\"eventSource\":\"aws:sqs\",\"messageId\":\"2\",\"body\":\"{}\","
        "\"eventSourceARN\":\"arn:q.fifo\"},"
        "{\"eventSource\":\"aws:sqs\",\"messageId\":\"3\",\"body\":\"" S3_IN_TEXT "\"}]}");
    (void)state;
    assert_int_equal(event.n_messages, 3);
    assert_string_equal(event.messages[0].error.text, "");
    assert_string_equal(event.messages[1].id, "2");
    assert_non_null(strstr(event.messages[1].error.text, "no members"));
    assert_int_equal(event.n_items, 2);
    assert_int_equal(event.items[0].message, 0);
    assert_int_equal(event.items[1].message, 2);
    assert_true(event.fifo);
    event_free(&event);
}

/* Arguments that would go unread fail each task, which is not tried again. */
static void arguments_of_batch_operations_are_an_object(void **state)
{
    static const char *const rows[] = {"\"format=csv\"", "[]", "7"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "{\"tasks\":[{\"taskId\":\"t\",\"s3Key\":\"k\",\"s3Bucket\":\"b\"}],"
                 "\"invocationSchemaVersion\":\"2.0\",\"job\":{\"userArguments\":%s}}",
                 rows[i]);
        struct event event = parsed(text);
        assert_int_equal(event.n_items, 0);
        assert_non_null(strstr(event.messages[0].error.text, "userArguments"));
        event_free(&event);
    }
    struct event event =
        parsed("{\"tasks\":[{\"taskId\":\"t\",\"s3Key\":\"k\",\"s3Bucket\":\"b\"}],"
               "\"invocationSchemaVersion\":\"2.0\",\"job\":{\"userArguments\":null}}");
    assert_int_equal(event.n_items, 1);
    event_free(&event);
}

static void an_event_brings_its_job(void **state)
{
    struct event event = parsed("{\"Items\":[{\"Key\":\"k\"}],\"BatchInput\":{\"bucket\":\"b\","
                                "\"format\":\"csv\"}}");
    (void)state;
    assert_string_equal(json_string_value(json_object_get(event.items[0].job, "format")),
                        "csv");
    assert_null(json_object_get(event.items[0].job, "bucket"));
    event_free(&event);
    event = parsed("{\"uri\":\"s3://b/k\",\"version\":\"v\",\"job\":{\"format\":\"csv\"}}");
    assert_string_equal(json_string_value(json_object_get(event.items[0].job, "format")),
                        "csv");
    assert_string_equal(event.items[0].version, "v");
    struct buf name = {0};
    event_item_name(&event.items[0], &name);
    assert_string_equal(buf_string(&name), "s3://b/k");
    buf_free(&name);
    event_free(&event);
}

/* Wherever a caller says an option, it is heard; what is nearer to the archive wins. */
static void options_beside_the_job_are_taken_as_the_jobs(void **state)
{
    static const struct {
        const char *event;
        const char *format, *fields;
    } rows[] = {
        {"{\"uri\":\"s3://b/k\",\"format\":\"csv\",\"job\":{\"fields\":\"path\"}}", "csv",
         "path"},
        {"{\"Items\":[{\"Key\":\"k\"}],\"bucket\":\"b\",\"format\":\"csv\",\"job\":{\"fields\":"
         "\"path\"}}",
         "csv", "path"},
        {"{\"Items\":[{\"Key\":\"k\"}],\"format\":\"text\",\"BatchInput\":{\"bucket\":\"b\","
         "\"format\":\"csv\",\"job\":{\"fields\":\"path\"}}}",
         "csv", "path"},
        {"{\"Items\":[{\"Key\":\"k\",\"format\":\"csv\"}],\"BatchInput\":{\"bucket\":\"b\","
         "\"format\":\"text\",\"fields\":\"path\"}}",
         "csv", "path"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct event event = parsed(rows[i].event);
        const json_t *job = event.items[0].job;
        assert_int_equal(json_object_size(job), 2);
        assert_string_equal(json_string_value(json_object_get(job, "format")), rows[i].format);
        assert_string_equal(json_string_value(json_object_get(job, "fields")), rows[i].fields);
        event_free(&event);
    }
}

static void payload_format_1_takes_no_stream(void **state)
{
    struct event event =
        parsed("{\"httpMethod\":\"PUT\",\"requestContext\":{},\"body\":\"x\"}");
    (void)state;
    assert_true(event.takes_no_stream);
    event_free(&event);
    event = parsed("{\"requestContext\":{\"http\":{\"method\":\"PUT\"}},\"body\":\"x\"}");
    assert_false(event.takes_no_stream);
    event_free(&event);
}

/* Payload format 2.0 joins repeated parameters, but for the query as it was written. */
static void a_query_may_say_an_option_more_than_once(void **state)
{
    static const char *const rows[] = {
        "{\"requestContext\":{\"http\":{\"method\":\"PUT\"}},\"body\":\"x\",\"rawQueryString\":"
        "\"exclude=a%2Cb.xml&format=csv&exclude=c.xml\",\"queryStringParameters\":"
        "{\"exclude\":\"a,b.xml,c.xml\",\"format\":\"csv\"}}",
        "{\"requestContext\":{},\"httpMethod\":\"PUT\",\"body\":\"x\","
        "\"multiValueQueryStringParameters\":"
        "{\"exclude\":[\"a,b.xml\",\"c.xml\"],\"format\":[\"csv\"]},"
        "\"queryStringParameters\":{\"exclude\":\"c.xml\",\"format\":\"csv\"}}",
        "{\"requestContext\":{\"elb\":{}},\"httpMethod\":\"PUT\",\"body\":\"x\","
        "\"multiValueQueryStringParameters\":"
        "{\"exclude\":[\"a%2cb.xml\",\"c.xml\"],\"format\":[\"csv\"]}}",
    };
    (void)state;
    json_t *wanted =
        json_loads("{\"exclude\":[\"a,b.xml\",\"c.xml\"],\"format\":\"csv\"}", 0, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct event event = parsed(rows[i]);
        assert_true(json_equal(event.items[0].job, wanted));
        event_free(&event);
    }
    json_decref(wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_recognised_and_its_archives_named),
        cmocka_unit_test(events_cut_anywhere_are_safe),
        cmocka_unit_test(messages_nest_four_deep_and_no_deeper),
        cmocka_unit_test(a_message_that_is_not_understood_fails_alone),
        cmocka_unit_test(arguments_of_batch_operations_are_an_object),
        cmocka_unit_test(an_event_brings_its_job),
        cmocka_unit_test(options_beside_the_job_are_taken_as_the_jobs),
        cmocka_unit_test(payload_format_1_takes_no_stream),
        cmocka_unit_test(a_query_may_say_an_option_more_than_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
