/* SPDX-License-Identifier: MIT
 *
 * Which backend does the work, with how many workers, in what portions. Pure arithmetic: the
 * same inputs give the same plan, and the plan says in words why.
 */
#ifndef THRESH_RUN_PLAN_H
#define THRESH_RUN_PLAN_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* With fewer documents than --threshold, starting workers takes longer than they could save,
 * unless the documents hold so many bytes. Measured: docs/performance.md. */
#define PLAN_BYTES (UINT64_C(1) << 20)

/* With as many documents or more, work is shared out if the half of it takes longer than
 * starting threads (half a millisecond): if the documents hold so many bytes, where each
 * document counts for some bytes more than it has. Measured: docs/performance.md, "The
 * threshold". */
#define PLAN_WORK_BYTES     (UINT64_C(512) << 10)
#define PLAN_DOCUMENT_BYTES UINT64_C(1536)

/* A smaller fraction of a vCPU gets no worker of its own: a tenth of a core hardly repays a
 * worker's start, and the other workers, throttled along with it, wait for its results. */
#define PLAN_LEAST_FRACTION 0.10

/* As many workers as vCPUs, rounded up if the fraction is worth a worker; at least 1. */
int plan_workers(double vcpus, int affinity);

/* A backend of this build, as far as the plan has to know it. */
struct plan_backend {
    const char *name;
    bool is_parallel; /* its workers run beside each other */
    bool isolates;    /* they are processes: one can die, or be ended, and the run goes on */
};

struct plan_inputs {
    uint64_t documents;
    uint64_t bytes;    /* of all documents whose size is stated */
    uint64_t unstated; /* documents whose size is not */
    double vcpus;      /* these three as struct cpus has them */
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

/* 0, or -1 with the error filled in: this build cannot do what was asked for. */
int plan_make(struct plan *plan, const struct plan_inputs *inputs, struct thresh_error *error);

/* Spans: runs of neighbouring entries, each large enough to be worth a message to a worker. */
struct spans {
    uint64_t n;
    uint64_t *starts; /* span i is [starts[i], starts[i + 1]); n + 1 of them */
};

/* Cuts the entries from `first` up to `end` into spans. `weight` gives an entry's bytes: 0 if
 * they are not stated, and a small number for one that will be skipped. 0, or -1 with the error
 * filled in. */
int spans_make(struct spans *spans, uint64_t first, uint64_t end,
               uint64_t (*weight)(const void *context, uint64_t document), const void *context,
               int workers, struct thresh_error *error);
void spans_free(struct spans *spans);

#endif
