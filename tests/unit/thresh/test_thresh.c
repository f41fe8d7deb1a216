/* SPDX-License-Identifier: MIT
 *
 * The library as a program that embeds it uses it: thresh.h and nothing else.
 */
#include "thresh.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/test_thresh.XXXXXX";

static const char *write_file(const char *name, const char *text)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

struct sink {
    char text[8192];
    size_t len;
    bool refuses;
    uint64_t stop_after;
};

static int collect(void *context, const void *bytes, size_t len, struct thresh_error *error)
{
    struct sink *sink = context;
    if (sink->refuses)
        return snprintf(error->text, sizeof error->text, "the sink is full"), -1;
    assert_true(sink->len + len < sizeof sink->text);
    memcpy(sink->text + sink->len, bytes, len);
    sink->len += len;
    return 0;
}

static bool stop(void *context, const struct thresh_stats *so_far)
{
    const struct sink *sink = context;
    return sink->stop_after && so_far->answered >= sink->stop_after;
}

/* Runs over the folder of the sample with `options`, as often as `times` says. */
static int run(struct thresh_options *options, struct sink *sink, struct thresh_stats *stats,
               int times)
{
    struct thresh_error error = {{0}};
    struct thresh *thresh = thresh_open(options, &error);
    int rc = 0;
    if (!thresh)
        fail_msg("%s", error.text);
    struct thresh_run *run = thresh_run_new(thresh);
    thresh_run_add_path(run, folder, NULL);
    thresh_run_on_text(run, collect, sink);
    thresh_run_on_progress(run, stop, sink);
    for (int i = 0; i < times && rc == 0; i++)
        rc = thresh_run(run, &error);
    *stats = *thresh_run_stats(run);
    thresh_run_free(run);
    assert_int_equal(rc < 0, error.text[0] != '\0');
    thresh_close(thresh);
    return rc;
}

static struct thresh_options *options_with(const char *name, const char *value)
{
    struct thresh_error error = {{0}};
    struct thresh_options *options = thresh_options_new();
    assert_non_null(options);
    assert_int_equal(thresh_options_set(options, "fields", "verdict", &error), 0);
    if (name)
        assert_int_equal(thresh_options_set(options, name, value, &error), 0);
    return options;
}

static void test_each_entry_has_its_record_and_counts_once(void **state)
{
    (void)state;
    struct sink sink = {.len = 0};
    struct thresh_stats stats;
    struct thresh_options *options = options_with(NULL, NULL);
    assert_int_equal(run(options, &sink, &stats, 1), 0);
    assert_string_equal(sink.text,
                        "{\"verdict\":\"wellformed\"}\n{\"verdict\":\"malformed\"}\n");
    assert_int_equal(stats.entries, 2);
    assert_false(thresh_stats_good(&stats));
    for (int i = 0; thresh_verdict_name(i); i++)
        assert_int_equal(stats.verdicts[i],
                         strcmp(thresh_verdict_name(i), "wellformed") == 0 ||
                             strcmp(thresh_verdict_name(i), "malformed") == 0);
    thresh_options_free(options);
}

static void test_what_is_opened_once_runs_often(void **state)
{
    (void)state;
    struct sink sink = {.len = 0};
    struct thresh_stats stats;
    struct thresh_options *options = options_with("exclude", "b.xml");
    assert_int_equal(run(options, &sink, &stats, 3), 0);
    assert_string_equal(sink.text, "{\"verdict\":\"wellformed\"}\n"
                                   "{\"verdict\":\"skipped\",\"reason\":\"excluded\"}\n"
                                   "{\"verdict\":\"wellformed\"}\n"
                                   "{\"verdict\":\"skipped\",\"reason\":\"excluded\"}\n"
                                   "{\"verdict\":\"wellformed\"}\n"
                                   "{\"verdict\":\"skipped\",\"reason\":\"excluded\"}\n");
    assert_true(thresh_stats_good(&stats));
    thresh_options_free(options);
}

static void test_a_sink_that_refuses_ends_the_run(void **state)
{
    (void)state;
    struct sink sink = {.refuses = true};
    struct thresh_stats stats;
    struct thresh_options *options = options_with(NULL, NULL);
    assert_int_equal(run(options, &sink, &stats, 1), -1);
    thresh_options_free(options);
}

static void test_progress_can_stop_the_run(void **state)
{
    (void)state;
    struct sink sink = {.stop_after = 1};
    struct thresh_stats stats;
    struct thresh_options *options = options_with("threshold", "100");
    assert_int_equal(run(options, &sink, &stats, 1), 1);
    thresh_options_free(options);
}

static void test_errors_name_what_is_wrong(void **state)
{
    (void)state;
    struct thresh_error error = {{0}};
    struct thresh_options *options = options_with("schema", "/nonexistent.xsd");
    assert_null(thresh_open(options, &error));
    assert_non_null(strstr(error.text, "/nonexistent.xsd"));
    assert_int_equal(thresh_options_set(options, "no-such", "1", &error), -1);
    assert_int_equal(thresh_options_set(options, "jobs", NULL, &error), -1);
    assert_int_equal(thresh_options_set(options, "max-document-bytes", "12Q", &error), -1);
    assert_non_null(strstr(error.text, "64M"));
    thresh_options_free(options);
}

static void keep_line(void *context, const char *line)
{
    struct sink *sink = context;
    sink->len +=
        (size_t)snprintf(sink->text + sink->len, sizeof sink->text - sink->len, "%s\n", line);
}

static void test_warnings_are_told_line_by_line(void **state)
{
    (void)state;
    struct thresh_error error = {{0}};
    struct sink sink = {.len = 0};
    char *schema = strdup(write_file(
        "odd.xsd", "<xs:schema xmlns:xs='http://www.w3.org/2001/"
                   "XMLSchema'><xs:import namespace='urn:none' schemaLocation='none.xsd'/>"
                   "<xs:import namespace='urn:b' "
                   "schemaLocation='b.xsd'/>"
                   "<xs:element name='a'/></xs:schema>"));
    struct thresh_options *options = options_with("schema", schema);
    thresh_options_on_warning(options, keep_line, &sink);
    struct thresh *thresh = thresh_open(options, &error);
    if (!thresh)
        fail_msg("%s", error.text);
    assert_string_equal(sink.text, thresh_warnings(thresh));
    assert_non_null(strstr(sink.text, "none.xsd"));
    assert_non_null(strstr(sink.text, "b.xsd"));
    thresh_close(thresh);
    thresh_options_free(options);
    unlink(schema);
    free(schema);
}

static void test_the_library_is_the_one_of_the_header(void **state)
{
    (void)state;
    assert_string_equal(thresh_version(), THRESH_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_entry_has_its_record_and_counts_once),
        cmocka_unit_test(test_what_is_opened_once_runs_often),
        cmocka_unit_test(test_a_sink_that_refuses_ends_the_run),
        cmocka_unit_test(test_progress_can_stop_the_run),
        cmocka_unit_test(test_errors_name_what_is_wrong),
        cmocka_unit_test(test_warnings_are_told_line_by_line),
        cmocka_unit_test(test_the_library_is_the_one_of_the_header),
    };
    if (!mkdtemp(folder))
        return 1;
    write_file("a.xml", "<a/>");
    write_file("b.xml", "<b>");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(write_file("a.xml", ""));
    unlink(write_file("b.xml", ""));
    rmdir(folder);
    return failed;
}
