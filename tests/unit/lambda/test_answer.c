/* SPDX-License-Identifier: MIT */
#include "lambda/answer.h"

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

static const enum outcome_state all[] = {OUTCOME_DONE, OUTCOME_DONE, OUTCOME_DONE};
static const enum outcome_state second[] = {OUTCOME_DONE, OUTCOME_FAILED, OUTCOME_DONE};
static const enum outcome_state first[] = {OUTCOME_INCOMPLETE};
static const enum outcome_state none[] = {OUTCOME_NOT_BEGUN};

static void a_queue_hears_which_messages_to_deliver_again(void **state)
{
    (void)state;
    check_answer(SQS("q"), all, false, "{\"batchItemFailures\":[]}");
    check_answer(SQS("q"), second, false,
                 "{\"batchItemFailures\":[{\"itemIdentifier\":\"2\"}]}");
}

static void a_fifo_queue_hears_all_from_the_first_failed_message_on(void **state)
{
    (void)state;
    check_answer(SQS("q.fifo"), all, false, "{\"batchItemFailures\":[]}");
    check_answer(SQS("q.fifo"), second, false,
                 "[{\"itemIdentifier\":\"2\"},{\"itemIdentifier\":\"3\"}]");
}

static void batch_operations_hear_whether_to_try_again(void **state)
{
    const char *batch = "{\"tasks\":[{\"taskId\":\"t\",\"s3Key\":\"k\",\"s3Bucket\":\"b\"}],"
                        "\"invocationSchemaVersion\":\"2.0\",\"invocationId\":\"I\"}";
    (void)state;
    check_answer(batch, all, false, "\"resultCode\":\"Succeeded\"");
    check_answer(batch, first, false,
                 "\"resultCode\":\"PermanentFailure\",\"resultString\":\"why\"");
    check_answer(batch, first, true, "\"resultCode\":\"TemporaryFailure\"");
    check_answer(batch, all, false, "{\"invocationSchemaVersion\":\"2.0\"");
    check_answer(batch, all, false, "\"invocationId\":\"I\"");
}

static void notifications_fail_as_a_whole(void **state)
{
    (void)state;
    check_answer(S3("k"), all, false, "\"complete\":true");
    check_answer(S3("k"), first, false, "S3.X: why");
    check_answer("{\"Items\":[{\"Key\":\"a\"},{\"Key\":\"c\"},{\"Key\":\"d\"}],"
                 "\"BatchInput\":{\"bucket\":\"b\"}}",
                 second, false, "S3.X: 1 of 3 archives were not done: why");
}

static void a_caller_hears_what_was_done_and_what_was_not(void **state)
{
    const char *direct = "{\"uri\":\"s3://b/k\"}";
    (void)state;
    check_answer(direct, all, false,
                 "{\"archive\":\"s3://b/k\",\"complete\":true,\"good\":true");
    check_answer(direct, first, false, "\"complete\":false,\"good\":false");
    check_answer(direct, first, false, "\"not_done\":{\"from_index\":0,\"entries\":0}");
    check_answer(direct, second + 1, false, "S3.X: why");
    check_answer(direct, none, false, "S3.X: why");
    check_answer("{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\"}", all, false,
                 "\"complete\":true");
}

static void records_lie_in_the_answer_as_json_or_as_text(void **state)
{
    static const struct {
        bool is_ndjson;
        const char *records, *wanted;
    } rows[] = {
        {true, "", ",\"records\":[]}"},
        {true, "{\"a\":1}\n{\"a\":2}\n", ",\"records\":[{\"a\":1},{\"a\":2}]}"},
        {false, "a,b\n\"1\",2\n", ",\"text\":\"a,b\\n\\\"1\\\",2\\n\"}"},
    };
    struct event event;
    struct thresh_error refused;
    const char *direct = "{\"uri\":\"s3://b/k\"}";
    (void)state;
    assert_int_equal(event_parse(&event, direct, strlen(direct), &refused), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct outcome outcome = {
            .state = OUTCOME_DONE, .holds_records = true, .is_ndjson = rows[i].is_ndjson};
        struct lambda_error error = {0};
        struct buf out = {0};
        buf_append_string(&outcome.records, rows[i].records);
        assert_int_equal(answer_make(&event, &outcome, &out, &error), 0);
        if (!strstr(buf_string(&out), rows[i].wanted))
            fail_msg("%s, not %s", out.data, rows[i].wanted);
        buf_free(&out);
        buf_free(&outcome.records);
    }
    event_free(&event);
}

static void http_has_a_status_for_each_error(void **state)
{
    static const char *const rows[][2] = {
        {"Thresh.Deadline", "504"},       {"Thresh.ResponseTooLarge", "413"},
        {"Thresh.Storage", "507"},        {"Thresh.Memory", "507"},
        {"S3.AccessDenied", "502"},       {"Thresh.RunFailed", "500"},
        {"Runtime.ConfigInvalid", "400"}, {"Thresh.Internal", "500"},
    };
    struct event event;
    struct thresh_error refused;
    const char *http = "{\"requestContext\":{\"http\":{\"method\":\"POST\"}},\"body\":\"x\"}";
    (void)state;
    assert_int_equal(event_parse(&event, http, strlen(http), &refused), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct outcome outcome = {.state = OUTCOME_FAILED};
        struct lambda_error error = {0};
        struct buf out = {0};
        char wanted[32];
        lambda_error_set(&outcome.error, rows[i][0], false, "why");
        assert_int_equal(answer_make(&event, &outcome, &out, &error), 0);
        snprintf(wanted, sizeof wanted, "{\"statusCode\":%s,", rows[i][1]);
        if (!strstr(buf_string(&out), wanted))
            fail_msg("%s: %s", rows[i][0], out.data);
        buf_free(&out);
    }
    event_free(&event);
}

/* 422 is for what is no archive; one of which the request left out all was read. */
static void http_tells_what_was_left_out_from_what_is_no_archive(void **state)
{
    static const struct {
        struct thresh_stats stats;
        const char *wanted;
    } rows[] = {
        {{.entries = 1, .documents = 1}, "{\"statusCode\":200,"},
        {{.entries = 2, .n_reasons = 1, .reasons = {{"excluded", 2}}}, "{\"statusCode\":200,"},
        {{.entries = 1, .n_reasons = 1, .reasons = {{"not-xml", 1}}}, "{\"statusCode\":422,"},
        {{.entries = 0}, "{\"statusCode\":422,"},
    };
    const char *http = "{\"requestContext\":{\"http\":{\"method\":\"POST\"}},\"body\":\"x\"}";
    struct event event;
    struct thresh_error refused;
    (void)state;
    assert_int_equal(event_parse(&event, http, strlen(http), &refused), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct outcome outcome = {.state = OUTCOME_DONE, .stats = rows[i].stats};
        struct lambda_error error = {0};
        struct buf out = {0};
        assert_int_equal(answer_make(&event, &outcome, &out, &error), 0);
        assert_non_null(strstr(buf_string(&out), rows[i].wanted));
        buf_free(&out);
    }
    event_free(&event);
}

/* A list has a result for each item; good is what was looked at, and found good. */
static void a_list_tells_of_what_was_ignored(void **state)
{
    (void)state;
    check_answer("{\"Items\":[],\"BatchInput\":{\"bucket\":\"b\"}}", all, false,
                 "{\"complete\":true,\"good\":false,\"ignored\":0,\"results\":[]}");
    check_answer("{\"Items\":[{\"Key\":\"f/\"}],\"BatchInput\":{\"bucket\":\"b\"}}", all, false,
                 "{\"complete\":true,\"good\":false,\"ignored\":1,\"results\":["
                 "{\"archive\":\"s3://b/f/\",\"complete\":true,\"ignored\":\"a folder\"}]}");
    check_answer("{\"Items\":[{\"Key\":\"f/\"},{\"Key\":\"k\"}],\"bucket\":\"b\"}", all, false,
                 "\"good\":true,\"ignored\":1,\"results\":[{\"archive\":\"s3://b/f/\"");
    check_answer("{\"Bucket\":\"b\",\"Key\":\"f/\"}", all, false,
                 "{\"archive\":\"s3://b/f/\",\"complete\":true,\"ignored\":\"a folder\"}");
    check_answer("{\"tasks\":[{\"taskId\":\"t\",\"s3Key\":\"f/\",\"s3Bucket\":\"b\"}],"
                 "\"invocationSchemaVersion\":\"2.0\"}",
                 all, false,
                 "\"resultCode\":\"Succeeded\",\"resultString\":\"a folder: nothing to do\"");
}

static void only_http_gets_a_refusal_for_an_answer(void **state)
{
    struct lambda_error refusal = {0}, error = {0};
    struct buf out = {0};
    (void)state;
    lambda_error_set(&refusal, "Thresh.EventUnknown", false, "say \"x\"");
    assert_int_equal(answer_refusal(EVENT_S3, &refusal, &out, &error), -1);
    assert_string_equal(error.type, "Thresh.EventUnknown");
    assert_int_equal(answer_refusal(EVENT_HTTP, &refusal, &out, &error), 0);
    json_t *answer = json_loads(buf_string(&out), 0, NULL);
    assert_int_equal(json_integer_value(json_object_get(answer, "statusCode")), 400);
    json_t *body = json_loads(json_string_value(json_object_get(answer, "body")), 0, NULL);
    assert_string_equal(json_string_value(json_object_get(body, "error")), "say \"x\"");
    json_decref(body);
    json_decref(answer);
    buf_free(&out);
    /* Not all that is refused is the request's fault. */
    lambda_error_set(&refusal, "Thresh.Memory", true, "why");
    assert_int_equal(answer_refusal(EVENT_HTTP, &refusal, &out, &error), 0);
    assert_non_null(strstr(buf_string(&out), "{\"statusCode\":507,"));
    buf_free(&out);
    lambda_error_set(&refusal, "Runtime.ConfigInvalid", false, "why");
    assert_int_equal(answer_refusal(EVENT_HTTP, &refusal, &out, &error), 0);
    assert_non_null(strstr(buf_string(&out), "{\"statusCode\":500,"));
    buf_free(&out);
}

static void a_stream_begins_with_its_headers_and_eight_nul_bytes(void **state)
{
    struct buf out = {0};
    (void)state;
    assert_int_equal(answer_prelude("text/csv", &out), 0);
    assert_memory_equal(out.data + out.len - 8, "\0\0\0\0\0\0\0\0", 8);
    json_t *prelude = json_loadb(out.data, out.len - 8, 0, NULL);
    assert_int_equal(json_integer_value(json_object_get(prelude, "statusCode")), 200);
    json_decref(prelude);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_queue_hears_which_messages_to_deliver_again),
        cmocka_unit_test(a_fifo_queue_hears_all_from_the_first_failed_message_on),
        cmocka_unit_test(batch_operations_hear_whether_to_try_again),
        cmocka_unit_test(notifications_fail_as_a_whole),
        cmocka_unit_test(a_caller_hears_what_was_done_and_what_was_not),
        cmocka_unit_test(records_lie_in_the_answer_as_json_or_as_text),
        cmocka_unit_test(http_has_a_status_for_each_error),
        cmocka_unit_test(http_tells_what_was_left_out_from_what_is_no_archive),
        cmocka_unit_test(a_list_tells_of_what_was_ignored),
        cmocka_unit_test(only_http_gets_a_refusal_for_an_answer),
        cmocka_unit_test(a_stream_begins_with_its_headers_and_eight_nul_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
