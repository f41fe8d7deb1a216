/* SPDX-License-Identifier: MIT
 *
 * One invocation, from the event to the answer.
 */
#ifndef THRESH_LAMBDA_INVOCATION_H
#define THRESH_LAMBDA_INVOCATION_H

#include "lambda/poller.h"

/* Answers the event, with an error if need be, and logs it. 0: the next can be asked for; -1:
 * the environment is broken, as the error says. */
int invocation_handle(struct poller *poller, const struct invocation *invocation,
                      struct thresh_error *api_error);

#endif
