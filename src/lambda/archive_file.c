/* SPDX-License-Identifier: MIT */
#include "lambda/archive_file.h"

#include "base/clock.h"
#include "base/io.h"
#include <stdio.h>
#include <unistd.h>

/* Of a shard only what it takes is fetched. A run by processes, which would wait for a thread
 * that they have not, begins when all of that is there. */
static int await_shard(struct archive_file *file, struct host *host,
                       const struct event_item *item, const struct cached_job *job,
                       struct lambda_error *error)
{
    struct thresh_run *listed = thresh_run_new(job->thresh);
    thresh_run_add_path(listed, file->path, item->key);
    host->arrival = &file->download.arrival;
    int rc = thresh_run_await(listed, &error->message);
    host->arrival = NULL;
    thresh_run_free(listed);
    if (rc < 0)
        lambda_error_from_message(error, "Thresh.RunFailed");
    /* The list of an archive may do without bytes that did not come; the run may not. */
    return archive_download_end(&file->download, error) < 0 ? -1 : rc;
}

static int fetch_object(struct archive_file *file, struct invocation_work *work,
                        const struct event_item *item, const struct cached_job *job, bool early,
                        struct lambda_error *error)
{
    struct s3 *s3 = work->poller->input;
    struct s3_object object = {item->bucket, item->key, item->version};
    bool is_shard = job->options->shard.n, may_fork = thresh_may_fork(job->thresh);
    int64_t begun_ms = clock_unix_ms();
    uint64_t size;
    if (is_shard || (early && !may_fork)) {
        if (archive_download_begin(&file->download, s3, &object, file->fd, !is_shard, error) <
            0)
            return -1;
        file->is_downloaded = true;
        return is_shard && may_fork
                   ? await_shard(file, &work->poller->cache.host, item, job, error)
                   : 0;
    }
    if (s3_get(s3, &object, file->fd, &size, error) < 0)
        return -1;
    work->metrics.download_ms += (double)(clock_unix_ms() - begun_ms);
    return 0;
}

static int fill(struct archive_file *file, struct invocation_work *work,
                const struct event_item *item, const struct cached_job *job, bool early,
                struct lambda_error *error)
{
    const struct buf *bytes = &item->bytes;
    if (item->bucket)
        return fetch_object(file, work, item, job, early, error);
    if (io_write_all(file->fd, bytes->data, bytes->len) == 0)
        return 0;
    return lambda_error_set(error, "Thresh.Storage", false,
                            "the temporary file cannot be written: %m; raise the function's "
                            "EphemeralStorage");
}

int archive_file_open(struct archive_file *file, struct invocation_work *work,
                      const struct event_item *item, const struct cached_job *job, bool early,
                      struct lambda_error *error)
{
    file->is_downloaded = false;
    file->fd =
        scratch_file(&work->scratch, item->key, file->path, sizeof file->path, &error->message);
    if (file->fd < 0) {
        snprintf(error->type, sizeof error->type, "Thresh.Storage");
        return -1;
    }
    int rc = fill(file, work, item, job, early, error);
    if (rc < 0)
        archive_file_close(file, work);
    return rc;
}

const struct arrival *archive_file_arrival(const struct archive_file *file)
{
    return file->is_downloaded ? &file->download.arrival : NULL;
}

int archive_file_end(struct archive_file *file, struct lambda_error *error)
{
    return file->is_downloaded ? archive_download_end(&file->download, error) : 0;
}

void archive_file_close(struct archive_file *file, struct invocation_work *work)
{
    struct lambda_error ignored; /* told where it was waited for */
    archive_file_end(file, &ignored);
    if (file->is_downloaded) {
        work->metrics.download_ms += file->download.ms;
        archive_download_close(&file->download);
    }
    close(file->fd);
    unlink(file->path);
}
