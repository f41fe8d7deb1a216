/* SPDX-License-Identifier: MIT
 *
 * A directory of a test's own, in which it runs and which ends with it. After cmocka.h.
 */
#ifndef THRESH_TESTS_SCRATCH_H
#define THRESH_TESTS_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char scratch[] = "/tmp/thresh_test.XXXXXX";

/* The set-up and the tear-down of a group. */
static inline int scratch_enter(void **state)
{
    (void)state;
    return mkdtemp(scratch) && chdir(scratch) == 0 ? 0 : -1;
}

static inline int scratch_leave(void **state)
{
    char command[64];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", scratch);
    return chdir("/") == 0 ? system(command) : -1;
}

/* Returns the name. */
static inline const char *write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return name;
}

#endif
