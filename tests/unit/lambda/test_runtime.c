/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "lambda/lambda_error.h"
#include "lambda/runtime/environment.h"
#include "lambda/runtime/log.h"
#include "lambda/runtime/metrics.h"
#include "lambda/runtime/rescue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What was written to the log since the last call; the caller's to free. */
static char *written(struct log *log)
{
    char *text = calloc(1, 1 << 16);
    assert_true(lseek(log->fd, 0, SEEK_SET) == 0);
    assert_true(read(log->fd, text, (1 << 16) - 1) >= 0);
    assert_int_equal(ftruncate(log->fd, 0), 0);
    assert_true(lseek(log->fd, 0, SEEK_SET) == 0);
    return text;
}

static struct log opened(const char *format, const char *level)
{
    struct log log;
    char path[] = "/tmp/test_log.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    unlink(path);
    log_init(&log, fd, format, level);
    return log;
}

static void lines_below_the_level_are_left_out(void **state)
{
    static const struct {
        const char *level; /* as AWS_LAMBDA_LOG_LEVEL says it */
        enum log_level least;
    } rows[] = {{NULL, LOG_INFO},
                {"nonsense", LOG_INFO},
                {"TRACE", LOG_TRACE},
                {"warn", LOG_WARN},
                {"FATAL", LOG_FATAL}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct log log = opened("JSON", rows[i].level);
        for (enum log_level level = LOG_TRACE; level <= LOG_FATAL; level++) {
            log_line(&log, level, "said");
            char *text = written(&log);
            assert_int_equal(*text != '\0', level >= rows[i].least);
            free(text);
        }
        close(log.fd);
    }
}

static void json_lines_have_time_level_message_and_request(void **state)
{
    struct log log = opened("json", NULL);
    (void)state;
    snprintf(log.request_id, sizeof log.request_id, "r-1");
    log_members(&log, LOG_ERROR, "no \xff", json_pack("{s:i}", "documents", 3));
    char *text = written(&log);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    json_t *line = json_loads(text, 0, NULL);
    assert_int_equal(strlen(json_string_value(json_object_get(line, "timestamp"))), 24);
    assert_string_equal(json_string_value(json_object_get(line, "level")), "ERROR");
    assert_string_equal(json_string_value(json_object_get(line, "message")), "no ?");
    assert_string_equal(json_string_value(json_object_get(line, "requestId")), "r-1");
    assert_int_equal(json_integer_value(json_object_get(line, "documents")), 3);
    json_decref(line);
    free(text);
    close(log.fd);
}

static void text_lines_have_the_request_only_within_one(void **state)
{
    struct log log = opened("Text", NULL);
    (void)state;
    log_line(&log, LOG_INFO, "%s", "between");
    char *text = written(&log);
    assert_string_equal(text + 24, " INFO between\n");
    free(text);
    snprintf(log.request_id, sizeof log.request_id, "r-1");
    log_members(&log, LOG_WARN, "within", json_pack("{s:i}", "n", 1));
    text = written(&log);
    assert_string_equal(text + 24, " WARN RequestId: r-1 within {\"n\":1}\n");
    free(text);
    close(log.fd);
}

static void metrics_name_a_value_for_each_metric(void **state)
{
    struct log log = opened("Text", NULL);
    struct metrics metrics = {.stats = {.documents = 7, .verdicts = {[0] = 7}}, .archives = 2};
    (void)state;
    json_t *record = metrics_record(&metrics, NULL, &log, 5);
    const json_t *said = json_array_get(
        json_object_get(json_object_get(record, "_aws"), "CloudWatchMetrics"), 0);
    size_t i;
    json_t *metric;
    json_array_foreach(json_object_get(said, "Metrics"), i, metric)
    {
        const char *name = json_string_value(json_object_get(metric, "Name"));
        assert_true(json_is_number(json_object_get(record, name)));
    }
    assert_true(i > 15);
    assert_int_equal(json_integer_value(json_object_get(record, "Documents")), 7);
    assert_int_equal(json_integer_value(json_object_get(record, "Archives")), 2);
    assert_string_equal(json_string_value(json_object_get(record, "FunctionName")), "local");
    json_decref(record);
    close(log.fd);
}

/* Lambda takes a line without a level for one of INFO, and leaves it out where WARN is set. */
static void metrics_have_a_level_that_is_let_through(void **state)
{
    static const char *const rows[][2] = {
        {NULL, "INFO"}, {"TRACE", "INFO"}, {"WARN", "WARN"}, {"FATAL", "FATAL"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct log log = opened("JSON", rows[i][0]);
        json_t *record = metrics_record(&(struct metrics){0}, NULL, &log, 5);
        assert_string_equal(json_string_value(json_object_get(record, "level")), rows[i][1]);
        json_decref(record);
        close(log.fd);
    }
}

/* The text that the handler of the signal would send. */
static const char *told(const struct rescue *rescue)
{
    int current = atomic_load(&rescue->current);
    assert_true(current == 0 || current == 1);
    assert_int_equal(strlen(rescue->texts[current].request),
                     rescue->texts[current].request_len);
    return rescue->texts[current].request;
}

static void the_rescue_has_a_whole_request_at_every_moment(void **state)
{
    struct rescue rescue;
    struct log log = opened("JSON", NULL);
    char long_name[2000];
    (void)state;
    memset(long_name, '"', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    rescue_open(&rescue, "127.0.0.1:9001", &log, true);
    rescue_note(&rescue, "x", 1, 2, 0); /* not armed: there is nobody to tell */
    assert_int_equal(atomic_load(&rescue.current), -1);
    rescue_arm(&rescue, "id-1", clock_unix_ms() + 3600000);
    assert_non_null(strstr(told(&rescue), "before anything was done"));
    const char *names[] = {"s3://b/k", long_name, "plain"};
    for (size_t i = 0; i < 3; i++) {
        rescue_note(&rescue, names[i], 3, 9, 0);
        const char *request = told(&rescue);
        const char *body = strstr(request, "\r\n\r\n") + 4;
        char length[64];
        snprintf(length, sizeof length, "\r\nContent-Length: %zu\r\n", strlen(body));
        assert_non_null(strstr(request, length));
        assert_non_null(strstr(request,
                               "POST /2018-06-01/runtime/invocation/id-1/error HTTP/1.1\r\n"
                               "Host: 127.0.0.1\r\n"));
        json_t *error = json_loads(body, 0, NULL);
        assert_string_equal(json_string_value(json_object_get(error, "errorType")),
                            "Thresh.Deadline");
        const char *message = json_string_value(json_object_get(error, "errorMessage"));
        assert_non_null(strstr(message, "3 of 9 entries were done"));
        json_decref(error);
    }
    rescue_disarm(&rescue);
    assert_int_equal(atomic_load(&rescue.current), -1);
    rescue_close(&rescue);
    close(log.fd);
}

static void the_rescue_says_what_was_being_done(void **state)
{
    static const struct {
        const char *archive;
        uint64_t done, entries;
        unsigned behind;
        const char *said;
    } rows[] = {
        {NULL, 0, 0, 0, "up before anything was done"},
        {"s3://b/k", 0, 0, 0, "up before an entry of s3://b/k was done"},
        {"s3://b/k", 3, 9, 0, "up inside one document of s3://b/k: at least 3 of 9 entries"},
        {"s3://b/k", 3, 9, 4, "alone; 4 of the event's archives were not begun"},
        {"s3://b/k", 9, 9, 0,
         "up while the records of 9 entries of s3://b/k were being stored"},
    };
    struct log log = opened("JSON", NULL);
    struct rescue rescue;
    (void)state;
    snprintf(log.request_id, sizeof log.request_id, "id-1");
    rescue_open(&rescue, "127.0.0.1:9001", &log, true);
    rescue_arm(&rescue, "id-1", clock_unix_ms() + 3600000);
    rescue_set_metrics(&rescue, json_pack("{s:i}", "Archives", 1));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        rescue_note(&rescue, rows[i].archive, rows[i].done, rows[i].entries, rows[i].behind);
        if (!strstr(told(&rescue), rows[i].said))
            fail_msg("%s: %s", rows[i].said, told(&rescue));
        const char *lines = rescue.texts[atomic_load(&rescue.current)].lines;
        char *feed = strchr(lines, '\n');
        json_t *line = json_loadb(lines, (size_t)(feed - lines), 0, NULL);
        assert_string_equal(json_string_value(json_object_get(line, "level")), "ERROR");
        assert_string_equal(json_string_value(json_object_get(line, "requestId")), "id-1");
        assert_non_null(json_object_get(line, "timestamp"));
        assert_non_null(
            strstr(json_string_value(json_object_get(line, "message")), rows[i].said));
        assert_string_equal(feed + 1, "{\"Archives\":1}\n");
        json_decref(line);
    }
    rescue_disarm(&rescue);
    rescue_close(&rescue);
    close(log.fd);
}

static void the_trace_id_is_set_and_taken_away(void **state)
{
    (void)state;
    environment_set_trace("Root=1");
    assert_string_equal(getenv("_X_AMZN_TRACE_ID"), "Root=1");
    environment_set_trace("");
    assert_null(getenv("_X_AMZN_TRACE_ID"));
}

static void an_error_has_a_type_and_one_line(void **state)
{
    struct lambda_error error = {0};
    (void)state;
    assert_int_equal(lambda_error_set(&error, "S3.X", true, "two\nlines %d", 2), -1);
    assert_string_equal(error.message.text, "two lines 2");
    lambda_error_set(&error, error.type, false, "again: %s", error.message.text);
    assert_string_equal(error.type, "S3.X");
    assert_string_equal(error.message.text, "again: two lines 2");
    assert_false(error.again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_below_the_level_are_left_out),
        cmocka_unit_test(json_lines_have_time_level_message_and_request),
        cmocka_unit_test(text_lines_have_the_request_only_within_one),
        cmocka_unit_test(metrics_name_a_value_for_each_metric),
        cmocka_unit_test(metrics_have_a_level_that_is_let_through),
        cmocka_unit_test(the_rescue_has_a_whole_request_at_every_moment),
        cmocka_unit_test(the_rescue_says_what_was_being_done),
        cmocka_unit_test(the_trace_id_is_set_and_taken_away),
        cmocka_unit_test(an_error_has_a_type_and_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
