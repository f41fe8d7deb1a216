/* SPDX-License-Identifier: MIT
 *
 * Workers are threads, which OpenMP supplies. They share out the items by the counter in
 * order.c: a worksharing loop could not be left early, and the counter works with however many
 * threads the runtime grants.
 */
#include "backends/order.h"

#include <omp.h>
#include <stdlib.h>
#include <time.h>

static void work_through(struct order *order)
{
    const struct backend_work *work = order->work;
    struct thresh_error error = {0};
    struct buf out = {.max_bytes = BACKEND_RESULT_MAX_BYTES};
    void *state = work->open(work->shared, &error);
    if (!state) {
        order_fail(order, 0, &error);
        return;
    }
    for (;;) {
        uint64_t item = order_claim(order);
        int rc;
        if (item >= work->n)
            break;
        buf_clear(&out);
        do {
            struct backend_turn turn = {clock_coarse_ns() + BACKEND_TURN_NS, &order->stopping};
            rc = work->map(state, item, &turn, &out, &error);
            if (rc >= 0 && out.failed)
                rc = error_no_memory(&error);
        } while (rc == 1 && order_put_part(order, item, &out));
        if (rc < 0) {
            order_fail(order, item, &error);
            break;
        }
        order_put(order, item, &out);
    }
    buf_free(&out);
    work->close(state);
}

static void *wait_at_gate(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

/* How many threads the system grants, up to `wanted`. An OpenMP runtime that is refused one
 * ends the program; pthread_create only fails, so it is asked first. */
static int count_granted_threads(int wanted)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t *threads = calloc((size_t)wanted, sizeof *threads);
    int had = 1; /* the calling thread */
    if (!threads)
        return had;
    pthread_mutex_lock(&gate);
    while (had < wanted && pthread_create(&threads[had], NULL, wait_at_gate, &gate) == 0)
        had++;
    pthread_mutex_unlock(&gate);
    for (int i = 1; i < had; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    /* The system may count a thread for a moment after it was joined. */
    if (had < wanted)
        nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
    return had;
}

static int run(const struct backend_work *work, struct thresh_error *error)
{
    if (work->n == 0)
        return 0;
    int workers = work->n < (uint64_t)work->workers ? (int)work->n : work->workers;
    struct order order;
    if (order_open(&order, work, workers, error) < 0)
        return -1;
    workers = count_granted_threads(workers);
#pragma omp parallel num_threads(workers) default(none) shared(order)
    work_through(&order);
    /* The runtime keeps its threads for the next region, and a process with threads must not
     * fork: so they are given up. Not with LLVM's runtime: after this call its version 14
     * aborts in every child of a later fork. */
#ifndef KMP_VERSION_MAJOR
    omp_pause_resource_all(omp_pause_hard);
#endif
    return order_close(&order, error);
}

const struct backend backend_openmp = {.name = "openmp", .is_parallel = true, .run = run};
