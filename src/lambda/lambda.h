/* SPDX-License-Identifier: MIT
 *
 * The bootstrap of an AWS Lambda custom runtime.
 */
#ifndef THRESH_LAMBDA_LAMBDA_H
#define THRESH_LAMBDA_LAMBDA_H

/* Asks for events and answers them until the environment ends; the process's exit status. */
int lambda_run(void);

#endif
