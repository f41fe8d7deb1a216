/* SPDX-License-Identifier: MIT
 *
 * The one place where the function's environment is read, and written: no thread but the loop's
 * may run while environment_set_trace does. Strings stay good for the life of the process.
 */
#ifndef THRESH_LAMBDA_RUNTIME_ENVIRONMENT_H
#define THRESH_LAMBDA_RUNTIME_ENVIRONMENT_H

#include "lambda/runtime/log.h"
#include "lambda/s3/s3.h"
#include <jansson.h>

/* NULL where it is not set or empty. */
const char *environment_text(const char *name);
/* Lambda rotates credentials without starting the process again: asked at each invocation. */
void environment_s3(struct s3_settings *settings);
/* As _X_AMZN_TRACE_ID, where X-Ray's SDKs look for it; "" takes it away. */
void environment_set_trace(const char *trace_id);

/* Every THRESH_<OPTION> over what `job` says: THRESH_MAX_ERRORS is "max-errors". A value that
 * begins with [ or { is JSON. 0 or -1. */
int environment_job(json_t *job, struct thresh_error *error);

/* Other THRESH_... variables are somebody else's and left alone; one that is nearly an option is
 * named in the log. */
void environment_warn(struct log *log);

#endif
