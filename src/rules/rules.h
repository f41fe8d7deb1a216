/* SPDX-License-Identifier: MIT
 *
 * What every document of a run is held against: compiled schemas, XPath expressions, limits.
 * Made once in the main thread before any worker exists, never changed, shared by all.
 */
#ifndef THRESH_RULES_RULES_H
#define THRESH_RULES_RULES_H

#include "record/layout.h"
#include "xsd/xsd.h"
#include <libxml/relaxng.h>
#include <libxml/xmlschemas.h>

/* What a handler of xmlStructuredErrorFunc is given. */
#if LIBXML_VERSION >= 21200
typedef const xmlError *libxml_error_argument;
#else
typedef xmlError *libxml_error_argument;
#endif

/* One schema, compiled by the engine that serves it: exactly one of the three is set. */
struct schema {
    char *namespace_name; /* the roots it is for, "" for none; NULL: any not mapped otherwise */
    char *file;
    const char *name; /* the last part of file: what records call it */
    struct xsd *xsd;
    xmlSchema *libxml; /* an XSD that our engine leaves to libxml2 */
    xmlRelaxNG *relaxng;
    char *why_libxml; /* what our engine said */
};

struct extraction {
    char *name;
    char *xpath;
    struct query *query; /* NULL: it needs a tree */
};

struct rules {
    struct schema *schemas;
    size_t n_schemas;
    struct extraction *extractions;
    size_t n_extractions;
    char **prefixes; /* prefix, URI, prefix, URI, ... */
    size_t n_prefixes;
    bool builds_tree; /* an XPath or RELAX NG needs one */
    bool wants_namespaces;
    struct record_layout layout;
    unsigned max_errors;
    unsigned max_depth;
    unsigned max_attributes; /* 0: no limit */
    uint64_t max_name_bytes;
    /* Set before loading, as the next two are. */
    uint64_t max_entity_bytes;
    /* NULL, or tries at no risk whether the work comes to an end, and a good one. 0, or -1
     * where it does not. */
    int (*trial)(const void *trial_with, int (*work)(void *, struct thresh_error *),
                 void *context, const char *file, struct thresh_error *error);
    const void *trial_with;
    char *warnings;   /* about the schemas, a line each, "" if there are none */
    double schema_ms; /* time that loading took */
};

/* 0, or -1 naming the file, the place and the remedy. `rules` is zeroed by the caller, who
 * frees it in either case. Installs the process's external entity loader, which libxml2 has one
 * of. */
int rules_load(struct rules *rules, const struct thresh_options *options,
               struct thresh_error *error);
void rules_free(struct rules *rules);

/* The name of the first extraction that needs a tree, so that all are evaluated on one, or
 * NULL. */
const char *rules_tree_extraction(const struct rules *rules);

/* Whether it is held by libxml2's engine and may have identity constraints. */
bool schema_may_have_libxml_keys(const struct schema *schema);

/* The schema for a root, or NULL: unmapped (or no schema given at all). */
const struct schema *rules_schema(const struct rules *rules, const char *namespace_name);

#endif
