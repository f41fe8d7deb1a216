/* SPDX-License-Identifier: MIT
 *
 * What every document of a run is held against: compiled schemas, XPath expressions, limits.
 * Made once in the main thread before any worker exists, never changed, shared by all.
 */
#ifndef THRESH_RULES_RULES_H
#define THRESH_RULES_RULES_H

#include "record/layout.h"
#include "rules/extractions.h"
#include "rules/schema_store.h"

struct rules {
    struct schema_set *set;       /* which may be shared with others ... */
    const struct schema *schemas; /* ... and has these */
    size_t n_schemas;
    struct extraction *extractions;
    size_t n_extractions;
    struct xpath_prefixes prefixes; /* of the extractions */
    bool builds_tree;               /* an XPath or RELAX NG needs one */
    bool wants_locations;           /* documents may choose by xsi:schemaLocation */
    bool wants_namespaces;          /* records say which are bound */
    struct record_layout layout;
    unsigned max_errors; /* that a record keeps */
    unsigned max_depth;
    unsigned max_attributes; /* 0: no limit */
    uint64_t max_name_bytes;
    double schema_ms;  /* time that loading took */
    bool has_compiled; /* schemas: they were not in the store */

    /* Set by the caller before loading: */
    uint64_t max_entity_bytes;
    struct xsd_limits limits; /* of each schema */
    struct schema_trial trial;
    bool keeps_sources;         /* for schema_set_to_image and schema_set_print */
    struct schema_store *store; /* where schemas are kept, for whoever has the same; or NULL */
    int64_t until_ms; /* unix time until which others' compiling is waited for; 0: no limit */
};

/* `rules` is zeroed by the caller but for what is said above, and freed by the caller in either
 * case. 0, or -1 with an error that names the file, the place and the remedy. */
int rules_load(struct rules *rules, const struct thresh_options *options,
               struct thresh_error *error);
void rules_free(struct rules *rules);

/* What chooses a document's schema. */
struct root_facts {
    const char *namespace_name; /* "" for none */
    const char *local;
    const char *location; /* the base name of the schema that it names, if that is to choose */
    size_t location_len;
};

/* The schema for a root. NULL: no schema is for it, or none was given. */
const struct schema *rules_schema(const struct rules *rules, const struct root_facts *root);

/* The name of the first extraction that needs a tree. NULL: all can be answered as a
 * document is read. With one that needs a tree, all are evaluated on it. */
const char *rules_tree_extraction(const struct rules *rules);

#endif
