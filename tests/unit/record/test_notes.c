/* SPDX-License-Identifier: MIT
 *
 * The notes of a record are read as they were written; what is none is refused.
 */
#include "record/notes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

static void add_field(struct record *record, enum field_type type, const char *value)
{
    assert_int_equal(record_add_field(record, type), 0);
    if (value)
        assert_int_equal(record_add_value(record, value, strlen(value)), 0);
}

static void assert_text(struct note_text text, const char *expected)
{
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.bytes, expected, text.len);
}

static const struct record_layout layout = {.n_fields = 9};

static void make_record(struct record *record)
{
    record->path = record_add_text(record, "a.zip!/1.xml", 12);
    record->root_namespace = record_add_text(record, "urn:a", 5);
    record->root_name = record_add_text(record, "r", 1);
    add_field(record, FIELD_NODES, NULL);
    add_field(record, FIELD_NODES, "");
    add_field(record, FIELD_STRING, "");
    add_field(record, FIELD_STRING, "NaN");
    add_field(record, FIELD_STRING, "x");
    add_field(record, FIELD_NUMBER, "0");
    add_field(record, FIELD_NUMBER, "0.5");
    add_field(record, FIELD_BOOLEAN, "false");
    add_field(record, FIELD_BOOLEAN, "true");
    struct fault *fault = record_add_fault(record, 1, "schema", "cvc-a", "first", 5);
    fault->line = 7;
    record_add_fault(record, 1, "schema", "cvc-b", "not kept", 8);
    record_add_fault(record, 1, "schema", "cvc-a", "second", 6);
}

static void test_notes_come_back_as_they_were_written(void **state)
{
    (void)state;
    struct record record = {0};
    struct buf out = {0};
    struct notes notes;
    struct note_fault fault;
    make_record(&record);
    notes_write(&out, &record, &layout);
    assert_int_equal(notes_read(&notes, out.data, out.len, layout.n_fields), 0);
    assert_true(notes.has_fields);
    assert_int_equal(notes.found[0], 1 << 1 | 1 << 4 | 1 << 6);
    assert_int_equal(notes.found[1], 1);
    assert_text(notes.path, "a.zip!/1.xml");
    assert_text(notes.root_namespace, "urn:a");
    assert_text(notes.root_name, "r");
    assert_int_equal(notes_next(&notes, &fault), 1);
    assert_text(fault.code, "cvc-a");
    assert_text(fault.message, "first");
    assert_int_equal(fault.n, 2);
    assert_int_equal(fault.line, 7);
    assert_int_equal(notes_next(&notes, &fault), 1);
    assert_text(fault.code, "cvc-b");
    assert_text(fault.message, "");
    assert_int_equal(notes_next(&notes, &fault), 0);
    record_free(&record);
    buf_free(&out);
}

static void test_a_good_record_without_fields_has_none(void **state)
{
    (void)state;
    struct record record = {.verdict = VERDICT_VALID};
    struct buf out = {0};
    struct notes notes;
    struct note_fault fault;
    notes_write(&out, &record, &(struct record_layout){.n_fields = 0});
    assert_int_equal(out.len, 0);
    assert_int_equal(notes_read(&notes, "", 0, 0), 0);
    assert_false(notes.has_fields);
    assert_int_equal(notes_next(&notes, &fault), 0);
}

static void test_notes_cut_anywhere_are_refused(void **state)
{
    (void)state;
    struct record record = {0};
    struct buf out = {0};
    make_record(&record);
    notes_write(&out, &record, &layout);
    for (size_t len = 1; len < out.len; len++) {
        struct notes notes;
        struct note_fault fault;
        int rc = notes_read(&notes, out.data, len, layout.n_fields);
        while (rc >= 0 && (rc = notes_next(&notes, &fault)) > 0)
            ;
        assert_int_equal(rc, -1);
    }
    struct notes notes;
    assert_int_equal(notes_read(&notes, out.data, out.len, 0), -1);
    record_free(&record);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_notes_come_back_as_they_were_written),
        cmocka_unit_test(test_a_good_record_without_fields_has_none),
        cmocka_unit_test(test_notes_cut_anywhere_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
