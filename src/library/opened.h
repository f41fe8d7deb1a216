/* SPDX-License-Identifier: MIT
 *
 * A struct thresh as the library's other calls see it.
 */
#ifndef THRESH_LIBRARY_OPENED_H
#define THRESH_LIBRARY_OPENED_H

#include "run/run.h"

/* A run over what is open, whose inputs are still to be set. */
struct run thresh_begin_run(const struct thresh *thresh, const struct run_listener *listener,
                            const atomic_bool *cancelled, struct thresh_stats *stats);

/* Tells the options' listener, if there is one, the lines of warnings. 0, or -1 without
 * memory. */
int thresh_tell(const struct thresh *thresh, const char *warnings, struct thresh_error *error);

#endif
