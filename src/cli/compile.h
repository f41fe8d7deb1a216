/* SPDX-License-Identifier: MIT
 *
 * `thresh compile -s SCHEMA -o FILE`: writes compiled schemas as an image, which --schema takes
 * in their place.
 */
#ifndef THRESH_CLI_COMPILE_H
#define THRESH_CLI_COMPILE_H

#include "cli/help.h"

/* argv[0] is "compile". Returns the exit status: 0, or 2 with a line on standard error. */
int compile_main(int argc, char **argv);

/* What it takes. */
extern const struct help compile_help;

#endif
