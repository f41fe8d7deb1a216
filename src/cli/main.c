/* SPDX-License-Identifier: MIT
 *
 * Which command it is: thresh INPUT..., thresh compile, thresh merge, thresh tune or thresh
 * lambda.
 */
#include "cli/command.h"
#include "cli/compile.h"
#include "cli/merge.h"
#include "cli/tune/tune.h"
#ifdef THRESH_HAVE_LAMBDA
#include "lambda/lambda.h"
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef THRESH_HAVE_OPENMP
/* libgomp's threads spin for milliseconds whenever they wait, and on a quota every spin is
 * paid for. Its constructor reads this variable, so it must be set earlier: the loader calls
 * what .preinit_array lists before all constructors. */
static void wait_passively(int argc, char **argv, char **envp)
{
    (void)argc, (void)argv;
    environ = envp;
    setenv("OMP_WAIT_POLICY", "passive", 0);
}
__attribute__((section(".preinit_array"),
               used)) static void (*const before_constructors)(int, char **,
                                                               char **) = wait_passively;
#endif

#ifndef THRESH_HAVE_LAMBDA
/* The bootstrap is a program of its own beside this one, so that the command need not load what
 * only Lambda needs. */
static int run_bootstrap(char **argv)
{
    char path[4096];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - sizeof "-bootstrap");
    if (len > 0) {
        memcpy(path + len, "-bootstrap", sizeof "-bootstrap");
        execv(path, argv);
        fprintf(stderr, "thresh: %s cannot be run: %m; build with -DTHRESH_LAMBDA=ON\n", path);
    }
    return 2;
}
#endif

int main(int argc, char **argv)
{
    if (getenv("AWS_LAMBDA_RUNTIME_API") || (argc == 2 && strcmp(argv[1], "lambda") == 0))
#ifdef THRESH_HAVE_LAMBDA
        return lambda_run();
#else
        return run_bootstrap(argv);
#endif
    if (argc > 1 && strcmp(argv[1], "tune") == 0)
        return tune_main(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "merge") == 0)
        return merge_main(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "compile") == 0)
        return compile_main(argc - 1, argv + 1);
    return command_main(argc, argv);
}
