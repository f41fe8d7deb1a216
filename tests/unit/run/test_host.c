/* SPDX-License-Identifier: MIT
 *
 * What the library does where its host has calls take turns. THRESH_TEST_DATA is where archives
 * are.
 */
#include "options/options.h"
#include "run/host.h"
#include "run/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "scratch.h"

#define RNG "xmlns='http://relaxng.org/ns/structure/1.0'"

struct turns {
    int inside; /* threads: this one, or none */
    bool alone;
    unsigned entered, listed, written_alone, written_beside;
};

static void enter(void *context, bool alone)
{
    struct turns *turns = context;
    assert_int_equal(turns->inside++, 0);
    turns->alone = alone;
    turns->entered++;
}

static void leave(void *context)
{
    struct turns *turns = context;
    assert_int_equal(turns->inside--, 1);
}

/* An archive is listed by what is awaited of it. */
static bool await(void *context, uint64_t offset, uint64_t len)
{
    struct turns *turns = context;
    (void)offset, (void)len;
    assert_int_equal(turns->inside, 1);
    turns->listed++;
    return true;
}

static int write_records(void *context, const void *bytes, size_t len,
                         struct thresh_error *error)
{
    struct turns *turns = context;
    (void)bytes, (void)len, (void)error;
    assert_int_equal(turns->inside, 1);
    turns->written_alone += turns->alone;
    turns->written_beside += !turns->alone;
    return 0;
}

static struct turns open_run_and_close(const char *backend)
{
    const char *data = getenv("THRESH_TEST_DATA");
    char archive[4096];
    struct thresh_options *options = thresh_options_new();
    struct thresh_error error = {{0}};
    struct turns turns = {0};
    const struct host host = {.enter = enter,
                              .leave = leave,
                              .turns = &turns,
                              .await = await,
                              .await_context = &turns};
    assert_non_null(data);
    snprintf(archive, sizeof archive, "%s/archives/all.zip", data);
    assert_int_equal(thresh_options_set(options, "backend", backend, &error), 0);
    assert_int_equal(thresh_options_set(options, "schema", "a.rng", &error), 0);
    write_file("a.rng", "<element name='a' " RNG "><empty/></element>");
    struct thresh *thresh = thresh_open_on(&host, options, &error);
    if (!thresh)
        fail_msg("%s", error.text);
    assert_int_equal(turns.inside, 0);
    struct thresh_run *run = thresh_run_new(thresh);
    thresh_run_add_path(run, write_file("a.xml", "<a/>"), NULL);
    thresh_run_add_path(run, archive, NULL);
    thresh_run_on_text(run, write_records, &turns);
    if (thresh_run(run, &error) < 0)
        fail_msg("%s", error.text);
    thresh_run_free(run);
    assert_int_equal(turns.inside, 0);
    unsigned before = turns.entered;
    thresh_close(thresh);
    assert_int_equal(turns.entered, before + 1);
    assert_int_equal(turns.inside, 0);
    thresh_options_free(options);
    return turns;
}

static void all_that_a_call_does_is_in_its_turn(void **state)
{
    (void)state;
    struct turns turns = open_run_and_close("sequential");
    assert_true(turns.listed);
    assert_true(turns.written_beside);
    assert_false(turns.written_alone);
}

static void workers_are_forked_by_one_that_is_alone(void **state)
{
    (void)state;
    if (!backend_find("fork"))
        skip();
    struct turns turns = open_run_and_close("fork");
    assert_true(turns.written_alone);
    assert_false(turns.written_beside);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_a_call_does_is_in_its_turn),
        cmocka_unit_test(workers_are_forked_by_one_that_is_alone),
    };
    return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
