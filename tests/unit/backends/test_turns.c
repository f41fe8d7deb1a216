/* SPDX-License-Identifier: MIT
 *
 * Items that pause: their results come in parts, a run can be stopped between two of them, and
 * what is done by then is delivered. Every backend of this build, with 1, 2 and 5 workers.
 */
#include "backends/backend.h"

#include "base/io.h"
#include "each_backend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ITEMS = 16, STEPS = 12, STEP_MS = 3 };

static const int crew_sizes[] = {1, 2, 5};

struct step {
    uint64_t item;
    uint32_t number;
};

struct scene {
    const char *log;       /* gets a byte for each step that was done, in whichever process */
    const char *once;      /* the worker that makes this file dies in the middle of item 3 */
    uint64_t stop_at;      /* steps delivered */
    uint64_t delivered;    /* steps */
    uint64_t again;        /* of these, for a second time */
    uint32_t next[ITEMS];  /* the step that is to be delivered next */
    uint64_t last;         /* the item that was delivered last */
    atomic_bool is_asking; /* stop or emit, of which there is one at a time */
};

struct worker {
    struct scene *scene;
    uint32_t next; /* step of the item at hand */
};

static void *turns_open(void *shared, struct thresh_error *error)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (worker)
        worker->scene = shared;
    else
        error_no_memory(error);
    return worker;
}

static void wait_a_step(void)
{
    int64_t end = clock_ns() + STEP_MS * INT64_C(1000000);
    while (clock_ns() < end)
        continue;
}

static int turns_map(void *state, uint64_t item, const struct backend_turn *turn,
                     struct buf *out, struct thresh_error *error)
{
    struct worker *worker = state;
    (void)error;
    while (worker->next < STEPS) {
        struct step step = {item, worker->next++};
        int fd = open(worker->scene->log, O_WRONLY | O_APPEND | O_CLOEXEC);
        wait_a_step();
        if (item == 3 && step.number == STEPS - 1 && worker->scene->once &&
            open(worker->scene->once, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600) >= 0)
            raise(SIGKILL);
        buf_append(out, &step, sizeof step);
        io_write_all(fd, "", 1);
        close(fd);
        if (worker->next < STEPS && backend_turn_is_over(turn))
            return 1;
    }
    worker->next = 0;
    return 0;
}

static int turns_emit(void *sink, uint64_t item, const void *bytes, size_t len,
                      struct thresh_error *error)
{
    struct scene *scene = sink;
    struct step step;
    (void)error;
    assert_false(atomic_exchange(&scene->is_asking, true));
    assert_int_equal(len % sizeof step, 0);
    assert_true(item >= scene->last);
    scene->last = item;
    for (size_t at = 0; at < len; at += sizeof step) {
        memcpy(&step, (const char *)bytes + at, sizeof step);
        assert_int_equal(step.item, item);
        if (step.number == 0 && scene->next[item]) {
            scene->again += scene->next[item];
            scene->next[item] = 0;
        }
        assert_int_equal(step.number, scene->next[item]);
        scene->next[item]++;
        scene->delivered++;
    }
    atomic_store(&scene->is_asking, false);
    return 0;
}

static int turns_lost(void *sink, uint64_t item, int wait_status, struct thresh_error *error)
{
    (void)sink, (void)wait_status;
    return error_set(error, "item %llu was lost", (unsigned long long)item);
}

static bool turns_stop(void *sink)
{
    struct scene *scene = sink;
    assert_false(atomic_exchange(&scene->is_asking, true));
    bool stop = scene->delivered >= scene->stop_at;
    atomic_store(&scene->is_asking, false);
    return stop;
}

static int play(const struct backend *backend, struct scene *scene, int workers)
{
    struct thresh_error error = {{0}};
    struct backend_work work = {
        .n = ITEMS,
        .workers = workers,
        .shared = scene,
        .open = turns_open,
        .map = turns_map,
        .close = free,
        .sink = scene,
        .emit = turns_emit,
        .lost = turns_lost,
        .stop = turns_stop,
    };
    int rc = backend->run(&work, &error);
    assert_string_equal(error.text, "");
    return rc;
}

static off_t steps_done(const char *log)
{
    struct stat facts;
    assert_int_equal(stat(log, &facts), 0);
    return facts.st_size;
}

/* A file of its own for each run; the caller unlinks it. */
static void make_file(char name[64])
{
    snprintf(name, 64, "/tmp/thresh-turns-XXXXXX");
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    close(fd);
}

static void whole_results_come_in_parts(void **state)
{
    const struct backend *backend = *state;
    for (size_t i = 0; i < 3; i++) {
        char log[64];
        make_file(log);
        struct scene scene = {.log = log, .stop_at = UINT64_MAX};
        assert_int_equal(play(backend, &scene, crew_sizes[i]), 0);
        assert_int_equal(scene.delivered, ITEMS * STEPS);
        assert_int_equal(scene.again, 0);
        unlink(log);
    }
}

/* Also what other workers had done of later items. */
static void a_stopped_run_delivers_all_that_was_done(void **state)
{
    const struct backend *backend = *state;
    for (size_t i = 0; i < 3; i++) {
        char log[64];
        make_file(log);
        struct scene scene = {.log = log, .stop_at = 30};
        assert_int_equal(play(backend, &scene, crew_sizes[i]), 1);
        assert_int_equal(scene.delivered, steps_done(log));
        assert_true(scene.delivered >= 30 && scene.delivered < ITEMS * STEPS);
        unlink(log);
    }
}

static void a_successor_begins_with_the_first_part(void **state)
{
    const struct backend *backend = *state;
    char log[64], once[64];
    if (!backend->isolates)
        return;
    make_file(log);
    make_file(once);
    unlink(once);
    struct scene scene = {.log = log, .once = once, .stop_at = UINT64_MAX};
    assert_int_equal(play(backend, &scene, 2), 0);
    for (uint64_t item = 0; item < ITEMS; item++)
        assert_int_equal(scene.next[item], STEPS);
    assert_int_equal(scene.delivered, ITEMS * STEPS + scene.again);
    assert_true(scene.again > 0);
    unlink(log);
    unlink(once);
}

#define ROW(function) cmocka_unit_test_prestate(function, row)

static int test_row(const struct backend *backend)
{
    void *row = (void *)(uintptr_t)backend;
    const struct CMUnitTest tests[] = {
        ROW(whole_results_come_in_parts),
        ROW(a_stopped_run_delivers_all_that_was_done),
        ROW(a_successor_begins_with_the_first_part),
    };
    return cmocka_run_group_tests_name(backend->name, tests, NULL, NULL);
}

int main(void)
{
    return test_each_backend(test_row);
}
