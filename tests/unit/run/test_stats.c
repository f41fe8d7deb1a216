/* SPDX-License-Identifier: MIT */
#include "run/stats.h"

#include "record/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

static void all_of_a_run_is_told(void **state)
{
    (void)state;
    struct thresh_stats stats = {
        .entries = 9,
        .documents = 7,
        .verdicts = {[VERDICT_VALID] = 6, [VERDICT_INVALID] = 1, [VERDICT_SKIPPED] = 2},
        .reasons = {{"not-xml", 1}, {"excluded", 1}},
        .n_reasons = 2,
        .bytes_in = 1000,
        .bytes_inflated = 30000000,
        .retried = 3,
        .bad = 1,
        .known = 2,
        .answered = 9,
        .judged = 5,
        .judged_bytes = 400,
        .judged_closely = 2,
        .closely_bytes = 30,
        .backend = "fork",
        .workers = 4,
        .vcpus = 2.34567,
        .vcpus_source = "affinity",
        .reason = "as asked",
        .isolation = {"rlimits", "seccomp"},
        .schema_ms = 1.00049,
        .listing_ms = 0.0006,
        .wall_ms = 2000,
    };
    struct buf text = {0};
    assert_int_equal(stats_to_json(&stats, NULL, &text), 0);
    assert_string_equal(
        buf_string(&text),
        "{\"entries\": 9, \"documents\": 7, \"verdicts\": {\"valid\": 6, \"wellformed\": 0, "
        "\"invalid\": 1, \"malformed\": 0, \"unmapped\": 0, \"unreadable\": 0, \"timeout\": 0, "
        "\"lost\": 0, \"skipped\": 2}, \"skipped\": {\"not-xml\": 1, \"excluded\": 1}, "
        "\"bytes_in\": 1000, \"bytes_inflated\": 30000000, \"backend\": \"fork\", "
        "\"workers\": 4, \"vcpus\": 2.346, \"vcpus_source\": \"affinity\", "
        "\"schema_ms\": 1.0, \"wall_ms\": 2000.0, \"listing_ms\": 0.001, "
        "\"documents_per_s\": 3.5, \"mb_per_s\": 15.0, \"retried\": 3, "
        "\"reason\": \"as asked\", \"isolation\": [\"rlimits\", \"seccomp\"], "
        "\"warnings\": [], \"unread\": 0, \"bad\": 1, \"unopened\": 0, \"known\": 2, "
        "\"answered\": 9, \"stopped_by\": null, \"judged\": {\"documents\": 5, \"bytes\": 400, "
        "\"documents_closely\": 2, \"bytes_closely\": 30}, \"good\": false}\n");
    buf_free(&text);
}

static void twenty_warnings_are_told_and_of_more_the_number(void **state)
{
    (void)state;
    for (size_t n = 20; n <= 22; n++) {
        struct buf lines = {0};
        for (size_t i = 0; i < n; i++)
            buf_append_format(&lines, "warning %zu\n", i);
        struct thresh_stats stats = {.warnings = buf_string(&lines)};
        struct buf text = {0};
        assert_int_equal(stats_to_json(&stats, NULL, &text), 0);
        json_t *root = json_loads(buf_string(&text), 0, NULL);
        json_t *warnings = json_object_get(root, "warnings");
        assert_int_equal(json_array_size(warnings), n > 20 ? 21 : 20);
        assert_string_equal(json_string_value(json_array_get(warnings, 0)), "warning 0");
        assert_string_equal(json_string_value(json_array_get(warnings, 19)), "warning 19");
        if (n > 20)
            assert_string_equal(json_string_value(json_array_get(warnings, 20)),
                                n == 21 ? "... and 1 more" : "... and 2 more");
        json_decref(root);
        buf_free(&text);
        buf_free(&lines);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_a_run_is_told),
        cmocka_unit_test(twenty_warnings_are_told_and_of_more_the_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
