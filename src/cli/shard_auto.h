/* SPDX-License-Identifier: MIT
 *
 * Which shard this process is, as its environment has it: the variables of schedulers' job
 * arrays and of MPI's launchers. Nothing of theirs is linked or run.
 */
#ifndef THRESH_CLI_SHARD_AUTO_H
#define THRESH_CLI_SHARD_AUTO_H

#include "base/error.h"
#include "options/options.h"

/* Fills in what the option left to the environment. 0, or -1 with an error: nothing there says
 * it, or two say it. */
int shard_auto(struct shard *shard, struct thresh_error *error);

#endif
