/* SPDX-License-Identifier: MIT
 *
 * A program's own work: items, and the entries of archives, by every backend.
 */
#include "base/buf.h"
#include "thresh.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "each_backend.h"
#include "scratch.h"

#define N 3000

struct seen {
    uint64_t next, lost, stop_at;
    struct buf text;
    bool refuses;
};

static void *open_counter(void *shared, struct thresh_error *error)
{
    (void)error;
    uint64_t *counter = malloc(sizeof *counter);
    assert_non_null(counter);
    *counter = *(const uint64_t *)shared;
    return counter;
}

/* Results of every length, none among them. */
static int square(void *state, uint64_t item, struct thresh_result *result,
                  struct thresh_error *error)
{
    uint64_t square = item * item + *(const uint64_t *)state;
    (void)error;
    for (uint64_t i = 0; i < item % 5; i++)
        thresh_result_append(result, &square, sizeof square);
    return 0;
}

static int check_square(void *sink, uint64_t item, const void *bytes, size_t len,
                        struct thresh_error *error)
{
    struct seen *seen = sink;
    uint64_t square;
    /* Of work that is stopped, what comes last may leave some out. */
    assert_true(seen->stop_at ? item >= seen->next : item == seen->next);
    seen->next = item + 1;
    assert_int_equal(len, item % 5 * sizeof square);
    for (uint64_t i = 0; i < item % 5; i++) {
        memcpy(&square, (const char *)bytes + i * sizeof square, sizeof square);
        assert_int_equal(square, item * item + 7);
    }
    if (seen->refuses && item == 10)
        return snprintf(error->text, sizeof error->text, "full"), -1;
    return 0;
}

static bool stop_at(void *sink)
{
    const struct seen *seen = sink;
    return seen->stop_at && seen->next >= seen->stop_at;
}

static struct thresh_work work_on(const char *backend, struct seen *seen)
{
    static uint64_t seven = 7;
    return (struct thresh_work){.size = sizeof(struct thresh_work),
                                .backend = backend,
                                .workers = 3,
                                .open = open_counter,
                                .shared = &seven,
                                .map = square,
                                .close = free,
                                .emit = check_square,
                                .stop = stop_at,
                                .sink = seen};
}

static void items_are_done_once_and_given_in_order(void **state)
{
    (void)state;
    static const uint64_t counts[] = {0, 1, 2, 100, N};
    for (EACH_BACKEND(backend))
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            uint64_t n = counts[i];
            struct seen seen = {.next = 0};
            struct thresh_error error = {{0}};
            struct thresh_work work = work_on((*backend)->name, &seen);
            if (thresh_map(&work, n, &error) != 0)
                fail_msg("%s", error.text);
            assert_int_equal(seen.next, n);
        }
}

static void work_ends_where_its_listener_says(void **state)
{
    (void)state;
    for (EACH_BACKEND(backend)) {
        struct seen seen = {.refuses = true};
        struct thresh_error error = {{0}};
        struct thresh_work work = work_on((*backend)->name, &seen);
        assert_int_equal(thresh_map(&work, N, &error), -1);
        assert_string_equal(error.text, "full");
        seen = (struct seen){.stop_at = 20};
        assert_int_equal(thresh_map(&work, UINT64_C(1) << 40, &error), 1);
        assert_true(seen.next >= 20);
    }
}

static int fail_at_50(void *state, uint64_t item, struct thresh_result *result,
                      struct thresh_error *error)
{
    if (item != 50)
        return square(state, item, result, error);
    snprintf(error->text, sizeof error->text, "no 50");
    return -1;
}

static void what_fails_in_a_worker_fails_the_work_behind_what_was_before(void **state)
{
    (void)state;
    for (EACH_BACKEND(backend)) {
        struct seen seen = {.next = 0};
        struct thresh_error error = {{0}};
        struct thresh_work work = work_on((*backend)->name, &seen);
        work.map = fail_at_50;
        assert_int_equal(thresh_map(&work, N, &error), -1);
        assert_string_equal(error.text, "no 50");
        assert_int_equal(seen.next, 50);
    }
}

/* Without open, emit and all that: only map. */
static int say_nothing(void *state, uint64_t item, struct thresh_result *result,
                       struct thresh_error *error)
{
    (void)state, (void)item, (void)result, (void)error;
    return 0;
}

static void little_is_needed_and_what_is_is_said(void **state)
{
    (void)state;
    struct thresh_error error = {{0}};
    struct thresh_work work = {.size = sizeof work, .map = say_nothing};
    assert_int_equal(thresh_map(&work, 100, &error), 0);
    work.size = 0;
    assert_int_equal(thresh_map(&work, 100, &error), -1);
    assert_non_null(strstr(error.text, "size"));
    work = (struct thresh_work){.size = sizeof work, .map = say_nothing, .backend = "frok"};
    assert_int_equal(thresh_map(&work, 100, &error), -1);
    assert_non_null(strstr(error.text, "frok"));
    work = (struct thresh_work){.size = sizeof work};
    assert_int_equal(thresh_map(&work, 100, &error), -1);
}

/* -- What is lost --------------------------------------------------------------------- */

static int misbehave(void *state, uint64_t item, struct thresh_result *result,
                     struct thresh_error *error)
{
    if (item == 30)
        raise(SIGSEGV);
    if (item == 31)
        _exit(9);
    if (item == 32)
        sleep(100);
    return square(state, item, result, error);
}

static int note_loss(void *sink, uint64_t item, const struct thresh_loss *loss,
                     struct thresh_error *error)
{
    struct seen *seen = sink;
    (void)error;
    assert_int_equal(item, seen->next++);
    seen->lost++;
    buf_append_format(&seen->text, "%d %d %d %s\n", (int)item, (int)loss->kind, loss->number,
                      loss->text);
    return 0;
}

static void a_lost_item_is_told_with_how_and_the_rest_is_done(void **state)
{
    (void)state;
    if (!backend_find("fork"))
        skip();
    struct seen seen = {.next = 0};
    struct thresh_error error = {{0}};
    struct thresh_work work = work_on(NULL, &seen);
    work.map = misbehave;
    work.lost = note_loss;
    work.may_crash = true;
    work.item_ms = 1500;
    if (thresh_map(&work, 100, &error) != 0)
        fail_msg("%s", error.text);
    assert_int_equal(seen.next, 100);
    const char *text = buf_string(&seen.text);
    assert_non_null(strstr(text, "30 0 11 its worker was killed by SIGSEGV\n"));
    assert_non_null(strstr(text, "31 1 9 its worker ended with exit status 9\n"));
    assert_non_null(strstr(text, "32 2 0 it took longer than its limit of time\n"));
    buf_free(&seen.text);

    seen = (struct seen){.next = 0};
    work.lost = NULL;
    assert_int_equal(thresh_map(&work, 100, &error), -1);
    assert_string_equal(error.text, "item 30 has no result: its worker was killed by SIGSEGV");
}

/* -- Entries -------------------------------------------------------------------------- */

/* Its path, how long it is, and its first bytes, or why there are none. */
static int describe(void *state, const struct thresh_entry *entry, struct thresh_result *result,
                    struct thresh_error *error)
{
    char line[512];
    (void)state, (void)error;
    if (entry->bytes)
        assert_int_equal(((const char *)entry->bytes)[entry->len], 0);
    int len =
        snprintf(line, sizeof line, "%d %s %d %.8s\n", (int)entry->index, entry->path.bytes,
                 (int)entry->len, entry->bytes ? (const char *)entry->bytes : entry->code);
    return thresh_result_append(result, line, (size_t)len);
}

static int keep(void *sink, uint64_t item, const void *bytes, size_t len,
                struct thresh_error *error)
{
    struct seen *seen = sink;
    (void)error;
    assert_int_equal(item, seen->next++);
    return buf_append(&seen->text, bytes, len);
}

static const char make_archive[] =
    "mkdir d && printf '<a/>' >d/a.xml && printf '{\"b\":1}' >d/b.json && : >d/empty.txt && "
    "printf 'text' >d/c.txt && "
    "python3 -c \"import zipfile\n"
    "inner = zipfile.ZipFile('d/in.zip', 'w')\n"
    "inner.writestr('x.json', '[1]')\n"
    "inner.close()\n"
    "z = zipfile.ZipFile('all.zip', 'w', zipfile.ZIP_DEFLATED)\n"
    "for name in ['a.xml', 'b.json', 'empty.txt', 'c.txt', 'in.zip']:\n"
    "    z.write('d/' + name, name)\n"
    "z.writestr('folder/', '')\n"
    "z.close()\" && tar cf all.tar -C d a.xml b.json c.txt";

static void each_entry_is_handed_over_whatever_is_in_it(void **state)
{
    (void)state;
    struct thresh_error error = {{0}};
    struct thresh_options *options = thresh_options_new();
    assert_int_equal(thresh_options_set(options, "exclude", "c.txt", &error), 0);
    struct thresh *thresh = thresh_open(options, &error);
    assert_non_null(thresh);
    assert_int_equal(system(make_archive), 0);
    for (EACH_BACKEND(backend)) {
        struct seen seen = {.next = 0};
        struct thresh_work work = work_on((*backend)->name, &seen);
        struct thresh_run *run = thresh_run_new(thresh);
        work.entry = describe;
        work.emit = keep;
        thresh_run_add_path(run, "all.zip", "z");
        thresh_run_add_path(run, "all.tar", "t");
        thresh_run_add_path(run, "d/b.json", NULL);
        thresh_run_add_memory(run, "bytes", 5, "m");
        if (thresh_entries(run, &work, &error) != 0)
            fail_msg("%s", error.text);
        assert_string_equal(buf_string(&seen.text),
                            "0 z!/a.xml 4 <a/>\n1 z!/b.json 7 {\"b\":1}\n2 z!/empty.txt 0 \n"
                            "3 z!/c.txt 0 excluded\n4 z!/in.zip!/x.json 3 [1]\n"
                            "5 z!/folder/ 0 director\n6 t!/a.xml 4 <a/>\n"
                            "7 t!/b.json 7 {\"b\":1}\n8 t!/c.txt 0 excluded\n"
                            "9 d/b.json 7 {\"b\":1}\n10 m 5 bytes\n");
        assert_int_equal(thresh_run_stats(run)->entries, 11);
        buf_free(&seen.text);
        /* What workers were at when they heard of it may still come. */
        seen = (struct seen){.next = 0};
        thresh_cancel(run);
        assert_int_equal(thresh_entries(run, &work, &error), 1);
        buf_free(&seen.text);
        thresh_run_free(run);
    }
    thresh_close(thresh);
    thresh_options_free(options);
}

static void a_damaged_entry_is_handed_over_as_that(void **state)
{
    (void)state;
    struct thresh_error error = {{0}};
    struct thresh_options *options = thresh_options_new();
    struct thresh *thresh = thresh_open(options, &error);
    struct thresh_run *run = thresh_run_new(thresh);
    struct seen seen = {.next = 0};
    struct thresh_work work = work_on("sequential", &seen);
    assert_int_equal(system("python3 -c \"import zipfile\n"
                            "z = zipfile.ZipFile('bad.zip', 'w')\n"
                            "z.writestr('good.bin', 'good')\n"
                            "z.writestr('bad.bin', 'HERE')\n"
                            "z.close()\n"
                            "b = open('bad.zip', 'rb').read().replace(b'HERE', b'THAT')\n"
                            "open('bad.zip', 'wb').write(b)\""),
                     0);
    work.entry = describe;
    work.emit = keep;
    thresh_run_add_path(run, "bad.zip", NULL);
    if (thresh_entries(run, &work, &error) != 0)
        fail_msg("%s", error.text);
    assert_string_equal(buf_string(&seen.text),
                        "0 bad.zip!/good.bin 4 good\n1 bad.zip!/bad.bin 0 crc\n");
    buf_free(&seen.text);
    thresh_run_free(run);
    thresh_close(thresh);
    thresh_options_free(options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_done_once_and_given_in_order),
        cmocka_unit_test(work_ends_where_its_listener_says),
        cmocka_unit_test(what_fails_in_a_worker_fails_the_work_behind_what_was_before),
        cmocka_unit_test(little_is_needed_and_what_is_is_said),
        cmocka_unit_test(a_lost_item_is_told_with_how_and_the_rest_is_done),
        cmocka_unit_test(each_entry_is_handed_over_whatever_is_in_it),
        cmocka_unit_test(a_damaged_entry_is_handed_over_as_that),
    };
    return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
