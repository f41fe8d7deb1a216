/* SPDX-License-Identifier: MIT
 *
 * What a worker sends is what the sink counts; what is not a whole record is refused.
 */
#include "record/record_codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

enum {
    HEAD_BYTES = 48,
    BODY_LEN = 24,
    NOTES_LEN = 28,
    VERDICT = 32,
    REASON_LEN = 33,
    UNREAD = 34,
    KNOWN = 35,
    KEPT_LEN = 36,
    JUDGED = 40,
};

static const struct record_layout layout = {.format = FORMAT_NDJSON,
                                            .parts = 1 << PART_INDEX | 1 << PART_VERDICT};

static void encode(struct buf *out, uint64_t index, enum verdict verdict, const char *reason)
{
    struct record record = {
        .index = index, .verdict = verdict, .reason = reason, .bytes = 1000 + index};
    assert_int_equal(record_encode(out, &record, &layout, NULL), 0);
    record_free(&record);
}

static void assert_body(const struct record_head *head, const char *expected)
{
    assert_int_equal(head->body_len, strlen(expected));
    assert_memory_equal(head->body, expected, head->body_len);
}

static void test_records_come_back_as_they_were_sent(void **state)
{
    (void)state;
    struct buf out = {0};
    struct record_head head;
    for (int i = 0; i < VERDICTS; i++)
        encode(&out, (uint64_t)i, (enum verdict)i, i == VERDICT_SKIPPED ? "not-xml" : NULL);
    const char *bytes = out.data;
    size_t len = out.len;
    for (int i = 0; i < VERDICTS; i++) {
        struct buf body = {0};
        assert_int_equal(record_decode(&bytes, &len, &head), 1);
        assert_int_equal(head.index, i);
        assert_int_equal(head.verdict, i);
        assert_int_equal(head.bytes, 1000 + i);
        assert_int_equal(head.reason_len, i == VERDICT_SKIPPED ? 7 : 0);
        buf_append_format(&body, "{\"index\":%d,\"verdict\":\"%s\"%s}\n", i, verdict_names[i],
                          i == VERDICT_SKIPPED ? ",\"reason\":\"not-xml\"" : "");
        assert_body(&head, buf_string(&body));
        buf_free(&body);
    }
    assert_memory_equal(head.reason, "not-xml", 7);
    assert_int_equal(record_decode(&bytes, &len, &head), 0);
    assert_ptr_equal(bytes, out.data + out.len);
    buf_free(&out);
}

static void test_an_unreadable_entry_is_counted_by_its_fault(void **state)
{
    (void)state;
    struct record record = {.verdict = VERDICT_UNREADABLE};
    struct buf out = {0};
    struct record_head head;
    record_add_fault(&record, 9, "archive", "crc", "m", 1);
    record_add_fault(&record, 9, "archive", "duplicate-name", "m", 1);
    assert_int_equal(record_encode(&out, &record, &layout, NULL), 0);
    const char *bytes = out.data;
    size_t len = out.len;
    assert_int_equal(record_decode(&bytes, &len, &head), 1);
    assert_int_equal(head.reason_len, 3);
    assert_memory_equal(head.reason, "crc", 3);
    record_free(&record);
    buf_free(&out);
}

/* Whether a well-formed document refers to what was not read travels, too; not of others. */
static void test_what_went_unread_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        bool is_wellformed, is_unread;
    } rows[] = {{"entity", true, true}, {"entity", false, false}, {"schema", true, false}};
    for (size_t i = 0; i < 3; i++) {
        struct record record = {.verdict = VERDICT_INVALID,
                                .has_summary = rows[i].is_wellformed};
        struct buf out = {0};
        struct record_head head;
        record_add_fault(&record, 0, rows[i].kind, "c", "m", 1);
        assert_int_equal(record_encode(&out, &record, &layout, NULL), 0);
        const char *bytes = out.data;
        size_t len = out.len;
        assert_int_equal(record_decode(&bytes, &len, &head), 1);
        assert_int_equal(head.is_unread, rows[i].is_unread);
        record_clear(&record);
        assert_false(record.has_unread);
        record_free(&record);
        buf_free(&out);
    }
}

static void test_what_is_kept_comes_behind_the_body(void **state)
{
    (void)state;
    struct record record = {.index = 7};
    struct record_memo memo = {.is_known = true};
    struct buf out = {0};
    struct record_head head;
    buf_append_string(&memo.kept, "to be kept");
    assert_int_equal(record_encode(&out, &record, &layout, &memo), 0);
    encode(&out, 8, VERDICT_VALID, NULL);
    const char *bytes = out.data;
    size_t len = out.len;
    assert_int_equal(record_decode(&bytes, &len, &head), 1);
    assert_true(head.is_known);
    assert_int_equal(head.kept_len, 10);
    assert_memory_equal(head.kept, "to be kept", 10);
    assert_body(&head, "{\"index\":7,\"verdict\":\"valid\"}\n");
    assert_int_equal(record_decode(&bytes, &len, &head), 1);
    assert_false(head.is_known);
    assert_int_equal(head.kept_len, 0);
    buf_free(&memo.kept);
    buf_free(&out);
}

static void refuse(const char *bytes, size_t len)
{
    struct record_head head;
    const char *at = bytes;
    size_t left = len;
    assert_int_equal(record_decode(&at, &left, &head), -1);
    assert_ptr_equal(at, bytes);
    assert_int_equal(left, len);
}

static void test_a_record_cut_anywhere_is_refused(void **state)
{
    (void)state;
    struct buf out = {0};
    encode(&out, 1, VERDICT_SKIPPED, "not-xml");
    for (size_t len = 1; len < out.len; len++)
        refuse(out.data, len);
    buf_free(&out);
}

/* The record with one byte of its head changed. */
static void refuse_changed(const struct buf *encoded, size_t at, unsigned char byte)
{
    char copy[256];
    assert_true(encoded->len <= sizeof copy && at < HEAD_BYTES);
    memcpy(copy, encoded->data, encoded->len);
    copy[at] = (char)byte;
    refuse(copy, encoded->len);
}

static void test_a_damaged_head_is_refused(void **state)
{
    (void)state;
    struct buf out = {0};
    encode(&out, 1, VERDICT_SKIPPED, "not-xml");
    refuse_changed(&out, VERDICT, VERDICTS);
    refuse_changed(&out, VERDICT, 255);
    refuse_changed(&out, REASON_LEN, 255);
    refuse_changed(&out, BODY_LEN, 255);
    refuse_changed(&out, BODY_LEN + 3, 255);
    refuse_changed(&out, NOTES_LEN + 3, 255);
    refuse_changed(&out, UNREAD, 2);
    refuse_changed(&out, KNOWN, 2);
    refuse_changed(&out, JUDGED, 2);
    refuse_changed(&out, KEPT_LEN, 1);
    buf_free(&out);
}

static void test_a_record_without_memory_is_not_sent(void **state)
{
    (void)state;
    struct record record = {.text = {.failed = true}};
    struct buf out = {.max_bytes = HEAD_BYTES + 3};
    assert_int_equal(record_encode(&out, &(struct record){0}, &layout, NULL), -1);
    buf_free(&out);
    assert_int_equal(record_encode(&out, &record, &layout, NULL), -1);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records_come_back_as_they_were_sent),
        cmocka_unit_test(test_an_unreadable_entry_is_counted_by_its_fault),
        cmocka_unit_test(test_what_went_unread_is_told),
        cmocka_unit_test(test_what_is_kept_comes_behind_the_body),
        cmocka_unit_test(test_a_record_cut_anywhere_is_refused),
        cmocka_unit_test(test_a_damaged_head_is_refused),
        cmocka_unit_test(test_a_record_without_memory_is_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
