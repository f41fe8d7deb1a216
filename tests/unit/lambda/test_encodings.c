/* SPDX-License-Identifier: MIT */
#include "lambda/base64.h"
#include "lambda/http_header.h"
#include "lambda/json_text.h"
#include "lambda/percent.h"
#include "lambda/s3/s3_xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void base64_is_read_in_both_alphabets_and_written_padded(void **state)
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

static void keys_of_forms_are_decoded_or_refused(void **state)
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
}

static void all_but_unreserved_characters_are_encoded(void **state)
{
    struct buf out = {0};
    const char *odd = "a b+c=(\xc3\xa9)/~._-";
    (void)state;
    percent_encode(odd, strlen(odd), true, &out);
    assert_string_equal(buf_string(&out), "a%20b%2Bc%3D%28%C3%A9%29/~._-");
    buf_clear(&out);
    percent_encode("a/b", 3, false, &out);
    assert_string_equal(buf_string(&out), "a%2Fb");
    buf_free(&out);
}

static void json_takes_text_that_is_not_utf8(void **state)
{
    static const char *const rows[][2] = {
        {"plain", "plain"}, {"caf\xc3\xa9", "caf\xc3\xa9"}, {"caf\xe9!", "caf?!"}, {"", ""}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *value = json_text(rows[i][0]);
        assert_string_equal(json_string_value(value), rows[i][1]);
        json_decref(value);
    }
}

static bool header(const char *line, const char *name, char value[8])
{
    return http_header_is(line, strlen(line), name, value, 8);
}

static void headers_are_found_in_any_case_and_trimmed(void **state)
{
    char value[8] = "before";
    (void)state;
    assert_false(header("ETag-Not: x\r\n", "ETag", value));
    assert_false(header("ETa", "ETag", value));
    assert_string_equal(value, "before");
    assert_true(header("etag: \t \"x\" \r\n", "ETag", value));
    assert_string_equal(value, "\"x\"");
    assert_true(header("ETag:\r\n", "ETag", value));
    assert_string_equal(value, "");
    assert_true(header("ETag: 1234567\r\n", "ETag", value));
    assert_string_equal(value, "1234567");
    assert_true(header("ETag: 12345678\r\n", "ETag", value)); /* does not fit: nothing at all */
    assert_string_equal(value, "");
}

static void elements_of_xml_are_found_one_after_the_other(void **state)
{
    const char *xml = "<L><Key>a &amp;&lt;&gt;&quot;&apos; &b;</Key><KeyCount>2</KeyCount>"
                      "<Key>second</Key><Key>cut";
    struct buf out = {0};
    (void)state;
    assert_true(s3_xml_text(&xml, "Key", &out));
    assert_string_equal(out.data, "a &<>\"' &b;");
    buf_clear(&out);
    assert_true(s3_xml_text(&xml, "Key", &out));
    assert_string_equal(out.data, "second");
    buf_clear(&out);
    assert_true(s3_xml_text(&xml, "Key", &out));
    assert_string_equal(out.data, "cut");
    assert_false(s3_xml_text(&xml, "Key", &out));
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_is_read_in_both_alphabets_and_written_padded),
        cmocka_unit_test(keys_of_forms_are_decoded_or_refused),
        cmocka_unit_test(all_but_unreserved_characters_are_encoded),
        cmocka_unit_test(json_takes_text_that_is_not_utf8),
        cmocka_unit_test(headers_are_found_in_any_case_and_trimmed),
        cmocka_unit_test(elements_of_xml_are_found_one_after_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
