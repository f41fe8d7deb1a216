/* SPDX-License-Identifier: MIT
 *
 * One run: the inputs are listed, a plan is made, a backend spreads spans of entries over
 * workers, and the records come back in order, are counted and written.
 */
#ifndef THRESH_RUN_RUN_H
#define THRESH_RUN_RUN_H

#include "backends/backend.h"
#include "record/record_view.h"
#include "record/whole_format.h"
#include "rules/rules.h"
#include "run/cpus.h"
#include "run/findings.h"
#include "run/host.h"
#include "run/isolation.h"
#include "run/known.h"
#include "run/limits.h"
#include "run/plan.h"
#include "run/shard.h"
#include "scanner/encoding_modules.h"
#include "source/source.h"
#include "thresh.h"

#include <stdatomic.h>

/* Who is told of a run; each may be NULL. The contexts are the first arguments. */
struct run_listener {
    int (*text)(void *context, const void *bytes, size_t len, struct thresh_error *error);
    void *text_context;
    int (*record)(void *context, const struct thresh_record *record,
                  struct thresh_error *error);
    void *record_context;
    bool (*progress)(void *context, const struct thresh_stats *so_far);
    void *progress_context;
};

/* What workers read, and the sink reads and writes. */
struct run {
    /* The caller's; they outlive the run. */
    const struct thresh_options *options;
    const struct host *host;
    const struct rules *rules;
    const struct cpus *cpus;
    const struct source_input *inputs;
    size_t n_inputs;
    bool takes_all; /* as source_options' */
    const struct run_listener *listener;
    const atomic_bool *cancelled; /* set: the run is to stop */
    struct thresh_stats *stats;
    struct findings *findings; /* NULL: nothing is run */
    struct buf *warnings;      /* lines; with findings */
    bool remembers;            /* what --resume and --cache name is used */
    /* Made by run_open. */
    double begun_ms;
    struct limits limits;
    struct record_layout layout; /* the rules', with what the listener wants as the format */
    struct known *known;         /* NULL: nothing is remembered */
    struct source *source;
    struct entry_range range; /* of entries that this run does */
    struct plan plan;
    struct spans spans;
    const struct backend *backend;
    struct backend_guard guard;
    /* Of run_entries. */
    struct backend_work work;
    unsigned layers; /* of isolation that all workers had, bits of enum backend_guard_layer */
    struct encoding_modules *encodings;
    const char **files;      /* the inputs that are paths, for the guard */
    struct record_view view; /* the record that the listener is given */
    bool writes_records;     /* the listener has a text of each: --group asks for none */
    struct buf text;         /* and its text, where no worker made it */
    struct reader *checker;  /* of what isolated workers say that is to be kept */
    struct whole_format whole;
    uint64_t next;  /* the entry behind the last one answered */
    uint64_t alone; /* the first entry of a span that is being done again, one entry an item */
    bool stopped;
    bool over_total; /* --max-total-bytes is used up: no further document counts as read */
};

/* Lists the inputs, which is all that who does not want records needs. 0, 1 if that was
 * cancelled, or -1 with the error filled in; call run_close in any case. */
int run_list(struct run *run, struct thresh_error *error);
/* Lists the inputs and makes the plan; fills in the stats as far as they are known. Returns as
 * run_list. */
int run_open(struct run *run, struct thresh_error *error);
/* Does all entries. 0, 1 if it was cancelled or the listener asked to stop, or -1 with the
 * error filled in. */
int run_entries(struct run *run, struct thresh_error *error);
/* Gives to the listener, as text, what run_entries would do and why. 0, or -1 with the error
 * filled in. */
int run_explain(struct run *run, struct thresh_error *error);
/* Frees, and fills in the time since run_open in the stats. */
void run_close(struct run *run);

#endif
