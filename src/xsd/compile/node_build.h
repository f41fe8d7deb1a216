/* SPDX-License-Identifier: MIT
 *
 * Makes the nodes of a schema document of the scanner's events. What does not depend on the
 * schema that reads the document is done here, once for all of them: which element it is, which
 * attributes it has, and which names their values stand for. Comments, what stands in appinfo
 * and documentation, and annotations that break no rule are left out: they are most of many
 * documents.
 */
#ifndef THRESH_XSD_COMPILE_NODE_BUILD_H
#define THRESH_XSD_COMPILE_NODE_BUILD_H

#include "scanner/scanner.h"
#include "xsd/compile/node.h"

enum { NODE_DEPTH = 256 }; /* of elements in elements */

/* An element that has begun and not ended. */
struct open_node {
    struct node *node;        /* NULL: an annotation that breaks no rule so far */
    const struct node **last; /* where its next child goes */
    const struct node_scope *scope;
    const char *base;   /* what addresses in it start from */
    const char *entity; /* the address of the external entity that it lies in, or NULL */
    long line;
    bool has_text;
    bool is_annotated;    /* by an annotation that was left out, */
    long annotation_line; /* and was here */
};

struct node_builder {
    struct xsd_compiler *c;
    struct scanner *scanner;
    const char *uri;  /* of the document */
    const char *base; /* the same, as addresses in it start from */
    const char *target;
    const struct node *root; /* what is made */
    struct open_node open[NODE_DEPTH];
    uint32_t depth;
    uint64_t skipped; /* elements that are open, from an appinfo or documentation on */
};

/* A copy among the documents' strings of what libxml2 gave, which is freed. NULL: there was
 * none, or there is no memory. */
const char *node_keep_uri(struct xsd_compiler *c, xmlChar *uri);
/* Before a document. Addresses in it start from `base`. */
void node_build_begin(struct node_builder *b, struct xsd_compiler *c, struct scanner *scanner,
                      const char *uri, const char *base);
/* The scanner's events; the context is the builder. They leave by xsd_compile_fail(). */
void node_build_start(void *builder, const xmlChar *localname, const xmlChar *prefix,
                      const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                      int n_attributes, const xmlChar **attributes);
void node_build_text(void *builder, const xmlChar *text, int len);
void node_build_end(void *builder);

#endif
