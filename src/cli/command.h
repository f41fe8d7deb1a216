/* SPDX-License-Identifier: MIT
 *
 * `thresh INPUT...`: options in, thresh_run, exit status out.
 */
#ifndef THRESH_CLI_COMMAND_H
#define THRESH_CLI_COMMAND_H

#include "options/option_row.h"

/* Returns the exit status. 0: every document is good. 1: one is not, or something was not
 * looked at. 2: the run did not complete, and a line on standard error says why. 128 plus the
 * number of a signal: it was stopped. */
int command_main(int argc, char **argv);

/* Its own options, beside those of the run. */
extern const struct option_row command_rows[];
/* A line each, for --help and the manual page. */
extern const char command_examples[];

#endif
