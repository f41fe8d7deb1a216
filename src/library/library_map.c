/* SPDX-License-Identifier: MIT
 *
 * Items of a program's own, by the backends.
 */
#include "library/library_map.h"

#include "base/buf.h"
#include "library/library_request.h"
#include "library/loss.h"
#include "run/plan.h"
#include <stdlib.h>
#include <string.h>

/* As long as the struct was in version 0.1.0; none is shorter. */
#define WORK_LEAST (offsetof(struct thresh_work, sink) + sizeof(void *))

struct thresh_work library_map_work(const struct thresh_work *work)
{
    struct thresh_work full = {.size = 0};
    size_t size = work->size < sizeof full ? work->size : sizeof full;
    if (size >= WORK_LEAST)
        memcpy(&full, work, size);
    return full;
}

int thresh_result_append(struct thresh_result *result, const void *bytes, size_t len)
{
    return buf_append((struct buf *)result, bytes, len);
}

/* -- Workers -------------------------------------------------------------------------- */

int library_map_open(struct library_map_state *state, const struct thresh_work *work,
                     struct thresh_error *error)
{
    *state = (struct library_map_state){work, work->shared};
    if (work->open)
        state->state = work->open(work->shared, error);
    return work->open && !state->state ? -1 : 0;
}

void library_map_close(struct library_map_state *state)
{
    if (state->work->open && state->work->close)
        state->work->close(state->state);
}

static void *open_worker(void *work, struct thresh_error *error)
{
    struct library_map_state *worker = malloc(sizeof *worker);
    if (!worker) {
        error_no_memory(error);
        return NULL;
    }
    if (library_map_open(worker, work, error) == 0)
        return worker;
    free(worker);
    return NULL;
}

static void close_worker(void *worker)
{
    library_map_close(worker);
    free(worker);
}

static int map_item(void *context, uint64_t item, const struct backend_turn *turn,
                    struct buf *out, struct thresh_error *error)
{
    const struct library_map_state *worker = context;
    struct thresh_error own;
    (void)turn;
    own.text[0] = '\0';
    int rc = worker->work->map(worker->state, item, (struct thresh_result *)out, &own);
    return library_request_outcome(rc, out, &own, error);
}

/* -- Results -------------------------------------------------------------------------- */

struct sink {
    const struct thresh_work *work;
    const atomic_bool *cancelled;
    uint64_t first;
};

static int emit(void *context, uint64_t item, const void *bytes, size_t len,
                struct thresh_error *error)
{
    const struct sink *sink = context;
    const struct thresh_work *work = sink->work;
    item += sink->first;
    return work->emit && work->emit(work->sink, item, len ? bytes : "", len, error) < 0 ? -1
                                                                                        : 0;
}

static int lose(void *context, uint64_t item, int wait_status, struct thresh_error *error)
{
    const struct sink *sink = context;
    const struct thresh_work *work = sink->work;
    item += sink->first;
    struct thresh_loss loss = thresh_loss_of(wait_status);
    if (work->lost)
        return work->lost(work->sink, item, &loss, error) < 0 ? -1 : 0;
    return error_set(error, "item %llu has no result: %s", (unsigned long long)item, loss.text);
}

static bool is_stopped(void *context)
{
    const struct sink *sink = context;
    return (sink->cancelled && atomic_load_explicit(sink->cancelled, memory_order_relaxed)) ||
           (sink->work->stop && sink->work->stop(sink->work->sink));
}

/* -- The plan ------------------------------------------------------------------------- */

static int choose(const struct library_map_plan *plan, const struct thresh_work *work,
                  uint64_t n, struct plan *chosen, struct thresh_error *error)
{
    struct plan_backend built[8] = {{.name = NULL}};
    bool isolate = work->may_crash || work->item_ms || work->memory_bytes;
    const char *backend = work->backend ? work->backend : plan->backend;
    struct plan_inputs inputs = {
        .documents = n,
        .bytes = UINT64_MAX / 2, /* what an item costs is not known: it is worth a worker */
        .vcpus = plan->cpus.vcpus,
        .affinity = plan->cpus.affinity,
        .source = plan->cpus.source,
        .built = built,
        .backend = backend ? backend : "auto",
        .jobs = work->workers ? work->workers : (int)plan->jobs,
        .isolate = isolate,
        .isolate_why = isolate ? "for what may happen to an item" : NULL,
    };
    for (size_t i = 0; backends[i]; i++)
        built[i] = (struct plan_backend){backends[i]->name, backends[i]->is_parallel,
                                         backends[i]->isolates};
    return plan_make(chosen, &inputs, error);
}

int library_map_run(const struct library_map_plan *plan, const struct thresh_work *work,
                    struct backend_work *mapped, struct thresh_error *error)
{
    struct plan chosen;
    struct sink sink = {work, plan->cancelled, plan->first};
    struct backend_guard guard = {.item_ms = work->item_ms, .memory_bytes = work->memory_bytes};
    if (choose(plan, work, mapped->n, &chosen, error) < 0)
        return -1;
    mapped->workers = chosen.workers;
    mapped->guard = guard.item_ms || guard.memory_bytes ? &guard : NULL;
    mapped->sink = &sink;
    mapped->emit = emit;
    mapped->lost = lose;
    mapped->stop = is_stopped;
    return backend_find(chosen.backend)->run(mapped, error);
}

int thresh_map(const struct thresh_work *work, uint64_t n, struct thresh_error *error)
{
    struct thresh_work full = library_map_work(work);
    struct library_map_plan plan = {.backend = NULL};
    struct backend_work mapped = {
        .n = n, .shared = &full, .open = open_worker, .map = map_item, .close = close_worker};
    if (!full.map)
        return error_set(error, "thresh_map: the work has no map, or its size is not set");
    cpus_detect(&plan.cpus, "", 0);
    return library_map_run(&plan, &full, &mapped, error);
}
