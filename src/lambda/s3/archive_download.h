/* SPDX-License-Identifier: MIT
 *
 * An archive on its way from S3, while it is being read: a thread fetches, and whoever wants
 * bytes waits until these are there. Only ZIP archives can be begun early, for they are listed
 * from their end; all others are complete before archive_download_begin returns.
 */
#ifndef THRESH_LAMBDA_S3_ARCHIVE_DOWNLOAD_H
#define THRESH_LAMBDA_S3_ARCHIVE_DOWNLOAD_H

#include "lambda/s3/s3.h"
#include <pthread.h>

struct archive_download {
    struct s3 *s3;
    struct s3_object object;
    int fd;
    bool is_early; /* not all is there, and a run may begin */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t moved;
    /* Under the mutex: */
    bool is_known;
    uint64_t total;
    unsigned char *parts; /* 1: it is there */
    uint64_t n_parts;
    uint64_t wanted; /* the part that was last found missing; UINT64_MAX: none was */
    bool has_ended;
    bool is_unwanted;
    int rc;
    struct lambda_error error;
    double ms;
};

/* Returns when a run can begin. 0, or -1: it failed and has ended. */
int archive_download_begin(struct archive_download *download, struct s3 *s3,
                           const struct s3_object *object, int fd, struct lambda_error *error);
/* For struct source_options: the context is the download. */
bool archive_download_await(void *context, uint64_t offset, uint64_t len);
/* Ends the fetch, done or not, and the thread. -1 where it had failed; `ms` is what it took. */
int archive_download_end(struct archive_download *download, struct lambda_error *error);

/* Where the list of entries of the ZIP archive lies, by its last bytes `tail`; false: that is
 * not to be said so simply. */
bool archive_download_directory(const unsigned char *tail, size_t len, uint64_t total,
                                uint64_t *from, uint64_t *to);

#endif
