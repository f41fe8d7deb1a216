/* SPDX-License-Identifier: MIT
 *
 * --help and --usage, from the rows.
 */
#ifndef THRESH_CLI_HELP_H
#define THRESH_CLI_HELP_H

#include "options/option_row.h"

/* Of the option --help: a section's word, which help_print holds against the sections that the
 * command has. NULL: no help is asked for. */
#define HELP_WISH(holder, member)                                                              \
    .kind = &help_kind, .offset = offsetof(holder, member),                                    \
    .size = sizeof *(_Generic(&((holder *)NULL)->member, const char **                         \
                              : (const char **)NULL))
extern const struct option_kind help_kind;

struct help {
    const char *usage;            /* "thresh [OPTION...] INPUT..." */
    const char *summary;          /* what the command does */
    const struct option_row *own; /* its options, beside those of a run */
    const char *const *taken;     /* of these, as command_line_check has it */
    const char *details;          /* behind them, in lines as they are */
    const char *examples;         /* and these */
};

/* The line of usage; fails as appending to a buf does. */
void help_append_usage(const struct help *help, struct buf *out);
/* To standard output. 0, or -1 with the error filled in. */
int help_print(const struct help *help, const char *word, struct thresh_error *error);

#endif
