/* SPDX-License-Identifier: MIT
 *
 * XPath 1.0 values of a document's tree, into its record.
 */
#ifndef THRESH_DOCUMENT_XPATH_TREE_H
#define THRESH_DOCUMENT_XPATH_TREE_H

#include "record/record.h"
#include "rules/rules.h"

/* One worker's compiled expressions: evaluating writes into them, so they are not shared. */
struct xpath_tree;

struct xpath_tree *xpath_tree_new(const struct rules *rules); /* NULL: no memory */
void xpath_tree_free(struct xpath_tree *extractor);

/* One field for each extraction. An expression that cannot be evaluated here has no value, and
 * a fault that says so. 0, or -1 when memory ends. */
int xpath_tree_run(struct xpath_tree *extractor, xmlDoc *doc, struct record *record);

/* A number as a field. */
int xpath_tree_number(struct record *record, double number);

#endif
