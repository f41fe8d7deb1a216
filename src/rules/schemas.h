/* SPDX-License-Identifier: MIT
 *
 * One schema, compiled: an XSD by our own engine, RELAX NG by libxml2's.
 */
#ifndef THRESH_RULES_SCHEMAS_H
#define THRESH_RULES_SCHEMAS_H

#include "base/error.h"
#include "xsd/xsd.h"
#include <libxml/relaxng.h>

/* Never changes once it is loaded, shared by all workers. Which roots it is for, the first of
 * these that is set says: */
struct schema {
    char *root_name;      /* of that name, in whatever namespace */
    char *namespace_name; /* in that namespace, "" for none; NULL: in any without another */
    bool is_by_target; /* in its target namespace, and declared by it, if one of several is */
    char *target;      /* its target namespace, "" for none; NULL: RELAX NG that has none */
    char *file;
    const char *name; /* the last part of file: what records call it */
    bool is_relaxng;
    bool is_of_folder; /* it was found in a directory or an archive */
    /* What it became: one of the two is set. */
    struct xsd *xsd;
    xmlRelaxNG *relaxng;
    bool is_shared; /* these are an image's, or another schema's, which is of the same file */
};

/* An XSD that no image has: it is compiled, or was. */
static inline bool schema_is_compiled(const struct schema *schema)
{
    return !schema->is_shared && !schema->is_relaxng;
}

/* A way to learn whether work comes to an end, and a good one, without the risk of doing it
 * here: libxml2's compiler can take for ever. `file` is what an error names. */
struct schema_trial {
    /* 0, or -1 where the work fails or does not end. NULL: no trial. */
    int (*run)(const void *context, int (*work)(void *work_context, struct thresh_error *),
               void *work_context, const char *file, struct thresh_error *error);
    const void *context;
    bool of_all; /* of all that is done for a job's schemas, not only of what libxml2 does */
};

/* A catalog to paste, of what xsd_documents_missing has. */
#define SCHEMA_CATALOG                                                                         \
    "<catalog xmlns=\"urn:oasis:names:tc:entity:xmlns:xml:catalog\">%s</catalog>"

/* 0, or -1 with an error that names the file, the place and the remedy. The documents are
 * those of the resolver. */
int schema_compile(struct schema *schema, struct resolver *resolver,
                   struct xsd_documents *documents, const struct xsd_limits *limits,
                   const struct schema_trial *trial, struct thresh_error *error);
void schema_free(struct schema *schema);

#endif
