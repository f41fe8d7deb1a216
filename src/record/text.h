/* SPDX-License-Identifier: MIT
 *
 * Records for people: verdict and path in a line, and below it, indented, what was extracted
 * and what is wrong. Lost memory is told in out->failed.
 */
#ifndef THRESH_RECORD_TEXT_H
#define THRESH_RECORD_TEXT_H

#include "record/layout.h"
#include "record/record.h"

/* Writes nothing for a good document if the layout wants bad ones only. */
void text_write(struct buf *out, const struct record *record,
                const struct record_layout *layout);

#endif
