/* SPDX-License-Identifier: MIT
 *
 * The prediction for people (a table and a plot for the terminal, an SVG) and for programs
 * (JSON).
 */
#ifndef THRESH_CLI_TUNE_PRESENT_H
#define THRESH_CLI_TUNE_PRESENT_H

#include "base/buf.h"
#include "cli/tune/measure.h"

struct tuned {
    const char *archive;
    struct measured measured;
    struct found found;
    struct prices prices;
    struct prediction prediction;
};

void tune_present_text(const struct tuned *tuned, struct buf *out);
void tune_present_svg(const struct tuned *tuned, struct buf *out);
int tune_present_json(const struct tuned *tuned, struct buf *out); /* 0, or -1: no memory */

#endif
