/* SPDX-License-Identifier: MIT
 *
 * A document as a tree of libxml2's, for RELAX NG and for XPaths that cannot be answered as it
 * is read. It is built of the events; libxml2 does not parse. Text that nothing separates is
 * one node, whether it was written as text, in CDATA sections or in entities.
 */
#ifndef THRESH_DOCUMENT_TREE_BUILDER_H
#define THRESH_DOCUMENT_TREE_BUILDER_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stdint.h>

struct tree_builder; /* one worker's: never shared */

struct tree_builder *tree_builder_new(void); /* NULL: no memory */
void tree_builder_free(struct tree_builder *builder);

/* A document: begin, its events with arguments as the scanner's, finish. `id_attribute` is the
 * place of the one that is declared to be an ID, or -1. */
void tree_builder_begin(struct tree_builder *builder);
void tree_builder_start(struct tree_builder *builder, uint64_t place, const xmlChar *localname,
                        const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
                        const xmlChar **namespaces, int n_attributes,
                        const xmlChar **attributes, int id_attribute);
void tree_builder_text(struct tree_builder *builder, const xmlChar *text, int len);
void tree_builder_end(struct tree_builder *builder);
void tree_builder_comment(struct tree_builder *builder, const xmlChar *text);
void tree_builder_instruction(struct tree_builder *builder, const xmlChar *target,
                              const xmlChar *data);
/* The tree, which is the caller's to free, before the builder; NULL: memory ended. */
xmlDoc *tree_builder_finish(struct tree_builder *builder);

/* Of an element of such a tree: its number, by start tags from 1, and the place where its tag
 * ends. */
uint64_t tree_builder_element(const xmlNode *node);
uint64_t tree_builder_place(const xmlNode *node);

#endif
