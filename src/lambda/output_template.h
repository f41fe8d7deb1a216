/* SPDX-License-Identifier: MIT
 *
 * The job's `output`: s3://bucket/key with {bucket}, {key}, {shard} and {request_id} in
 * it.
 */
#ifndef THRESH_LAMBDA_OUTPUT_TEMPLATE_H
#define THRESH_LAMBDA_OUTPUT_TEMPLATE_H

#include "lambda/lambda_error.h"
#include "options/options.h"

/* The object that the template names for the archive bucket/key (`bucket` NULL: it came in the
 * event, and is called "inline"). {shard} is 03-of-16, and 1-of-1 of a whole archive; a shard's
 * template has to have it. 0 with both strings the caller's to free, or -1 with both
 * NULL and the error filled in. */
int output_template_expand(const char *template, const char *bucket, const char *key,
                           const char *request_id, const struct shard *shard, char **to_bucket,
                           char **to_key, struct lambda_error *error);

#endif
