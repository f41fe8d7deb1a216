/* SPDX-License-Identifier: MIT */
#include "lambda/job_cache.h"
#include "lambda/output_template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void templates_name_an_object_or_are_refused(void **state)
{
    static const struct {
        const char *template, *bucket, *key; /* NULL: refused */
        struct shard shard;
    } rows[] = {
        {"s3://out/{bucket}/{key}.ndjson", "out", "b/in/a {key}.zip.ndjson", {0}},
        {"s3://{bucket}/x-{request_id}", "b", "x-r", {0}},
        {"s3://out/a{b", "out", "a{b", {0}},
        {"s3://out/{shard}/x", "out", "1-of-1/x", {0}},
        {"s3://out/x.{shard}", "out", "x.03-of-16", {3, 16, false}},
        {"s3://out/x.{shard}", "out", "x.9-of-9", {9, 9, false}},
        {"s3://out/{key}.{request_id}", NULL, NULL, {3, 16, false}},
        {"s3://out/{what}", NULL, NULL, {0}},
        {"s3://out", NULL, NULL, {0}},
        {"s3:///k", NULL, NULL, {0}},
        {"/tmp/x", NULL, NULL, {0}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *bucket, *key;
        struct lambda_error error = {0};
        int rc = output_template_expand(rows[i].template, "b", "in/a {key}.zip", "r",
                                        &rows[i].shard, &bucket, &key, &error);
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

static void an_event_says_its_job_over_the_function_s(void **state)
{
    static const struct {
        const char *base, *over, *merged; /* over NULL: the event has no job */
    } rows[] = {
        {"{\"a\":1,\"b\":2}", NULL, "{\"a\":1,\"b\":2}"},
        {"{\"a\":1,\"b\":2}", "{\"b\":3}", "{\"a\":1,\"b\":3}"},
        {"{\"a\":1}", "{\"a\":null}", "{\"a\":null}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *base = json_loads(rows[i].base, 0, NULL);
        json_t *over = rows[i].over ? json_loads(rows[i].over, 0, NULL) : NULL;
        json_t *merged = job_cache_merge(base, over),
               *wanted = json_loads(rows[i].merged, 0, NULL);
        assert_true(json_equal(merged, wanted));
        json_decref(base);
        json_decref(over);
        json_decref(merged);
        json_decref(wanted);
    }
}

static void schemas_that_an_event_brings_are_guarded(void **state)
{
    static const struct {
        const char *base, *over;
        int guarded; /* -1: not said */
    } rows[] = {
        {"{\"schema\":\"a\"}", NULL, -1},
        {"{\"schema\":\"a\"}", "{\"format\":\"csv\"}", -1},
        {"{\"schema\":\"a\"}", "{\"schema\":\"a\"}", -1}, /* the function's own, after all */
        {"{\"schema\":\"a\"}", "{\"schema\":\"b\"}", 1},
        {"{}", "{\"catalog\":\"c\"}", 1},
        {"{\"guard-schemas\":false}", "{\"schema\":\"b\"}", 0},
        {"{}", "{\"schema\":\"b\",\"guard-schemas\":false}", 0},
        {"{\"schema\":\"a\",\"guard-schemas\":true}", NULL, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *base = json_loads(rows[i].base, 0, NULL);
        json_t *over = rows[i].over ? json_loads(rows[i].over, 0, NULL) : NULL;
        json_t *merged = job_cache_merge(base, over);
        const json_t *said = json_object_get(merged, "guard-schemas");
        assert_int_equal(said ? json_is_true(said) : -1, rows[i].guarded);
        json_decref(base);
        json_decref(over);
        json_decref(merged);
    }
}

/* A job is to blame only for what is wrong with it. */
static void what_passes_is_no_fault_of_the_job(void **state)
{
    static const struct {
        const char *type, *remedy;
        bool again;
    } rows[] = {
        {"Thresh.Memory", "out of memory; raise the function's memory", true},
        {"Thresh.Memory", "have ended; raise the function's memory", true},
        {"Thresh.Deadline", "they were compiled; raise the function's timeout", true},
        {"Runtime.ConfigInvalid", "no such file", false},
    };
    struct lambda_error errors[4] = {0};
    (void)state;
    errors[3].again = true;
    error_no_memory(&errors[0].message);
    error_no_process(&errors[1].message, "all %d have ended", 3);
    error_time_up(&errors[2].message, "they were compiled");
    error_set(&errors[3].message, "no such file");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(lambda_error_from_message(&errors[i], "Runtime.ConfigInvalid"), -1);
        assert_string_equal(errors[i].type, rows[i].type);
        assert_int_equal(errors[i].again, rows[i].again);
        assert_non_null(strstr(errors[i].message.text, rows[i].remedy));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(templates_name_an_object_or_are_refused),
        cmocka_unit_test(an_event_says_its_job_over_the_function_s),
        cmocka_unit_test(schemas_that_an_event_brings_are_guarded),
        cmocka_unit_test(what_passes_is_no_fault_of_the_job),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
