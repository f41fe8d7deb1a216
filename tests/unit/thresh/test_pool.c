/* SPDX-License-Identifier: MIT
 *
 * Pools: what multiprocessing.Pool promises, over workers of each kind and over none.
 * docs/library.md has the table of promises, with the case for each.
 */
#include "backends/crew.h"
#include "thresh.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define MIB ((size_t)1 << 20)

/* -- Tasks ---------------------------------------------------------------------------- */

static int number_in(struct thresh_bytes bytes)
{
    int number = 0;
    assert_int_equal(bytes.len, sizeof number);
    memcpy(&number, bytes.bytes, sizeof number);
    return number;
}

static int add(void *state, const struct thresh_bytes *arguments, size_t n,
               struct thresh_result *result, struct thresh_error *error)
{
    int sum = 0;
    (void)state, (void)error;
    for (size_t i = 0; i < n; i++)
        sum += number_in(arguments[i]);
    return thresh_result_append(result, &sum, sizeof sum);
}

static int echo(void *state, const struct thresh_bytes *arguments, size_t n,
                struct thresh_result *result, struct thresh_error *error)
{
    (void)state, (void)error;
    for (size_t i = 0; i < n; i++)
        thresh_result_append(result, arguments[i].bytes, arguments[i].len);
    return 0;
}

static int refuse(void *state, const struct thresh_bytes *arguments, size_t n,
                  struct thresh_result *result, struct thresh_error *error)
{
    (void)state, (void)n, (void)result;
    snprintf(error->text, sizeof error->text, "no %d", number_in(arguments[0]));
    return -1;
}

static int refuse_odd(void *state, const struct thresh_bytes *arguments, size_t n,
                      struct thresh_result *result, struct thresh_error *error)
{
    return (number_in(arguments[0]) % 2 ? refuse : add)(state, arguments, n, result, error);
}

static int sleep_ms(void *state, const struct thresh_bytes *arguments, size_t n,
                    struct thresh_result *result, struct thresh_error *error)
{
    int ms = number_in(arguments[0]);
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
    return add(state, arguments, n, result, error);
}

/* The gate that tasks wait at, in whatever worker, until it is opened for so many. */
static int gate[2];

static int wait_at_gate(void *state, const struct thresh_bytes *arguments, size_t n,
                        struct thresh_result *result, struct thresh_error *error)
{
    char one;
    assert_int_equal(read(gate[0], &one, 1), 1);
    return add(state, arguments, n, result, error);
}

static void open_gate(size_t times)
{
    assert_int_equal(write(gate[1], "........", times), times);
}

static int wait_or_add(void *state, const struct thresh_bytes *arguments, size_t n,
                       struct thresh_result *result, struct thresh_error *error)
{
    return (number_in(arguments[0]) ? add : wait_at_gate)(state, arguments, n, result, error);
}

static int die(void *state, const struct thresh_bytes *arguments, size_t n,
               struct thresh_result *result, struct thresh_error *error)
{
    (void)state, (void)n, (void)result, (void)error;
    int number = number_in(arguments[0]);
    if (number < 0)
        _exit(-number);
    raise(number);
    return -1;
}

/* So many bytes. */
static int make(void *state, const struct thresh_bytes *arguments, size_t n,
                struct thresh_result *result, struct thresh_error *error)
{
    static const char block[1024];
    (void)state, (void)n, (void)error;
    for (int i = number_in(arguments[0]) / 1024; i > 0; i--)
        thresh_result_append(result, block, sizeof block);
    return 0;
}

static int fail_silently(void *state, const struct thresh_bytes *arguments, size_t n,
                         struct thresh_result *result, struct thresh_error *error)
{
    (void)state, (void)arguments, (void)n, (void)result, (void)error;
    return -1;
}

static int tell_state(void *state, const struct thresh_bytes *arguments, size_t n,
                      struct thresh_result *result, struct thresh_error *error)
{
    (void)arguments, (void)n, (void)error;
    return thresh_result_append(result, state, sizeof(int));
}

/* -- Each kind of pool ---------------------------------------------------------------- */

static struct thresh_error error;

/* A kind of worker, or none: its backend, and so many. */
static const struct kind {
    const char *backend;
    int workers;
} kinds[] = {{"fork", 2}, {"fork", 1}, {"openmp", 2}, {"openmp", 1}, {NULL, 0}};

static bool is_built(const struct kind *kind)
{
    bool found = !kind->workers;
    for (const struct crew_kind *const *crew = backend_crews; *crew; crew++)
        found |= kind->workers && strcmp((*crew)->backend, kind->backend) == 0;
    return found;
}

#define EACH_KIND(kind)                                                                        \
    for (const struct kind *kind = kinds; kind < kinds + sizeof kinds / sizeof *kinds; kind++) \
        if (is_built(kind))

static struct thresh_pool *open_pool(const struct kind *kind)
{
    struct thresh_pool_work work = {.size = sizeof work, .backend = kind->backend};
    struct thresh_pool *pool = thresh_pool_open(&work, kind->workers, &error);
    if (!pool)
        fail_msg("%s", error.text);
    return pool;
}

static struct thresh_bytes of(const int *number)
{
    return (struct thresh_bytes){number, sizeof *number};
}

static struct thresh_ticket *give(struct thresh_pool *pool, thresh_function *function,
                                  int number)
{
    struct thresh_bytes argument = of(&number);
    struct thresh_ticket *ticket =
        thresh_pool_apply_async(pool, function, &argument, 1, &error);
    if (!ticket)
        fail_msg("%s", error.text);
    return ticket;
}

static int result_of(const struct thresh_ticket *ticket, size_t i)
{
    const struct thresh_bytes *result = thresh_ticket_result(ticket, i);
    assert_non_null(result);
    return number_in(*result);
}

static const struct thresh_bytes *arguments_of(const int *numbers, size_t n)
{
    static struct thresh_bytes arguments[100000];
    for (size_t i = 0; i < n; i++)
        arguments[i] = of(&numbers[i]);
    return arguments;
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* -- apply ---------------------------------------------------------------------------- */

static void apply_takes_any_number_of_arguments(void **state)
{
    (void)state;
    int numbers[40];
    for (int i = 0; i < 40; i++)
        numbers[i] = i;
    EACH_KIND(kind)
    {
        struct thresh_pool *pool = open_pool(kind);
        for (size_t n = 0; n <= 40; n += 8) {
            struct thresh_ticket *ticket =
                thresh_pool_apply(pool, add, arguments_of(numbers, n), n, &error);
            assert_int_equal(result_of(ticket, 0), n * (n - 1) / 2);
            thresh_ticket_free(ticket);
        }
        thresh_pool_free(pool);
    }
}

static void a_result_stays_and_a_failure_is_the_tasks(void **state)
{
    (void)state;
    EACH_KIND(kind)
    {
        struct thresh_pool *pool = open_pool(kind);
        struct thresh_ticket *good = give(pool, add, 3), *bad = give(pool, refuse, 7);
        assert_int_equal(thresh_ticket_wait(bad, -1), 1);
        assert_int_equal(thresh_ticket_wait(good, -1), 1);
        for (int times = 0; times < 2; times++) {
            assert_int_equal(result_of(good, 0), 3);
            assert_null(thresh_ticket_result(bad, 0));
            assert_int_equal(thresh_ticket_loss(bad, 0)->kind, THRESH_LOSS_ERROR);
            assert_string_equal(thresh_ticket_loss(bad, 0)->text, "no 7");
        }
        assert_null(thresh_ticket_loss(good, 0));
        assert_null(thresh_ticket_result(good, 1));
        assert_int_equal(thresh_ticket_successful(good), 1);
        assert_int_equal(thresh_ticket_successful(bad), 0);
        int seven = 7;
        struct thresh_bytes argument = of(&seven);
        assert_null(thresh_pool_apply(pool, refuse, &argument, 1, &error));
        assert_string_equal(error.text, "no 7");
        struct thresh_ticket *silent = give(pool, fail_silently, 0);
        assert_int_equal(thresh_ticket_wait(silent, -1), 1);
        assert_non_null(strstr(thresh_ticket_loss(silent, 0)->text, "does not say why"));
        thresh_ticket_free(silent);
        thresh_ticket_free(good);
        thresh_ticket_free(bad);
        thresh_pool_free(pool);
    }
}

static void a_time_limit_that_expires_is_that_and_nothing_else(void **state)
{
    (void)state;
    EACH_KIND(kind)
    {
        if (!kind->workers)
            continue;
        struct thresh_pool *pool = open_pool(kind);
        struct thresh_ticket *ticket = give(pool, wait_at_gate, 300);
        assert_int_equal(thresh_ticket_wait(ticket, 0), 0);
        assert_false(thresh_ticket_ready(ticket));
        assert_int_equal(thresh_ticket_successful(ticket), -1);
        double begun = now_s();
        assert_int_equal(thresh_ticket_wait(ticket, 50), 0);
        assert_true(now_s() - begun >= 0.049);
        assert_null(thresh_ticket_result(ticket, 0));
        assert_null(thresh_ticket_loss(ticket, 0));
        open_gate(1);
        assert_int_equal(thresh_ticket_wait(ticket, 60000), 1);
        assert_int_equal(result_of(ticket, 0), 300);
        assert_true(thresh_ticket_ready(ticket));
        thresh_ticket_free(ticket);
        thresh_pool_free(pool);
    }
}

/* -- map ------------------------------------------------------------------------------ */

static void map_gives_results_in_order_whatever_the_chunks(void **state)
{
    (void)state;
    enum { MOST = 5000 };
    static const size_t counts[][2] = {{0, 0},  {1, 0},    {1, 9},      {10, 1},
                                       {10, 3}, {MOST, 0}, {MOST, 100}, {500, 1}};
    static int numbers[MOST];
    for (int i = 0; i < MOST; i++)
        numbers[i] = i;
    EACH_KIND(kind)
    {
        struct thresh_pool *pool = open_pool(kind);
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            size_t n = counts[c][0];
            struct thresh_ticket *ticket = thresh_pool_map(pool, add, arguments_of(numbers, n),
                                                           1, n, counts[c][1], &error);
            assert_non_null(ticket);
            for (size_t i = 0; i < n; i++)
                assert_int_equal(result_of(ticket, i), i);
            assert_null(thresh_ticket_result(ticket, n));
            thresh_ticket_free(ticket);
        }
        thresh_pool_free(pool);
    }
}

static void starmap_gives_each_task_several_arguments(void **state)
{
    (void)state;
    static const int numbers[] = {1, 2, 3, 4, 5, 6};
    EACH_KIND(kind)
    {
        struct thresh_pool *pool = open_pool(kind);
        struct thresh_ticket *ticket =
            thresh_pool_map(pool, add, arguments_of(numbers, 6), 3, 2, 0, &error);
        assert_int_equal(result_of(ticket, 0), 6);
        assert_int_equal(result_of(ticket, 1), 15);
        thresh_ticket_free(ticket);
        thresh_pool_free(pool);
    }
}

static void of_several_failures_in_a_map_the_first_is_told_and_all_are_there(void **state)
{
    (void)state;
    static const int numbers[] = {0, 1, 2, 3, 4};
    EACH_KIND(kind)
    {
        struct thresh_pool *pool = open_pool(kind);
        assert_null(
            thresh_pool_map(pool, refuse_odd, arguments_of(numbers, 5), 1, 5, 2, &error));
        assert_string_equal(error.text, "no 1");
        struct thresh_ticket *ticket =
            thresh_pool_map_async(pool, refuse_odd, arguments_of(numbers, 5), 1, 5, 2, &error);
        assert_int_equal(thresh_ticket_wait(ticket, -1), 1);
        assert_int_equal(result_of(ticket, 4), 4);
        assert_string_equal(thresh_ticket_loss(ticket, 3)->text, "no 3");
        thresh_ticket_free(ticket);
        thresh_pool_free(pool);
    }
}

/* -- Listeners ------------------------------------------------------------------------ */

struct heard {
    struct thresh_pool *pool;
    size_t order[64], n, losses, done;
};

static void hear_result(void *context, size_t i, const struct thresh_bytes *bytes)
{
    struct heard *heard = context;
    heard->order[heard->n++] = i;
    assert_int_equal(bytes->len, sizeof(int));
}

static void hear_loss(void *context, size_t i, const struct thresh_loss *loss)
{
    struct heard *heard = context;
    heard->losses++;
    assert_int_equal(i % 2, 1);
    assert_int_equal(loss->kind, THRESH_LOSS_ERROR);
}

static void hear_done(void *context, struct thresh_ticket *ticket)
{
    struct heard *heard = context;
    heard->done++;
    assert_int_equal(heard->n + heard->losses, 5);
    thresh_ticket_free(ticket);
}

static void listeners_hear_each_result_and_failure_once_and_then_the_end(void **state)
{
    (void)state;
    static const int numbers[] = {0, 1, 2, 3, 4};
    EACH_KIND(kind)
    for (int late = 0; late < 2; late++) {
        struct thresh_pool *pool = open_pool(kind);
        struct heard heard = {.n = 0};
        struct thresh_ticket *ticket =
            thresh_pool_map_async(pool, refuse_odd, arguments_of(numbers, 5), 1, 5, 1, &error);
        if (late)
            assert_int_equal(thresh_ticket_wait(ticket, -1), 1);
        thresh_ticket_on_result(ticket, hear_result, &heard);
        thresh_ticket_on_loss(ticket, hear_loss, &heard);
        thresh_ticket_on_done(ticket, hear_done, &heard);
        for (int turns = 0; !heard.done && turns < 1000; turns++)
            assert_int_equal(thresh_pool_turn(pool, 100, &error), 0);
        assert_int_equal(heard.n, 3);
        assert_int_equal(heard.losses, 2);
        assert_int_equal(heard.done, 1);
        thresh_pool_free(pool);
    }
}

static void results_are_there_as_each_is_done(void **state)
{
    (void)state;
    static const int numbers[] = {0, 1, 2};
    EACH_KIND(kind)
    {
        if (kind->workers < 2)
            continue;
        struct thresh_pool *pool = open_pool(kind);
        struct heard heard = {.n = 0};
        struct thresh_ticket *ticket =
            thresh_pool_map_async(pool, wait_or_add, arguments_of(numbers, 3), 1, 3, 1, &error);
        thresh_ticket_on_result(ticket, hear_result, &heard);
        while (!thresh_ticket_result(ticket, 2))
            thresh_pool_turn(pool, -1, &error);
        assert_null(thresh_ticket_result(ticket, 0));
        assert_false(thresh_ticket_ready(ticket));
        open_gate(1);
        assert_int_equal(thresh_ticket_wait(ticket, -1), 1);
        assert_int_equal(heard.n, 3);
        assert_int_equal(heard.order[2], 0);
        thresh_ticket_free(ticket);
        thresh_pool_free(pool);
    }
}

static void wait_for_another(void *context, size_t i, const struct thresh_bytes *bytes)
{
    struct heard *heard = context;
    (void)i, (void)bytes;
    struct thresh_ticket *ticket = give(heard->pool, add, 5);
    assert_int_equal(thresh_ticket_wait(ticket, -1), 1);
    assert_int_equal(result_of(ticket, 0), 5);
    thresh_ticket_free(ticket);
    heard->n++;
}

static void a_listener_may_give_tasks_and_wait(void **state)
{
    (void)state;
    static const int numbers[20];
    EACH_KIND(kind)
    {
        struct thresh_pool *pool = open_pool(kind);
        struct heard heard = {.pool = pool};
        struct thresh_ticket *ticket =
            thresh_pool_map_async(pool, add, arguments_of(numbers, 20), 1, 20, 3, &error);
        thresh_ticket_on_result(ticket, wait_for_another, &heard);
        thresh_ticket_wait(ticket, -1);
        while (heard.n < 20)
            thresh_pool_turn(pool, 100, &error);
        thresh_ticket_free(ticket);
        thresh_pool_free(pool);
    }
}

/* -- Workers -------------------------------------------------------------------------- */

static atomic_int opened, closed;

static void *open_state(void *shared, struct thresh_error *failure)
{
    int *number = malloc(sizeof *number);
    assert_non_null(number);
    if (*(int *)shared < 0) {
        free(number);
        snprintf(failure->text, sizeof failure->text, "no state");
        return NULL;
    }
    *number = *(int *)shared + atomic_fetch_add(&opened, 1);
    return number;
}

static void close_state(void *state)
{
    atomic_fetch_add(&closed, 1);
    free(state);
}

static void each_worker_has_a_state_and_is_replaced_after_its_tasks(void **state)
{
    (void)state;
    static const int numbers[40];
    EACH_KIND(kind)
    {
        int base = 100;
        struct thresh_pool_work work = {.size = sizeof work,
                                        .backend = kind->backend,
                                        .tasks_per_worker = 3,
                                        .open = open_state,
                                        .shared = &base,
                                        .close = close_state};
        opened = closed = 0;
        struct thresh_pool *pool = thresh_pool_open(&work, kind->workers, &error);
        assert_non_null(pool);
        assert_int_equal(thresh_pool_workers(pool), kind->workers);
        struct thresh_ticket *ticket =
            thresh_pool_map(pool, tell_state, arguments_of(numbers, 40), 1, 40, 5, &error);
        assert_non_null(ticket);
        for (size_t i = 0; i < 40; i++)
            assert_true(result_of(ticket, i) >= 100);
        thresh_ticket_free(ticket);
        thresh_pool_free(pool);
        /* In processes it is their own memory that counts. */
        if (!kind->backend || strcmp(kind->backend, "openmp") == 0) {
            assert_int_equal(opened, closed);
            assert_true(opened >= 40 / 3);
        }
    }
}

static void a_state_that_cannot_be_had_fails_all_and_hangs_nothing(void **state)
{
    (void)state;
    EACH_KIND(kind)
    {
        int base = -1;
        struct thresh_pool_work work = {.size = sizeof work,
                                        .backend = kind->backend,
                                        .open = open_state,
                                        .shared = &base,
                                        .close = close_state};
        struct thresh_pool *pool = thresh_pool_open(&work, kind->workers, &error);
        if (!kind->workers) {
            assert_null(pool);
            assert_string_equal(error.text, "no state");
            continue;
        }
        struct thresh_ticket *ticket = give(pool, add, 1);
        assert_int_equal(thresh_ticket_wait(ticket, -1), 1);
        assert_string_equal(thresh_ticket_loss(ticket, 0)->text, "no state");
        int one = 1;
        struct thresh_bytes argument = of(&one);
        assert_null(thresh_pool_apply(pool, add, &argument, 1, &error));
        assert_string_equal(error.text, "no state");
        thresh_pool_close(pool);
        assert_int_equal(thresh_pool_join(pool, &error), -1);
        thresh_pool_free(pool);
    }
}

static const struct kind processes = {"fork", 2};

static void a_task_whose_worker_dies_fails_with_how_and_the_rest_go_on(void **state)
{
    (void)state;
    static const int numbers[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    if (!is_built(&processes))
        skip();
    struct thresh_pool *pool = open_pool(&processes);
    struct thresh_ticket *killed = give(pool, die, SIGKILL), *faulty = give(pool, die, SIGSEGV),
                         *exited = give(pool, die, -3);
    struct thresh_ticket *rest =
        thresh_pool_map_async(pool, add, arguments_of(numbers, 10), 1, 10, 4, &error);
    assert_int_equal(thresh_ticket_wait(rest, -1), 1);
    assert_int_equal(thresh_ticket_successful(rest), 1);
    assert_int_equal(thresh_ticket_wait(killed, -1), 1);
    assert_int_equal(thresh_ticket_wait(faulty, -1), 1);
    assert_int_equal(thresh_ticket_wait(exited, -1), 1);
    assert_int_equal(thresh_ticket_loss(killed, 0)->kind, THRESH_LOSS_SIGNAL);
    assert_int_equal(thresh_ticket_loss(killed, 0)->number, SIGKILL);
    assert_int_equal(thresh_ticket_loss(faulty, 0)->number, SIGSEGV);
    assert_int_equal(thresh_ticket_loss(exited, 0)->kind, THRESH_LOSS_EXIT);
    assert_int_equal(thresh_ticket_loss(exited, 0)->number, 3);
    thresh_ticket_free(killed);
    thresh_ticket_free(faulty);
    thresh_ticket_free(exited);
    thresh_ticket_free(rest);
    thresh_pool_free(pool);
}

static int tell_pid(void *state, const struct thresh_bytes *arguments, size_t n,
                    struct thresh_result *result, struct thresh_error *failure)
{
    int pid = getpid();
    sleep_ms(state, arguments, n, result, failure);
    return thresh_result_append(result, &pid, sizeof pid);
}

static unsigned random_number(void)
{
    static unsigned number = 7;
    number = number * 1664525 + 1013904223;
    return number >> 16;
}

/* THRESH_KILLS says how many, at random moments, busy or idle. */
static void workers_killed_at_random_lose_no_task_and_hang_nothing(void **state)
{
    (void)state;
    const char *asked = getenv("THRESH_KILLS");
    int kills = asked ? (int)strtol(asked, NULL, 10) : 60, known[2] = {0, 0}, lost = 0,
        failed = 0;
    if (!is_built(&processes))
        skip();

    struct thresh_pool *pool = open_pool(&processes);
    while (kills > 0) {
        int numbers[30], pid;
        for (int i = 0; i < 30; i++)
            numbers[i] = (int)(random_number() % 2);
        struct thresh_ticket *ticket =
            thresh_pool_map_async(pool, tell_pid, arguments_of(numbers, 30), 1, 30, 3, &error);
        assert_non_null(ticket);
        while (!thresh_ticket_ready(ticket)) {
            thresh_pool_turn(pool, random_number() % 3, &error);
            /* Only such as were seen alive: a number may be another's by now. */
            siginfo_t ended;
            pid_t victim = known[random_number() % 2];
            if (victim && random_number() % 4 == 0 &&
                waitid(P_PID, (id_t)victim, &ended, WEXITED | WNOHANG | WNOWAIT) == 0) {
                kill(victim, SIGKILL);
                kills--;
                known[0] = known[1] = 0;
            }
        }
        for (size_t i = 0; i < 30; i++) {
            const struct thresh_bytes *result = thresh_ticket_result(ticket, i);
            const struct thresh_loss *loss = thresh_ticket_loss(ticket, i);
            assert_true(!result != !loss);
            failed += loss && (loss->kind != THRESH_LOSS_SIGNAL || loss->number != SIGKILL);
            lost += loss != NULL;
            if (!result)
                continue;
            memcpy(&pid, (const char *)result->bytes + sizeof(int), sizeof pid);
            known[1] = known[0] ? known[0] : pid;
            known[0] = pid;
        }
        thresh_ticket_free(ticket);
    }
    assert_int_equal(failed, 0);
    print_message("%d tasks failed with their worker\n", lost);
    thresh_pool_free(pool);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* Turns the pool whenever its descriptor says so, until the ticket is ready. */
static bool follow(struct thresh_pool *pool, struct thresh_ticket *ticket)
{
    struct pollfd event = {thresh_pool_fd(pool), POLLIN, 0};
    while (!thresh_ticket_ready(ticket)) {
        if (poll(&event, 1, 30000) != 1)
            return false;
        thresh_pool_turn(pool, 0, &error);
    }
    return true;
}

/* How many workers are still to stop themselves, at their beginning and at their end. */
static atomic_int *openings, *closings;

static void *open_or_stop(void *shared, struct thresh_error *failure)
{
    (void)failure;
    if (atomic_fetch_sub(openings, 1) > 0)
        raise(SIGSTOP);
    return shared;
}

static void close_or_stop(void *state)
{
    (void)state;
    if (atomic_fetch_sub(closings, 1) > 0)
        raise(SIGSTOP);
}

static int leash[2];

/* The child ends with the pipe's writing end, which the test has. */
static int leave_child(void *state, const struct thresh_bytes *arguments, size_t n,
                       struct thresh_result *result, struct thresh_error *failure)
{
    char byte;
    (void)state, (void)arguments, (void)n, (void)result, (void)failure;
    if (fork() != 0)
        _exit(3);
    close(leash[1]);
    (void)!read(leash[0], &byte, 1);
    _exit(0);
}

static void a_worker_that_is_stopped_or_whose_pipe_does_not_end_hangs_nothing(void **state)
{
    if (!is_built(&processes))
        skip();
    atomic_int *shared = mmap(NULL, 2 * sizeof *shared, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(shared != MAP_FAILED);
    openings = shared;
    closings = shared + 1;
    for (int stopped = 0; stopped < 2; stopped++) {
        struct thresh_pool_work work = {.size = sizeof work,
                                        .backend = "fork",
                                        .shared = state,
                                        .open = open_or_stop,
                                        .close = close_or_stop};
        *openings = *closings = 1;
        assert_int_equal(pipe(leash), 0);
        struct thresh_pool *pool = thresh_pool_open(&work, 1, &error);
        assert_non_null(pool);
        struct thresh_ticket *bad =
            stopped ? give(pool, die, SIGSTOP) : give(pool, leave_child, 0);
        struct thresh_ticket *good = give(pool, add, 6);
        assert_true(follow(pool, bad) && follow(pool, good));
        const struct thresh_loss *loss = thresh_ticket_loss(bad, 0);
        assert_int_equal(loss->kind, stopped ? THRESH_LOSS_SIGNAL : THRESH_LOSS_EXIT);
        assert_int_equal(loss->number, stopped ? SIGKILL : 3);
        assert_int_equal(result_of(good, 0), 6);
        thresh_pool_free(pool);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
        assert_true(*openings < 0 && *closings <= 0);
        close(leash[0]);
        close(leash[1]);
    }
    munmap(shared, 2 * sizeof *shared);
}

/* -- Much ----------------------------------------------------------------------------- */

/* What the published pool deadlocked on, six times over. */
static void sixteen_mebibytes_in_and_out_of_one_worker(void **state)
{
    (void)state;
    size_t len = 16 * MIB;
    char *bytes = malloc(len);
    assert_non_null(bytes);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(i * 31 >> 3);
    struct thresh_bytes arguments[6];
    EACH_KIND(kind)
    {
        if (kind->workers == 2)
            continue;
        struct thresh_pool *pool = open_pool(kind);
        for (int i = 0; i < 6; i++)
            arguments[i] = (struct thresh_bytes){bytes, len};
        struct thresh_ticket *ticket = thresh_pool_map(pool, echo, arguments, 1, 6, 0, &error);
        assert_non_null(ticket);
        for (size_t i = 0; i < 6; i++) {
            const struct thresh_bytes *result = thresh_ticket_result(ticket, i);
            assert_int_equal(result->len, len);
            assert_memory_equal(result->bytes, bytes, len);
        }
        thresh_ticket_free(ticket);
        thresh_pool_free(pool);
    }
    free(bytes);
}

static void giving_much_to_busy_workers_does_not_wait(void **state)
{
    (void)state;
    size_t len = 16 * MIB;
    char *bytes = calloc(1, len);
    EACH_KIND(kind)
    {
        if (!kind->workers)
            continue;
        struct thresh_pool *pool = open_pool(kind);
        struct thresh_ticket *busy[2] = {give(pool, wait_at_gate, 1),
                                         give(pool, wait_at_gate, 2)};
        struct thresh_bytes argument = {bytes, len};
        struct thresh_ticket *much[3];
        for (int i = 0; i < 3; i++)
            much[i] = thresh_pool_apply_async(pool, echo, &argument, 1, &error);
        assert_null(thresh_ticket_result(busy[0], 0));
        open_gate(2);
        for (int i = 0; i < 3; i++) {
            assert_int_equal(thresh_ticket_wait(much[i], -1), 1);
            assert_int_equal(thresh_ticket_result(much[i], 0)->len, len);
        }
        thresh_pool_free(pool);
    }
    free(bytes);
}

/* -- The end -------------------------------------------------------------------------- */

static void a_result_that_nobody_reads_does_not_hold_up_the_end(void **state)
{
    (void)state;
    EACH_KIND(kind)
    {
        struct thresh_pool *pool = open_pool(kind);
        give(pool, make, MIB);
        struct thresh_ticket *kept = give(pool, make, 4 * MIB);
        thresh_pool_close(pool);
        assert_int_equal(thresh_pool_join(pool, &error), 0);
        assert_int_equal(thresh_ticket_result(kept, 0)->len, 4 * MIB);
        thresh_pool_free(pool);
    }
}

static void a_pool_that_is_closed_does_its_tasks_and_takes_no_more(void **state)
{
    (void)state;
    EACH_KIND(kind)
    {
        struct thresh_pool *pool = open_pool(kind);
        struct thresh_ticket *ticket = give(pool, sleep_ms, 50);
        assert_int_equal(thresh_pool_join(pool, &error), -1);
        assert_non_null(strstr(error.text, "close or terminate it first"));
        thresh_pool_close(pool);
        thresh_pool_close(pool);
        assert_null(thresh_pool_apply_async(pool, add, NULL, 0, &error));
        assert_non_null(strstr(error.text, "closed"));
        assert_int_equal(thresh_pool_join(pool, &error), 0);
        assert_int_equal(thresh_pool_join(pool, &error), 0);
        assert_int_equal(result_of(ticket, 0), 50);
        thresh_pool_free(pool);
    }
}

/* Leaving it is an end as well: what was given is done. */
static void freeing_a_pool_waits_for_what_was_given(void **state)
{
    (void)state;
    EACH_KIND(kind)
    {
        struct heard heard = {.n = 0};
        struct thresh_pool *pool = open_pool(kind);
        thresh_ticket_on_result(give(pool, sleep_ms, 50), hear_result, &heard);
        thresh_pool_free(pool);
        assert_int_equal(heard.n, 1);
    }
}

static void a_pool_that_is_terminated_fails_what_is_not_done_and_does_not_wait(void **state)
{
    (void)state;
    EACH_KIND(kind)
    {
        struct thresh_pool *pool = open_pool(kind);
        struct thresh_ticket *done = give(pool, add, 1);
        assert_int_equal(thresh_ticket_wait(done, -1), 1);
        bool is_process = kind->backend && strcmp(kind->backend, "fork") == 0;
        struct thresh_ticket *tickets[4];
        for (int i = 0; i < 4; i++)
            tickets[i] = give(pool, sleep_ms, is_process ? 100000 : 200);
        thresh_pool_terminate(pool);
        thresh_pool_terminate(pool);
        for (int i = 0; i < 4; i++) {
            assert_int_equal(thresh_ticket_successful(tickets[i]), 0);
            assert_int_equal(thresh_ticket_loss(tickets[i], 0)->kind, THRESH_LOSS_TERMINATED);
        }
        assert_null(thresh_pool_apply_async(pool, add, NULL, 0, &error));
        assert_int_equal(thresh_pool_join(pool, &error), 0);
        assert_int_equal(result_of(done, 0), 1);
        thresh_ticket_free(tickets[0]);
        thresh_pool_free(pool);
    }
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void a_ticket_may_be_freed_at_any_time(void **state)
{
    (void)state;
    EACH_KIND(kind)
    {
        struct thresh_pool *pool = open_pool(kind);
        for (int i = 0; i < 20; i++)
            thresh_ticket_free(give(pool, add, i));
        struct thresh_ticket *last = give(pool, add, 20);
        assert_int_equal(thresh_ticket_wait(last, -1), 1);
        thresh_ticket_free(last);
        thresh_pool_free(pool);
    }
}

/* -- The program around --------------------------------------------------------------- */

static void the_descriptor_says_when_there_is_something_to_do(void **state)
{
    (void)state;
    EACH_KIND(kind)
    {
        struct thresh_pool *pool = open_pool(kind);
        int loop = epoll_create1(EPOLL_CLOEXEC);
        struct epoll_event event = {.events = EPOLLIN};
        assert_int_equal(epoll_ctl(loop, EPOLL_CTL_ADD, thresh_pool_fd(pool), &event), 0);
        struct heard heard = {.n = 0};
        for (int i = 0; i < 10; i++) {
            struct thresh_ticket *ticket = give(pool, add, i);
            thresh_ticket_on_result(ticket, hear_result, &heard);
        }
        while (heard.n < 10) {
            assert_int_equal(epoll_wait(loop, &event, 1, 60000), 1);
            assert_int_equal(thresh_pool_turn(pool, 0, &error), 0);
        }
        assert_int_equal(epoll_wait(loop, &event, 1, 0), 0);
        close(loop);
        thresh_pool_free(pool);
    }
}

static void where_sigchld_is_ignored_a_death_is_told_and_the_rest_go_on(void **state)
{
    struct sigaction before, after, ignore = {.sa_handler = SIG_IGN};
    (void)state;
    if (!is_built(&processes))
        skip();
    sigaction(SIGCHLD, &ignore, &before);
    struct thresh_pool *pool = open_pool(&processes);
    struct thresh_ticket *bad = give(pool, die, SIGKILL), *good = give(pool, add, 6);
    bool are_done = follow(pool, bad) && follow(pool, good);
    const struct thresh_loss *loss = thresh_ticket_loss(bad, 0);
    int sum = result_of(good, 0);
    enum thresh_loss_kind kind = loss ? loss->kind : THRESH_LOSS_ERROR;
    thresh_pool_free(pool);
    sigaction(SIGCHLD, &before, &after);
    assert_true(are_done && after.sa_handler == SIG_IGN);
    assert_int_equal(kind, THRESH_LOSS_EXIT);
    assert_int_equal(sum, 6);
}

/* A pool whose only worker has died where no process can be had; NULL: it did not go so. The
 * process is nobody's, for whom alone the limit holds. */
static struct thresh_pool *open_in_shortage(struct rlimit *before)
{
    static const struct kind one_process = {"fork", 1};
    if ((getuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0)) ||
        getrlimit(RLIMIT_NPROC, before) < 0)
        return NULL;
    struct thresh_pool *pool = open_pool(&one_process);
    struct rlimit none = {0, before->rlim_max};
    if (setrlimit(RLIMIT_NPROC, &none) < 0 || !follow(pool, give(pool, die, SIGKILL)))
        return NULL;
    return pool;
}

/* Later a process can be had. */
static bool outlives_a_shortage(void)
{
    struct rlimit before;
    struct thresh_pool *pool = open_in_shortage(&before);
    if (!pool)
        return false;
    struct thresh_ticket *ticket = give(pool, add, 5);
    bool is_early = thresh_ticket_ready(ticket);
    if (is_early || setrlimit(RLIMIT_NPROC, &before) < 0 || !follow(pool, ticket))
        return false;
    bool is_done = thresh_ticket_result(ticket, 0);
    thresh_pool_free(pool);
    return is_done;
}

/* Whoever still watches the descriptor is not kept busy: there is nothing more to do. */
static bool rests_in_a_shortage(void)
{
    struct rlimit before;
    struct thresh_pool *pool = open_in_shortage(&before);
    int calls = 0;
    if (!pool)
        return false;
    struct pollfd event = {thresh_pool_fd(pool), POLLIN, 0};
    thresh_pool_terminate(pool);
    for (int i = 0; i < 100; i++) {
        calls += poll(&event, 1, 10);
        thresh_pool_turn(pool, 0, &error);
    }
    thresh_pool_free(pool);
    return calls < 10;
}

static void is_so_in_a_process_of_its_own(bool (*is_so)(void))
{
    int status;
    if (!is_built(&processes))
        skip();
    pid_t helper = fork();
    assert_true(helper >= 0);
    if (helper == 0)
        _exit(is_so() ? 0 : 1);
    assert_int_equal(waitpid(helper, &status, 0), helper);
    assert_int_equal(status, 0);
}

static void the_descriptor_says_when_a_worker_may_be_had_again(void **state)
{
    (void)state;
    is_so_in_a_process_of_its_own(outlives_a_shortage);
}

static void the_descriptor_of_a_terminated_pool_says_nothing_more(void **state)
{
    (void)state;
    is_so_in_a_process_of_its_own(rests_in_a_shortage);
}

static int touch(void *state, const struct thresh_bytes *arguments, size_t n,
                 struct thresh_result *result, struct thresh_error *failure)
{
    *(int *)state += number_in(arguments[0]);
    return add(state, arguments, n, result, failure);
}

static void what_a_task_changes_stays_in_its_process_or_is_the_programs(void **state)
{
    (void)state;
    EACH_KIND(kind)
    {
        int shared = 0;
        struct thresh_pool_work work = {
            .size = sizeof work, .backend = kind->backend, .shared = &shared};
        struct thresh_pool *pool = thresh_pool_open(&work, kind->workers, &error);
        struct thresh_ticket *ticket = give(pool, touch, 5);
        assert_int_equal(thresh_ticket_wait(ticket, -1), 1);
        thresh_pool_free(pool);
        bool is_process = kind->backend && strcmp(kind->backend, "fork") == 0;
        assert_int_equal(shared, is_process ? 0 : 5);
    }
}

static void what_cannot_be_had_is_said(void **state)
{
    (void)state;
    struct thresh_pool_work work = {.size = 0};
    assert_null(thresh_pool_open(&work, 0, &error));
    assert_non_null(strstr(error.text, "size"));
    work = (struct thresh_pool_work){.size = sizeof work, .backend = "sequential"};
    assert_null(thresh_pool_open(&work, 2, &error));
    assert_non_null(strstr(error.text, "\"sequential\""));
    if (!is_built(&processes))
        return;
    work.backend = NULL;
    struct thresh_pool *pool = thresh_pool_open(&work, -1, &error);
    assert_true(pool && thresh_pool_workers(pool) >= 1);
    thresh_pool_free(pool);
}

int main(void)
{
    if (pipe(gate) < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(apply_takes_any_number_of_arguments),
        cmocka_unit_test(a_result_stays_and_a_failure_is_the_tasks),
        cmocka_unit_test(a_time_limit_that_expires_is_that_and_nothing_else),
        cmocka_unit_test(map_gives_results_in_order_whatever_the_chunks),
        cmocka_unit_test(starmap_gives_each_task_several_arguments),
        cmocka_unit_test(of_several_failures_in_a_map_the_first_is_told_and_all_are_there),
        cmocka_unit_test(listeners_hear_each_result_and_failure_once_and_then_the_end),
        cmocka_unit_test(results_are_there_as_each_is_done),
        cmocka_unit_test(a_listener_may_give_tasks_and_wait),
        cmocka_unit_test(each_worker_has_a_state_and_is_replaced_after_its_tasks),
        cmocka_unit_test(a_state_that_cannot_be_had_fails_all_and_hangs_nothing),
        cmocka_unit_test(a_task_whose_worker_dies_fails_with_how_and_the_rest_go_on),
        cmocka_unit_test(workers_killed_at_random_lose_no_task_and_hang_nothing),
        cmocka_unit_test(a_worker_that_is_stopped_or_whose_pipe_does_not_end_hangs_nothing),
        cmocka_unit_test(sixteen_mebibytes_in_and_out_of_one_worker),
        cmocka_unit_test(giving_much_to_busy_workers_does_not_wait),
        cmocka_unit_test(a_result_that_nobody_reads_does_not_hold_up_the_end),
        cmocka_unit_test(a_pool_that_is_closed_does_its_tasks_and_takes_no_more),
        cmocka_unit_test(freeing_a_pool_waits_for_what_was_given),
        cmocka_unit_test(a_pool_that_is_terminated_fails_what_is_not_done_and_does_not_wait),
        cmocka_unit_test(a_ticket_may_be_freed_at_any_time),
        cmocka_unit_test(the_descriptor_says_when_there_is_something_to_do),
        cmocka_unit_test(where_sigchld_is_ignored_a_death_is_told_and_the_rest_go_on),
        cmocka_unit_test(the_descriptor_says_when_a_worker_may_be_had_again),
        cmocka_unit_test(the_descriptor_of_a_terminated_pool_says_nothing_more),
        cmocka_unit_test(what_a_task_changes_stays_in_its_process_or_is_the_programs),
        cmocka_unit_test(what_cannot_be_had_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
