/* SPDX-License-Identifier: MIT
 *
 * One worker, the calling thread, one item after the other. The other backends must deliver
 * what this one delivers.
 */
#include "backends/backend.h"

static int run_items(const struct backend_work *work, void *state, struct buf *out,
                     struct thresh_error *error)
{
    for (uint64_t item = 0; item < work->n; item++) {
        if (work->stop && work->stop(work->sink))
            return 1;
        buf_clear(out);
        if (work->map(state, item, out, error) < 0)
            return -1;
        if (out->failed)
            return error_no_memory(error);
        if (work->emit(work->sink, item, out->data, out->len, error) < 0)
            return -1;
        if (out->cap > BACKEND_RESULT_KEEP_BYTES)
            buf_free(out);
    }
    return 0;
}

static int run(const struct backend_work *work, struct thresh_error *error)
{
    if (work->n == 0)
        return 0;
    void *state = work->open(work->shared, error);
    if (!state)
        return -1;
    struct buf out = {.max_bytes = BACKEND_RESULT_MAX_BYTES};
    int rc = run_items(work, state, &out, error);
    buf_free(&out);
    work->close(state);
    return rc;
}

const struct backend backend_sequential = {.name = "sequential", .run = run};
