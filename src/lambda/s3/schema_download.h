/* SPDX-License-Identifier: MIT
 *
 * Schemas in S3, copied to files where they can be compiled, once for the life of the process.
 * One thread at a time uses it.
 */
#ifndef THRESH_LAMBDA_S3_SCHEMA_DOWNLOAD_H
#define THRESH_LAMBDA_S3_SCHEMA_DOWNLOAD_H

#include "lambda/s3/s3.h"
#include "lambda/scratch.h"
#include <jansson.h>

struct schema_download {
    struct scratch *scratch;
    struct s3 *s3;  /* of the call under way */
    json_t *copied; /* "bucket/prefix/" -> list of the files, as paths below the prefix */
};

/* The scratch is borrowed, and has to live as long. Files stay until it is closed. 0, or -1
 * without memory. */
int schema_download_open(struct schema_download *schemas, struct scratch *scratch);
void schema_download_close(struct schema_download *schemas);

/* Replaces the s3:// addresses in the job's "schema" and "catalog" by local files. All objects
 * below the same prefix are copied along, by `s3`, so that a schema finds what it imports. 0,
 * or -1 with the error filled in. */
int schema_download_job(struct schema_download *schemas, struct s3 *s3, json_t *job,
                        struct lambda_error *error);

#endif
