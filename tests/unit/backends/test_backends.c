/* SPDX-License-Identifier: MIT
 *
 * One suite over every backend this build has, with 1, 2 and 5 workers. The work is made up:
 * what an item is to do stands in a table, and every result carries enough to be checked by
 * itself.
 */
#include "backends/backend.h"

#include "base/io.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NO_ITEM UINT64_MAX

static const int crew_sizes[] = {1, 2, 5};

enum deed {
    DEED_NONE,
    DEED_SLOW,    /* takes 30 ms */
    DEED_HANG,    /* never ends */
    DEED_FAIL,    /* map returns -1; for even items, in 30 ms */
    DEED_BUF,     /* map returns 0, but its buf has failed */
    DEED_ABORT,   /* the rest take the worker down, */
    DEED_KILL,    /* by a signal, */
    DEED_TERM,    /* by one that the host handles, */
    DEED_EXIT,    /* with a status, */
    DEED_SUCCEED, /* with the status of success, */
    DEED_BABBLE,  /* or by a frame that makes no sense; as a signal */
};

/* Job and sink in one: what is to happen, and what did. */
struct scene {
    uint64_t n;
    size_t (*size)(uint64_t item);
    enum deed deed;
    uint64_t deed_at[8]; /* NO_ITEM-terminated unless full; */
    uint64_t deed_every; /* or every so many items */
    char marker[64];     /* a file that lets the deed happen once only; empty: each time */
    uint64_t
        dies_once_at; /* as the marker lets it, beside the deed, which it then does not bind */
    bool open_fails, open_dies;
    uint64_t emit_fails_at, stop_at;
    int64_t stop_ns; /* stops at this time; 0: never */

    uint64_t answered, lost;
    int lost_status;
    atomic_int opened, closed; /* seen only where workers are threads */
    bool quiet;                /* the checks in emit are off: in a helper process */
};

struct worker {
    struct scene *scene;
    uint64_t last; /* 1 + the last item; */
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static size_t no_bytes(uint64_t item)
{
    (void)item;
    return 0;
}

static size_t some_bytes(uint64_t item)
{
    return 20 + item % 50;
}

static size_t uneven_bytes(uint64_t item)
{
    return item % 31 == 7 ? 1500000 : (item * 7919) % 70000;
}

static size_t five_megabytes(uint64_t item)
{
    return 5000000 + item;
}

static struct scene scene_of(uint64_t n, size_t (*size)(uint64_t))
{
    return (struct scene){.n = n,
                          .size = size,
                          .deed_at = {NO_ITEM},
                          .dies_once_at = NO_ITEM,
                          .emit_fails_at = NO_ITEM,
                          .stop_at = NO_ITEM};
}

/* Whether this is the first to ask. */
static bool claim_marker(const char *marker)
{
    int fd = open(marker, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static void *scene_open(void *shared, struct thresh_error *error)
{
    struct scene *scene = shared;
    if (scene->open_dies)
        raise(SIGKILL);
    if (scene->open_fails && (!scene->marker[0] || claim_marker(scene->marker))) {
        error_set(error, "no state");
        return NULL;
    }
    struct worker *worker = calloc(1, sizeof *worker);
    worker->scene = scene;
    atomic_fetch_add(&scene->opened, 1);
    return worker;
}

static void scene_close(void *state)
{
    struct worker *worker = state;
    atomic_fetch_add(&worker->scene->closed, 1);
    free(worker);
}

static bool is_chosen(const struct scene *scene, uint64_t item)
{
    if (scene->deed_every)
        return item % scene->deed_every == 0;
    for (size_t i = 0; i < 8 && scene->deed_at[i] != NO_ITEM; i++)
        if (scene->deed_at[i] == item)
            return true;
    return false;
}

static int do_deed(enum deed deed, uint64_t item, struct buf *out, struct thresh_error *error)
{
    char nonsense[64];
    int64_t until = now_ns() + 30 * 1000 * 1000;
    switch (deed) {
    case DEED_NONE:
        break;
    case DEED_SLOW:
        while (now_ns() < until)
            continue;
        break;
    case DEED_HANG:
        for (;;)
            pause();
    case DEED_FAIL:
        while (item % 2 == 0 && now_ns() < until)
            continue;
        return error_set(error, "item %llu", (unsigned long long)item);
    case DEED_BUF:
        out->failed = true;
        break;
    case DEED_ABORT:
        abort();
    case DEED_KILL:
        raise(SIGKILL);
        break;
    case DEED_TERM:
        raise(SIGTERM);
        break;
    case DEED_EXIT:
        _exit(3);
    case DEED_SUCCEED:
        _exit(0);
    case DEED_BABBLE:
        memset(nonsense, 'x', sizeof nonsense);
        for (int fd = 3; fd < 64; fd++)
            (void)!write(fd, nonsense, sizeof nonsense);
        for (;;)
            pause();
    }
    return 0;
}

/* A result: whether items rose, the item, and as many bytes as the scene says. */
static int scene_map(void *state, uint64_t item, struct buf *out, struct thresh_error *error)
{
    struct worker *worker = state;
    struct scene *scene = worker->scene;
    size_t size = scene->size(item);
    bool bound = scene->marker[0] && scene->dies_once_at == NO_ITEM;
    if (item == scene->dies_once_at && claim_marker(scene->marker))
        raise(SIGKILL);
    if (scene->deed && is_chosen(scene, item) && (!bound || claim_marker(scene->marker)) &&
        do_deed(scene->deed, item, out, error) < 0)
        return -1;
    if (out->failed)
        return 0;
    if (out->len)
        return error_set(error, "item %llu was not given an empty buf",
                         (unsigned long long)item);
    bool rising = item >= worker->last;
    worker->last = item + 1;
    if (size == 0 && rising)
        return 0;
    buf_append_char(out, rising ? '/' : '\\');
    buf_append(out, &item, sizeof item);
    if (buf_reserve(out, size) == 0) {
        memset(out->data + out->len, (int)(item % 251), size);
        out->len += size;
    }
    return 0;
}

static int scene_emit(void *sink, uint64_t item, const void *bytes, size_t len,
                      struct thresh_error *error)
{
    struct scene *scene = sink;
    const unsigned char *result = bytes;
    uint64_t said;
    if (item == scene->emit_fails_at)
        return error_set(error, "no space");
    if (scene->quiet)
        return 0;
    assert_int_equal(item, scene->answered);
    scene->answered++;
    size_t size = scene->size(item);
    assert_int_equal(len, size ? 1 + sizeof said + size : 0);
    if (size == 0)
        return 0;
    assert_int_equal(result[0], '/');
    memcpy(&said, result + 1, sizeof said);
    assert_int_equal(said, item);
    assert_int_equal(result[1 + sizeof said], item % 251);
    assert_int_equal(result[len - 1], item % 251);
    return 0;
}

static int scene_lost(void *sink, uint64_t item, int wait_status, struct thresh_error *error)
{
    struct scene *scene = sink;
    (void)error;
    assert_int_equal(item, scene->answered);
    assert_true(is_chosen(scene, item));
    scene->answered++;
    scene->lost++;
    scene->lost_status = wait_status;
    return 0;
}

static bool scene_stop(void *sink)
{
    const struct scene *scene = sink;
    return scene->answered >= scene->stop_at || (scene->stop_ns && now_ns() > scene->stop_ns);
}

static int count_fds(void)
{
    int count = 0;
    DIR *fds = opendir("/proc/self/fd");
    assert_non_null(fds);
    while (readdir(fds))
        count++;
    closedir(fds);
    return count;
}

static struct backend_work work_of(struct scene *scene, int workers)
{
    return (struct backend_work){.n = scene->n,
                                 .workers = workers,
                                 .shared = scene,
                                 .open = scene_open,
                                 .map = scene_map,
                                 .close = scene_close,
                                 .sink = scene,
                                 .emit = scene_emit,
                                 .lost = scene_lost,
                                 .stop = scene_stop};
}

/* Runs the scene, and whatever comes of it: nothing may stay behind. */
static int play(const struct backend *backend, struct scene *scene, int workers,
                struct thresh_error *error)
{
    struct backend_work work = work_of(scene, workers);
    int fds = count_fds();
    scene->answered = scene->lost = 0;
    atomic_store(&scene->opened, 0);
    atomic_store(&scene->closed, 0);
    if (scene->marker[0])
        unlink(scene->marker);
    int status = backend->run(&work, error);
    assert_int_equal(count_fds(), fds);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(atomic_load(&scene->opened), atomic_load(&scene->closed));
    if (scene->marker[0])
        unlink(scene->marker);
    return status;
}

static void expect_all(const struct backend *backend, struct scene *scene, int workers)
{
    struct thresh_error error = {0};
    int status = play(backend, scene, workers, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(status, 0);
    assert_int_equal(scene->answered, scene->n);
}

static void expect_error(const struct backend *backend, struct scene *scene, int workers,
                         const char *text)
{
    struct thresh_error error = {0};
    assert_int_equal(play(backend, scene, workers, &error), -1);
    if (!strstr(error.text, text))
        fail_msg("%s with %d workers: \"%s\" lacks \"%s\"", backend->name, workers, error.text,
                 text);
}

static void name_marker(struct scene *scene)
{
    snprintf(scene->marker, sizeof scene->marker, "/tmp/thresh-marker-%ld", (long)getpid());
}

#define EACH_CREW(workers)                                                                     \
    for (size_t size_ = 0; size_ < sizeof crew_sizes / sizeof crew_sizes[0]; size_++)          \
        for (int workers = crew_sizes[size_], once_ = 1; once_; once_ = 0)

static void test_answers_in_order(void **state)
{
    const struct backend *backend = *state;
    static const uint64_t counts[] = {0, 1, 2, 3, 4, 100, 1000};
    EACH_CREW(workers)
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct scene scene = scene_of(counts[i], some_bytes);
        expect_all(backend, &scene, workers);
    }
}

static void test_empty_job_opens_nothing(void **state)
{
    const struct backend *backend = *state;
    EACH_CREW(workers)
    {
        struct scene scene = scene_of(0, some_bytes);
        scene.open_fails = true;
        expect_all(backend, &scene, workers);
    }
}

static void test_many_tiny_items(void **state)
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

static void test_slow_items(void **state)
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

static void test_results_of_all_sizes(void **state)
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

static void test_map_failure(void **state)
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

static void test_buf_failure(void **state)
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

static void test_open_failure(void **state)
{
    const struct backend *backend = *state;
    EACH_CREW(workers)
    {
        struct scene scene = scene_of(100, some_bytes);
        scene.open_fails = true;
        expect_error(backend, &scene, workers, "no state");
        assert_int_equal(scene.answered, 0);
        /* Of one worker only. Another may have been done with everything by then. */
        scene.n = 100000;
        name_marker(&scene);
        struct thresh_error error = {0};
        int status = play(backend, &scene, workers, &error);
        assert_true(status == -1 || scene.answered == scene.n);
        assert_true(status == 0 || strcmp(error.text, "no state") == 0);
    }
}

static void test_emit_failure(void **state)
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

static void test_stop(void **state)
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

static void test_nothing_to_be_had(void **state)
{
    const struct backend *backend = *state;
    assert_int_equal(in_helper(run_quietly, backend), strcmp(backend->name, "fork") == 0);
}

/* -- fork only ------------------------------------------------------------------------ */

static void test_crash_costs_its_item(void **state)
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
static void test_crashes_in_a_crowd(void **state)
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

static void test_crash_beside_large_results(void **state)
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

/* One that is lost clears those that shared its ticket: the next death among them is the
 * first. */
static void test_a_chance_death_beside_a_crash(void **state)
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
static void test_signals_end_workers(void **state)
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

static void test_death_in_open(void **state)
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

static void test_stop_ends_hanging_items(void **state)
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

/* As a shell or a supervisor may leave it; the wait status must be had all the same. */
static void test_sigchld_ignored(void **state)
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

static void *until_unlocked(void *lock)
{
    pthread_mutex_lock(lock);
    pthread_mutex_unlock(lock);
    return NULL;
}

static void test_refuses_beside_threads(void **state)
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
static void test_leaves_other_children_alone(void **state)
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
static void test_after_threads(void **state)
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

static void test_find(void **state)
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
        ROW(test_find),
        ROW(test_answers_in_order),
        ROW(test_empty_job_opens_nothing),
        ROW(test_many_tiny_items),
        ROW(test_slow_items),
        ROW(test_results_of_all_sizes),
        ROW(test_map_failure),
        ROW(test_buf_failure),
        ROW(test_open_failure),
        ROW(test_emit_failure),
        ROW(test_stop),
        ROW(test_nothing_to_be_had),
    };
    const struct CMUnitTest fork_tests[] = {
        ROW(test_crash_costs_its_item),
        ROW(test_crashes_in_a_crowd),
        ROW(test_crash_beside_large_results),
        ROW(test_a_chance_death_costs_nothing),
        ROW(test_a_chance_death_beside_a_crash),
        ROW(test_signals_end_workers),
        ROW(test_death_in_open),
        ROW(test_stop_ends_hanging_items),
        ROW(test_sigchld_ignored),
        ROW(test_refuses_beside_threads),
        ROW(test_leaves_other_children_alone),
        ROW(test_workers_end_with_their_parent),
        ROW(test_after_threads),
    };
    int failed = cmocka_run_group_tests_name(backend->name, tests, NULL, NULL);
    if (strcmp(backend->name, "fork") == 0)
        failed += cmocka_run_group_tests_name("fork: deaths", fork_tests, NULL, NULL);
    return failed;
}

/* Each row in a process of its own: some OpenMP runtimes never let go of their threads. */
int main(void)
{
    int failed = 0, status;
    for (const struct backend *const *row = backends; *row; row++) {
        fflush(NULL);
        pid_t tester = fork();
        if (tester == 0)
            exit(test_row(*row) != 0);
        failed |= tester < 0 || waitpid(tester, &status, 0) != tester || status != 0;
    }
    return failed;
}
