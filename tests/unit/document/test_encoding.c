/* SPDX-License-Identifier: MIT */
#include "document/encoding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#define LATIN_1 "<?xml version='1.0' encoding='ISO-8859-1'?>"

static const struct row {
    const char *bytes;
    const char *utf8; /* NULL: left to libxml2 */
} rows[] = {
    {"<a/>", "<a/>"},
    {"\xef\xbb\xbf<a/>", "\xef\xbb\xbf<a/>"},
    {"<?xml version='1.0'?><a/>", "<?xml version='1.0'?><a/>"},
    {"<?xml version='1.0' encoding='utf-8'?><a/>",
     "<?xml version='1.0' encoding='utf-8'?><a/>"},
    {"<?xml version='1.0' encoding = \"UTF-8\" ?><a/>",
     "<?xml version='1.0' encoding = \"UTF-8\" ?><a/>"},
    {LATIN_1 "<a>12345678\xe9\x80\xff</a>", LATIN_1 "<a>12345678\xc3\xa9\xc2\x80\xc3\xbf</a>"},
    {"\xef\xbb\xbf" LATIN_1 "<a/>", NULL},
    {"<?xml version='1.0' encoding='utf-8x'?><a/>", NULL},
    {"<?xml version='1.0' encoding='iso-8859-15'?><a/>", NULL},
    {"<?xml version='1.0' encoding='utf-16'?><a/>", NULL},
    {"<?xml version='1.0' encoding=", NULL},
    {"\xff\xfe<", NULL},
    {" <a/>", NULL},
    {"<a", NULL},
    {"", NULL},
};

static void test_utf_8_and_latin_1_are_known(void **state)
{
    (void)state;
    struct buf converted = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct utf8_bytes utf8;
        bool is_utf8 = encoding_utf8(row->bytes, strlen(row->bytes), &converted, &utf8);
        if (is_utf8 != (row->utf8 != NULL))
            fail_msg("%s: %d", row->bytes, is_utf8);
        if (!is_utf8)
            continue;
        assert_string_equal(utf8.bytes, row->utf8);
        assert_int_equal(utf8.len, strlen(row->utf8));
        assert_int_equal(utf8.bytes == row->bytes, strcmp(row->bytes, row->utf8) == 0);
    }
    buf_free(&converted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_utf_8_and_latin_1_are_known)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
