/* SPDX-License-Identifier: MIT
 *
 * Who does the work, and in what portions. Pure arithmetic: the same inputs give the same plan,
 * and the plan says in words why.
 */
#ifndef THRESH_RUN_PLAN_H
#define THRESH_RUN_PLAN_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Below so many documents, starting workers takes longer than what they could save; but a few
 * that hold this much are worth sharing out. Measured: docs/performance.md. */
#define PLAN_THRESHOLD 5
#define PLAN_BYTES     (UINT64_C(1) << 20)

/* A fraction of a vCPU below this gets no worker of its own: a tenth of a core's time hardly
 * repays a worker's start, and the others, throttled with it, wait for its results in the
 * order. */
#define PLAN_LEAST_FRACTION 0.10

/* As many as there are vCPUs, a fraction counting as one where it is worth it; at least 1. */
int plan_workers(double vcpus, int affinity);

/* A backend of this build, as far as the plan has to know it. */
struct plan_backend {
    const char *name;
    bool is_parallel; /* its workers run beside each other */
    bool isolates;    /* they are processes: one can die, or be ended, and the run goes on */
};

struct plan_inputs {
    uint64_t documents;
    uint64_t bytes; /* of all documents, as stated */
    double vcpus;   /* these three as struct cpus has them */
    int affinity;
    const char *source;
    const struct plan_backend
        *built;              /* all of this build, preferred ones first, then one with a
                                       * NULL name */
    const char *backend;     /* one of them; NULL or "auto": choose */
    int jobs;                /* workers; 0: as many as there are vCPUs */
    uint64_t threshold;      /* fewer documents, and of few bytes, are done sequentially */
    bool isolate;            /* a document must not be able to take the program down */
    const char *isolate_why; /* in words, "to enforce --timeout"; NULL: none */
};

struct plan {
    const char *backend; /* a name in `built` */
    int workers;
    char reason[256];
};

/* 0, or -1 with the error filled in where what was asked for cannot be had. */
int plan_make(struct plan *plan, const struct plan_inputs *inputs, struct thresh_error *error);

/* Runs of neighbouring documents, each worth a message of its own. */
struct spans {
    uint64_t n;
    uint64_t *starts; /* span i is [starts[i], starts[i + 1]); n + 1 of them */
};

/* Cuts documents 0..n-1. `weight` gives a document's bytes: 0 where they are not stated, and
 * some small number for one that will be skipped. 0, or -1 with the error filled in. */
int spans_make(struct spans *spans, uint64_t n,
               uint64_t (*weight)(const void *context, uint64_t document), const void *context,
               int workers, struct thresh_error *error);
void spans_free(struct spans *spans);

#endif
