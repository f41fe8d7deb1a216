/* SPDX-License-Identifier: MIT
 *
 * --help and --usage, from the rows.
 */
#ifndef THRESH_CLI_HELP_H
#define THRESH_CLI_HELP_H

#include "options/option_row.h"

enum help_wish {
    HELP_NONE,
    HELP_BRIEF, /* the options most asked for, and which sections there are */
    HELP_ALL,
    HELP_SECTION, /* and those behind it: that section, by its number */
};
/* What --help takes. */
extern const struct option_word help_words[];

struct help {
    const char *usage;            /* "thresh [OPTION...] INPUT..." */
    const char *summary;          /* what the command does */
    const struct option_row *own; /* its options, beside those of a run */
    const char *const *taken;     /* of these, as command_line_check has it */
    const char *details;          /* behind them, in lines as they are */
    const char *examples;         /* and these */
};

/* These fail as appending to a buf does. */
void help_append_usage(const struct help *help, struct buf *out); /* the line of usage */
void help_append(const struct help *help, enum help_wish wish, struct buf *out);
/* The same to standard output. 0, or -1 with the error filled in. */
int help_print(const struct help *help, enum help_wish wish, struct thresh_error *error);

#endif
