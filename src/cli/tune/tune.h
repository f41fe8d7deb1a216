/* SPDX-License-Identifier: MIT
 *
 * `thresh tune ARCHIVE`: measures the archive here, predicts what a run takes and costs at each
 * of AWS Lambda's memory sizes, and recommends a size and a number of workers.
 */
#ifndef THRESH_CLI_TUNE_TUNE_H
#define THRESH_CLI_TUNE_TUNE_H

/* argv[0] is "tune". Returns the exit status. */
int tune_main(int argc, char **argv);

#endif
