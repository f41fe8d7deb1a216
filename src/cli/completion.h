/* SPDX-License-Identifier: MIT
 *
 * Completion scripts for shells: commands, the options that each of them takes, the words that
 * these take, and names of files.
 */
#ifndef THRESH_CLI_COMPLETION_H
#define THRESH_CLI_COMPLETION_H

#include "cli/help.h"

enum completion_shell { COMPLETION_NONE, COMPLETION_BASH, COMPLETION_ZSH, COMPLETION_FISH };

struct completion_command {
    const char *name; /* NULL: the run, which has none */
    const struct help *help;
};

/* `commands` are those with options: the run, then the others, up to one without help. Fails as
 * appending to a buf does. */
void completion_append(enum completion_shell shell, const struct completion_command *commands,
                       struct buf *out);

#endif
