/* SPDX-License-Identifier: MIT
 *
 * What the library does where its host has schemas tried elsewhere.
 */
#include "backends/backend.h"
#include "options/options.h"
#include "rules/schema_store.h"
#include "run/host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "scratch.h"

#include <string.h>

#define GOOD "<element name='a' xmlns='http://relaxng.org/ns/structure/1.0'><empty/></element>"
#define BAD                                                                                    \
    "<element name='a' xmlns='http://relaxng.org/ns/structure/1.0'><ref name='b'/></element>"

struct trials {
    unsigned n;
    const char *wrong; /* NULL: they end well */
};

static int try_it(void *context, struct thresh_error *error)
{
    struct trials *trials = context;
    trials->n++;
    return trials->wrong ? error_set(error, "%s", trials->wrong) : 0;
}

static struct thresh_options *options_of(const char *schema, const char *guard)
{
    struct thresh_options *options = thresh_options_new();
    struct thresh_error error;
    assert_int_equal(thresh_options_set(options, "schema", schema, &error), 0);
    assert_int_equal(thresh_options_set(options, "guard-schemas", guard, &error), 0);
    return options;
}

static void schemas_are_tried_where_the_host_says(void **state)
{
    static const struct {
        const char *schema, *guard;
        unsigned n;
    } rows[] = {{"a.xsd", "false", 0},
                {"a.xsd", "true", 1},
                {"a.rng", "false", 1},
                {"a.rng", "true", 1}};
    (void)state;
    write_file("a.rng", GOOD);
    write_file("a.xsd", "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct thresh_options *options = options_of(rows[i].schema, rows[i].guard);
        struct trials trials = {0};
        struct thresh_error error = {{0}};
        const struct host host = {.try_schemas = try_it, .try_context = &trials};
        struct thresh *thresh = thresh_open_on(&host, options, &error);
        if (!thresh)
            fail_msg("%s", error.text);
        assert_int_equal(trials.n, rows[i].n);
        thresh_close(thresh);
        trials.wrong = "no";
        thresh = thresh_open_on(&host, options, &error);
        assert_int_equal(thresh == NULL, rows[i].n);
        if (!thresh)
            assert_string_equal(error.text, "no");
        thresh_close(thresh);
        thresh_options_free(options);
    }
}

static void a_trial_tells_what_opening_would(void **state)
{
    const struct host host = {.others_rest = true};
    struct thresh_error error = {{0}};
    struct thresh_options *options = options_of("a.rng", "false");
    (void)state;
    write_file("a.rng", GOOD);
    if (thresh_try_on(&host, options, &error) < 0)
        fail_msg("%s", error.text);
    write_file("a.rng", BAD);
    if (backend_find("fork")) {
        assert_int_equal(thresh_try_on(&host, options, &error), -1);
        assert_non_null(strstr(error.text, "a.rng"));
    } else { /* nothing is tried by a build that starts no processes */
        assert_int_equal(thresh_try_on(&host, options, &error), 0);
    }
    thresh_options_free(options);
}

static void a_host_hears_whether_schemas_were_compiled(void **state)
{
    struct schema_store store = {.max_bytes = 1 << 20, .lock = KEYED_LOCK_INITIALIZER};
    const struct host host = {.others_rest = true, .schemas = &store};
    struct thresh_error error = {{0}};
    struct thresh_options *options = options_of("a.xsd", "false");
    (void)state;
    write_file("a.xsd", "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>");
    for (int i = 0; i < 2; i++) {
        struct thresh *thresh = thresh_open_on(&host, options, &error);
        if (!thresh)
            fail_msg("%s", error.text);
        assert_int_equal(thresh_has_compiled(thresh), i == 0);
        thresh_close(thresh);
    }
    schema_store_close(&store);
    thresh_options_free(options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schemas_are_tried_where_the_host_says),
        cmocka_unit_test(a_trial_tells_what_opening_would),
        cmocka_unit_test(a_host_hears_whether_schemas_were_compiled),
    };
    return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
