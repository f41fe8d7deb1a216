/* SPDX-License-Identifier: MIT
 *
 * The prediction for people (a table and a plot for the terminal, an SVG) and for programs
 * (JSON).
 */
#ifndef THRESH_TUNE_PRESENT_H
#define THRESH_TUNE_PRESENT_H

#include "buf.h"
#include "measure.h"

struct tuned {
    const char *archive;
    struct measured measured;
    struct found found;
    struct prices prices;
    struct prediction prediction;
};

void present_text(const struct tuned *tuned, struct buf *out);
void present_svg(const struct tuned *tuned, struct buf *out);
int present_json(const struct tuned *tuned, struct buf *out); /* 0, or -1: no memory */

#endif
