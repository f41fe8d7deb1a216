/* SPDX-License-Identifier: MIT
 *
 * What a worker that somebody else has taken over can do: each item tries one thing, and
 * answers whether it could, or is lost over the attempt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "backends/backend.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum deed {
    DEED_NOTHING,
    DEED_READ_FILE,
    DEED_READ_INPUT,
    DEED_CREATE_FILE,
    DEED_WRITE_INHERITED,
    DEED_RUNNABLE_MEMORY,
    DEED_KILL_PARENT,
    DEED_MEMORY,
    DEED_SOCKET, /* from here on, what ends the worker */
    DEED_FORK,
    DEED_EXEC,
    DEED_TRACE,
    DEED_SLEEP,
    DEEDS,
};

struct scene {
    const char *input;
    int inherited; /* a descriptor that the host has open for writing */
    bool done[DEEDS];
    int lost[DEEDS]; /* wait statuses */
    uint64_t answered;
};

static bool try_file(const char *path, int flags)
{
    int fd = open(path, flags, 0600);
    if (fd < 0)
        return false;
    char byte;
    bool read_it = flags != O_RDONLY || read(fd, &byte, 1) == 1 || pread(fd, &byte, 1, 0) == 1;
    close(fd);
    return read_it;
}

static bool try_memory(void)
{
    size_t size = (size_t)256 << 20;
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return false;
    munmap(memory, size);
    return true;
}

static bool sleep_long(void)
{
    nanosleep(&(struct timespec){.tv_sec = 60}, NULL);
    return true;
}

static bool do_deed(const struct scene *scene, enum deed deed)
{
    switch (deed) {
    case DEED_READ_FILE:
        return try_file("/etc/passwd", O_RDONLY);
    case DEED_READ_INPUT:
        return try_file(scene->input, O_RDONLY);
    case DEED_CREATE_FILE:
        return try_file("/tmp/thresh-test-guard", O_WRONLY | O_CREAT);
    case DEED_WRITE_INHERITED:
        return write(scene->inherited, "x", 1) == 1;
    case DEED_RUNNABLE_MEMORY:
        return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
               MAP_FAILED;
    case DEED_KILL_PARENT:
        return kill(getppid(), 0) == 0;
    case DEED_MEMORY:
        return try_memory();
    case DEED_SOCKET:
        return socket(AF_INET, SOCK_STREAM, 0) >= 0;
    case DEED_FORK:
        return fork() >= 0;
    case DEED_EXEC:
        return execl("/bin/true", "true", (char *)NULL) == 0;
    case DEED_TRACE:
        return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
    case DEED_SLEEP:
        return sleep_long();
    default:
        return true;
    }
}

static void *scene_open(void *shared, struct thresh_error *error)
{
    (void)error;
    return shared;
}

static int scene_map(void *state, uint64_t item, const struct backend_turn *turn,
                     struct buf *out, struct thresh_error *error)
{
    (void)turn;
    (void)error;
    return buf_append_char(out, do_deed(state, (enum deed)item) ? 'y' : 'n');
}

static void scene_close(void *state)
{
    (void)state;
}

static int scene_emit(void *sink, uint64_t item, const void *bytes, size_t len,
                      struct thresh_error *error)
{
    struct scene *scene = sink;
    (void)error;
    assert_int_equal(len, 1);
    scene->done[item] = *(const char *)bytes == 'y';
    scene->answered++;
    return 0;
}

static int scene_lost(void *sink, uint64_t item, int wait_status, struct thresh_error *error)
{
    struct scene *scene = sink;
    (void)error;
    scene->lost[item] = wait_status;
    scene->answered++;
    return 0;
}

/* Of the layers that a kernel may lack, those that this one has. */
static unsigned offered(void)
{
    unsigned layers = 0;
    if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0)
        layers |= GUARD_LANDLOCK;
#ifdef THRESH_HAVE_SECCOMP
    if (!SANITIZED && prctl(PR_GET_SECCOMP) >= 0) /* whose own calls it would end */
        layers |= GUARD_SECCOMP;
#endif
    return layers;
}

/* Plays all deeds under the guard and returns the layers that were on. */
static unsigned play(struct scene *scene, struct backend_guard *guard)
{
    struct thresh_error error = {{0}};
    unsigned layers = GUARD_LAYERS | GUARD_OPENS;
    struct backend_work work = {.n = DEEDS,
                                .workers = 1,
                                .guard = guard,
                                .shared = scene,
                                .open = scene_open,
                                .map = scene_map,
                                .close = scene_close,
                                .sink = scene,
                                .emit = scene_emit,
                                .lost = scene_lost};
    guard->layers = &layers;
    if (backend_fork.run(&work, &error) != 0)
        fail_msg("%s", error.text);
    assert_int_equal(scene->answered, DEEDS);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    return layers;
}

static void check_closed(const struct scene *scene, unsigned layers)
{
    assert_true(scene->done[DEED_NOTHING]);
    assert_true(layers & GUARD_LIMITS && layers & GUARD_NO_NEW_PRIVS);
    assert_int_equal(layers & (GUARD_LANDLOCK | GUARD_SECCOMP), offered());
    if (layers & (GUARD_LANDLOCK | GUARD_SECCOMP)) {
        assert_false(scene->done[DEED_READ_FILE]);
        assert_false(scene->done[DEED_CREATE_FILE]);
    }
    assert_int_equal(scene->lost[DEED_SLEEP], BACKEND_OVER_TIME);
    if (!SANITIZED)
        assert_false(scene->done[DEED_MEMORY]);
    if (!(layers & GUARD_SECCOMP))
        return;
    assert_false(scene->done[DEED_WRITE_INHERITED]);
    assert_false(scene->done[DEED_RUNNABLE_MEMORY]);
    assert_false(scene->done[DEED_KILL_PARENT]);
    for (enum deed deed = DEED_SOCKET; deed < DEED_SLEEP; deed++) {
        assert_true(WIFSIGNALED(scene->lost[deed]));
        assert_int_equal(WTERMSIG(scene->lost[deed]), SIGSYS);
    }
}

static void test_closed_worker_can_only_compute_and_answer(void **state)
{
    (void)state;
    struct scene scene = {.input = "/etc/hostname", .inherited = open("/dev/null", O_WRONLY)};
    struct backend_guard guard = {.isolate = true, .item_ms = 300, .memory_bytes = 64 << 20};
    unsigned layers = play(&scene, &guard);
    check_closed(&scene, layers);
    assert_false(layers & GUARD_OPENS);
    if (layers & (GUARD_LANDLOCK | GUARD_SECCOMP))
        assert_false(scene.done[DEED_READ_INPUT]);
    close(scene.inherited);
}

static void test_worker_with_inputs_reads_them_and_no_more(void **state)
{
    (void)state;
    const char *const files[] = {"/etc/hostname", "/nonexistent"};
    struct scene scene = {.input = files[0], .inherited = open("/dev/null", O_WRONLY)};
    struct backend_guard guard = {.isolate = true,
                                  .files = files,
                                  .n_files = 2,
                                  .item_ms = 300,
                                  .memory_bytes = 64 << 20};
    unsigned layers = play(&scene, &guard);
    assert_true(layers & GUARD_OPENS);
    if (layers & GUARD_LANDLOCK) {
        check_closed(&scene, layers);
        assert_true(scene.done[DEED_READ_INPUT] || access(files[0], R_OK) != 0);
    }
    close(scene.inherited);
}

static void test_required_isolation_is_had_or_fails(void **state)
{
    (void)state;
    struct thresh_error error = {{0}};
    struct scene scene = {.input = "/etc/hostname", .inherited = -1};
    unsigned layers = GUARD_LAYERS;
    struct backend_guard guard = {.isolate = true, .required = true, .layers = &layers};
    struct backend_work work = {.n = 1,
                                .workers = 1,
                                .guard = &guard,
                                .shared = &scene,
                                .open = scene_open,
                                .map = scene_map,
                                .close = scene_close,
                                .sink = &scene,
                                .emit = scene_emit,
                                .lost = scene_lost};
    bool all = offered() == (GUARD_LANDLOCK | GUARD_SECCOMP);
    assert_int_equal(backend_fork.run(&work, &error), all ? 0 : -1);
    if (all)
        assert_int_equal(layers & GUARD_LAYERS, GUARD_LAYERS);
    else
        assert_non_null(strstr(error.text, "cannot be isolated"));
}

/* -- Trials --------------------------------------------------------------------------- */

static int good_work(void *context, struct thresh_error *error)
{
    (void)context, (void)error;
    return 0;
}

static int bad_work(void *context, struct thresh_error *error)
{
    return error_set(error, "%s", (const char *)context);
}

static int endless_work(void *context, struct thresh_error *error)
{
    (void)context, (void)error;
    while (pause() < 0)
        continue;
    return 0;
}

static int deadly_work(void *context, struct thresh_error *error)
{
    (void)context, (void)error;
    raise(SIGKILL);
    return 0;
}

static void test_trial_tells_how_it_went(void **state)
{
    (void)state;
    struct thresh_error error = {{0}};
    int status = 0;
    struct backend_trial trial = {.work = good_work, .most_ms = 60000};
    assert_int_equal(backend_try(&trial, &status, &error), 0);
    trial = (struct backend_trial){.work = bad_work, .context = "because"};
    assert_int_equal(backend_try(&trial, &status, &error), -1);
    assert_string_equal(error.text, "because");
    trial = (struct backend_trial){.work = endless_work, .most_ms = 100};
    assert_int_equal(backend_try(&trial, &status, &error), 1);
    assert_int_equal(status, BACKEND_OVER_TIME);
    trial = (struct backend_trial){.work = deadly_work};
    assert_int_equal(backend_try(&trial, &status, &error), 1);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* The exit status says what of it did not hold. */
static int try_without(__rlimit_resource_t resource)
{
    struct thresh_error error = {{0}};
    int status;
    struct backend_trial trial = {.work = good_work, .most_ms = 60000};
    if (resource == RLIMIT_NPROC && setuid(65534) < 0) /* which root is exempt from */
        return geteuid() == 0 ? 1 : 0;
    if (setrlimit(resource, &(struct rlimit){0, 0}) < 0)
        return 2;
    if (backend_try(&trial, &status, &error) != -1)
        return 3;
    return error_is_no_process(&error) ? 0 : 4;
}

static void test_trial_without_a_process_is_no_success(void **state)
{
    (void)state;
    static const __rlimit_resource_t resources[] = {RLIMIT_NPROC, RLIMIT_NOFILE};
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
        int status = -1;
        pid_t pid = fork();
        if (pid == 0)
            _exit(try_without(resources[i]));
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

struct attempt {
    const struct scene *scene;
    enum deed deed;
};

static int deed_work(void *context, struct thresh_error *error)
{
    const struct attempt *attempt = context;
    return do_deed(attempt->scene, attempt->deed) ? 0 : error_set(error, "refused");
}

/* As backend_try has it; a deed that ends the trial must do so by SIGSYS. */
static int try_deed(const struct scene *scene, enum deed deed)
{
    struct thresh_error error = {{0}};
    struct attempt attempt = {scene, deed};
    struct backend_trial trial = {.work = deed_work, .context = &attempt};
    int status = 0, rc = backend_try(&trial, &status, &error);
    if (rc == 1)
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
    return rc;
}

static void test_trial_reads_files_and_does_nothing_else(void **state)
{
    (void)state;
    struct scene scene = {.input = "/etc/hostname", .inherited = open("/dev/null", O_WRONLY)};
    struct backend_guard guard = {.isolate = true, .item_ms = 300};
    unsigned layers = play(&scene, &guard);
    assert_int_equal(try_deed(&scene, DEED_READ_FILE), 0);
    if (layers & (GUARD_LANDLOCK | GUARD_SECCOMP))
        assert_int_equal(try_deed(&scene, DEED_CREATE_FILE), -1);
    if (layers & GUARD_SECCOMP) {
        assert_int_equal(try_deed(&scene, DEED_WRITE_INHERITED), -1);
        assert_int_equal(try_deed(&scene, DEED_KILL_PARENT), -1);
        for (enum deed deed = DEED_SOCKET; deed < DEED_SLEEP; deed++)
            assert_int_equal(try_deed(&scene, deed), 1);
    }
    close(scene.inherited);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closed_worker_can_only_compute_and_answer),
        cmocka_unit_test(test_worker_with_inputs_reads_them_and_no_more),
        cmocka_unit_test(test_required_isolation_is_had_or_fails),
        cmocka_unit_test(test_trial_tells_how_it_went),
        cmocka_unit_test(test_trial_without_a_process_is_no_success),
        cmocka_unit_test(test_trial_reads_files_and_does_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
