/* SPDX-License-Identifier: MIT
 *
 * Completion scripts for shells: options, the words they take, the commands tune and lambda,
 * and names of files.
 */
#ifndef THRESH_CLI_COMPLETION_H
#define THRESH_CLI_COMPLETION_H

#include "options/option_row.h"

enum completion_shell { COMPLETION_NONE, COMPLETION_BASH, COMPLETION_ZSH, COMPLETION_FISH };

/* `own` are the options of the command without a subcommand, `tune` those of thresh tune. Fails
 * as appending to a buf does. */
void completion_append(enum completion_shell shell, const struct option_row *own,
                       const struct option_row *tune, struct buf *out);

#endif
