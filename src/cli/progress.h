/* SPDX-License-Identifier: MIT
 *
 * How far a run is: one line on the terminal, drawn over itself while the run lasts.
 */
#ifndef THRESH_CLI_PROGRESS_H
#define THRESH_CLI_PROGRESS_H

#include "thresh.h"

struct progress_bar {
    int fd;
    bool is_shown;
    double begun_ms; /* 0: not yet asked */
    double drawn_ms;
};

/* Draws at most ten times a second, and not before the run is a second old unless `always`. */
void progress_draw(struct progress_bar *bar, bool always, const struct thresh_stats *so_far);
void progress_clear(struct progress_bar *bar);

#endif
