/* SPDX-License-Identifier: MIT
 *
 * XPath 1.0 expressions evaluated by libxml2 on a document's tree.
 */
#ifndef THRESH_DOCUMENT_XPATH_TREE_H
#define THRESH_DOCUMENT_XPATH_TREE_H

#include "record/record.h"
#include "rules/rules.h"

/* One worker's compiled expressions. Evaluation writes into them, so they are not shared. */
struct xpath_tree;

struct xpath_tree *xpath_tree_new(const struct rules *rules); /* NULL: no memory */
void xpath_tree_free(struct xpath_tree *xpaths);

/* Adds one field for each extraction. One that cannot be evaluated on this document gets no
 * value and a fault. 0, or -1 when memory ends. */
int xpath_tree_run(struct xpath_tree *xpaths, xmlDoc *doc, struct record *record);

/* Adds a number as a field, written as string() writes it. 0, or -1 without memory. */
int xpath_tree_add_number(struct record *record, double number);

#endif
