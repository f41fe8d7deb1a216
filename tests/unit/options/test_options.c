/* SPDX-License-Identifier: MIT
 *
 * The table of options, walked row by row: what each takes, what it refuses, and what it says.
 */
#include "options/option_row.h"
#include "options/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct thresh_options *options_new(void)
{
    struct thresh_options *options = thresh_options_new();
    assert_non_null(options);
    return options;
}

static void takes(const struct option_row *row, const char *value)
{
    struct thresh_error error = {{0}};
    struct thresh_options *options = options_new();
    if (option_row_set(row, options, value, &error) < 0)
        fail_msg("--%s %s: %s", row->name, value, error.text);
    thresh_options_free(options);
}

/* In one line that names the option, the value and a remedy, and nothing is changed. */
static void refuses(const struct option_row *row, const char *value)
{
    struct thresh_error error = {{0}};
    char before[sizeof(uint64_t)], option[64], quoted[512];
    struct thresh_options *options = options_new();
    const char *at = (const char *)options + row->offset;
    size_t size = row->size < sizeof before ? row->size : sizeof before;
    memcpy(before, at, size);
    if (option_row_set(row, options, value, &error) == 0)
        fail_msg("--%s takes '%s'", row->name, value);
    snprintf(option, sizeof option, "--%s: ", row->name);
    snprintf(quoted, sizeof quoted, "'%s' ", value);
    if (!strstr(error.text, option) || !strstr(error.text, quoted) || strchr(error.text, '\n'))
        fail_msg("--%s '%s': %s", row->name, value, error.text);
    assert_memory_equal(before, at, size);
    thresh_options_free(options);
}

static bool is_number(const struct option_row *row)
{
    return row->kind == &option_kind_number || row->kind == &option_kind_size ||
           row->kind == &option_kind_seconds || row->kind == &option_kind_decimal ||
           row->kind == &option_kind_percent;
}

/* -- Rows ----------------------------------------------------------------------------- */

static void every_row_is_complete(void **state)
{
    (void)state;
    for (const struct option_row *row = option_rows; row->name; row++) {
        assert_int_equal(strspn(row->name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                         strlen(row->name));
        assert_true(row->doc && *row->doc && row->section < OPTION_SECTIONS && row->kind);
        assert_true(row->size || row->kind == &option_kind_job);
        assert_int_equal(is_number(row), row->most > 0);
        assert_int_equal(row->kind == &option_kind_word, row->words && !row->kind->clear);
        assert_true(row->otherwise || !row->is_deferred);
    }
}

static void no_two_rows_share_a_name_or_a_member(void **state)
{
    (void)state;
    for (const struct option_row *a = option_rows; a->name; a++)
        for (const struct option_row *b = option_rows; b < a; b++) {
            bool shares = a->offset < b->offset + b->size && b->offset < a->offset + a->size;
            bool may = strcmp(b->name, "progress") == 0 && strcmp(a->name, "no-progress") == 0;
            assert_string_not_equal(a->name, b->name);
            assert_false(a->letter && a->letter == b->letter);
            if (shares != may)
                fail_msg("--%s and --%s", a->name, b->name);
        }
}

static void every_default_is_what_the_option_would_take(void **state)
{
    (void)state;
    for (const struct option_row *row = option_rows; row->name; row++) {
        struct thresh_options *fresh = options_new(), *set = options_new();
        struct thresh_error error;
        size_t size = row->kind->clear ? 0 : row->size;
        if (row->otherwise)
            assert_int_equal(option_row_set(row, set, row->otherwise, &error), 0);
        if (!row->is_deferred)
            assert_memory_equal((char *)fresh + row->offset, (char *)set + row->offset, size);
        thresh_options_free(fresh);
        thresh_options_free(set);
    }
}

static void limits_that_follow_a_function_have_a_default(void **state)
{
    (void)state;
    const struct thresh_options *options = options_new();
    static const uint64_t defaults[LIMITS] = {
        [LIMIT_ENTRIES] = 10000000,
        [LIMIT_DOCUMENT_BYTES] = UINT64_C(1) << 30,
        [LIMIT_ENTITY_BYTES] = 10 << 20,
        [LIMIT_SCHEMA_MS] = 60000,
        [LIMIT_SCHEMA_MEMORY] = UINT64_C(4) << 30,
    };
    for (enum limit limit = 0; limit < LIMITS; limit++) {
        assert_true(options->asked[limit] == OPTION_NOT_ASKED);
        assert_int_equal(options_limit_default(limit), defaults[limit]);
    }
    thresh_options_free((struct thresh_options *)options);
}

static void help_tells_default_and_most(void **state)
{
    (void)state;
    static const char *const expected[][2] = {
        {"max-errors", "Errors told a document; all are counted (default 20; at most 10000)"},
        {"jobs", "Workers (default 0: as many as there are vCPUs; at most 1024)"},
        {"schema-memory", "Memory for compiling a schema (default 4G; 0: no limit)"},
        {"include", "Only documents whose path or name matches (repeatable)"},
        {"explain", "Say what would be done and why, without doing it"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct buf out = {0};
        option_row_describe(option_row_find(option_rows, expected[i][0]), &out);
        assert_string_equal(buf_string(&out), expected[i][1]);
        buf_free(&out);
    }
}

/* -- Values --------------------------------------------------------------------------- */

static void numbers_are_taken_from_least_to_most(void **state)
{
    (void)state;
    for (const struct option_row *row = option_rows; row->name; row++) {
        char most[32], beyond[32];
        uint64_t unit = row->kind == &option_kind_seconds ? 1000 : 1;
        if (!is_number(row))
            continue;
        snprintf(most, sizeof most, "%llu", (unsigned long long)(row->most / unit));
        snprintf(beyond, sizeof beyond, "%llu", (unsigned long long)(row->most / unit + 1));
        takes(row, most);
        refuses(row, beyond);
        (row->kind == &option_kind_decimal ? refuses : takes)(row, "0");
        takes(row, "1");
    }
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      " ",
                                      "x",
                                      "5x",
                                      "-1",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "0x10",
                                      "nan",
                                      "inf",
                                      "1e400",
                                      "1,5",
                                      "1.5.1",
                                      "--1",
                                      "\xd9\xa3",
                                      "99999999999999999999999999999999999999999999"};
    static const char *const no_whole[] = {"1.5", "1e3", "2.0", "0b1"};
    static const char *const no_size[] = {"1X",
                                          "1KB",
                                          "1MM",
                                          "K",
                                          "1.5M",
                                          "8388608T",
                                          "9007199254740992K",
                                          "18446744073709551616"};
    for (const struct option_row *row = option_rows; row->name; row++) {
        for (size_t i = 0; is_number(row) && i < sizeof bad / sizeof *bad; i++)
            refuses(row, bad[i]);
        for (size_t i = 0; row->kind == &option_kind_number && i < 4; i++)
            refuses(row, no_whole[i]);
        for (size_t i = 0; row->kind == &option_kind_size && i < 8; i++)
            refuses(row, no_size[i]);
    }
}

static uint64_t set_one(const char *name, const char *value)
{
    struct thresh_error error = {{0}};
    struct thresh_options *options = options_new();
    const struct option_row *row = option_row_find(option_rows, name);
    uint64_t number = 0;
    if (options_set(options, name, value, &error) < 0)
        fail_msg("%s", error.text);
    memcpy(&number, (char *)options + row->offset, row->size);
    thresh_options_free(options);
    return number;
}

static void units_multiply(void **state)
{
    (void)state;
    assert_int_equal(set_one("max-total-bytes", "1500000"), 1500000);
    assert_int_equal(set_one("max-total-bytes", "512k"), 512 << 10);
    assert_int_equal(set_one("max-total-bytes", "1M"), 1 << 20);
    assert_int_equal(set_one("max-total-bytes", "2G"), UINT64_C(2) << 30);
    assert_int_equal(set_one("max-total-bytes", "8388607T"), UINT64_C(8388607) << 40);
    assert_int_equal(set_one("timeout", "2.5"), 2500);
    assert_int_equal(set_one("timeout", "1e3"), 1000000);
    assert_int_equal(set_one("timeout", ".5"), 500);
    assert_int_equal(set_one("timeout", "0.0001"), 1); /* not none */
    assert_int_equal(set_one("timeout", "0"), 0);
}

static void switches_and_words(void **state)
{
    (void)state;
    for (const struct option_row *row = option_rows; row->name; row++) {
        if (row->kind != &option_kind_word)
            continue;
        for (const struct option_word *word = row->words; word->word; word++)
            takes(row, word->word);
        refuses(row, "");
        refuses(row, "perhaps");
        refuses(row, "TRUE");
        if (option_row_is_switch(row))
            takes(row, NULL);
    }
    assert_int_equal(set_one("quiet", NULL), true);
    assert_int_equal(set_one("quiet", "false"), false);
    assert_int_equal(set_one("isolate", NULL), ISOLATE_YES);
    assert_int_equal(set_one("isolate", "require"), ISOLATE_REQUIRE);
    assert_int_equal(set_one("progress", NULL), PROGRESS_ALWAYS);
    assert_int_equal(set_one("progress", "false"), PROGRESS_NEVER);
    assert_int_equal(set_one("no-progress", NULL), PROGRESS_NEVER);
    assert_int_equal(set_one("no-progress", "false"), PROGRESS_ALWAYS);
    assert_int_equal(set_one("format", "csv"), FORMAT_CSV);
}

static void strings_have_their_form(void **state)
{
    (void)state;
    static const char *const bad_pairs[] = {"", "x", "=x", "x="}, *const bad_schemas[] = {
                                                                      "", "urn:x="};
    for (const struct option_row *row = option_rows; row->name; row++) {
        for (size_t i = 0; row->kind == &option_kind_pairs && i < 4; i++)
            refuses(row, bad_pairs[i]);
        for (size_t i = 0; row->kind == &option_kind_schemas && i < 2; i++)
            refuses(row, bad_schemas[i]);
    }
}

static void what_repeats_is_added_to_and_the_rest_replaced(void **state)
{
    (void)state;
    for (const struct option_row *row = option_rows; row->name; row++) {
        struct thresh_options *options = options_new();
        const char *at = (const char *)options + row->offset;
        struct thresh_error error;
        if (row->kind->clear) {
            assert_int_equal(option_row_set(row, options, "first=1", &error), 0);
            assert_int_equal(option_row_set(row, options, "second=2", &error), 0);
        }
        if (row->kind->repeats) {
            const struct string_list *list = (const void *)at;
            assert_int_equal(list->n, 2);
            assert_string_equal(list->items[0], "first=1");
            assert_string_equal(list->items[1], "second=2");
        } else if (row->kind->clear) {
            assert_string_equal(*(char *const *)at, "second=2");
        }
        thresh_options_free(options);
    }
}

static void parts_are_picked_or_left_out(void **state)
{
    (void)state;
    unsigned every = ((1u << PARTS) - 1) & ~(1u << PART_SHA256);
    assert_int_equal(set_one("fields", "all"), every);
    assert_int_equal(set_one("fields", "path"), 1u << PART_PATH);
    assert_int_equal(set_one("fields", "errors,path"), 1u << PART_ERRORS | 1u << PART_PATH);
    assert_int_equal(set_one("fields", "-root,bytes"),
                     every & ~(1u << PART_ROOT | 1u << PART_BYTES));
    assert_int_equal(set_one("fields", "sha256"), 1u << PART_SHA256);
    refuses(option_row_find(option_rows, "fields"), "");
}

/* -- Names ---------------------------------------------------------------------------- */

static const char *said(const char *name, const char *value)
{
    static struct thresh_error error;
    struct thresh_options *options = options_new();
    assert_int_equal(options_set(options, name, value, &error), -1);
    thresh_options_free(options);
    return error.text;
}

static void mistyped_names_name_the_near_one(void **state)
{
    (void)state;
    assert_string_equal(said("max-erors", "5"),
                        "there is no option --max-erors; did you mean --max-errors?");
    assert_string_equal(said("max_errors", "5"),
                        "there is no option --max_errors; did you mean --max-errors?");
    assert_string_equal(said("frobnicate", "5"),
                        "there is no option --frobnicate; thresh --help lists them");
    assert_string_equal(said("", "5"), "there is no option --; thresh --help lists them");
    assert_string_equal(said("format", "cvs"),
                        "--format: 'cvs' is none of auto, ndjson, csv, text, junit, "
                        "sarif and github; did you mean csv?");
    assert_string_equal(said("fields", "path,verdit"),
                        "--fields: a record has no part 'verdit'; did you mean verdict?");
    assert_non_null(strstr(said("fields", "colour"), "it has path, index, verdict, bytes"));
    assert_string_equal(said("jobs", NULL), "--jobs needs a value: N");
    assert_string_equal(said("job", "a.json"), "job: a job cannot name another");
}

/* Every letter wrong, missing, doubled or swapped still names the option that was meant, or one
 * that is as near. */
static void one_slip_in_any_name_is_recognised(void **state)
{
    (void)state;
    for (const struct option_row *row = option_rows; row->name; row++)
        for (size_t i = 0; i < strlen(row->name); i++) {
            char missing[64], doubled[64], wrong[64];
            int at = (int)i;
            snprintf(missing, sizeof missing, "%.*s%s", at, row->name, row->name + i + 1);
            snprintf(doubled, sizeof doubled, "%.*s%s", at + 1, row->name, row->name + i);
            snprintf(wrong, sizeof wrong, "%.*s_%s", at, row->name, row->name + i + 1);
            const char *const slips[] = {missing, doubled, wrong};
            for (size_t k = 0; k < 3; k++)
                if (!option_row_find(option_rows, slips[k]))
                    assert_non_null(strstr(said(slips[k], "1"), "did you mean --"));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(no_two_rows_share_a_name_or_a_member),
        cmocka_unit_test(every_default_is_what_the_option_would_take),
        cmocka_unit_test(limits_that_follow_a_function_have_a_default),
        cmocka_unit_test(help_tells_default_and_most),
        cmocka_unit_test(numbers_are_taken_from_least_to_most),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(units_multiply),
        cmocka_unit_test(switches_and_words),
        cmocka_unit_test(strings_have_their_form),
        cmocka_unit_test(what_repeats_is_added_to_and_the_rest_replaced),
        cmocka_unit_test(parts_are_picked_or_left_out),
        cmocka_unit_test(mistyped_names_name_the_near_one),
        cmocka_unit_test(one_slip_in_any_name_is_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
