/* SPDX-License-Identifier: MIT
 *
 * What vectors say of all bytes at all places. Built in each form that the machine has.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/vector.h"

/* All bytes in turn, and the same again, so that each is next to any. */
static uint8_t bytes[256 * 256 + VECTOR_BYTES];

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * (1 + 2 * (i / 256)));
    return 0;
}

/* The first of the bytes at `at` that is said to be so. */
static unsigned first_that(const uint8_t *at, bool (*is)(uint8_t byte))
{
    unsigned i = 0;
    while (i < VECTOR_BYTES && !is(at[i]))
        i++;
    return i;
}

static bool is_less(uint8_t byte)
{
    return byte == '<';
}

static bool is_beyond_ascii(uint8_t byte)
{
    return byte == 0xbc;
}

static bool is_neither_less_nor_space(uint8_t byte)
{
    return byte != '<' && byte != ' ';
}

static void test_a_byte_is_found_where_it_is_first(void **state)
{
    (void)state;
    for (const uint8_t *at = bytes; at <= bytes + sizeof bytes - VECTOR_BYTES; at++) {
        struct vector v = vector_load(at);
        assert_int_equal(vector_first(vector_is(v, '<')), first_that(at, is_less));
        assert_int_equal(vector_first_not(vector_or(vector_is(v, '<'), vector_is(v, ' '))),
                         first_that(at, is_neither_less_nor_space));
        assert_int_equal(vector_first(vector_is(v, (char)0xbc)),
                         first_that(at, is_beyond_ascii));
    }
}

static bool is_outside(uint8_t byte)
{
    return byte < ' ' || byte > 0x7f;
}

static void test_bytes_outside_of_ascii_from_a_space_on(void **state)
{
    (void)state;
    for (const uint8_t *at = bytes; at <= bytes + sizeof bytes - VECTOR_BYTES; at++)
        assert_int_equal(vector_first(vector_outside(vector_load(at), ' ')),
                         first_that(at, is_outside));
}

static bool is_outside_but_a_line_feed(uint8_t byte)
{
    return is_outside(byte) && byte != '\n';
}

static bool is_outside_or_less(uint8_t byte)
{
    return is_outside(byte) || byte == '<';
}

static void test_masks_are_joined_and_taken_away(void **state)
{
    (void)state;
    for (const uint8_t *at = bytes; at <= bytes + sizeof bytes - VECTOR_BYTES; at++) {
        struct vector v = vector_load(at), outside = vector_outside(v, ' ');
        assert_int_equal(vector_first(vector_or(outside, vector_is(v, '<'))),
                         first_that(at, is_outside_or_less));
        assert_int_equal(vector_first(vector_except(outside, vector_is(v, '\n'))),
                         first_that(at, is_outside_but_a_line_feed));
    }
}

/* A byte differs from itself in no bit, and from another in one or more. */
static void test_vectors_are_the_same_up_to_the_first_byte_that_differs(void **state)
{
    (void)state;
    for (unsigned place = 0; place < VECTOR_BYTES; place++)
        for (unsigned byte = 0; byte < 256 * 256; byte++) {
            uint8_t a[VECTOR_BYTES], b[VECTOR_BYTES];
            memset(a, (int)(byte >> 8), sizeof a);
            memset(b, (int)(byte >> 8), sizeof b);
            a[place] = (uint8_t)byte;
            unsigned first = a[place] == b[place] ? VECTOR_BYTES : place;
            struct vector same = vector_same(vector_load(a), vector_load(b));
            assert_int_equal(vector_first_not(same), first);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_byte_is_found_where_it_is_first),
        cmocka_unit_test(test_bytes_outside_of_ascii_from_a_space_on),
        cmocka_unit_test(test_masks_are_joined_and_taken_away),
        cmocka_unit_test(test_vectors_are_the_same_up_to_the_first_byte_that_differs),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
