/* SPDX-License-Identifier: MIT */
#include "run/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { THRESHOLD = 5 }; /* the default of --threshold */

#include <string.h>

#define SEQUENTIAL                                                                             \
    {                                                                                          \
        "sequential", false, false                                                             \
    }
#define OPENMP                                                                                 \
    {                                                                                          \
        "openmp", true, false                                                                  \
    }
#define FORK                                                                                   \
    {                                                                                          \
        "fork", true, true                                                                     \
    }

static const struct plan_backend all[] = {SEQUENTIAL, OPENMP, FORK, {.name = NULL}};
static const struct plan_backend no_openmp[] = {SEQUENTIAL, FORK, {.name = NULL}};
static const struct plan_backend bare[] = {SEQUENTIAL, {.name = NULL}};

static const struct row {
    uint64_t documents;
    double vcpus;
    int affinity;
    const struct plan_backend *built;
    const char *asked;
    int jobs;
    uint64_t threshold;
    bool isolate;
    const char *backend; /* NULL: an error, */
    int workers;
    const char *text; /* in the reason, or in the error */
} rows[] = {
    /* as many workers as vCPUs */
    {429, 2, 2, all, NULL, 0, 0, false, "openmp", 2,
     "429 documents of 1000000 bytes, 2 vCPUs (affinity): openmp with 2 workers"},
    {429, 1, 1, all, NULL, 0, 0, false, "sequential", 1, "1 vCPU (affinity)"},
    {429, 1769 / 1769.0, 2, all, NULL, 0, 0, false, "sequential", 1, "with 1 worker"},
    {429, 2048 / 1769.0, 2, all, NULL, 0, 0, false, "openmp", 2, "1.16 vCPUs"},
    {429, 4096 / 1769.0, 3, all, NULL, 0, 0, false, "openmp", 3, "with 3"},
    {429, 10240 / 1769.0, 6, all, NULL, 0, 0, false, "openmp", 6, "5.79 vCPUs"},
    {429, 1.05, 2, all, NULL, 0, 0, false, "sequential", 1, ""},
    {429, 2.09, 4, all, NULL, 0, 0, false, "openmp", 2, ""},
    {429, 2.11, 4, all, NULL, 0, 0, false, "openmp", 3, ""},
    {429, 0.05, 2, all, NULL, 0, 0, false, "sequential", 1, ""},
    {429, 0.5, 2, all, NULL, 0, 0, false, "sequential", 1, "0.5 vCPU "},
    {429, 3.5, 2, all, NULL, 0, 0, false, "openmp", 2, ""},
    {429, 1e18, 256, all, NULL, 0, 0, false, "openmp", 256, ""},
    /* few documents */
    {0, 2, 2, all, NULL, 0, 0, false, "sequential", 1, "0 documents"},
    {1, 2, 2, all, NULL, 0, 0, false, "sequential", 1, "1 document of"},
    {4, 2, 2, all, NULL, 0, 0, false, "sequential", 1, "too few documents"},
    {5, 2, 2, all, NULL, 0, 0, false, "openmp", 2, ""},
    {5, 8, 8, all, NULL, 0, 0, false, "openmp", 5, ""},
    {9, 2, 2, all, NULL, 0, 10, false, "sequential", 1, ""},
    {2, 2, 2, all, NULL, 0, 1, false, "openmp", 2, ""},
    /* --jobs */
    {429, 2, 2, all, NULL, 7, 0, false, "openmp", 7, "7 asked for"},
    {6, 2, 2, all, NULL, 7, 0, false, "openmp", 6, ""},
    {429, 2, 2, all, NULL, 1, 0, false, "sequential", 1, ""},
    /* builds, isolation */
    {429, 2, 2, no_openmp, NULL, 0, 0, false, "fork", 2, "lacks openmp"},
    {429, 2, 2, bare, NULL, 0, 0, false, "sequential", 1, ""},
    {429, 2, 2, all, "auto", 0, 0, true, "fork", 2, "for isolation"},
    {1, 1, 1, all, NULL, 0, 0, true, "fork", 1, ""},
    {429, 2, 2, bare, NULL, 0, 0, true, NULL, 0, "for isolation; it has sequential"},
    {429, 2, 2, all, "openmp", 0, 0, true, NULL, 0, "use --backend fork"},
    {429, 2, 2, all, "fork", 0, 0, true, "fork", 2, "as asked"},
    /* --backend */
    {429, 2, 2, all, "sequential", 0, 0, false, "sequential", 1, ""},
    {429, 2, 2, all, "sequential", 4, 0, false, "sequential", 1, ""},
    {2, 2, 2, all, "openmp", 0, 0, false, "openmp", 2, ""},
    {429, 1, 1, all, "fork", 0, 0, false, "fork", 1, ""},
    {429, 2, 2, all, "fork", 3, 0, false, "fork", 3, ""},
    {429, 2, 2, no_openmp, "openmp", 0, 0, false, NULL, 0,
     "no backend \"openmp\"; it has sequential, fork"},
    {429, 2, 2, all, "mpi", 0, 0, false, NULL, 0, "it has sequential, openmp, fork"},
};

static void test_each_set_of_facts_has_its_plan(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct plan_inputs inputs = {
            .documents = row->documents,
            .bytes = 1000000,
            .vcpus = row->vcpus,
            .affinity = row->affinity,
            .source = "affinity",
            .built = row->built,
            .backend = row->asked,
            .jobs = row->jobs,
            .threshold = row->threshold ? row->threshold : THRESHOLD,
            .isolate = row->isolate,
        };
        struct plan plan = {0};
        struct thresh_error error = {0};
        int status = plan_make(&plan, &inputs, &error);
        const char *text = status ? error.text : plan.reason;
        if (status != (row->backend ? 0 : -1) || !strstr(text, row->text))
            fail_msg("row %zu: %d, \"%s\" lacks \"%s\"", i, status, text, row->text);
        if (status == 0 &&
            (strcmp(plan.backend, row->backend) != 0 || plan.workers != row->workers))
            fail_msg("row %zu: %s", i, plan.reason);
    }
}

static void test_few_documents_are_shared_out_if_they_are_large(void **state)
{
    static const struct {
        uint64_t documents, bytes;
        int affinity, workers;
        const char *backend;
    } few[] = {
        {4, PLAN_BYTES - 1, 2, 1, "sequential"},
        {4, PLAN_BYTES, 8, 4, "openmp"},
        {2, UINT64_MAX, 2, 2, "openmp"},
        {1, UINT64_MAX, 2, 1, "sequential"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof few / sizeof few[0]; i++) {
        struct plan_inputs inputs = {
            .documents = few[i].documents,
            .bytes = few[i].bytes,
            .vcpus = few[i].affinity,
            .affinity = few[i].affinity,
            .source = "affinity",
            .built = all,
            .threshold = THRESHOLD,
        };
        struct plan plan = {0};
        struct thresh_error error = {0};
        assert_int_equal(plan_make(&plan, &inputs, &error), 0);
        if (strcmp(plan.backend, few[i].backend) != 0 || plan.workers != few[i].workers)
            fail_msg("row %zu: %s", i, plan.reason);
    }
}

static void test_little_work_is_not_shared_out(void **state)
{
    enum { DOCUMENTS = PLAN_WORK_BYTES / PLAN_DOCUMENT_BYTES };
    static const struct {
        uint64_t documents, bytes, unstated;
        const char *backend;
    } rows_of_little[] = {
        {7, 245, 0, "sequential"},
        {DOCUMENTS, 0, 0, "sequential"},
        {DOCUMENTS + 1, 0, 0, "openmp"},
        {8, PLAN_WORK_BYTES - 8 * PLAN_DOCUMENT_BYTES - 1, 0, "sequential"},
        {8, PLAN_WORK_BYTES - 8 * PLAN_DOCUMENT_BYTES, 0, "openmp"},
        {5, 0, 5, "sequential"},
        {16, 0, 16, "openmp"},
        {UINT64_MAX, 0, 0, "openmp"},
        {5, UINT64_MAX, 0, "openmp"},
        {UINT64_MAX, 0, UINT64_MAX, "openmp"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows_of_little / sizeof rows_of_little[0]; i++) {
        struct plan_inputs inputs = {
            .documents = rows_of_little[i].documents,
            .bytes = rows_of_little[i].bytes,
            .unstated = rows_of_little[i].unstated,
            .vcpus = 2,
            .affinity = 2,
            .source = "affinity",
            .built = all,
            .threshold = THRESHOLD,
        };
        struct plan plan = {0};
        struct thresh_error error = {0};
        assert_int_equal(plan_make(&plan, &inputs, &error), 0);
        if (strcmp(plan.backend, rows_of_little[i].backend) != 0)
            fail_msg("row %zu: %s", i, plan.reason);
        if (strcmp(plan.backend, "sequential") == 0)
            assert_non_null(strstr(plan.reason, "too little work to share out"));
    }
}

/* What a document weighs, by what the context says of all. */
static uint64_t weight_of(const void *context, uint64_t document)
{
    switch (*(const char *)context) {
    case 't':
        return 100;
    case 'k':
        return 8 << 10;
    case 'm':
        return 1 << 20;
    case 'h': /* some huge, some skipped */
        return document % 10 == 3 ? UINT64_MAX / 2 : 1;
    default: /* not stated */
        return 0;
    }
}

static void test_spans_are_of_neighbours_and_hold_everything_once(void **state)
{
    static const struct {
        const char *weights;
        uint64_t n;
        int workers;
        uint64_t least, most; /* spans */
    } cuts[] = {
        {"t", 0, 2, 0, 0},
        {"t", 1, 2, 1, 1},
        {"t", 16, 2, 16, 16},
        {"t", 15, 2, 15, 15},
        {"t", 100000, 2, 1563, 1563}, /* 64 documents each */
        {"t", 640, 2, 16, 17},        /* 8 a worker */
        {"t", 640, 5, 40, 41},
        {"k", 100000, 2, 3125, 3125}, /* 256 KiB each */
        {"m", 1000, 2, 1000, 1000},
        {"u", 8000, 2, 1000, 1000}, /* as 32 KiB each */
        {"h", 1000, 2, 200, 201},
        {"t", 100, 0, 8, 9},
    };
    (void)state;
    for (size_t i = 0; i < 2 * (sizeof cuts / sizeof cuts[0]); i++) {
        size_t at = i / 2;
        uint64_t first = i % 2 ? 70000 : 0,
                 end = first + cuts[at].n; /* of a shard, or of all */
        struct spans spans;
        struct thresh_error error = {0};
        assert_int_equal(spans_make(&spans, first, end, weight_of, cuts[at].weights,
                                    cuts[at].workers, &error),
                         0);
        if (spans.n < cuts[at].least || spans.n > cuts[at].most)
            fail_msg("cut %zu gives %llu spans", at, (unsigned long long)spans.n);
        assert_int_equal(spans.starts[0], first);
        assert_int_equal(spans.starts[spans.n], end);
        for (uint64_t j = 0; j < spans.n; j++) {
            assert_true(spans.starts[j] < spans.starts[j + 1]);
            assert_true(spans.starts[j + 1] - spans.starts[j] <= 64);
        }
        spans_free(&spans);
        assert_null(spans.starts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_set_of_facts_has_its_plan),
        cmocka_unit_test(test_few_documents_are_shared_out_if_they_are_large),
        cmocka_unit_test(test_little_work_is_not_shared_out),
        cmocka_unit_test(test_spans_are_of_neighbours_and_hold_everything_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
