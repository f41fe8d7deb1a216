/* SPDX-License-Identifier: MIT
 *
 * --help and --usage, from the rows.
 */
#ifndef THRESH_CLI_HELP_H
#define THRESH_CLI_HELP_H

#include "options/option_row.h"

struct help {
    const char *usage;            /* "thresh [OPTION...] INPUT..." */
    const char *summary;          /* what the command does */
    const struct option_row *own; /* its options, beside those of a run */
    const char *details;          /* behind them, in lines as they are */
};

/* These fail as appending to a buf does. */
void help_append_usage(const struct help *help, struct buf *out); /* the line of usage */
void help_append(const struct help *help, struct buf *out);       /* all */

#endif
