/* SPDX-License-Identifier: MIT
 *
 * Jobs: every option as JSON says it.
 */
#include "options/job_file.h"
#include "options/option_row.h"
#include "options/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Fills in `options` from the text; the error, or "". */
static const char *apply(const char *text, struct thresh_options *options)
{
    static struct thresh_error error;
    json_t *job = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(job);
    int rc = job_file_apply(job, "dir", options, &error);
    json_decref(job);
    return rc < 0 ? error.text : "";
}

static const char *said(const char *text)
{
    struct thresh_options *options = thresh_options_new();
    const char *error = apply(text, options);
    thresh_options_free(options);
    return error;
}

/* The job sets what options_set sets from `value`. */
static void same(const struct option_row *row, const char *json, const char *value)
{
    char text[256];
    struct thresh_error error;
    struct thresh_options *of_job = thresh_options_new(), *of_set = thresh_options_new();
    snprintf(text, sizeof text, "{\"%s\": %s}", row->name, json);
    assert_string_equal(apply(text, of_job), "");
    assert_int_equal(options_set(of_set, row->name, value, &error), 0);
    assert_memory_equal((char *)of_job + row->offset, (char *)of_set + row->offset, row->size);
    thresh_options_free(of_job);
    thresh_options_free(of_set);
}

static void every_option_by_json(void **state)
{
    (void)state;
    for (const struct option_row *row = option_rows; row->name; row++) {
        char text[128];
        struct thresh_options *options = thresh_options_new();
        if (row->most) {
            same(row, "1", "1");
            same(row, "1.0", "1");
            same(row, "\"1\"", "1");
        } else if (row->kind == &option_kind_word && option_row_is_switch(row)) {
            same(row, "true", "true");
            same(row, "false", "false");
            same(row, "\"true\"", "true");
        } else if (row->kind == &option_kind_word) {
            snprintf(text, sizeof text, "\"%s\"", row->words[1].word);
            same(row, text, row->words[1].word);
        } else if (row->kind == &option_kind_parts) {
            same(row, "\"path,root\"", "path,root");
        } else if (row->kind == &option_kind_pairs || row->kind == &option_kind_schemas) {
            snprintf(text, sizeof text, "{\"%s\": {\"a\": \"b\", \"c\": \"d\"}}", row->name);
            assert_string_equal(apply(text, options), "");
        } else if (row->kind == &option_kind_shard) {
            same(row, "\"2/3\"", "2/3");
        } else if (row->kind == &option_kind_list) {
            snprintf(text, sizeof text, "{\"%s\": [\"a\", \"b\"]}", row->name);
            assert_string_equal(apply(text, options), "");
        } else if (row->kind != &option_kind_job) {
            snprintf(text, sizeof text, "{\"%s\": \"a\"}", row->name);
            assert_string_equal(apply(text, options), "");
            assert_non_null(*(char **)((char *)options + row->offset));
        }
        snprintf(text, sizeof text, "{\"%s\": null}", row->name);
        assert_string_equal(apply(text, options), "");
        thresh_options_free(options);
    }
}

static void fractions(void **state)
{
    (void)state;
    same(option_row_find(option_rows, "timeout"), "2.5", "2.5");
    same(option_row_find(option_rows, "vcpus"), "1.8", "1.8");
    same(option_row_find(option_rows, "timeout"), "1e3", "1000");
    assert_non_null(strstr(said("{\"jobs\": 1.5}"), "--jobs: '1.5' is not a whole number"));
    assert_non_null(strstr(said("{\"jobs\": -1}"), "--jobs: '-1' is not a whole number"));
    assert_non_null(strstr(said("{\"jobs\": true}"), "--jobs: 'true' is not"));
}

static void files_lie_beside_the_job(void **state)
{
    (void)state;
    struct thresh_options *options = thresh_options_new();
    assert_string_equal(
        apply("{\"schema\": [\"a.xsd\", {\"urn:x\": \"b.xsd\", \"urn:y\": \"/c.xsd\"}], "
              "\"catalog\": \"catalog.xml\", \"output\": \"out.ndjson\"}",
              options),
        "");
    assert_int_equal(options->schema.n, 3);
    assert_string_equal(options->schema.items[0], "dir/a.xsd");
    assert_string_equal(options->schema.items[1], "urn:x=dir/b.xsd");
    assert_string_equal(options->schema.items[2], "urn:y=/c.xsd");
    assert_string_equal(options->catalog, "dir/catalog.xml");
    assert_string_equal(options->output, "out.ndjson");
    assert_string_equal(apply("{\"output\": \"s3://b/{key}\"}", options), "");
    assert_string_equal(options->output, "out.ndjson");
    thresh_options_free(options);
}

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"{\"max-erors\": 5}", "there is no option --max-erors; did you mean --max-errors?"},
        {"{\"max-erors\": null}", "there is no option --max-erors; did you mean --max-errors?"},
        /* Of several values none is passed over. */
        {"{\"jobs\": {}}", "job: 'jobs' takes a value, not an object"},
        {"{\"include\": {\"a\": \"b\"}}", "job: 'include' takes a value, not an object"},
        {"{\"format\": [\"csv\", \"text\"]}", "job: 'format' takes one value, not a list of 2"},
        {"{\"max-errors\": []}", "job: 'max-errors' takes one value, not a list of 0"},
        {"{\"nope\": []}", "there is no option --nope; thresh --help lists them"},
        {"{\"job\": \"b.json\"}", "job: a job cannot name another"},
        {"{\"include\": [[\"a\"]]}", "job: 'include' is a list in a list"},
        {"{\"schema\": {\"urn:x\": 1}}", "job: 'urn:x' of 'schema' is not a string"},
        /* The first that is wrong, though what follows is right. */
        {"{\"include\": [[\"a\"], \"b\"]}", "job: 'include' is a list in a list"},
        {"{\"schema\": {\"urn:x\": 1, \"urn:y\": \"a.xsd\"}}",
         "job: 'urn:x' of 'schema' is not a string"},
        {"{\"format\": \"ndjosn\"}",
         "--format: 'ndjosn' is none of auto, ndjson, csv, text, junit, "
         "sarif and github; did you mean ndjson?"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(said(rows[i][0]), rows[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_by_json),
        cmocka_unit_test(fractions),
        cmocka_unit_test(files_lie_beside_the_job),
        cmocka_unit_test(what_is_wrong_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
