/* SPDX-License-Identifier: MIT
 *
 * An archive that is read while it is downloaded: a thread fetches, and whoever reads bytes
 * waits until they are there. Either all of the archive is fetched, what is waited for first,
 * or only what is wanted: a shard of an archive that may be larger than the file system has
 * room for. The file has the archive's length in any case, and holes where nothing was fetched.
 *
 * One thread begins and ends a download. Its arrival may be used by any number of threads until
 * it is closed, and by processes that are forked once it has ended.
 */
#ifndef THRESH_LAMBDA_S3_ARCHIVE_DOWNLOAD_H
#define THRESH_LAMBDA_S3_ARCHIVE_DOWNLOAD_H

#include "lambda/s3/s3.h"
#include "source/slice.h"
#include <pthread.h>

struct archive_download {
    struct s3 *s3;
    struct s3_object object;
    int fd;
    bool takes_all; /* else what is wanted */
    struct arrival arrival;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t moved;
    /* Under the mutex: */
    bool is_known; /* `total` is; the file has its size */
    uint64_t total;
    unsigned char *blocks; /* enum block_state of each */
    uint64_t n_blocks;
    uint64_t next, end;  /* the blocks that are wanted and not asked for yet are among these */
    uint64_t wanted_end; /* behind what was wanted last */
    uint64_t urgent;     /* the block that somebody waits for */
    uint64_t ahead_end;  /* behind what was fetched for who waited last, */
    uint64_t ahead;      /* so many blocks of it ahead of need */
    bool has_ended;
    bool is_unwanted;
    bool was_short; /* somebody waited for what did not come */
    int rc;
    struct lambda_error error;
    double begun_ms, ms; /* that it took, to the last byte */
    uint64_t fetched;    /* bytes */
};

/* Returns when the archive's size is known and reading can begin. The strings of `object` and
 * the descriptor are borrowed until the end. 0, or -1 with the error filled in: it has failed
 * and is closed already. */
int archive_download_begin(struct archive_download *download, struct s3 *s3,
                           const struct s3_object *object, int fd, bool takes_all,
                           struct lambda_error *error);
/* Ends the download, complete or not, and its thread; again, it says the same. What is there
 * can still be read. 0, or -1 where something did not come that somebody waited for. */
int archive_download_end(struct archive_download *download, struct lambda_error *error);
/* To be called once, after its end. */
void archive_download_close(struct archive_download *download);

#endif
