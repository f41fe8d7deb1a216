/* SPDX-License-Identifier: MIT
 *
 * Values that are accepted at a glance, or because they are known, are those that a close look
 * accepts: texts at the boundaries of types, each type's own, against both.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "xsd/datatype/simple_type.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Facets in tables are fixed only where they say so. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

static const struct {
    const char *base;
    struct facet facets[3];
    size_t n_facets;
} rows[] = {
    {"decimal", {{0}}, 0},
    {"decimal", {{FACET_MIN_INCLUSIVE, "0"}}, 1},
    {"decimal", {{FACET_MIN_EXCLUSIVE, "0"}}, 1},
    {"decimal", {{FACET_MIN_EXCLUSIVE, "-0.5"}}, 1},
    {"decimal", {{FACET_MIN_INCLUSIVE, "9.5"}, {FACET_MAX_INCLUSIVE, "10"}}, 2},
    {"decimal", {{FACET_MIN_INCLUSIVE, "10"}, {FACET_MAX_EXCLUSIVE, "100"}}, 2},
    {"decimal", {{FACET_MAX_EXCLUSIVE, "0"}}, 1},
    {"decimal", {{FACET_MAX_INCLUSIVE, "0"}}, 1},
    {"decimal", {{FACET_MAX_EXCLUSIVE, "0.5"}}, 1},
    {"decimal", {{FACET_MAX_INCLUSIVE, "99.5"}}, 1},
    {"decimal", {{FACET_MAX_INCLUSIVE, "-1"}}, 1},
    {"decimal", {{FACET_MIN_INCLUSIVE, "999999999999999999"}}, 1},
    {"decimal", {{FACET_MIN_INCLUSIVE, "1000000000000000000"}}, 1},
    {"decimal", {{FACET_MAX_INCLUSIVE, "99999999999999999999999"}}, 1},
    {"decimal", {{FACET_TOTAL_DIGITS, "3"}}, 1},
    {"decimal", {{FACET_FRACTION_DIGITS, "1"}}, 1},
    {"decimal", {{FACET_FRACTION_DIGITS, "0"}}, 1},
    {"decimal", {{FACET_TOTAL_DIGITS, "3"}, {FACET_FRACTION_DIGITS, "2"}}, 2},
    {"decimal", {{FACET_PATTERN, "[0-9]{2}"}}, 1},
    {"decimal", {{FACET_ENUMERATION, "10"}, {FACET_ENUMERATION, "9.5"}}, 2},
    {"integer", {{0}}, 0},
    {"nonNegativeInteger", {{FACET_MAX_INCLUSIVE, "10"}}, 1},
    {"negativeInteger", {{0}}, 0},
    {"positiveInteger", {{0}}, 0},
    {"unsignedByte", {{0}}, 0},
    {"byte", {{FACET_MIN_INCLUSIVE, "9"}}, 1},
    {"long", {{0}}, 0},
    {"unsignedLong", {{0}}, 0},
    {"string", {{FACET_MIN_LENGTH, "1"}}, 1},
    {"string", {{FACET_MAX_LENGTH, "2"}}, 1},
    {"string", {{FACET_LENGTH, "2"}}, 1},
    {"string", {{FACET_WHITE_SPACE, "collapse"}, {FACET_MIN_LENGTH, "1"}}, 2},
    {"normalizedString", {{0}}, 0},
    {"token", {{0}}, 0},
    {"token", {{FACET_MIN_LENGTH, "1"}, {FACET_MAX_LENGTH, "2"}}, 2},
    {"token", {{FACET_MIN_LENGTH, "2"}}, 1},
    {"token", {{FACET_PATTERN, "[0-9]+"}}, 1},
    {"token", {{FACET_ENUMERATION, "10"}, {FACET_ENUMERATION, "a b"}}, 2},
    {"NMTOKEN", {{0}}, 0},
    {"NCName", {{0}}, 0},
    {"ID", {{0}}, 0},
    {"language", {{0}}, 0},
    {"boolean", {{0}}, 0},
    {"double", {{FACET_MIN_INCLUSIVE, "10"}}, 1},
    {"date", {{0}}, 0},
    {"anyURI", {{0}}, 0},
    {"NMTOKENS", {{0}}, 0},
};

static const char *const texts[] = {
    "",
    " ",
    "\n\t",
    "0",
    "00",
    "000",
    "-0",
    "+0",
    "0.0",
    "00.00",
    ".5",
    "5.",
    ".",
    "-",
    "+",
    "0.4",
    "0.5",
    "0.50",
    "0.51",
    "1",
    "01",
    "1.0",
    "1.5",
    "-1",
    "-1.0",
    "9",
    "9.0",
    "9.4",
    "9.5",
    "9.50",
    "9.6",
    "10",
    "10.0",
    "10.00",
    "10.1",
    "010",
    "0010",
    "10 ",
    " 10",
    "1 0",
    "1\n0",
    "11",
    "99",
    "99.4",
    "99.5",
    "99.50",
    "99.51",
    "99.9",
    "99.99",
    "99.999",
    "100",
    "100.0",
    "127",
    "128",
    "255",
    "255.0",
    "256",
    "1e1",
    "1E1",
    "0x1",
    "1,5",
    "1.2.3",
    "1/",
    "1:",
    "999999999999999999",
    "999999999999999999.0",
    "0999999999999999999",
    "99999999999999999.9",
    "1000000000000000000",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999",
    "99999999999999999999999.1",
    "000000000000000000",
    "0000000000000000000",
    "a",
    "ab",
    "abc",
    " a",
    "a ",
    "  a  ",
    "a b",
    "a  b",
    "\xc3\xa4",
    "\xc3\xa4\xc3\xa4",
    "a\xc3\xa4z",
    "true",
    "NaN",
    "2000-01-01",
    "2000-02-30",
    "de-CH",
    "a:b",
    "abcdefgh",
    "abcdefghi",
    "abcdefghijklmnop",
    "abcdefghijklmnopq",
    "abcdefg!ijklmnop",
    "abcdefghijklmno!",
    "2024-02-29T23:59:59Z",
    "2023-02-29T23:59:59Z",
    "2024-02-29T23:59:59z",
    "abcdefghijklmnopqrstuvwxyzabcdef",
    "abcdefgh!jklmnopqrstuvwxyzabcdef",
    "abcdefghijklmnop!rstuvwxyzabcdef",
    "abcdefghijklmnopqrstuvwxyzabcde!",
    "abcdefghijklmnopqrstuvwxyzabcdefg",
    "abcdefghijklmnopqrstuvwxyzabcdef!",
};

/* A type for each row. */
static const struct datatype *type_of(struct datatypes *set, size_t row)
{
    struct thresh_error error = {""};
    const struct datatype *type = datatypes_builtin(set, rows[row].base);
    assert_non_null(type);
    if (rows[row].n_facets)
        type = datatypes_restrict(set, type, rows[row].facets, rows[row].n_facets, NULL, NULL,
                                  &error);
    if (!type)
        fail_msg("row %zu: %s", row, error.text);
    return type;
}

static void test_values_are_accepted_as_a_close_look_would(void **state)
{
    (void)state;
    struct datatypes *set = datatypes_new();
    struct datatype_scratch scratch = {0}, other = {0};
    const char *code = NULL;
    assert_non_null(set);
    assert_int_equal(datatype_scratch_remember(&scratch, 1), 0);
    for (size_t row = 0; row < COUNT(rows); row++) {
        const struct datatype *type = type_of(set, row);
        for (size_t n = 0; n < 2 * COUNT(texts); n++) { /* the second time they are known */
            const char *text = texts[n % COUNT(texts)];
            int quick = datatype_check(type, text, strlen(text), NULL, &scratch, &code);
            if (quick != datatype_try(type, text, strlen(text), NULL, false, &other))
                fail_msg("row %zu, '%s': %d", row, text, quick);
        }
    }
    datatype_scratch_free(&scratch);
    datatype_scratch_free(&other);
    datatypes_free(set);
}

static bool may_be(void *context, const char *name, size_t len)
{
    (void)name;
    (void)len;
    return *(const bool *)context;
}

static const char *uri_of(void *context, const char *prefix, size_t len)
{
    (void)prefix;
    (void)len;
    return *(const bool *)context ? "u" : NULL;
}

/* What a document declares may make a value of a text, and in the next document none. */
static void test_what_depends_on_the_document_is_not_remembered(void **state)
{
    (void)state;
    struct datatypes *set = datatypes_new();
    struct datatype_scratch scratch = {0};
    struct thresh_error error;
    const char *code = NULL;
    bool is_declared = true;
    const struct prefixes prefixes = {uri_of, &is_declared, may_be};
    assert_non_null(set);
    const struct datatype *names[] = {datatypes_builtin(set, "ENTITY"),
                                      datatypes_builtin(set, "QName"), NULL};
    const struct datatype *types[] = {names[0],
                                      names[1],
                                      datatypes_builtin(set, "ENTITIES"),
                                      datatypes_list(set, names[1], &error),
                                      datatypes_union(set, &names[0], 1, &error),
                                      datatypes_union(set, &names[1], 1, &error)};
    assert_int_equal(datatype_scratch_remember(&scratch, 1), 0);
    for (size_t i = 0; i < COUNT(types); i++) {
        const char *text = types[i]->needs_prefixes ? "p:a" : "a";
        assert_non_null(types[i]);
        is_declared = true;
        assert_int_equal(
            datatype_check(types[i], text, strlen(text), &prefixes, &scratch, &code), 0);
        is_declared = false;
        assert_int_equal(
            datatype_check(types[i], text, strlen(text), &prefixes, &scratch, &code), 1);
    }
    datatype_scratch_free(&scratch);
    datatypes_free(set);
}

/* Far more values than are kept: each gives way to others, and none is taken for another. */
static void test_many_values_are_told_apart(void **state)
{
    (void)state;
    struct datatypes *set = datatypes_new();
    struct datatype_scratch scratch = {0};
    const char *code = NULL;
    char text[32];
    assert_non_null(set);
    assert_int_equal(datatype_scratch_remember(&scratch, 1), 0);
    const struct datatype *month = datatypes_builtin(set, "gYearMonth");
    for (int again = 0; again < 2; again++)
        for (int i = 0; i < 20000; i++) {
            snprintf(text, sizeof text, "%d-%02d", 1000 + i / 100, i % 100);
            assert_int_equal(datatype_check(month, text, strlen(text), NULL, &scratch, &code),
                             i % 100 < 1 || i % 100 > 12);
        }
    datatype_scratch_free(&scratch);
    datatypes_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_are_accepted_as_a_close_look_would),
        cmocka_unit_test(test_what_depends_on_the_document_is_not_remembered),
        cmocka_unit_test(test_many_values_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
