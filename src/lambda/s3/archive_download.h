/* SPDX-License-Identifier: MIT
 *
 * An archive that is read while it is downloaded: a thread fetches, and whoever wants bytes
 * waits until they are there. Only ZIP archives can be begun early, for the list of their
 * entries can be fetched first, from their end; all others are complete when
 * archive_download_begin returns.
 *
 * One thread begins and ends a download. archive_download_await may be called from any number
 * of threads in between.
 */
#ifndef THRESH_LAMBDA_S3_ARCHIVE_DOWNLOAD_H
#define THRESH_LAMBDA_S3_ARCHIVE_DOWNLOAD_H

#include "lambda/s3/s3.h"
#include <pthread.h>

struct archive_download {
    struct s3 *s3;
    struct s3_object object;
    int fd;
    bool is_early; /* a run may begin, but not all is there yet */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t moved;
    /* Under the mutex: */
    bool is_known; /* `total` is; the file has its size */
    uint64_t total;
    unsigned char *parts; /* 1: that part is in the file */
    uint64_t n_parts;
    uint64_t wanted; /* the part that somebody waits for; UINT64_MAX: none */
    bool has_ended;
    bool is_unwanted;
    int rc;
    struct lambda_error error;
    double ms; /* that it took */
};

/* Returns when a run can begin. The strings of `object` and the descriptor are borrowed until
 * the end. 0, or -1 with the error filled in: it has failed and is ended already. */
int archive_download_begin(struct archive_download *download, struct s3 *s3,
                           const struct s3_object *object, int fd, struct lambda_error *error);
/* Waits until the bytes are in the file; false: they will not come. For struct host, with the
 * download as the context. */
bool archive_download_await(void *context, uint64_t offset, uint64_t len);
/* Ends the download, complete or not, and its thread. 0, or -1: it had failed. */
int archive_download_end(struct archive_download *download, struct lambda_error *error);

/* Where the central directory lies, by the end record in the archive's last bytes, `tail`
 * (APPNOTE 4.3.16). False: not by this record alone, as in ZIP64 or with bytes before the
 * archive. */
bool archive_download_directory(const unsigned char *tail, size_t len, uint64_t total,
                                uint64_t *from, uint64_t *to);

#endif
