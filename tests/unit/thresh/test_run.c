/* SPDX-License-Identifier: MIT
 *
 * Runs: inputs of every kind, records as data, and all that can end one early. Every backend
 * gives the same.
 */
#include "base/buf.h"
#include "thresh.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "each_backend.h"
#include "scratch.h"

static const char *archive(void)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/archives/all.zip", getenv("THRESH_TEST_DATA"));
    return path;
}

static struct thresh *open_with(const char *const (*settings)[2])
{
    struct thresh_error error = {{0}};
    /* Never freed: the struct thresh needs them, and the process ends soon. */
    static struct thresh_options *options;
    thresh_options_free(options);
    options = thresh_options_new();
    for (; (*settings)[0]; settings++)
        if (thresh_options_set(options, (*settings)[0], (*settings)[1], &error) < 0)
            fail_msg("%s", error.text);
    struct thresh *thresh = thresh_open(options, &error);
    if (!thresh)
        fail_msg("%s", error.text);
    return thresh;
}

static struct buf got;

static int keep_text(void *context, const void *bytes, size_t len, struct thresh_error *error)
{
    (void)context, (void)error;
    return buf_append(&got, bytes, len);
}

static int write_record(void *context, const struct thresh_record *record,
                        struct thresh_error *error)
{
    const struct thresh_text *text = thresh_record_text(record, context);
    (void)error;
    assert_non_null(text);
    return buf_append(&got, text->bytes, text->len);
}

static void do_run(struct thresh_run *run)
{
    struct thresh_error error = {{0}};
    buf_clear(&got);
    if (thresh_run(run, &error) < 0)
        fail_msg("%s", error.text);
    assert_non_null(buf_string(&got));
}

/* The text of a record that came as data is what a worker would have written. */
static void a_record_as_data_has_the_same_text(void **state)
{
    (void)state;
    static const char *const formats[] = {"ndjson", "csv", "text"};
    for (EACH_BACKEND(backend))
        for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
            const char *const settings[][2] = {{"backend", (*backend)->name},
                                               {"jobs", "2"},
                                               {"format", formats[i]},
                                               {"extract", "n=count(//*)"},
                                               {"extract", "nodes=//*"},
                                               {"extract", "b=boolean(//a)"},
                                               {NULL, NULL}};
            struct thresh *thresh = open_with(settings);
            struct thresh_run *run = thresh_run_new(thresh);
            thresh_run_add_path(run, archive(), NULL);
            thresh_run_on_text(run, keep_text, NULL);
            do_run(run);
            char *expected =
                strdup(strcmp(formats[i], "csv") == 0 ? strchr(got.data, '\n') + 1 : got.data);
            assert_true(strlen(expected) > 1000);
            thresh_run_on_text(run, NULL, NULL);
            thresh_run_on_record(run, write_record, (void *)formats[i]);
            do_run(run);
            assert_string_equal(got.data, expected);
            free(expected);
            thresh_run_free(run);
            thresh_close(thresh);
        }
    buf_free(&got);
}

/* -- What a record has ---------------------------------------------------------------- */

static int look_at_facts(void *context, const struct thresh_record *record,
                         struct thresh_error *error)
{
    (void)error;
    struct thresh_record **copy = context;
    assert_int_equal(record->index, 0);
    assert_int_equal(record->verdict, THRESH_INVALID);
    assert_string_equal(record->path.bytes, "order");
    assert_int_equal(record->path.len, 5);
    assert_null(record->reason);
    assert_true(record->is_read && record->is_wellformed && !record->is_unread);
    assert_int_equal(record->n_errors, 1);
    assert_int_equal(record->errors_total, 2);
    *copy = thresh_record_copy(record);
    return 0;
}

static void a_record_is_data_and_its_copy_stays(void **state)
{
    (void)state;
    static const char document[] =
        "<a xmlns='urn:a' xmlns:p='urn:p'>\n<b>1</b><c/><b>x</b></a>";
    const char *const settings[][2] = {{"schema", "a.xsd"},      {"extract", "b=//q:b"},
                                       {"extract", "n=1 div 3"}, {"namespace", "q=urn:a"},
                                       {"max-errors", "1"},      {NULL, NULL}};
    write_file("a.xsd", "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' "
                        "targetNamespace='urn:a' elementFormDefault='qualified'>"
                        "<xs:element name='a'><xs:complexType><xs:sequence>"
                        "<xs:element name='b' type='xs:int' maxOccurs='2'/>"
                        "</xs:sequence></xs:complexType></xs:element></xs:schema>");
    struct thresh *thresh = open_with(settings);
    struct thresh_run *run = thresh_run_new(thresh);
    struct thresh_record *record = NULL;
    thresh_run_add_memory(run, document, sizeof document - 1, "order");
    thresh_run_on_record(run, look_at_facts, &record);
    do_run(run);
    thresh_run_free(run);
    assert_non_null(record);
    assert_int_equal(record->elements, 4);
    assert_int_equal(record->depth, 2);
    assert_int_equal(record->bytes, sizeof document - 1);
    assert_string_equal(record->root_name, "a");
    assert_string_equal(record->root_namespace, "urn:a");
    assert_string_equal(record->schema, "a.xsd");
    assert_int_equal(record->n_namespaces, 2);
    assert_string_equal(thresh_record_namespace(record, 1)->prefix, "p");
    assert_string_equal(thresh_record_namespace(record, 1)->uri, "urn:p");
    assert_null(thresh_record_namespace(record, 2));
    const struct thresh_field *field = thresh_record_field_named(record, "b");
    assert_int_equal(field->kind, THRESH_NODES);
    assert_int_equal(field->n, 2);
    assert_string_equal(field->values[0].bytes, "1");
    assert_string_equal(field->values[1].bytes, "x");
    assert_int_equal(thresh_record_field(record, 1)->kind, THRESH_NUMBER);
    assert_null(thresh_record_field(record, 2));
    assert_null(thresh_record_field_named(record, "none"));
    const struct thresh_fault *fault = thresh_record_error(record, 0);
    assert_string_equal(fault->kind, "schema");
    assert_string_equal(fault->code, "cvc-complex-type.2.4.a");
    assert_int_equal(fault->line, 2);
    assert_non_null(strstr(fault->message.bytes, "c"));
    assert_non_null(fault->path);
    assert_null(thresh_record_error(record, 1));
    assert_null(thresh_record_text(record, "yaml"));
    thresh_record_free(record);
    thresh_close(thresh);
}

/* -- Inputs --------------------------------------------------------------------------- */

static const char *const names_only[][2] = {{"fields", "path,verdict"}, {NULL, NULL}};

static char *read_archive(size_t *len)
{
    struct stat facts;
    int fd = open(archive(), O_RDONLY | O_CLOEXEC);
    assert_int_equal(fstat(fd, &facts), 0);
    char *bytes = malloc((size_t)facts.st_size);
    assert_int_equal(read(fd, bytes, (size_t)facts.st_size), facts.st_size);
    close(fd);
    *len = (size_t)facts.st_size;
    return bytes;
}

/* A child writes the bytes into a pipe; its end to read from. */
static int pipe_with(const char *bytes, size_t len)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    if (fork() == 0) {
        close(ends[0]);
        _exit(write(ends[1], bytes, len) != (ssize_t)len);
    }
    close(ends[1]);
    return ends[0];
}

/* The same archive by each kind of input, under one name: the same records. */
static int look_at_nulls(void *context, const struct thresh_record *record,
                         struct thresh_error *error)
{
    (void)error;
    const struct thresh_field *whole = thresh_record_field_named(record, "whole");
    assert_true(record->is_unread);
    for (size_t i = 0; i < 4; i++) {
        const struct thresh_field *field = thresh_record_field(record, i);
        assert_int_equal(field->kind, THRESH_NULL);
        assert_int_equal(field->n, 0);
    }
    assert_int_equal(whole->kind, THRESH_NODES);
    assert_string_equal(whole->values[0].bytes, "1");
    assert_non_null(
        strstr(thresh_record_text(record, context)->bytes,
               "{\"text\":null,\"nodes\":null,\"n\":null,\"nan\":null,\"whole\":\"1\"}"));
    return 0;
}

static void a_field_that_hangs_on_what_was_not_read_is_null(void **state)
{
    (void)state;
    static const char document[] = "<!DOCTYPE a [<!ENTITY e SYSTEM 'e.xml'>]>"
                                   "<a><b>&e;</b><c>1</c></a>";
    for (EACH_BACKEND(backend)) {
        const char *const settings[][2] = {{"backend", (*backend)->name},
                                           {"extract", "text=string(//b)"},
                                           {"extract", "nodes=//b"},
                                           {"extract", "n=count(//c)"},
                                           {"extract", "nan=number(//b)"},
                                           {"extract", "whole=//c"},
                                           {NULL, NULL}};
        struct thresh *thresh = open_with(settings);
        struct thresh_run *run = thresh_run_new(thresh);
        thresh_run_add_memory(run, document, sizeof document - 1, "one");
        thresh_run_on_record(run, look_at_nulls, "ndjson");
        do_run(run);
        assert_int_equal(thresh_run_stats(run)->answered, 1);
        thresh_run_free(run);
        thresh_close(thresh);
    }
    buf_free(&got);
}

static void an_input_is_a_path_a_descriptor_or_memory(void **state)
{
    (void)state;
    size_t len;
    char *bytes = read_archive(&len);
    char *expected = NULL;
    for (EACH_BACKEND(backend)) {
        const char *const settings[][2] = {
            {"backend", (*backend)->name},
            {"jobs", "2"},
            {"fields", "path,verdict,errors"},
            {(*backend)->isolates ? "isolate" : "jobs", (*backend)->isolates ? "true" : "2"},
            {NULL, NULL}};
        struct thresh *thresh = open_with(settings);
        for (int kind = 0; kind < 4; kind++) {
            struct thresh_run *run = thresh_run_new(thresh);
            int fd = kind == 1 ? open(archive(), O_RDONLY | O_CLOEXEC) : pipe_with(bytes, len);
            if (kind == 0)
                thresh_run_add_path(run, archive(), "it");
            else if (kind < 3)
                thresh_run_add_fd(run, fd, "it");
            else
                thresh_run_add_memory(run, bytes, len, "it");
            thresh_run_on_text(run, keep_text, NULL);
            do_run(run);
            if (!expected)
                expected = strdup(got.data);
            assert_string_equal(got.data, expected);
            assert_int_equal(thresh_run_stats(run)->bytes_in, len);
            assert_int_equal(close(fd), 0);
            thresh_run_free(run);
        }
        thresh_close(thresh);
    }
    assert_non_null(strstr(expected, "\"it!/"));
    free(expected);
    free(bytes);
    buf_free(&got);
}

/* As a program reads on that has read a header of its own. */
static void a_file_is_read_from_where_its_descriptor_stands(void **state)
{
    (void)state;
    write_file("behind.bin", "HEADER<a/>");
    struct thresh *thresh = open_with(names_only);
    struct thresh_run *run = thresh_run_new(thresh);
    int fd = open("behind.bin", O_RDONLY | O_CLOEXEC);
    lseek(fd, 6, SEEK_SET);
    thresh_run_add_fd(run, fd, "a.xml");
    thresh_run_on_text(run, keep_text, NULL);
    for (int times = 0; times < 2; times++) {
        do_run(run);
        assert_string_equal(got.data, "{\"path\":\"a.xml\",\"verdict\":\"wellformed\"}\n");
        assert_int_equal(lseek(fd, 0, SEEK_CUR), 6);
    }
    close(fd);
    thresh_run_free(run);
    thresh_close(thresh);
    buf_free(&got);
}

static void odd_inputs_have_records(void **state)
{
    (void)state;
    struct thresh *thresh = open_with(names_only);
    struct thresh_run *run = thresh_run_new(thresh);
    thresh_run_add_memory(run, NULL, 0, "empty");
    thresh_run_add_memory(run, "\x80\xff<", 3, "bytes\xff");
    thresh_run_add_path(run, "none.xml", NULL);
    thresh_run_on_text(run, keep_text, NULL);
    do_run(run);
    assert_string_equal(got.data, "{\"path\":\"empty\",\"verdict\":\"unreadable\"}\n"
                                  "{\"path\":\"bytes\xef\xbf\xbd\",\"verdict\":\"skipped\","
                                  "\"reason\":\"not-xml\"}\n"
                                  "{\"path\":\"none.xml\",\"verdict\":\"unreadable\"}\n");
    thresh_run_free(run);
    run = thresh_run_new(thresh);
    struct thresh_error error = {{0}};
    thresh_run_add_fd(run, 1000, "closed");
    assert_int_equal(thresh_run(run, &error), -1);
    assert_string_equal(error.text, "cannot open closed: Bad file descriptor");
    thresh_run_free(run);
    assert_int_equal(thresh_run(NULL, &error), -1);
    thresh_close(thresh);
    buf_free(&got);
}

/* -- Ending early --------------------------------------------------------------------- */

static struct thresh_run *to_cancel;

static void cancel_it(int number)
{
    (void)number;
    thresh_cancel(to_cancel);
}

static int raise_after_three(void *context, const struct thresh_record *record,
                             struct thresh_error *error)
{
    (void)context, (void)error;
    if (record->index == 2)
        raise(SIGUSR1);
    return 0;
}

static int refuse_after_three(void *context, const struct thresh_record *record,
                              struct thresh_error *error)
{
    (void)context;
    if (record->index < 2)
        return 0;
    snprintf(error->text, sizeof error->text, "that is enough");
    return -1;
}

static void a_run_is_cancelled_by_a_signal_handler(void **state)
{
    (void)state;
    signal(SIGUSR1, cancel_it);
    for (EACH_BACKEND(backend)) {
        const char *const settings[][2] = {
            {"backend", (*backend)->name}, {"jobs", "2"}, {NULL, NULL}};
        struct thresh_error error = {{0}};
        struct thresh *thresh = open_with(settings);
        to_cancel = thresh_run_new(thresh);
        for (int i = 0; i < 200; i++)
            thresh_run_add_path(to_cancel, archive(), NULL);
        thresh_run_on_record(to_cancel, raise_after_three, NULL);
        assert_int_equal(thresh_run(to_cancel, &error), 1);
        const struct thresh_stats *stats = thresh_run_stats(to_cancel);
        assert_true(stats->answered >= 3 && stats->answered < stats->entries);
        assert_false(thresh_stats_good(stats));
        /* It stays cancelled. */
        assert_int_equal(thresh_run(to_cancel, &error), 1);
        thresh_run_free(to_cancel);
        thresh_close(thresh);
    }
}

static void a_listener_that_refuses_ends_the_run(void **state)
{
    (void)state;
    for (EACH_BACKEND(backend)) {
        const char *const settings[][2] = {
            {"backend", (*backend)->name}, {"jobs", "2"}, {NULL, NULL}};
        struct thresh_error error = {{0}};
        struct thresh *thresh = open_with(settings);
        struct thresh_run *run = thresh_run_new(thresh);
        thresh_run_add_path(run, archive(), NULL);
        thresh_run_on_record(run, refuse_after_three, NULL);
        assert_int_equal(thresh_run(run, &error), -1);
        assert_string_equal(error.text, "that is enough");
        thresh_run_free(run);
        thresh_close(thresh);
    }
}

/* -- Threads -------------------------------------------------------------------------- */

struct user {
    const struct thresh *thresh;
    const char *bytes;
    size_t len;
    uint64_t records;
    int rc;
};

static int count(void *context, const struct thresh_record *record, struct thresh_error *error)
{
    struct user *user = context;
    (void)error;
    user->records += record->index == user->records;
    return 0;
}

static void *use(void *context)
{
    struct user *user = context;
    struct thresh_error error;
    struct thresh_run *run = thresh_run_new(user->thresh);
    thresh_run_add_memory(run, user->bytes, user->len, "it");
    thresh_run_on_record(run, count, user);
    for (int times = 0; times < 5 && user->rc == 0; times++) {
        user->records = 0;
        user->rc = thresh_run(run, &error);
    }
    user->rc |= thresh_run_stats(run)->answered != user->records;
    thresh_run_free(run);
    return NULL;
}

static void several_runs_go_on_at_once(void **state)
{
    (void)state;
    enum { USERS = 6 };
    struct user users[USERS];
    pthread_t threads[USERS];
    size_t len;
    char *bytes = read_archive(&len);
    const char *const settings[][2] = {
        {"backend", backend_find("openmp") ? "openmp" : "sequential"},
        {"jobs", "2"},
        {NULL, NULL}};
    struct thresh *thresh = open_with(settings);
    for (int i = 0; i < USERS; i++) {
        users[i] = (struct user){thresh, bytes, len, 0, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, use, &users[i]), 0);
    }
    for (int i = 0; i < USERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(users[i].rc, 0);
        assert_int_equal(users[i].records, users[0].records);
    }
    thresh_close(thresh);
    free(bytes);
}

static void *cancel_soon(void *run)
{
    usleep(2000);
    thresh_cancel(run);
    return NULL;
}

static void a_run_is_cancelled_by_another_thread(void **state)
{
    (void)state;
    const char *const settings[][2] = {{"backend", "sequential"}, {NULL, NULL}};
    struct thresh *thresh = open_with(settings);
    struct thresh_run *run = thresh_run_new(thresh);
    struct thresh_error error;
    pthread_t thread;
    /* However fast the machine is: the run is done again until it is cancelled. */
    thresh_run_add_path(run, archive(), NULL);
    pthread_create(&thread, NULL, cancel_soon, run);
    while (thresh_run(run, &error) == 0)
        continue;
    pthread_join(thread, NULL);
    assert_int_equal(thresh_run(run, &error), 1);
    thresh_run_free(run);
    thresh_close(thresh);
}

/* Whoever writes into the pipe takes for ever. */
static void a_run_is_cancelled_while_it_waits_for_a_stream(void **state)
{
    (void)state;
    const char *const settings[][2] = {{NULL, NULL}};
    struct thresh *thresh = open_with(settings);
    struct thresh_run *run = thresh_run_new(thresh);
    struct thresh_error error;
    pthread_t thread;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "<a>", 3), 3);
    thresh_run_add_fd(run, ends[0], "slow");
    pthread_create(&thread, NULL, cancel_soon, run);
    assert_int_equal(thresh_run(run, &error), 1);
    pthread_join(thread, NULL);
    assert_int_equal(thresh_explain(run, &error), 1);
    thresh_run_free(run);
    close(ends[0]);
    close(ends[1]);
    thresh_close(thresh);
}

static void a_run_that_is_cancelled_lists_nothing_more(void **state)
{
    (void)state;
    static const char *const inputs[] = {"", "/all.zip", "/sound.tar", "/sound.tar.gz",
                                         "/mebibyte.xml.gz"};
    const char *const settings[][2] = {{NULL, NULL}};
    struct thresh *thresh = open_with(settings);
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        struct thresh_run *run = thresh_run_new(thresh);
        struct thresh_error error;
        char path[4096];
        snprintf(path, sizeof path, "%s/archives%s", getenv("THRESH_TEST_DATA"), inputs[i]);
        assert_int_equal(access(path, R_OK), 0);
        thresh_run_add_path(run, path, NULL);
        thresh_cancel(run);
        assert_int_equal(thresh_run(run, &error), 1);
        assert_int_equal(thresh_run_stats(run)->entries, 0);
        thresh_run_free(run);
    }
    thresh_close(thresh);
}

/* -- What is wrong with the options --------------------------------------------------- */

static void keep_line(void *context, const char *line)
{
    (void)context;
    buf_append_string(&got, line);
    buf_append_char(&got, '\n');
}

static void extractions_that_give_nothing_are_told_once_a_run(void **state)
{
    (void)state;
    static const char document[] = "<a xmlns='urn:a'><b>1</b></a>";
    for (EACH_BACKEND(backend)) {
        struct thresh_error error = {{0}};
        struct thresh_options *options = thresh_options_new();
        thresh_options_set(options, "backend", (*backend)->name, &error);
        thresh_options_set(options, "extract", "b=/a/b", &error);
        thresh_options_set(options, "extract", "any=/*:a/*:b", &error);
        thresh_options_on_warning(options, keep_line, NULL);
        struct thresh *thresh = thresh_open(options, &error);
        struct thresh_run *run = thresh_run_new(thresh);
        assert_string_equal(thresh_run_warnings(run), "");
        thresh_run_add_memory(run, document, sizeof document - 1, "one");
        thresh_run_add_memory(run, document, sizeof document - 1, "two");
        do_run(run);
        assert_non_null(strstr(got.data, "--extract b: '/a/b' gives no node in each of 2 "));
        assert_non_null(strstr(got.data, "try -x 'b=/*:a/*:b'"));
        assert_ptr_equal(strchr(got.data, '\n'), got.data + got.len - 1);
        assert_string_equal(thresh_run_warnings(run), got.data);
        thresh_cancel(run);
        do_run(run);
        assert_string_equal(got.data, "");
        assert_string_equal(thresh_run_warnings(run), "");
        thresh_run_free(run);
        thresh_close(thresh);
        thresh_options_free(options);
    }
    buf_free(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_as_data_has_the_same_text),
        cmocka_unit_test(a_record_is_data_and_its_copy_stays),
        cmocka_unit_test(a_field_that_hangs_on_what_was_not_read_is_null),
        cmocka_unit_test(an_input_is_a_path_a_descriptor_or_memory),
        cmocka_unit_test(a_file_is_read_from_where_its_descriptor_stands),
        cmocka_unit_test(odd_inputs_have_records),
        cmocka_unit_test(a_run_is_cancelled_by_a_signal_handler),
        cmocka_unit_test(a_listener_that_refuses_ends_the_run),
        cmocka_unit_test(several_runs_go_on_at_once),
        cmocka_unit_test(a_run_is_cancelled_by_another_thread),
        cmocka_unit_test(a_run_is_cancelled_while_it_waits_for_a_stream),
        cmocka_unit_test(a_run_that_is_cancelled_lists_nothing_more),
        cmocka_unit_test(extractions_that_give_nothing_are_told_once_a_run),
    };
    return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
