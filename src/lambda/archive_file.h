/* SPDX-License-Identifier: MIT
 *
 * The archive of an item, in a temporary file: the bytes of an event, or an object in S3, of
 * which some may still be on their way.
 */
#ifndef THRESH_LAMBDA_ARCHIVE_FILE_H
#define THRESH_LAMBDA_ARCHIVE_FILE_H

#include "lambda/invocation_work.h"
#include "lambda/s3/archive_download.h"

struct archive_file {
    char path[4096];
    int fd;
    bool is_downloaded; /* by `download` */
    struct archive_download download;
};

/* Makes the file for a run of the job. `early`: the run may begin before all is there. 0, or -1
 * with the error filled in and nothing left. */
int archive_file_open(struct archive_file *file, struct invocation_work *work,
                      const struct event_item *item, const struct cached_job *job, bool early,
                      struct lambda_error *error);
/* For struct host; NULL: all is there. */
const struct arrival *archive_file_arrival(const struct archive_file *file);
/* Nothing more is fetched. 0, or -1: something that was waited for did not come. */
int archive_file_end(struct archive_file *file, struct lambda_error *error);
/* Ends it and removes the file. */
void archive_file_close(struct archive_file *file, struct invocation_work *work);

#endif
