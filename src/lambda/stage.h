/* SPDX-License-Identifier: MIT
 *
 * Schemas that lie in S3, copied to where libxml2 can open them: once for the life of the
 * process.
 */
#ifndef THRESH_LAMBDA_STAGE_H
#define THRESH_LAMBDA_STAGE_H

#include "s3.h"
#include "scratch.h"
#include <jansson.h>

struct stage {
    struct s3 *s3;
    struct scratch *scratch;
    json_t *copied; /* "bucket/prefix/" -> list of the files, as paths below the prefix */
};

/* 0, or -1 without memory. Files stay until the scratch is closed. */
int stage_open(struct stage *stage, struct s3 *s3, struct scratch *scratch);
void stage_close(struct stage *stage);

/* Makes the s3:// addresses under "schema" and "catalog" of the job local files. What lies
 * below the same prefix comes along, so that a schema finds what it imports. 0 or -1. */
int stage_job(struct stage *stage, json_t *job, struct failure *failure);

#endif
