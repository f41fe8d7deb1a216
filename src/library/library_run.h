/* SPDX-License-Identifier: MIT
 *
 * A struct thresh_run as the library's other calls see it.
 */
#ifndef THRESH_LIBRARY_LIBRARY_RUN_H
#define THRESH_LIBRARY_LIBRARY_RUN_H

#include "run/run.h"

/* Makes the run that was asked for, to be closed by run_close; what was wrong with
 * asking for it is told here. 0, or -1 with the error filled in and nothing to close. */
int library_run_begin(struct thresh_run *asked, struct run *run, struct thresh_error *error);

#endif
