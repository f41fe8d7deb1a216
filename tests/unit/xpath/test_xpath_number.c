/* SPDX-License-Identifier: MIT
 *
 * Numbers and their texts: each way gives the nearest, in any locale.
 */
#include "xpath/xpath_number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct row {
    double number;
    const char *plain, *json;
} rows[] = {
    {0, "0", "0"},
    {-0.0, "0", "0"},
    {1, "1", "1"},
    {-1, "-1", "-1"},
    {10, "10", "10"},
    {0.1, "0.1", "0.1"},
    {-0.5, "-0.5", "-0.5"},
    {12.25, "12.25", "12.25"},
    {0.1 + 0.2, "0.30000000000000004", "0.30000000000000004"},
    {19.548, "19.548", "19.548"},
    {1234567890123456, "1234567890123456", "1234567890123456"},
    {9007199254740993.0, "9007199254740992", "9007199254740992"},
    {0.000001, "0.000001", "0.000001"},
    {0.0000001, "0.0000001", "1e-7"},
    {0.00000123, "0.00000123", "0.00000123"},
    {1.25e-7, "0.000000125", "1.25e-7"},
    {1e20, "100000000000000000000", "100000000000000000000"},
    {123456789012345678901.0, "123456789012345680000", "123456789012345680000"},
    {1e21, "1000000000000000000000", "1e+21"},
    {1e30, "1000000000000000000000000000000", "1e+30"},
    {1.5e22, "15000000000000000000000", "1.5e+22"},
    /* at powers of two the neighbours are not equally far */
    {5.684341886080802e-14, "0.00000000000005684341886080802", "5.684341886080802e-14"},
    {9223372036854775808.0, "9223372036854776000", "9223372036854776000"},
    {INFINITY, "Infinity", NULL},
    {-INFINITY, "-Infinity", NULL},
    {NAN, "NaN", NULL},
};

static void test_numbers_are_the_shortest_text(void **state)
{
    (void)state;
    struct buf text = {0};
    for (size_t i = 0; i < COUNT(rows); i++) {
        buf_clear(&text);
        assert_int_equal(xpath_number_write(&text, rows[i].number), 0);
        assert_string_equal(buf_string(&text), rows[i].plain);
        buf_clear(&text);
        if (!rows[i].json)
            continue;
        assert_int_equal(xpath_number_write_json(&text, rows[i].number), 0);
        assert_string_equal(buf_string(&text), rows[i].json);
        assert_true(strtod(buf_string(&text), NULL) == rows[i].number);
    }
    buf_free(&text);
}

static void test_the_smallest_and_the_largest(void **state)
{
    (void)state;
    struct buf text = {0};
    xpath_number_write_json(&text, 5e-324);
    assert_string_equal(buf_string(&text), "5e-324");
    buf_clear(&text);
    xpath_number_write_json(&text, 1.7976931348623157e308);
    assert_string_equal(buf_string(&text), "1.7976931348623157e+308");
    buf_clear(&text);
    xpath_number_write(&text, 1.7976931348623157e308);
    assert_int_equal(text.len, 309);
    assert_true(xpath_number_of_text(buf_string(&text)) == 1.7976931348623157e308);
    buf_clear(&text);
    xpath_number_write(&text, 5e-324);
    assert_int_equal(text.len, 326);
    assert_true(xpath_number_of_text(buf_string(&text)) == 5e-324);
    buf_free(&text);
}

static const struct reading {
    const char *text;
    double number; /* NaN: it is none */
} readings[] = {
    {"0", 0},
    {"-0", -0.0},
    {"7", 7},
    {" \t\r\n7 \n", 7},
    {"-7", -7},
    {"5.", 5},
    {".5", 0.5},
    {"-.5", -0.5},
    {"007.50", 7.5},
    {"4.561639", 4.561639},
    {"19.548", 19.548},
    {"9007199254740993", 9007199254740992},
    {"0.30000000000000004", 0.30000000000000004},
    {"123456789012345678901234567890", 123456789012345678901234567890.0},
    {"0.000000000000000000000000123", 1.23e-25},
    {"", NAN},
    {" ", NAN},
    {".", NAN},
    {"-", NAN},
    {"-.", NAN},
    {"+5", NAN},
    {"--5", NAN},
    {"- 5", NAN},
    {"5 5", NAN},
    {"1.5.5", NAN},
    {"..5", NAN},
    {"1e5", NAN},
    {"0x10", NAN},
    {"1,5", NAN},
    {"Infinity", NAN},
    {"NaN", NAN},
    {"\xc2\xa0"
     "5",
     NAN},
};

static void test_texts_are_the_nearest_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(readings); i++) {
        double number = xpath_number_of_text(readings[i].text);
        if (isnan(readings[i].number) ? !isnan(number)
                                      : number != readings[i].number ||
                                            signbit(number) != signbit(readings[i].number))
            fail_msg("'%s' is %.17g", readings[i].text, number);
    }
}

/* Half way between two doubles, a last digit far behind decides. */
static void test_all_digits_count(void **state)
{
    (void)state;
    struct buf text = {0};
    for (int digits = 10; digits <= 2000; digits += 199) {
        buf_clear(&text);
        buf_append_string(&text, "9007199254740993.");
        for (int i = 0; i < digits; i++)
            buf_append_char(&text, '0');
        assert_true(xpath_number_of_text(buf_string(&text)) == 9007199254740992);
        buf_append_char(&text, '1');
        assert_true(xpath_number_of_text(buf_string(&text)) == 9007199254740994);
    }
    buf_clear(&text);
    for (int i = 0; i < 400; i++)
        buf_append_char(&text, '9');
    assert_true(isinf(xpath_number_of_text(buf_string(&text))));
    buf_clear(&text);
    buf_append_char(&text, '1');
    for (int i = 0; i < 1000; i++)
        buf_append_char(&text, '0');
    buf_append_string(&text, "e-1000");
    assert_true(xpath_number_of_literal(buf_string(&text), text.len) == 1);
    buf_free(&text);
}

static void test_literals_may_have_an_exponent(void **state)
{
    (void)state;
    assert_int_equal(xpath_number_length("12 div 3"), 2);
    assert_int_equal(xpath_number_length("1.5)"), 3);
    assert_int_equal(xpath_number_length(".5"), 2);
    assert_int_equal(xpath_number_length("."), 0);
    assert_int_equal(xpath_number_length(".."), 0);
    assert_int_equal(xpath_number_length("e5"), 0);
    assert_int_equal(xpath_number_length("1e5"), 3);
    assert_int_equal(xpath_number_length("1E-5 "), 4);
    assert_int_equal(xpath_number_length("1e+5"), 4);
    assert_int_equal(xpath_number_length("1e"), 1);
    assert_int_equal(xpath_number_length("1e-"), 1);
    assert_int_equal(xpath_number_length("1else"), 1);
    assert_true(xpath_number_of_literal("1.5e3", 5) == 1500);
    assert_true(xpath_number_of_literal("15E-1", 5) == 1.5);
    assert_true(isinf(xpath_number_of_literal("1e999999999999999999999", 23)));
    assert_true(xpath_number_of_literal("1e-999999999999999999999", 24) == 0);
}

static void test_every_double_reads_back(void **state)
{
    (void)state;
    uint64_t seed = 20;
    struct buf text = {0};
    for (int i = 0; i < 20000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        uint64_t bits = seed ^ seed >> 29;
        double number;
        memcpy(&number, &bits, sizeof number);
        if (isnan(number) || isinf(number))
            continue;
        buf_clear(&text);
        xpath_number_write(&text, number);
        assert_true(xpath_number_of_text(buf_string(&text)) == number);
        buf_clear(&text);
        xpath_number_write_json(&text, number);
        assert_true(strtod(buf_string(&text), NULL) == number);
    }
    buf_free(&text);
}

/* The host's decimal point is not XPath's. */
static void test_the_locale_does_not_count(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "ps_AF.UTF-8"};
    bool is_other = false;
    for (size_t i = 0; i < COUNT(names) && !is_other; i++)
        is_other = setlocale(LC_NUMERIC, names[i]);
    if (!is_other) {
        print_message("SKIPPED: no locale with a decimal comma is installed\n");
        skip();
    }
    struct buf text = {0};
    assert_true(xpath_number_of_text("1.5") == 1.5);
    xpath_number_write(&text, 1.5);
    assert_string_equal(buf_string(&text), "1.5");
    buf_free(&text);
    setlocale(LC_NUMERIC, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_the_shortest_text),
        cmocka_unit_test(test_the_smallest_and_the_largest),
        cmocka_unit_test(test_texts_are_the_nearest_number),
        cmocka_unit_test(test_all_digits_count),
        cmocka_unit_test(test_literals_may_have_an_exponent),
        cmocka_unit_test(test_every_double_reads_back),
        cmocka_unit_test(test_the_locale_does_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
