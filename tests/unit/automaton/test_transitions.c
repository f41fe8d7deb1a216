/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "automaton/transitions.h"

#define SEED UINT64_C(0x0123456789abcdef)

/* Addresses to tell states and names by. */
static const char PLACES[20000];

static const int *find(const struct transitions *transitions, size_t state, size_t local,
                       size_t uri)
{
    struct transition *none = NULL;
    struct transition *found = transitions_find(transitions, PLACES + state, PLACES + local,
                                                uri ? PLACES + uri : NULL, &none);
    return found ? (const int *)found->to : NULL;
}

static void add(struct transitions *transitions, size_t state, size_t local, size_t uri, int to)
{
    struct transition *guess = NULL;
    transitions_add(transitions, PLACES + state, PLACES + local, uri ? PLACES + uri : NULL, &to,
                    sizeof to, &guess);
}

static void test_a_name_leads_from_a_state_to_what_was_added(void **state)
{
    (void)state;
    struct transitions transitions = transitions_empty(10, SEED);
    assert_null(find(&transitions, 1, 2, 3));
    add(&transitions, 1, 2, 3, 123);
    add(&transitions, 1, 2, 0, 120);
    assert_int_equal(*find(&transitions, 1, 2, 3), 123);
    assert_int_equal(*find(&transitions, 1, 2, 0), 120);
    assert_null(find(&transitions, 2, 2, 3));
    assert_null(find(&transitions, 1, 3, 3));
    assert_null(find(&transitions, 1, 2, 4));
    transitions_clear(&transitions);
}

static void test_growing_loses_nothing_and_moves_nothing(void **state)
{
    (void)state;
    struct transitions transitions = transitions_empty(20000, SEED);
    add(&transitions, 0, 0, 7, -1);
    const int *first = find(&transitions, 0, 0, 7);
    for (size_t i = 0; i < 10000; i++)
        add(&transitions, i % 100, i, 0, (int)i);
    for (size_t i = 0; i < 10000; i++)
        assert_int_equal(*find(&transitions, i % 100, i, 0), i);
    assert_ptr_equal(find(&transitions, 0, 0, 7), first);
    assert_int_equal(*first, -1);
    transitions_clear(&transitions);
}

static void test_a_full_automaton_takes_nothing_until_it_is_cleared(void **state)
{
    (void)state;
    struct transitions transitions = transitions_empty(2, SEED);
    add(&transitions, 1, 1, 0, 1);
    assert_false(transitions_is_full(&transitions));
    add(&transitions, 1, 2, 0, 2);
    assert_true(transitions_is_full(&transitions));
    add(&transitions, 1, 3, 0, 3);
    assert_null(find(&transitions, 1, 3, 0));
    assert_int_equal(*find(&transitions, 1, 2, 0), 2);
    transitions_clear(&transitions);
    assert_null(find(&transitions, 1, 2, 0));
    add(&transitions, 1, 3, 0, 3);
    assert_int_equal(*find(&transitions, 1, 3, 0), 3);
    transitions_clear(&transitions);
}

static void test_one_without_room_knows_nothing(void **state)
{
    (void)state;
    struct transitions transitions = transitions_empty(0, SEED);
    add(&transitions, 1, 1, 0, 1);
    assert_null(find(&transitions, 1, 1, 0));
    transitions_clear(&transitions);
}

static void test_a_guess_is_taken_only_where_it_is_right(void **state)
{
    (void)state;
    struct transitions transitions = transitions_empty(10, SEED);
    struct transition *guess = NULL;
    const char *p = PLACES;
    int to = 1;
    struct transition *first =
        transitions_add(&transitions, p, p + 1, p + 2, &to, sizeof to, &guess);
    assert_ptr_equal(guess, first);
    add(&transitions, 0, 1, 0, 2);
    assert_ptr_equal(transitions_find(&transitions, p, p + 1, p + 2, &guess), first);
    assert_null(transitions_find(&transitions, p, p + 2, p + 2, &guess));
    assert_null(transitions_find(&transitions, p + 1, p + 1, p + 2, &guess));
    assert_ptr_equal(guess, first);
    struct transition *second = transitions_find(&transitions, p, p + 1, NULL, &guess);
    assert_int_equal(*(const int *)second->to, 2);
    assert_ptr_equal(guess, second);
    transitions_clear(&transitions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_name_leads_from_a_state_to_what_was_added),
        cmocka_unit_test(test_growing_loses_nothing_and_moves_nothing),
        cmocka_unit_test(test_a_full_automaton_takes_nothing_until_it_is_cleared),
        cmocka_unit_test(test_one_without_room_knows_nothing),
        cmocka_unit_test(test_a_guess_is_taken_only_where_it_is_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
