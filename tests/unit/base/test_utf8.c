/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void test_code_points_are_read_from_valid_utf8_only(void **state)
{
    (void)state;
    static const char *const bad[] = {"\x80",
                                      "\xc0\x80",
                                      "\xc3",
                                      "\xe0\x80\x80",
                                      "\xff",
                                      "\xf4\x90\x80\x80",
                                      "\xf0\x80\x80\x80",
                                      "\xe2\x82"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        const unsigned char *at = (const unsigned char *)bad[i], *end = at + strlen(bad[i]);
        assert_int_equal(utf8_next(&at, end), UTF8_BAD);
    }
    const unsigned char good[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", *at = good;
    const uint32_t want[] = {'a', 0xe4, 0x20ac, 0x1f600};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(utf8_next(&at, good + sizeof good - 1), want[i]);
    assert_ptr_equal(at, good + sizeof good - 1);
    assert_int_equal(utf8_length((const char *)good, sizeof good - 1), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_code_points_are_read_from_valid_utf8_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
