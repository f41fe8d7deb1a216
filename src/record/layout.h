/* SPDX-License-Identifier: MIT
 *
 * How records are written: made once from the options, never changed, shared by all workers.
 */
#ifndef THRESH_RECORD_LAYOUT_H
#define THRESH_RECORD_LAYOUT_H

#include "options/options.h"

struct record_layout {
    enum format format;
    unsigned parts;   /* bit set of enum part */
    bool only_bad;    /* text: leave out documents that are good */
    bool colour;      /* text: with the colours of a terminal */
    unsigned columns; /* text: of the terminal; 0: paths are as long as they are */
    bool csv_safe;    /* CSV: no cell may be taken for a formula */
    const char *const *field_names;
    size_t n_fields;
};

static inline bool layout_has(const struct record_layout *layout, enum part part)
{
    return layout->parts & 1u << part;
}

#endif
