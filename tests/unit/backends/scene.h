/* SPDX-License-Identifier: MIT
 *
 * Made-up work for backends: what an item is to do stands in a table, and every result carries
 * enough to be checked by itself.
 */
#ifndef THRESH_TESTS_SCENE_H
#define THRESH_TESTS_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "backends/backend.h"

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
    DEED_BABBLE,  /* or by a frame that makes no sense; as a signal; */
    DEED_STOP,    /* by being stopped, */
    DEED_REST,    /* (or only for 1.7 s, and it takes half a second more,) */
    DEED_ORPHAN,  /* or by a status, and a child that has its pipe stays behind */
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
    bool open_stops, close_stops; /* the first, where there is a marker; each time otherwise */
    bool open_hangs;
    int leash[2]; /* a child that stays behind ends with the writing end of this pipe */
    uint64_t emit_fails_at, stop_at;
    int64_t stop_ns; /* stops at this time; 0: never */

    uint64_t answered, lost;
    uint64_t again, again_end; /* that a successor was given, and the end of the last */
    uint64_t next;             /* the item behind the last one answered */
    int lost_status;
    atomic_int opened, closed; /* seen only where workers are threads */
    bool quiet;                /* the checks in emit are off: in a helper process */
};

struct worker {
    struct scene *scene;
    uint64_t last; /* 1 + the last item; */
};

static inline int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static inline size_t no_bytes(uint64_t item)
{
    (void)item;
    return 0;
}

static inline size_t some_bytes(uint64_t item)
{
    return 20 + item % 50;
}

static inline size_t uneven_bytes(uint64_t item)
{
    return item % 31 == 7 ? 1500000 : (item * 7919) % 70000;
}

static inline size_t five_megabytes(uint64_t item)
{
    return 5000000 + item;
}

static inline struct scene scene_of(uint64_t n, size_t (*size)(uint64_t))
{
    return (struct scene){.n = n,
                          .size = size,
                          .deed_at = {NO_ITEM},
                          .dies_once_at = NO_ITEM,
                          .emit_fails_at = NO_ITEM,
                          .stop_at = NO_ITEM};
}

/* Whether this is the first to ask. */
static inline bool claim_marker(const char *marker)
{
    int fd = open(marker, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static inline void *scene_open(void *shared, struct thresh_error *error)
{
    struct scene *scene = shared;
    if (scene->open_dies)
        raise(SIGKILL);
    if (scene->open_stops && (!scene->marker[0] || claim_marker(scene->marker)))
        raise(SIGSTOP);
    while (scene->open_hangs)
        pause();
    if (scene->open_fails && (!scene->marker[0] || claim_marker(scene->marker))) {
        error_set(error, "no state");
        return NULL;
    }
    struct worker *worker = calloc(1, sizeof *worker);
    worker->scene = scene;
    atomic_fetch_add(&scene->opened, 1);
    return worker;
}

static inline void scene_close(void *state)
{
    struct worker *worker = state;
    if (worker->scene->close_stops)
        raise(SIGSTOP);
    atomic_fetch_add(&worker->scene->closed, 1);
    free(worker);
}

static inline bool is_chosen(const struct scene *scene, uint64_t item)
{
    if (scene->deed_every)
        return item % scene->deed_every == 0;
    for (size_t i = 0; i < 8 && scene->deed_at[i] != NO_ITEM; i++)
        if (scene->deed_at[i] == item)
            return true;
    return false;
}

static inline _Noreturn void leave_orphan(const int leash[2])
{
    char byte;
    if (fork() != 0)
        _exit(3);
    close(leash[1]);
    (void)!read(leash[0], &byte, 1);
    _exit(0);
}

static inline void nap(long ms)
{
    struct timespec left = {ms / 1000, ms % 1000 * 1000000};
    while (nanosleep(&left, &left) < 0)
        continue;
}

static inline void rest(void)
{
    pid_t self = getpid();
    if (fork() == 0) {
        nap(1700);
        kill(self, SIGCONT);
        _exit(0);
    }
    raise(SIGSTOP);
    nap(500);
}

static inline int do_deed(const struct scene *scene, uint64_t item, struct buf *out,
                          struct thresh_error *error)
{
    char nonsense[64];
    int64_t until = now_ns() + 30 * 1000 * 1000;
    switch (scene->deed) {
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
    case DEED_STOP:
        raise(SIGSTOP);
        break;
    case DEED_REST:
        rest();
        break;
    case DEED_ORPHAN:
        leave_orphan(scene->leash);
    }
    return 0;
}

/* A result: whether items rose, the item, and as many bytes as the scene says. */
static inline int scene_map(void *state, uint64_t item, const struct backend_turn *turn,
                            struct buf *out, struct thresh_error *error)
{
    (void)turn;
    struct worker *worker = state;
    struct scene *scene = worker->scene;
    size_t size = scene->size(item);
    bool bound = scene->marker[0] && !scene->open_fails && scene->dies_once_at == NO_ITEM;
    if (item == scene->dies_once_at && claim_marker(scene->marker))
        raise(SIGKILL);
    if (scene->deed && is_chosen(scene, item) && (!bound || claim_marker(scene->marker)) &&
        do_deed(scene, item, out, error) < 0)
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

/* Items are answered one after the other; only in a run that was stopped are some left out. */
static inline void answer(struct scene *scene, uint64_t item)
{
    if (scene->answered >= scene->stop_at || scene->stop_ns)
        assert_true(item >= scene->next);
    else
        assert_int_equal(item, scene->next);
    scene->next = item + 1;
    scene->answered++;
}

static inline int scene_emit(void *sink, uint64_t item, const void *bytes, size_t len,
                             struct thresh_error *error)
{
    struct scene *scene = sink;
    const unsigned char *result = bytes;
    uint64_t said;
    if (item == scene->emit_fails_at)
        return error_set(error, "no space");
    if (scene->quiet)
        return 0;
    answer(scene, item);
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

static inline int scene_lost(void *sink, uint64_t item, int wait_status,
                             struct thresh_error *error)
{
    struct scene *scene = sink;
    (void)error;
    answer(scene, item);
    assert_true(is_chosen(scene, item));
    scene->lost++;
    scene->lost_status = wait_status;
    return 0;
}

static inline void scene_again(void *sink, uint64_t first, uint64_t n)
{
    struct scene *scene = sink;
    assert_true(first >= scene->next && n > 0 && n <= scene->n - first);
    scene->again += n;
    scene->again_end = first + n;
}

static inline bool scene_stop(void *sink)
{
    const struct scene *scene = sink;
    return scene->answered >= scene->stop_at || (scene->stop_ns && now_ns() > scene->stop_ns);
}

static inline int count_fds(void)
{
    int count = 0;
    DIR *fds = opendir("/proc/self/fd");
    assert_non_null(fds);
    while (readdir(fds))
        count++;
    closedir(fds);
    return count;
}

static inline struct backend_work work_of(struct scene *scene, int workers)
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
                                 .again = scene_again,
                                 .stop = scene_stop};
}

/* Runs the scene, and whatever comes of it: nothing may stay behind. */
static inline int play(const struct backend *backend, struct scene *scene, int workers,
                       struct thresh_error *error)
{
    struct backend_work work = work_of(scene, workers);
    int fds = count_fds();
    scene->answered = scene->lost = scene->next = scene->again = scene->again_end = 0;
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

static inline void expect_all(const struct backend *backend, struct scene *scene, int workers)
{
    struct thresh_error error = {0};
    int status = play(backend, scene, workers, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(status, 0);
    assert_int_equal(scene->answered, scene->n);
}

static inline void expect_error(const struct backend *backend, struct scene *scene, int workers,
                                const char *text)
{
    struct thresh_error error = {0};
    assert_int_equal(play(backend, scene, workers, &error), -1);
    if (!strstr(error.text, text))
        fail_msg("%s with %d workers: \"%s\" lacks \"%s\"", backend->name, workers, error.text,
                 text);
}

static inline void name_marker(struct scene *scene)
{
    snprintf(scene->marker, sizeof scene->marker, "/tmp/thresh-marker-%ld", (long)getpid());
}

#define EACH_CREW(workers)                                                                     \
    for (size_t size_ = 0; size_ < sizeof crew_sizes / sizeof crew_sizes[0]; size_++)          \
        for (int workers = crew_sizes[size_], once_ = 1; once_; once_ = 0)

#endif
