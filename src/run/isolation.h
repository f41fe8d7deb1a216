/* SPDX-License-Identifier: MIT
 *
 * Limits that only a process can be held to: when a run needs them, what they are called, and
 * what is said of a document that met one.
 */
#ifndef THRESH_RUN_ISOLATION_H
#define THRESH_RUN_ISOLATION_H

#include "backends/backend.h"
#include "rules/rules.h"
#include "run/limits.h"
#include "thresh.h"

/* Why workers must be processes that can be ended, in words for the plan; NULL: they need not.
 */
const char *isolation_why(const struct thresh_options *options, const struct rules *rules);

/* All but `files` and `layers`. */
void isolation_guard(struct backend_guard *guard, const struct thresh_options *options,
                     const struct limits *limits);

/* The names of the layers, NULL behind the last. */
void isolation_names(unsigned layers, const char *names[6]);

/* Makes it the record of a document that took its worker down, or was ended with it. */
void isolation_lost(struct record *record, const struct limits *limits, int wait_status);

/* As rules->trial, with the limits. */
int isolation_trial(const void *limits, int (*work)(void *, struct thresh_error *),
                    void *context, const char *file, struct thresh_error *error);

#endif
