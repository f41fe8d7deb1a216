/* SPDX-License-Identifier: MIT
 *
 * A job: the options of a run as one JSON object, whose names are the long options.
 *
 *     {"schema": ["main.xsd"], "extract": {"parts": "count(//part)"}, "format": "csv"}
 *
 * Repeatable options take an array; those of the form NAME=VALUE an object as well. Numbers may
 * be written as numbers or strings, switches take true and false, null leaves an option alone.
 */
#ifndef THRESH_OPTIONS_JOB_FILE_H
#define THRESH_OPTIONS_JOB_FILE_H

#include "base/error.h"
#include "thresh.h"
#include <jansson.h>

/* The object in a file, checked, the caller's to release; NULL with the error filled
 * in. */
json_t *job_file_read(const char *file, struct thresh_error *error);

/* Whether all names in the job are options, and their values can be: 0, or -1 with an error
 * that begins with `source`. Whether files are there is not looked at. */
int job_file_check(const json_t *job, const char *source, struct thresh_error *error);

/* Gives `options` what the job says. Files it names relatively lie in `directory` (NULL: in the
 * current one). "output" is left alone where it is an object store's address. 0 or -1. */
int job_file_apply(const json_t *job, const char *directory, struct thresh_options *options,
                   struct thresh_error *error);

/* job_file_read and job_file_apply; files are looked for beside the job. */
int job_file_load(const char *file, struct thresh_options *options, struct thresh_error *error);

#endif
