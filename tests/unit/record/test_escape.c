/* SPDX-License-Identifier: MIT */
#include "record/escape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#define TEXT(literal) literal, sizeof literal - 1

static const struct row {
    const char *bytes;
    size_t len;
    const char *json;
    const char *text;
} rows[] = {
    {TEXT(""), "", ""},
    {TEXT("plain"), "plain", "plain"},
    {TEXT("\"\\/"), "\\\"\\\\/", "\"\\/"},
    {TEXT("\n\r\t"), "\\n\\r\\t", "\\n\\r\\t"},
    {TEXT("\0\x1f\x20\x7f"), "\\u0000\\u001f \\u007f", "\\u0000\\u001f \\u007f"},
    {TEXT("\x1b[0m"), "\\u001b[0m", "\\u001b[0m"},
    /* the last C1 control and the character behind it */
    {TEXT("\xc2\x80\xc2\x9f\xc2\xa0"), "\\u0080\\u009f\xc2\xa0", "\\u0080\\u009f\xc2\xa0"},
    {TEXT("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
     "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
    /* what changes the direction of text, and its neighbours */
    {TEXT("\xe2\x80\xa9\xe2\x80\xaa\xe2\x80\xae\xe2\x80\xaf"),
     "\xe2\x80\xa9\xe2\x80\xaa\xe2\x80\xae\xe2\x80\xaf",
     "\xe2\x80\xa9\\u202a\\u202e\xe2\x80\xaf"},
    {TEXT("\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaa"), "\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaa",
     "\\u2066\\u2069\xe2\x81\xaa"},
    /* not UTF-8; JSON is given none, but stays inside the bytes */
    {TEXT("\xff\xc2"), "\xff\xc2", "\xef\xbf\xbd\xef\xbf\xbd"},
};

static void check(int (*escape)(struct buf *out, const char *bytes, size_t len),
                  const struct row *row, const char *expected)
{
    struct buf out = {0};
    assert_int_equal(escape(&out, row->bytes, row->len), 0);
    assert_string_equal(buf_string(&out), expected);
    buf_free(&out);
}

static void test_json_has_no_control_character(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(escape_json, &rows[i], rows[i].json);
}

static void test_xml_is_text_in_content_and_attributes(void **state)
{
    static const struct row cases[] = {
        {TEXT("a<b>&\"c\" 'd' ]]>"), "a&lt;b&gt;&amp;&quot;c&quot; 'd' ]]&gt;", NULL},
        {TEXT("\n\x1b\xff"), "\\n\\u001b\xef\xbf\xbd", NULL},
        /* U+FFFE, U+FFFF and a surrogate are no characters; U+FFFD and U+10000 are */
        {TEXT("\xef\xbf\xbe\xef\xbf\xbf\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
         NULL},
        {TEXT("\xef\xbf\xbd\xf0\x90\x80\x80"), "\xef\xbf\xbd\xf0\x90\x80\x80", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(escape_xml, &cases[i], cases[i].json);
}

static void test_text_cannot_control_a_terminal(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(escape_text, &rows[i], rows[i].text);
}

static void test_lost_memory_is_told(void **state)
{
    (void)state;
    struct buf out = {.max_bytes = 3};
    assert_int_equal(escape_json(&out, "abcd", 4), -1);
    buf_clear(&out);
    assert_int_equal(escape_text(&out, "abcd", 4), -1);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_has_no_control_character),
        cmocka_unit_test(test_xml_is_text_in_content_and_attributes),
        cmocka_unit_test(test_text_cannot_control_a_terminal),
        cmocka_unit_test(test_lost_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
