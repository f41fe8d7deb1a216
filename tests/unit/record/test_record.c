/* SPDX-License-Identifier: MIT */
#include "record/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

static void test_every_verdict_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < VERDICTS; i++) {
        assert_non_null(verdict_names[i]);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(verdict_names[i], verdict_names[k]);
    }
    assert_true(verdict_is_good(VERDICT_SKIPPED));
    assert_false(verdict_is_good(VERDICT_UNMAPPED));
}

static void test_faults_beyond_the_limit_are_counted_only(void **state)
{
    (void)state;
    struct record record = {0};
    assert_non_null(record_add_fault(&record, 1, "xml", "a", "m", 1));
    assert_null(record_add_fault(&record, 1, "xml", "b", "m", 1));
    assert_int_equal(record.n_faults, 1);
    assert_int_equal(record.faults_total, 2);
    record_free(&record);
}

static void test_a_long_message_is_cut_between_characters(void **state)
{
    (void)state;
    struct record record = {0};
    char message[2002];
    memset(message, 'x', sizeof message);
    const struct fault *fault = record_add_fault(&record, 9, "xml", "a", message, 2000);
    assert_int_equal(fault->message.len, 2000);
    fault = record_add_fault(&record, 9, "xml", "a", message, 2001);
    assert_int_equal(fault->message.len, 2000);
    assert_memory_equal(record_text(&record, fault->message) + 1996, "x…", 4);
    memcpy(message + 1996, "\xc3\xa9", 2);
    fault = record_add_fault(&record, 9, "xml", "a", message, 2001);
    assert_int_equal(fault->message.len, 1999);
    assert_memory_equal(record_text(&record, fault->message) + 1995, "x…", 4);
    record_free(&record);
}

static void test_a_message_is_made_utf_8(void **state)
{
    (void)state;
    struct record record = {0};
    const struct fault *fault = record_add_fault(&record, 9, "xml", "a", "a\xff\xc3", 3);
    assert_int_equal(fault->message.len, 7);
    assert_memory_equal(record_text(&record, fault->message), "a\xef\xbf\xbd\xef\xbf\xbd", 7);
    record_free(&record);
}

static void test_a_restart_keeps_path_and_index_only(void **state)
{
    (void)state;
    struct record record = {.index = 3};
    record.path = record_add_text(&record, "a.xml", 5);
    record.root_name = record_add_text(&record, "root", 4);
    record.has_summary = true;
    record_add_fault(&record, 9, "xml", "a", "m", 1);
    record_restart(&record);
    assert_int_equal(record.index, 3);
    assert_int_equal(record.path.len, 5);
    assert_memory_equal(record_text(&record, record.path), "a.xml", 5);
    assert_int_equal(record.text.len, 5);
    assert_int_equal(record.n_faults + record.faults_total + record.root_name.len, 0);
    assert_false(record.has_summary);
    record_free(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_verdict_has_a_name_of_its_own),
        cmocka_unit_test(test_faults_beyond_the_limit_are_counted_only),
        cmocka_unit_test(test_a_long_message_is_cut_between_characters),
        cmocka_unit_test(test_a_message_is_made_utf_8),
        cmocka_unit_test(test_a_restart_keeps_path_and_index_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
