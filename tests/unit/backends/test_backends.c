/* SPDX-License-Identifier: MIT
 *
 * One suite over every backend this build has, with 1, 2 and 5 workers.
 */
#include "each_backend.h"
#include "scene.h"

#include <sys/resource.h>

static void test_results_come_in_order(void **state)
{
    const struct backend *backend = *state;
    static const uint64_t counts[] = {0, 1, 2, 3, 4, 100, 1000};
    EACH_CREW(workers)
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct scene scene = scene_of(counts[i], some_bytes);
        expect_all(backend, &scene, workers);
    }
}

static void test_no_items_open_no_worker(void **state)
{
    const struct backend *backend = *state;
    EACH_CREW(workers)
    {
        struct scene scene = scene_of(0, some_bytes);
        scene.open_fails = true;
        expect_all(backend, &scene, workers);
    }
}

static void test_many_tiny_items_all_arrive(void **state)
{
    const struct backend *backend = *state;
    EACH_CREW(workers)
    {
        struct scene scene = scene_of(200000, no_bytes);
        expect_all(backend, &scene, workers);
        scene.size = some_bytes;
        expect_all(backend, &scene, workers);
    }
}

static void test_slow_items_hold_up_no_others(void **state)
{
    const struct backend *backend = *state;
    EACH_CREW(workers)
    {
        struct scene scene = scene_of(2000, some_bytes);
        scene.deed = DEED_SLOW;
        memcpy(scene.deed_at, (uint64_t[]){0, 1000, NO_ITEM}, 3 * sizeof(uint64_t));
        expect_all(backend, &scene, workers);
        /* Everything else is done, and large, long before the first. */
        scene.n = 200;
        scene.size = uneven_bytes;
        expect_all(backend, &scene, workers);
    }
}

static void test_results_of_all_sizes_arrive_whole(void **state)
{
    const struct backend *backend = *state;
    EACH_CREW(workers)
    {
        struct scene scene = scene_of(12, five_megabytes);
        expect_all(backend, &scene, workers);
        scene = scene_of(400, uneven_bytes);
        expect_all(backend, &scene, workers);
    }
}

static void test_an_item_that_fails_ends_the_run_behind_those_before_it(void **state)
{
    const struct backend *backend = *state;
    EACH_CREW(workers)
    {
        struct scene scene = scene_of(3000, some_bytes);
        scene.deed = DEED_FAIL;
        memcpy(scene.deed_at, (uint64_t[]){1236, 1237, 1250, NO_ITEM}, 4 * sizeof(uint64_t));
        expect_error(backend, &scene, workers, "item 1236");
        assert_int_equal(scene.answered, 1236);
        scene.deed_at[0] = 1235; /* this one at once, the next long after it */
        scene.deed_at[1] = 1236;
        expect_error(backend, &scene, workers, "item 1235");
        assert_int_equal(scene.answered, 1235);
        scene.deed_at[0] = 0;
        expect_error(backend, &scene, workers, "item 0");
        assert_int_equal(scene.answered, 0);
        scene.deed_at[0] = 2999;
        scene.deed_at[1] = NO_ITEM;
        expect_error(backend, &scene, workers, "item 2999");
        assert_int_equal(scene.answered, 2999);
    }
}

static void test_a_result_without_memory_ends_the_run(void **state)
{
    const struct backend *backend = *state;
    EACH_CREW(workers)
    {
        struct scene scene = scene_of(50, some_bytes);
        scene.deed = DEED_BUF;
        scene.deed_at[0] = 20;
        scene.deed_at[1] = NO_ITEM;
        expect_error(backend, &scene, workers, "memory");
        assert_int_equal(scene.answered, 20);
    }
}

static void test_a_worker_that_cannot_begin_ends_the_run(void **state)
{
    const struct backend *backend = *state;
    EACH_CREW(workers)
    {
        struct scene scene = scene_of(100, some_bytes);
        scene.open_fails = true;
        expect_error(backend, &scene, workers, "no state");
        assert_int_equal(scene.answered, 0);
        /* Of one worker only; the others have work for seconds. */
        scene.n = 400;
        scene.deed = DEED_SLOW;
        scene.deed_every = 1;
        name_marker(&scene);
        expect_error(backend, &scene, workers, "no state");
    }
}

static void test_a_sink_that_refuses_ends_the_run(void **state)
{
    const struct backend *backend = *state;
    static const uint64_t items[] = {0, 500, 999};
    EACH_CREW(workers)
    for (size_t i = 0; i < 3; i++) {
        struct scene scene = scene_of(1000, some_bytes);
        scene.emit_fails_at = items[i];
        expect_error(backend, &scene, workers, "no space");
        assert_int_equal(scene.answered, items[i]);
    }
}

static void test_a_stop_loses_nothing_that_was_done(void **state)
{
    const struct backend *backend = *state;
    static const uint64_t items[] = {0, 1, 500, 999};
    EACH_CREW(workers)
    for (size_t i = 0; i < 4; i++) {
        struct scene scene = scene_of(1000, some_bytes);
        struct thresh_error error = {0};
        scene.stop_at = items[i];
        assert_int_equal(play(backend, &scene, workers, &error), 1);
        assert_string_equal(error.text, "");
        /* What workers had done by then is answered, too. */
        assert_true(scene.answered >= items[i]);
        if (!backend->is_parallel)
            assert_int_equal(scene.answered, items[i]);
    }
}

/* In a process of its own, which may start no other and no thread. Returns its exit status:
 * `action` gives it. */
static int in_helper(int (*action)(const struct backend *), const struct backend *backend)
{
    int status;
    pid_t helper = fork();
    assert_true(helper >= 0);
    if (helper == 0) {
        struct rlimit none = {0, 0};
        alarm(60);
        /* The limit does not hold for the superuser. */
        if (getuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
            _exit(99);
        if (setrlimit(RLIMIT_NPROC, &none) < 0)
            _exit(99);
        _exit(action(backend));
    }
    assert_int_equal(waitpid(helper, &status, 0), helper);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int run_quietly(const struct backend *backend)
{
    struct scene scene = scene_of(1000, some_bytes);
    struct backend_work work = work_of(&scene, 5);
    struct thresh_error error = {0};
    scene.quiet = true;
    if (backend->run(&work, &error) == 0)
        return 0;
    return strstr(error.text, "ulimit -u") ? 1 : 2;
}

static void test_without_threads_one_does_it_all_and_without_processes_it_is_said(void **state)
{
    const struct backend *backend = *state;
    assert_int_equal(in_helper(run_quietly, backend), strcmp(backend->name, "fork") == 0);
}
static void test_a_backend_is_found_by_its_name(void **state)
{
    (void)state;
    for (const struct backend *const *row = backends; *row; row++)
        assert_ptr_equal(backend_find((*row)->name), *row);
    assert_non_null(backend_find("sequential"));
    assert_null(backend_find("mpi"));
}
#define ROW(function) cmocka_unit_test_prestate(function, row)

static int test_row(const struct backend *backend)
{
    void *row = (void *)(uintptr_t)backend;
    const struct CMUnitTest tests[] = {
        ROW(test_a_backend_is_found_by_its_name),
        ROW(test_results_come_in_order),
        ROW(test_no_items_open_no_worker),
        ROW(test_many_tiny_items_all_arrive),
        ROW(test_slow_items_hold_up_no_others),
        ROW(test_results_of_all_sizes_arrive_whole),
        ROW(test_an_item_that_fails_ends_the_run_behind_those_before_it),
        ROW(test_a_result_without_memory_ends_the_run),
        ROW(test_a_worker_that_cannot_begin_ends_the_run),
        ROW(test_a_sink_that_refuses_ends_the_run),
        ROW(test_a_stop_loses_nothing_that_was_done),
        ROW(test_without_threads_one_does_it_all_and_without_processes_it_is_said),
    };
    return cmocka_run_group_tests_name(backend->name, tests, NULL, NULL);
}

int main(void)
{
    return test_each_backend(test_row);
}
