/* SPDX-License-Identifier: MIT
 *
 * Limits that only a process can be held to: when a run needs them, what their layers are
 * called, and the record of a document that met one.
 */
#ifndef THRESH_RUN_ISOLATION_H
#define THRESH_RUN_ISOLATION_H

#include "backends/backend.h"
#include "record/record.h"
#include "rules/rules.h"
#include "run/limits.h"
#include "thresh.h"

/* Why workers must be processes, in words for the plan; NULL: they need not be. */
const char *isolation_why(const struct thresh_options *options, const struct rules *rules);

/* Whether workers must or may be processes, by the backend that is asked for or chosen. */
bool isolation_may_fork(const struct thresh_options *options, const struct rules *rules);

/* Fills in all but `files` and `layers`. */
void isolation_guard(struct backend_guard *guard, const struct thresh_options *options,
                     const struct limits *limits);

/* The names of layers (bits of enum backend_guard_layer), NULL behind the last. */
void isolation_names(unsigned layers, const char *names[8]);

/* Fills in the record of a document that took its worker down, or whose worker was ended for
 * it. */
void isolation_lost(struct record *record, const struct limits *limits, int wait_status);

/* As struct schema_trial has it; the context is `limits`. */
int isolation_trial(const void *limits, int (*work)(void *, struct thresh_error *),
                    void *context, const char *file, struct thresh_error *error);

#endif
