/* SPDX-License-Identifier: MIT
 *
 * Why a run fails, in one line: what failed, where, and what to do about it. What is wrong with
 * a document is never an error: it is a fault in the document's record.
 */
#ifndef THRESH_BASE_ERROR_H
#define THRESH_BASE_ERROR_H

#include "thresh.h"
#include <stdarg.h>
#include <stdbool.h>

/* Fills *error and returns -1, so that a function can end with `return error_set(...)`. The
 * function that knows the fact writes the message; its callers hand it up untouched. */
__attribute__((format(printf, 2, 3))) int error_set(struct thresh_error *error,
                                                    const char *format, ...);

/* The one message for an allocation that failed. Returns -1. */
int error_no_memory(struct thresh_error *error);
bool error_is_no_memory(const struct thresh_error *error);

/* "the time was up while ...": what was waited for is not at fault. Returns -1. */
int error_time_up(struct thresh_error *error, const char *what_was);
bool error_is_time_up(const struct thresh_error *error);

/* "no process could do it: ...": what it was to do is not at fault. Returns -1. */
__attribute__((format(printf, 2, 3))) int error_no_process(struct thresh_error *error,
                                                           const char *format, ...);
bool error_is_no_process(const struct thresh_error *error);

#endif
