/* SPDX-License-Identifier: MIT
 *
 * `thresh merge OUTPUT...`: the outputs of all shards of a run become the output that one run
 * would have written.
 */
#ifndef THRESH_CLI_MERGE_H
#define THRESH_CLI_MERGE_H

#include "cli/help.h"

/* Returns the exit status, which is that of the one run. */
int merge_main(int argc, char **argv);

/* What it takes. */
extern const struct help merge_help;

#endif
