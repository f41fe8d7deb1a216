/* SPDX-License-Identifier: MIT
 *
 * What the beginning of a schema document says: its language, by its root's namespace, what it
 * is for, and which documents it includes.
 */
#ifndef THRESH_RULES_SCHEMA_HEAD_H
#define THRESH_RULES_SCHEMA_HEAD_H

#include "base/buf.h"
#include "base/error.h"
#include "resolver/resolver.h"

#define SCHEMA_XSD_NAMESPACE "http://www.w3.org/2001/XMLSchema"

struct schema_head {
    bool is_relaxng; /* else taken for XSD */
    char *target;    /* the target namespace, "" for none; of RELAX NG the root's `ns`, and NULL
                      * where it has none: it may be for anything */
    const char *place;   /* of the document, the resolver's */
    struct buf included; /* addresses of what it includes or redefines, a NUL behind each */
};

/* Fills in a zeroed head, which is to be freed in either case. Reads as far as the first
 * declaration of an XSD; of RELAX NG the root's start tag, or all where `includes`. 0, or -1
 * with the error filled in. */
int schema_head_read(struct schema_head *head, const char *file, struct resolver *resolver,
                     bool includes, struct thresh_error *error);
void schema_head_free(struct schema_head *head);

#endif
