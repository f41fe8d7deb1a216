/* SPDX-License-Identifier: MIT
 *
 * One run: inputs are listed, a plan is made, a backend spreads spans of entries over workers,
 * records come back in order and are counted and written.
 */
#ifndef THRESH_RUN_RUN_H
#define THRESH_RUN_RUN_H

#include "backends/backend.h"
#include "libxml/libxml_encodings.h"
#include "rules/rules.h"
#include "run/cpus.h"
#include "run/isolation.h"
#include "run/limits.h"
#include "run/plan.h"
#include "source/source.h"
#include "thresh.h"

/* As its workers and its sink see it. */
struct run {
    /* given, and there for as long as the run */
    const struct thresh_options *options;
    const struct rules *rules;
    const struct cpus *cpus;
    const char *const *inputs;
    size_t n_inputs;
    const struct thresh_output *output;
    struct thresh_stats *stats;
    /* found by run_open */
    double begun_ms;
    struct limits limits;
    struct source *source;
    struct plan plan;
    struct spans spans;
    const struct backend *backend;
    struct backend_guard guard;
    /* while entries are done */
    struct backend_work work;
    unsigned layers; /* of isolation, that all workers had */
    struct libxml_encodings *encodings;
    uint64_t done;  /* entries answered */
    uint64_t alone; /* spans are done; the n-th item is the entry alone + n */
    bool stopped;
    bool over_total; /* --max-total-bytes is used up: no further document is told of */
};

/* Lists the inputs and makes the plan; fills in the stats as far as they are known. 0 or -1,
 * and run_close in either case. */
int run_open(struct run *run, struct thresh_error *error);
/* Does all entries. 0; 1 where the output's progress asked to stop; -1. */
int run_entries(struct run *run, struct thresh_error *error);
/* Writes to the output what run_entries would do, and why. 0 or -1. */
int run_explain(struct run *run, struct thresh_error *error);
/* The last that the stats are told is the time since run_open. */
void run_close(struct run *run);

#endif
