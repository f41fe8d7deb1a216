/* SPDX-License-Identifier: MIT
 *
 * The XPaths of a run on a document's tree, as fields of its record.
 */
#ifndef THRESH_DOCUMENT_XPATH_TREE_H
#define THRESH_DOCUMENT_XPATH_TREE_H

#include "record/record.h"
#include "rules/rules.h"

/* Adds one field for each extraction. The numbers that elements have in _private are gone then.
 * 0, or -1 when memory ends. */
int xpath_tree_run(const struct rules *rules, xmlDoc *doc, struct record *record);

/* Adds a number as a field, written as string() writes it. 0, or -1 without memory. */
int xpath_tree_add_number(struct record *record, double number);

#endif
