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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(templates_name_an_object_or_are_refused),
        cmocka_unit_test(an_event_says_its_job_over_the_function_s),
        cmocka_unit_test(schemas_that_an_event_brings_are_guarded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
