/* SPDX-License-Identifier: MIT
 *
 * The one place where the function's environment is read.
 */
#ifndef THRESH_LAMBDA_ENVIRONMENT_H
#define THRESH_LAMBDA_ENVIRONMENT_H

#include "s3.h"
#include <jansson.h>

/* NULL where it is not set or empty. */
const char *environment_text(const char *name);
/* Lambda rotates credentials without starting the process again: asked at each invocation. */
void environment_s3(struct s3_settings *settings);
/* X-Ray's daemon and SDKs look for it. */
void environment_set_trace(const char *trace_id);

/* Every THRESH_<OPTION> over what `job` says: THRESH_MAX_ERRORS is "max-errors". A value that
 * begins with [ or { is JSON. 0 or -1. */
int environment_job(json_t *job, struct error *error);

#endif
