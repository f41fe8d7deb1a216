/* SPDX-License-Identifier: MIT
 *
 * benchmark-empty BACKEND WORKERS ITEMS [BALLAST_MB]: what a backend costs by itself. It hands
 * the backend items without work or result. BALLAST_MB of memory are written first, as compiled
 * schemas would be, to see what it costs to fork with them. Prints one JSON object.
 */
#include "backends/backend.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sink {
    uint64_t answered;
    double first_ms; /* when the first answer came */
    char *ballast;
    size_t ballast_bytes;
};

static void *open_worker(void *shared, struct thresh_error *error)
{
    (void)error;
    return shared;
}

static int map(void *state, uint64_t item, const struct backend_turn *turn, struct buf *out,
               struct thresh_error *error)
{
    (void)state, (void)item, (void)turn, (void)out, (void)error;
    return 0;
}

static void close_worker(void *state)
{
    (void)state;
}

static int emit(void *context, uint64_t item, const void *bytes, size_t len,
                struct thresh_error *error)
{
    struct sink *sink = context;
    (void)bytes, (void)len;
    if (item != sink->answered++)
        return error_set(error, "item %llu came out of order", (unsigned long long)item);
    if (item == 0)
        sink->first_ms = clock_ms();
    return 0;
}

static int lost(void *context, uint64_t item, int wait_status, struct thresh_error *error)
{
    (void)context, (void)wait_status;
    return error_set(error, "item %llu was lost", (unsigned long long)item);
}

/* Written, not only asked for: a page that was never touched costs a fork nothing. */
static int take_ballast(struct sink *sink, size_t mb)
{
    sink->ballast_bytes = mb << 20;
    if (!mb)
        return 0;
    sink->ballast = malloc(sink->ballast_bytes);
    if (!sink->ballast)
        return -1;
    memset(sink->ballast, 1, sink->ballast_bytes);
    return 0;
}

int main(int argc, char **argv)
{
    struct thresh_error error = {{0}};
    struct sink sink = {0};
    const struct backend *backend = argc > 3 ? backend_find(argv[1]) : NULL;
    long workers = argc > 3 ? strtol(argv[2], NULL, 10) : 0;
    if (!backend || workers < 1 || workers > 1024 ||
        take_ballast(&sink, argc > 4 ? strtoul(argv[4], 0, 10) : 0)) {
        fprintf(stderr, "usage: benchmark-empty BACKEND WORKERS ITEMS [BALLAST_MB]\n");
        return 2;
    }
    struct backend_work work = {
        .n = strtoull(argv[3], NULL, 10),
        .workers = (int)workers,
        .shared = &sink,
        .open = open_worker,
        .map = map,
        .close = close_worker,
        .sink = &sink,
        .emit = emit,
        .lost = lost,
    };
    double begin = clock_ms();
    int rc = backend->run(&work, &error);
    double ms = clock_ms() - begin;
    if (rc != 0 || sink.answered != work.n) {
        fprintf(stderr, "benchmark-empty: %s\n", error.text);
        return 1;
    }
    printf("{\"backend\": \"%s\", \"workers\": %d, \"items\": %llu, \"ms\": %.3f, "
           "\"first_ms\": %.3f, \"ballast_mb\": %zu}\n",
           backend->name, work.workers, (unsigned long long)work.n, ms, sink.first_ms - begin,
           sink.ballast_bytes >> 20);
    free(sink.ballast);
    return 0;
}
