/* SPDX-License-Identifier: MIT
 *
 * XPath 1.0 values of a document's tree, into its record.
 */
#ifndef THRESH_EXTRACT_H
#define THRESH_EXTRACT_H

#include "rules/rules.h"

/* One worker's compiled expressions: evaluating writes into them, so they are not shared. */
struct extractor;

struct extractor *extractor_new(const struct rules *rules); /* NULL: no memory */
void extractor_free(struct extractor *extractor);

/* One field for each extraction. An expression that cannot be evaluated here has no value, and
 * a fault that says so. 0, or -1 when memory ends. */
int extractor_run(struct extractor *extractor, xmlDoc *doc, struct record *record);

/* A number as a field. */
int extract_number(struct record *record, double number);

#endif
