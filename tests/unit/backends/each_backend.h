/* SPDX-License-Identifier: MIT
 *
 * The same cases over every backend of this build.
 */
#ifndef THRESH_TESTS_EACH_BACKEND_H
#define THRESH_TESTS_EACH_BACKEND_H

#include "backends/backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Calls `test`, which returns how many cases have failed, for each backend in a process of its
 * own: some OpenMP runtimes never let go of their threads. Whether any has failed, for main. */
static inline int test_each_backend(int (*test)(const struct backend *backend))
{
    int failed = 0, status;
    for (const struct backend *const *row = backends; *row; row++) {
        fflush(NULL);
        pid_t tester = fork();
        if (tester == 0)
            exit(test(*row) != 0);
        failed |= tester < 0 || waitpid(tester, &status, 0) != tester || status != 0;
    }
    return failed;
}

#endif
