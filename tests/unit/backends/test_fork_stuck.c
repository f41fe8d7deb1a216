/* SPDX-License-Identifier: MIT
 *
 * Processes that do not go on: stopped from outside, hanging, or outlived by what they started.
 * Nobody waits for one.
 */
#include "scene.h"

#include <sys/mman.h>

#include "backends/fork_child.h"

/* Stopped from outside, a worker is killed from outside: at its first item, amidst them, at its
 * last, before it is ready, and when all is done. */
static void test_a_worker_that_is_stopped_costs_nothing(void **state)
{
    const struct backend *backend = *state;
    static const uint64_t items[] = {0, 5000, 19999};
    for (int workers = 1; workers <= 4; workers += 3) {
        for (size_t i = 0; i < 3; i++) {
            struct scene scene = scene_of(20000, some_bytes);
            scene.deed = DEED_STOP;
            scene.deed_at[0] = items[i];
            scene.deed_at[1] = NO_ITEM;
            name_marker(&scene);
            expect_all(backend, &scene, workers);
            assert_int_equal(scene.lost, 0);
        }
        struct scene scene = scene_of(20, some_bytes);
        scene.open_stops = true;
        name_marker(&scene);
        expect_all(backend, &scene, workers);
        scene = scene_of(20, some_bytes);
        scene.close_stops = true;
        expect_all(backend, &scene, workers);
    }
}

/* Though a worker does that at an item, the item has not had its time. */
static void expect_no_item_late(const struct backend *backend, enum deed deed, uint64_t item_ms)
{
    const struct backend_guard guard = {.item_ms = item_ms};
    struct scene scene = scene_of(20, some_bytes);
    struct thresh_error error = {0};
    scene.deed = deed;
    scene.deed_at[0] = 7;
    scene.deed_at[1] = NO_ITEM;
    name_marker(&scene);
    struct backend_work work = work_of(&scene, 2);
    work.guard = &guard;
    assert_int_equal(backend->run(&work, &error), 0);
    unlink(scene.marker);
    assert_int_equal(scene.answered, 20);
    assert_int_equal(scene.lost, 0);
}

static void test_an_item_whose_worker_is_stopped_has_not_had_its_time(void **state)
{
    expect_no_item_late(*state, DEED_STOP, 300);
}

/* Charged with the time that it was stopped, the item would be late. */
static void test_an_item_is_not_charged_for_a_rest(void **state)
{
    expect_no_item_late(*state, DEED_REST, 1900);
}

static int rest_at_work(void *context, struct thresh_error *error)
{
    volatile pid_t *self = context;
    (void)error;
    *self = getpid();
    raise(SIGSTOP);
    for (int64_t until = now_ns() + INT64_C(500000000); now_ns() < until;)
        continue;
    return 0;
}

/* Nor a trial, which may start no process that lets it go on. */
static void test_a_trial_is_not_charged_for_a_rest(void **state)
{
    volatile pid_t *self =
        mmap(NULL, sizeof *self, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const struct backend_trial trial = {
        .work = rest_at_work, .context = (void *)self, .most_ms = 1900};
    struct thresh_error error = {0};
    int wait_status;
    (void)state;
    pid_t helper = fork();
    if (helper == 0) {
        while (!*self)
            nap(1);
        nap(1700);
        kill(*self, SIGCONT);
        _exit(0);
    }
    assert_int_equal(backend_try(&trial, &wait_status, &error), 0);
    assert_int_equal(waitpid(helper, NULL, 0), helper);
    munmap((void *)self, sizeof *self);
}

/* As a program has it that throttles others. */
static void test_a_child_that_is_stopped_for_moments_is_not_stuck(void **state)
{
    struct timespec moment = {.tv_nsec = 300 * 1000 * 1000};
    int64_t since_ms = 0;
    (void)state;
    pid_t child = fork();
    if (child == 0)
        for (;;)
            pause();
    for (int i = 0; i < 10; i++) {
        kill(child, SIGSTOP);
        nanosleep(&moment, NULL);
        assert_false(fork_child_is_stuck(child, &since_ms));
        kill(child, SIGCONT);
    }
    kill(child, SIGSTOP);
    while (!fork_child_is_stuck(child, &since_ms))
        nanosleep(&moment, NULL);
    int status = fork_child_reap(child, true);
    assert_int_equal(status, SIGKILL);
}

static void test_workers_that_never_begin_end_the_run(void **state)
{
    const struct backend *backend = *state;
    struct scene scene = scene_of(100, some_bytes);
    struct thresh_error error = {0};
    scene.open_stops = true;
    expect_error(backend, &scene, 3, "die, or hang, before they have begun (signal 9)");
    assert_int_equal(scene.answered, 0);
    scene = scene_of(100, some_bytes);
    scene.open_hangs = true;
    struct backend_work work = work_of(&scene, 3);
    work.open_ms = 100;
    assert_int_equal(backend->run(&work, &error), -1);
    assert_non_null(strstr(error.text, "die, or hang, before they have begun (signal 9)"));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* Its pipe does not end with it. */
static void test_a_worker_that_leaves_a_child_behind_holds_up_nobody(void **state)
{
    const struct backend *backend = *state;
    struct scene scene = scene_of(20, some_bytes);
    scene.deed = DEED_ORPHAN;
    scene.deed_at[0] = 7;
    scene.deed_at[1] = NO_ITEM;
    assert_int_equal(pipe2(scene.leash, O_CLOEXEC), 0);
    expect_all(backend, &scene, 2);
    close(scene.leash[0]);
    close(scene.leash[1]);
    assert_int_equal(scene.lost, 1);
    assert_int_equal(scene.lost_status, 3 << 8);
}

static int stop_or_tell(void *context, struct thresh_error *error)
{
    if (context)
        error_set(error, "it does not go");
    else
        raise(SIGSTOP);
    return context ? -1 : 0;
}

static void test_a_trial_that_is_stopped_ends(void **state)
{
    const struct backend_trial stopped = {.work = stop_or_tell};
    const struct backend_trial told = {.work = stop_or_tell, .context = state};
    struct thresh_error error = {0};
    int status;
    assert_int_equal(backend_try(&stopped, &status, &error), 1);
    assert_int_equal(status, SIGKILL);
    assert_int_equal(backend_try(&told, &status, &error), -1);
    assert_string_equal(error.text, "it does not go");
}

static void test_a_stop_ends_items_that_hang(void **state)
{
    const struct backend *backend = *state;
    EACH_CREW(workers)
    {
        struct scene scene = scene_of(100, some_bytes);
        struct thresh_error error = {0};
        scene.deed = DEED_HANG;
        scene.deed_every = 10;
        scene.stop_ns = now_ns() + 50 * 1000 * 1000;
        assert_int_equal(play(backend, &scene, workers, &error), 1);
    }
}

#define ROW(function) cmocka_unit_test_prestate(function, row)

int main(void)
{
    void *row = (void *)(uintptr_t)backend_find("fork");
    const struct CMUnitTest tests[] = {
        ROW(test_a_worker_that_is_stopped_costs_nothing),
        ROW(test_an_item_whose_worker_is_stopped_has_not_had_its_time),
        ROW(test_an_item_is_not_charged_for_a_rest),
        ROW(test_a_trial_is_not_charged_for_a_rest),
        ROW(test_a_child_that_is_stopped_for_moments_is_not_stuck),
        ROW(test_workers_that_never_begin_end_the_run),
        ROW(test_a_worker_that_leaves_a_child_behind_holds_up_nobody),
        ROW(test_a_trial_that_is_stopped_ends),
        ROW(test_a_stop_ends_items_that_hang),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
