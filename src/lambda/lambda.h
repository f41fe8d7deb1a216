/* SPDX-License-Identifier: MIT
 *
 * The bootstrap of an AWS Lambda custom runtime ("Building a custom runtime for AWS Lambda" in
 * the AWS Lambda Developer Guide).
 */
#ifndef THRESH_LAMBDA_LAMBDA_H
#define THRESH_LAMBDA_LAMBDA_H

/* Asks for events and answers them until Lambda ends the process. Returns where init fails or
 * the environment is broken: the status to exit with, never 0. For the main thread, once. */
int lambda_run(void);

#endif
