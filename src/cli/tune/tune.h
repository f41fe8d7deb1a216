/* SPDX-License-Identifier: MIT
 *
 * `thresh tune ARCHIVE`: measures the archive here, predicts what a run takes and costs at each
 * of AWS Lambda's memory sizes, and recommends a size and a number of workers.
 */
#ifndef THRESH_CLI_TUNE_TUNE_H
#define THRESH_CLI_TUNE_TUNE_H

#include "cli/help.h"

/* argv[0] is "tune". Returns the exit status: 0, or 2 with a line on standard error. */
int tune_main(int argc, char **argv);

/* Its own options, beside those of a run. */
extern const struct option_row tune_rows[];

/* And all that it takes. */
extern const struct help tune_help;

#endif
