/* SPDX-License-Identifier: MIT
 *
 * Schemas that lie in S3, copied to where libxml2 can open them: once for the life of the
 * process.
 */
#ifndef THRESH_LAMBDA_S3_SCHEMA_DOWNLOAD_H
#define THRESH_LAMBDA_S3_SCHEMA_DOWNLOAD_H

#include "lambda/s3/s3.h"
#include "lambda/scratch.h"
#include <jansson.h>

struct schema_download {
    struct s3 *s3;
    struct scratch *scratch;
    json_t *copied; /* "bucket/prefix/" -> list of the files, as paths below the prefix */
};

/* 0, or -1 without memory. Files stay until the scratch is closed. */
int schema_download_open(struct schema_download *schemas, struct s3 *s3,
                         struct scratch *scratch);
void schema_download_close(struct schema_download *schemas);

/* Makes the s3:// addresses under "schema" and "catalog" of the job local files. What lies
 * below the same prefix comes along, so that a schema finds what it imports. 0 or -1. */
int schema_download_job(struct schema_download *schemas, json_t *job,
                        struct lambda_error *error);

#endif
