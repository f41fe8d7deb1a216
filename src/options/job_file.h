/* SPDX-License-Identifier: MIT
 *
 * A job: the options of a run as one JSON object, whose names are the long options.
 *
 *     {"schema": ["main.xsd"], "extract": {"parts": "count(//part)"}, "format": "csv", "jobs":
 * 2}
 *
 * Repeatable options take an array; those of the form NAME=VALUE an object as well. Numbers and
 * strings say the same, switches take true and false, null leaves an option alone.
 */
#ifndef THRESH_OPTIONS_JOB_FILE_H
#define THRESH_OPTIONS_JOB_FILE_H

#include "base/error.h"
#include "thresh.h"
#include <jansson.h>

/* The object in a file, the caller's to release; NULL with the error filled in. */
json_t *job_read(const char *file, struct thresh_error *error);

/* Gives `options` what the job says. Files it names relatively lie in `directory` (NULL: in the
 * current one). "output" is left alone where it is an object store's address. 0 or -1. */
int job_apply(const json_t *job, const char *directory, struct thresh_options *options,
              struct thresh_error *error);

/* job_read and job_apply; files are looked for beside the job. */
int job_load(const char *file, struct thresh_options *options, struct thresh_error *error);

#endif
