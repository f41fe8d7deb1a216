/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xml_chars.h"
#include "base/xml_skip.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct {
    const char *text;
    bool name;
    bool nmtoken;
    bool ncname;
} rows[] = {
    {"", false, false, false},
    {"a", true, true, true},
    {"_", true, true, true},
    {"a-1.", true, true, true},
    {"a:b", true, true, false},
    {":", true, true, false},
    {"a:", true, true, false},
    {"1", false, true, false},
    {"-a", false, true, false},
    {".", false, true, false},
    {"a b", false, false, false},
    {"a@", false, false, false},
    {" a", false, false, false},
    {"\xc3\xa4", true, true, true},            /* U+00E4 */
    {"\xc3\x97", false, false, false},         /* U+00D7, the multiplication sign */
    {"a\xc2\xb7", true, true, true},           /* U+00B7, only behind the first */
    {"\xc2\xb7", false, true, false},          /* and here it is the first */
    {"\xe1\x8f\xb8", true, true, true},        /* U+13F8: in the fifth edition only */
    {"\xf0\x90\x80\x80", true, true, true},    /* U+10000, likewise */
    {"\xf3\xaf\xbf\xbf", true, true, true},    /* U+EFFFF, the last */
    {"\xf3\xb0\x80\x80", false, false, false}, /* U+F0000 */
};

static void test_names_are_those_of_the_fifth_edition(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *text = rows[i].text;
        size_t len = strlen(text);
        if (xml_is_name(text, len) != rows[i].name ||
            xml_is_nmtoken(text, len) != rows[i].nmtoken ||
            xml_is_ncname(text, len) != rows[i].ncname)
            fail_msg("row %zu: %s", i, text);
    }
}

static void test_a_name_ends_with_its_length(void **state)
{
    (void)state;
    assert_true(xml_is_ncname("ab:c d", 2));
    assert_true(xml_is_name("ab:c d", 4));
    assert_false(xml_is_name("ab:c d", 5));
    assert_false(xml_is_ncname("\xc3\xa4", 1)); /* half a character */
}

static void test_white_space_is_trimmed_from_both_ends(void **state)
{
    (void)state;
    const char *text = " \t\r\na b\n ", *blank = " \n";
    size_t len = strlen(text), blank_len = strlen(blank);
    xml_trim(&text, &len);
    assert_int_equal(len, 3);
    assert_memory_equal(text, "a b", 3);
    xml_trim(&blank, &blank_len);
    assert_int_equal(blank_len, 0);
    assert_false(xml_is_space('\f'));
    assert_false(xml_is_space('\0'));
}

/* Each byte at each place of a text of each length, among others of its kind. */
static void each_byte(const char *among, void (*check)(const uint8_t *text, size_t len))
{
    uint8_t text[48];
    for (size_t len = 0; len < 40; len++)
        for (size_t at = 0; at <= len; at++)
            for (unsigned byte = 0; byte < 256; byte++) {
                for (size_t i = 0; i < len; i++)
                    text[i] = (uint8_t)among[i % strlen(among)];
                text[at] = (uint8_t)byte;
                text[len] = '\0';
                check(text, len);
            }
}

static void skips_text(const uint8_t *text, size_t len)
{
    const uint8_t *end = text;
    while (xml_char_is(end, XML_TEXT))
        end++;
    assert_ptr_equal(xml_skip_text(text, text + len), end);
}

static void test_text_ends_at_markup_and_beyond_ascii(void **state)
{
    (void)state;
    each_byte("a>b\t\n \x7f;=", skips_text);
}

static void skips_blanks(const uint8_t *text, size_t len)
{
    const uint8_t *end = text;
    while (*end == ' ' || *end == '\t' || *end == '\n')
        end++;
    assert_ptr_equal(xml_skip_blank(text, text + len), end);
}

static void test_a_blank_is_of_spaces_tabs_and_line_feeds(void **state)
{
    (void)state;
    each_byte(" \t\n ", skips_blanks);
}

static void skips_values(const uint8_t *text, size_t len)
{
    const uint8_t *end = text;
    while (xml_char_is(end, XML_VALUE))
        end++;
    assert_ptr_equal(xml_skip_value(text, text + len), end);
}

static void test_a_value_ends_at_quotes_markup_and_beyond_ascii(void **state)
{
    (void)state;
    each_byte("a>b ]-\x7f;=", skips_values);
}

static void tells_white_space(const uint8_t *text, size_t len)
{
    size_t n = 0;
    while (n < len && text[n] <= ' ')
        n++;
    assert_int_equal(xml_is_all_space(text, len), n == len);
}

static void test_white_space_is_told_from_text(void **state)
{
    (void)state;
    each_byte("\n  \t\r", tells_white_space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_are_those_of_the_fifth_edition),
        cmocka_unit_test(test_a_name_ends_with_its_length),
        cmocka_unit_test(test_white_space_is_trimmed_from_both_ends),
        cmocka_unit_test(test_text_ends_at_markup_and_beyond_ascii),
        cmocka_unit_test(test_a_blank_is_of_spaces_tabs_and_line_feeds),
        cmocka_unit_test(test_a_value_ends_at_quotes_markup_and_beyond_ascii),
        cmocka_unit_test(test_white_space_is_told_from_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
