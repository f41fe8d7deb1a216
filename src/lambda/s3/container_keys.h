/* SPDX-License-Identifier: MIT
 *
 * Keys that the container around the process gives ("Container credential provider" in the AWS
 * SDKs and Tools Reference Guide): of Lambda where the environment is started from a snapshot,
 * of ECS, of EKS.
 */
#ifndef THRESH_LAMBDA_S3_CONTAINER_KEYS_H
#define THRESH_LAMBDA_S3_CONTAINER_KEYS_H

#include "lambda/lambda_error.h"
#include "lambda/s3/s3_keys.h"

/* Where the keys are, and what has to be shown for them; NULL: not set. The strings are
 * borrowed. */
struct container_endpoint {
    const char *relative_uri; /* on the address that ECS serves; goes before full_uri */
    const char *full_uri;
    const char *token_file; /* read each time, for it is replaced; goes before token */
    const char *token;
};

/* Asks for keys, for up to max_ms. 0; -1: there are none, as the error says; 1: the try failed,
 * as the error says, and may succeed later. */
int container_keys_get(const struct container_endpoint *endpoint, long max_ms,
                       struct s3_keys *keys, struct lambda_error *error);

#endif
