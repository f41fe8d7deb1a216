/* SPDX-License-Identifier: MIT
 *
 * Schemas in S3, copied to files where they can be compiled, and kept for the next job that
 * names them. Copies may take a part of the temporary directory; beyond that those that no job
 * has go, the one not used for the longest time first, and all of them where another has no
 * room.
 *
 * Any number of threads may use it. Who needs what another is copying waits for it; nobody else
 * does.
 */
#ifndef THRESH_LAMBDA_S3_SCHEMA_DOWNLOAD_H
#define THRESH_LAMBDA_S3_SCHEMA_DOWNLOAD_H

#include "base/keyed_lock.h"
#include "lambda/s3/s3.h"
#include "lambda/scratch.h"
#include <jansson.h>

struct schema_copy;

struct schema_download {
    const struct scratch *scratch;
    struct keyed_lock lock;
    struct schema_copy *copies;
    uint64_t bytes; /* of all copies */
    uint64_t max_bytes;
    uint64_t uses;
    void (*gone)(void *context, const char *directory);
    void *context;
};

/* The copies that a job has. */
struct schema_use {
    struct schema_copy **copies;
    size_t n, cap;
};

/* The scratch is borrowed, and has to live as long. `gone` is called, by any thread, before the
 * files in a directory are removed. */
void schema_download_open(struct schema_download *schemas, const struct scratch *scratch,
                          void (*gone)(void *context, const char *directory), void *context);
/* No job may have a copy. A zeroed struct can be closed. */
void schema_download_close(struct schema_download *schemas);

/* Replaces the s3:// addresses in the job's "schema" and "catalog" by local files, which are
 * there until `use`, zeroed by the caller, is released, in either case. All objects below the
 * same prefix are copied along, by `s3`, so that a schema finds what it imports. Who copies
 * for another is waited for until that unix time; 0: no limit. 0, or -1 with the error filled
 * in. */
int schema_download_job(struct schema_download *schemas, struct s3 *s3, json_t *job,
                        int64_t until_ms, struct schema_use *use, struct lambda_error *error);
void schema_download_release(struct schema_download *schemas, struct schema_use *use);

#endif
