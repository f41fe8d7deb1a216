/* SPDX-License-Identifier: MIT
 *
 * The bootstrap of an AWS Lambda custom runtime.
 */
#ifndef THRESH_LAMBDA_H
#define THRESH_LAMBDA_H

#include <stdbool.h>

/* Whether Lambda (or an emulator of it) has started this process. */
bool lambda_is_asked_for(void);

/* Asks for events and answers them until the environment ends; the process's exit status. */
int lambda_run(void);

#endif
