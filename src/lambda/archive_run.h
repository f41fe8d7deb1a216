/* SPDX-License-Identifier: MIT
 *
 * One archive of an event: its job, where its records go, its bytes, and the run over them.
 */
#ifndef THRESH_LAMBDA_ARCHIVE_RUN_H
#define THRESH_LAMBDA_ARCHIVE_RUN_H

#include "lambda/invocation_work.h"

bool archive_run_time_is_up(const struct invocation_work *work);

/* Fills in outcomes[index] and sinks[index]; whatever happens is an outcome. `name` is what the
 * archive is called in errors. Records that the sink held for the answer are the outcome's
 * afterwards. */
void archive_run_item(struct invocation_work *work, size_t index, const char *name);

#endif
