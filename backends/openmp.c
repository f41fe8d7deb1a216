/* SPDX-License-Identifier: MIT
 *
 * Threads. OpenMP supplies them; who does what is decided in order.c, with a counter rather
 * than a worksharing loop, because such a loop cannot be left early, and any number of threads
 * that the runtime grants will do, down to one.
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
        if (item >= work->n)
            break;
        buf_clear(&out);
        int status = work->map(state, item, &out, &error);
        if (status == 0 && out.failed)
            status = error_no_memory(&error);
        if (status < 0) {
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

/* OpenMP runtimes that are refused a thread end the program, with an exit status that means
 * something else here. So the system is asked first, in terms that can be refused. */
static int threads_to_be_had(int wanted)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t *threads = calloc((size_t)wanted, sizeof *threads);
    int had = 1; /* the one that asks */
    if (!threads)
        return had;
    pthread_mutex_lock(&gate);
    while (had < wanted && pthread_create(&threads[had], NULL, wait_at_gate, &gate) == 0)
        had++;
    pthread_mutex_unlock(&gate);
    for (int i = 1; i < had; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    /* At its limit the system may count a thread for a moment after it was joined. */
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
    workers = threads_to_be_had(workers);
#pragma omp parallel num_threads(workers) default(none) shared(order)
    work_through(&order);
    /* The runtime keeps its threads for a next region, and a process that has threads can no
     * longer fork. LLVM's keeps them all the same: having let go of them, version 14 ends every
     * child of a later fork with an assertion of its own. */
#ifndef KMP_VERSION_MAJOR
    omp_pause_resource_all(omp_pause_hard);
#endif
    return order_close(&order, error);
}

const struct backend backend_openmp = {"openmp", run};
