/* SPDX-License-Identifier: MIT
 *
 * Linked into every unit test: the program runs all its cases, or those that its one argument
 * names, in which * and ? stand for any text and any character.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* glibc hands the arguments of main to constructors, so that no test has to pass them on. */
__attribute__((constructor)) static void choose_case(int argc, char **argv)
{
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
}
