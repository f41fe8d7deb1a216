/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* Takes a piece, which must be all zeros, and leaves none of it so. */
static void take(struct arena *arena, size_t size)
{
    unsigned char *piece = arena_alloc(arena, size);
    assert_non_null(piece);
    assert_int_equal((uintptr_t)piece % alignof(max_align_t), 0);
    for (size_t i = 0; i < size; i++)
        assert_int_equal(piece[i], 0);
    memset(piece, 0xa5, size ? size : 1);
}

/* Sizes around those at which an arena zeroes, or takes another block. */
static void test_pieces_are_zeroed_before_and_after_a_reset(void **state)
{
    (void)state;
    static const size_t SIZES[] = {0,    1,    15,   16,    17,    1007,   1008,
                                   1023, 1024, 1025, 32767, 32769, 131072, 300000};
    struct arena arena = {0};
    for (int round = 0; round < 4; round++) {
        for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++)
            for (int n = 0; n < 3; n++)
                take(&arena, SIZES[round % 2 ? i : sizeof SIZES / sizeof *SIZES - 1 - i]);
        arena_reset(&arena);
        for (int n = 0; n < 100; n++)
            take(&arena, 24);
        arena_reset(&arena);
    }
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_alloc(&arena, SIZE_MAX - 4));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_are_zeroed_before_and_after_a_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
