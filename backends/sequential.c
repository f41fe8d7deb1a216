/* SPDX-License-Identifier: MIT
 *
 * The reference: one worker, here, one item after the other. What the other backends deliver is
 * right where it is what this one delivers.
 */
#include "backend.h"

static int run_items(const struct job *job, void *state, struct buf *out, struct error *error)
{
    for (uint64_t item = 0; item < job->n; item++) {
        if (job->stop && job->stop(job->sink))
            return 1;
        buf_clear(out);
        if (job->map(state, item, out, error) < 0)
            return -1;
        if (out->failed)
            return error_no_memory(error);
        if (job->emit(job->sink, item, out->data, out->len, error) < 0)
            return -1;
        if (out->cap > RESULT_KEEP_BYTES)
            buf_free(out);
    }
    return 0;
}

static int run(const struct job *job, struct error *error)
{
    if (job->n == 0)
        return 0;
    void *state = job->open(job->shared, error);
    if (!state)
        return -1;
    struct buf out = {.max_bytes = RESULT_MAX_BYTES};
    int status = run_items(job, state, &out, error);
    buf_free(&out);
    job->close(state);
    return status;
}

const struct backend backend_sequential = {"sequential", run};
