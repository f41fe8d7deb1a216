/* SPDX-License-Identifier: MIT
 *
 * What only processes can do: die, one at a time, and leave the others to go on.
 */
#include "scene.h"

#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>

#include "backends/fork_crew.h"
#include "backends/fork_frame.h"
#include "base/io.h"

static void test_a_crash_costs_its_item_alone(void **state)
{
    const struct backend *backend = *state;
    static const struct {
        enum deed deed;
        int status;
    } crashes[] = {{DEED_ABORT, SIGABRT},
                   {DEED_KILL, SIGKILL},
                   {DEED_EXIT, 3 << 8},
                   {DEED_SUCCEED, 0},
                   {DEED_BABBLE, SIGKILL}};
    static const uint64_t items[] = {0, 10, 19};
    EACH_CREW(workers)
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++)
        for (size_t j = 0; j < 3; j++) {
            struct scene scene = scene_of(20, some_bytes);
            scene.deed = crashes[i].deed;
            scene.deed_at[0] = items[j];
            scene.deed_at[1] = NO_ITEM;
            expect_all(backend, &scene, workers);
            assert_int_equal(scene.lost, 1);
            assert_int_equal(scene.lost_status & ~0x80, crashes[i].status);
        }
}

/* Among items so small that hundreds of them share a ticket. */
static void test_many_crashes_cost_their_items_alone(void **state)
{
    const struct backend *backend = *state;
    EACH_CREW(workers)
    {
        struct scene scene = scene_of(50000, some_bytes);
        scene.deed = DEED_KILL;
        memcpy(scene.deed_at,
               (uint64_t[]){3, 20000, 20001, 20002, 20100, 40000, 49999, NO_ITEM},
               8 * sizeof(uint64_t));
        expect_all(backend, &scene, workers);
        assert_int_equal(scene.lost, 7);
        scene = scene_of(60, no_bytes);
        scene.deed = DEED_EXIT;
        scene.deed_every = 1;
        expect_all(backend, &scene, workers);
        assert_int_equal(scene.lost, 60);
    }
}

static void test_a_crash_tears_no_large_result(void **state)
{
    const struct backend *backend = *state;
    EACH_CREW(workers)
    {
        struct scene scene = scene_of(24, five_megabytes);
        scene.deed = DEED_ABORT;
        scene.deed_every = 5;
        expect_all(backend, &scene, workers);
        assert_int_equal(scene.lost, 5);
    }
}

static void test_a_chance_death_costs_nothing(void **state)
{
    const struct backend *backend = *state;
    static const enum deed deeds[] = {DEED_KILL, DEED_ABORT, DEED_EXIT, DEED_BABBLE};
    static const uint64_t items[] = {0, 1, 5000, 19999};
    EACH_CREW(workers)
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 4; j++) {
            struct scene scene = scene_of(20000, some_bytes);
            scene.deed = deeds[i];
            scene.deed_at[0] = items[j];
            scene.deed_at[1] = NO_ITEM;
            name_marker(&scene);
            expect_all(backend, &scene, workers);
            assert_int_equal(scene.lost, 0);
        }
}

/* The first item is alone on its ticket; another shares it with no more than a ticket has. */
static void test_what_a_successor_is_given_is_told_once(void **state)
{
    const struct backend *backend = *state;
    EACH_CREW(workers)
    for (int dies_each_time = 0; dies_each_time < 2; dies_each_time++) {
        struct scene scene = scene_of(20000, some_bytes);
        expect_all(backend, &scene, workers);
        assert_int_equal(scene.again, 0);
        scene.deed = DEED_KILL;
        scene.deed_at[0] = 0;
        scene.deed_at[1] = NO_ITEM;
        if (!dies_each_time)
            name_marker(&scene);
        expect_all(backend, &scene, workers);
        assert_int_equal(scene.again, 1);
        assert_int_equal(scene.again_end, 1);
        scene.deed_at[0] = 5000;
        expect_all(backend, &scene, workers);
        assert_in_range(scene.again, 1, 2 * FORK_TICKET_MAX);
        assert_true(scene.again_end > 5000);
        assert_int_equal(scene.lost, dies_each_time);
    }
}

/* One that is lost clears those that shared its ticket: the next death among them is the
 * first. */
static void test_a_chance_death_beside_a_crash_costs_no_more(void **state)
{
    const struct backend *backend = *state;
    EACH_CREW(workers)
    {
        struct scene scene = scene_of(50000, some_bytes);
        scene.deed = DEED_KILL;
        scene.deed_at[0] = 20000;
        scene.deed_at[1] = NO_ITEM;
        scene.dies_once_at = 20001;
        name_marker(&scene);
        expect_all(backend, &scene, workers);
        assert_int_equal(scene.lost, 1);
    }
}

static void shrug(int number)
{
    (void)number;
}

/* What the host does about a signal is not what a worker does. */
static void test_signals_that_the_host_handles_end_workers(void **state)
{
    const struct backend *backend = *state;
    struct sigaction before, handled = {.sa_handler = shrug};
    struct scene scene = scene_of(20, some_bytes);
    scene.deed = DEED_TERM;
    scene.deed_at[0] = 7;
    scene.deed_at[1] = NO_ITEM;
    sigaction(SIGTERM, &handled, &before);
    expect_all(backend, &scene, 2);
    sigaction(SIGTERM, &before, NULL);
    assert_int_equal(scene.lost, 1);
    assert_int_equal(scene.lost_status, SIGTERM);
}

static void test_a_death_before_the_first_item_ends_the_run(void **state)
{
    const struct backend *backend = *state;
    EACH_CREW(workers)
    {
        struct scene scene = scene_of(100, some_bytes);
        scene.open_dies = true;
        expect_error(backend, &scene, workers, "before they have begun (signal 9)");
        assert_int_equal(scene.answered, 0);
    }
}

/* As a shell or a supervisor may leave it; the wait status must be had all the same. */
static void test_an_ignored_sigchld_hides_no_status(void **state)
{
    const struct backend *backend = *state;
    struct sigaction before, after, ignore = {.sa_handler = SIG_IGN};
    struct scene scene = scene_of(20, some_bytes);
    scene.deed = DEED_EXIT;
    scene.deed_at[0] = 7;
    scene.deed_at[1] = NO_ITEM;
    sigaction(SIGCHLD, &ignore, &before);
    expect_all(backend, &scene, 2);
    sigaction(SIGCHLD, &before, &after);
    assert_int_equal(scene.lost_status, 3 << 8);
    assert_true(after.sa_handler == SIG_IGN);
}

static int tell_or_leave(void *context, struct thresh_error *error)
{
    if (!context)
        _exit(3);
    return error_set(error, "it does not go");
}

static void test_an_ignored_sigchld_hides_no_trial(void **state)
{
    struct sigaction before, after, ignore = {.sa_handler = SIG_IGN};
    const struct backend_trial told = {.work = tell_or_leave, .context = state};
    const struct backend_trial left = {.work = tell_or_leave};
    struct thresh_error error = {0};
    int status = 0;
    sigaction(SIGCHLD, &ignore, &before);
    int rc_told = backend_try(&told, &status, &error);
    int rc_left = backend_try(&left, &status, &error);
    sigaction(SIGCHLD, &before, &after);
    assert_int_equal(rc_told, -1);
    assert_string_equal(error.text, "it does not go");
    assert_int_equal(rc_left, 1);
    assert_int_equal(status, 3 << 8);
    assert_true(after.sa_handler == SIG_IGN);
}

static void *until_unlocked(void *lock)
{
    pthread_mutex_lock(lock);
    pthread_mutex_unlock(lock);
    return NULL;
}

static void test_a_process_with_threads_is_refused(void **state)
{
    const struct backend *backend = *state;
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    struct scene scene = scene_of(20, some_bytes);
    pthread_t thread;
    pthread_mutex_lock(&lock);
    assert_int_equal(pthread_create(&thread, NULL, until_unlocked, &lock), 0);
    expect_error(backend, &scene, 2, "has 2 threads");
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
    expect_all(backend, &scene, 2);
}

/* Somebody else's child is not ours to wait for. */
static void test_children_of_others_are_left_alone(void **state)
{
    const struct backend *backend = *state;
    struct scene scene = scene_of(20, some_bytes);
    struct backend_work work = work_of(&scene, 2);
    struct thresh_error error = {0};
    int status;
    pid_t other = fork();
    if (other == 0)
        _exit(7);
    scene.deed = DEED_KILL;
    scene.deed_every = 3;
    assert_int_equal(backend->run(&work, &error), 0);
    assert_int_equal(waitpid(other, &status, 0), other);
    assert_int_equal(WEXITSTATUS(status), 7);
}

/* The workers keep the writing end of a pipe open, so its end is theirs. */
static void expect_gone_with_the_parent(const struct backend *backend, int number)
{
    int ends[2];
    char byte;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t helper = fork();
    if (helper == 0) {
        struct scene scene = scene_of(100, some_bytes);
        struct backend_work work = work_of(&scene, 3);
        struct thresh_error error = {0};
        alarm(60);
        signal(number, SIG_DFL); /* a script that runs this beside itself has SIGINT ignored */
        setpgid(0, 0);
        scene.deed = DEED_HANG;
        scene.deed_every = 1;
        (void)!write(ends[1], "r", 1);
        backend->run(&work, &error);
        _exit(0);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    /* Until its workers are there; what is tested holds at any moment, but less tellingly. */
    char path[64], children[128] = "";
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)helper, (long)helper);
    for (int tries = 0; tries < 1000; tries++) {
        int count = 0, fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            break; /* a kernel that does not tell */
        ptrdiff_t len = io_read_all(fd, children, sizeof children - 1);
        close(fd);
        for (ptrdiff_t i = 0; i < len; i++)
            count += children[i] == ' ';
        if (count == 3)
            break;
        nanosleep(&(struct timespec){.tv_nsec = 1000 * 1000}, NULL);
    }
    kill(number == SIGINT ? -helper : helper, number);
    assert_int_equal(waitpid(helper, NULL, 0), helper);
    struct pollfd end = {ends[0], POLLIN, 0};
    assert_int_equal(poll(&end, 1, 10000), 1);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
}

static void test_workers_end_with_their_parent(void **state)
{
    const struct backend *backend = *state;
    expect_gone_with_the_parent(backend, SIGKILL);
    expect_gone_with_the_parent(backend, SIGTERM);
    expect_gone_with_the_parent(backend, SIGINT);
}

/* A runtime that lets go of its threads leaves a process that can fork; where one does not,
 * that is noticed. */
static void test_threads_that_are_gone_are_no_hindrance(void **state)
{
    const struct backend *backend = *state, *threads = backend_find("openmp");
    struct scene scene = scene_of(1000, some_bytes);
    struct thresh_error error = {0};
    if (!threads) {
        print_message(
            "SKIPPED: no OpenMP backend in this build, so no threads before a fork\n");
        skip();
    }
    for (int i = 0; i < 100; i++) {
        expect_all(threads, &scene, 5);
        if (play(backend, &scene, 2, &error) == 0)
            continue;
        assert_non_null(strstr(error.text, "threads"));
        break;
    }
}

/* One that has all its tasks, and whose pipe had no room for that. */
static void test_a_worker_is_told_to_end_once_there_is_room(void **state)
{
    struct fork_crew_member member = {.pid = 1, .retires = true};
    struct fork_crew crew = {
        .members = &member, .size = 1, .epoll = epoll_create1(EPOLL_CLOEXEC)};
    struct fork_crew_request last = {0};
    struct crew_task task = {.what = state};
    assert_int_equal(pipe2(member.down, O_CLOEXEC | O_NONBLOCK), 0);
    size_t room = (size_t)fcntl(member.down[0], F_GETPIPE_SZ);
    char *bytes = calloc(1, room);
    assert_non_null(bytes);
    task.request = bytes;
    task.len = room - sizeof last;
    member.tasks = member.next = &task;
    fork_crew_write(&crew, &member);
    assert_non_null(member.next);
    assert_int_equal(read(member.down[0], bytes, room), room);
    fork_crew_write_end(&crew, &member);
    assert_null(member.next);
    assert_int_equal(read(member.down[0], &last, sizeof last), sizeof last);
    assert_null(last.what);
    fork_crew_write_end(&crew, &member); /* which is said once */
    assert_int_equal(read(member.down[0], &last, sizeof last), -1);
    fork_crew_close_pipes(&member);
    close(crew.epoll);
    free(bytes);
}

#define ROW(function) cmocka_unit_test_prestate(function, row)

int main(void)
{
    void *row = (void *)(uintptr_t)backend_find("fork");
    const struct CMUnitTest tests[] = {
        ROW(test_a_crash_costs_its_item_alone),
        ROW(test_many_crashes_cost_their_items_alone),
        ROW(test_a_crash_tears_no_large_result),
        ROW(test_a_chance_death_costs_nothing),
        ROW(test_what_a_successor_is_given_is_told_once),
        ROW(test_a_chance_death_beside_a_crash_costs_no_more),
        ROW(test_signals_that_the_host_handles_end_workers),
        ROW(test_a_death_before_the_first_item_ends_the_run),
        ROW(test_an_ignored_sigchld_hides_no_status),
        ROW(test_an_ignored_sigchld_hides_no_trial),
        ROW(test_a_process_with_threads_is_refused),
        ROW(test_children_of_others_are_left_alone),
        ROW(test_workers_end_with_their_parent),
        ROW(test_a_worker_is_told_to_end_once_there_is_room),
        ROW(test_threads_that_are_gone_are_no_hindrance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
