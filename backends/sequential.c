/* SPDX-License-Identifier: MIT
 *
 * One worker, the calling thread, one item after the other. The other backends must deliver
 * what this one delivers.
 */
#include "backends/backend.h"

/* An item, in as many parts as its map makes. 0, 1 if the run was stopped, or -1. */
static int run_item(const struct backend_work *work, void *state, uint64_t item,
                    struct buf *out, struct thresh_error *error)
{
    int rc;
    do {
        struct backend_turn turn = {.until_ns = clock_coarse_ns() + BACKEND_TURN_NS};
        if (work->stop && work->stop(work->sink))
            return 1;
        buf_clear(out);
        rc = work->map(state, item, &turn, out, error);
        if (rc < 0)
            return -1;
        if (out->failed)
            return error_no_memory(error);
        if (work->emit(work->sink, item, out->data, out->len, error) < 0)
            return -1;
        if (out->cap > BACKEND_RESULT_KEEP_BYTES)
            buf_free(out);
    } while (rc == 1);
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
    int rc = 0;
    for (uint64_t item = 0; item < work->n && rc == 0; item++)
        rc = run_item(work, state, item, &out, error);
    buf_free(&out);
    work->close(state);
    return rc;
}

const struct backend backend_sequential = {.name = "sequential", .run = run};
