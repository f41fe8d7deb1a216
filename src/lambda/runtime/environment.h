/* SPDX-License-Identifier: MIT
 *
 * The one place where the environment is read, and written. While environment_set_trace runs,
 * no other thread may; strings stay good for the life of the process.
 */
#ifndef THRESH_LAMBDA_RUNTIME_ENVIRONMENT_H
#define THRESH_LAMBDA_RUNTIME_ENVIRONMENT_H

#include "base/error.h"
#include "lambda/s3/s3.h"
#include <jansson.h>

/* The value; NULL: not set, or empty. */
const char *environment_text(const char *name);
/* All that S3 needs to know, borrowed. To be read for each invocation: Lambda replaces
 * credentials without starting the process again. */
void environment_s3(struct s3_settings *settings);
/* Sets _X_AMZN_TRACE_ID, where X-Ray's libraries look for it; "" unsets it. */
void environment_set_trace(const char *trace_id);

/* Puts every THRESH_<OPTION> into the job, over what it says: THRESH_MAX_ERRORS is
 * "max-errors". A value that begins with [ or { is JSON. 0, or -1 with the error filled in. */
int environment_job(json_t *job, struct thresh_error *error);

/* Whether every THRESH_... variable is known: 0, or -1 with an error that names the one that is
 * not, and the nearest that is. */
int environment_check(struct thresh_error *error);

#endif
