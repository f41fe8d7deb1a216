/* SPDX-License-Identifier: MIT
 *
 * Schemas that read the same documents, compiled as one: a component is made once, whichever
 * of them have it. Each schema then is a view of the whole: the same tables, with those global
 * components alone that it would have if it were compiled alone.
 *
 * That is so where each component means the same to all schemas that have it. What could make
 * a difference (a document that relies on what only some of its readers have, a redefinition,
 * an element that stands for another in some of them) is declined, and so is whatever breaks a
 * rule: then each is compiled alone, which is also what says what is wrong.
 */
#ifndef THRESH_XSD_COMPILE_FAMILY_H
#define THRESH_XSD_COMPILE_FAMILY_H

#include "xsd/compile/compiler.h"

static inline bool family_is(const struct xsd_compiler *c)
{
    return c->n_uris > 1;
}

/* What may mean one thing in one schema and another in the next. */
_Noreturn void family_decline(struct xsd_compiler *c);

/* These do nothing where there is one schema. */

/* One document leads to another. */
void family_link(struct xsd_compiler *c, const struct location *from,
                 struct schema_document *document);
/* All documents are there, those in `roots` as the schemas' own: finds out whose each is.
 * Declines where schemas have too little in common to be worth it. */
void family_begin(struct xsd_compiler *c);
/* Who has the first document has to have the other. */
void family_require(struct xsd_compiler *c, const struct schema_document *document,
                    const struct schema_document *other);
/* All components are there: makes the views. */
void family_make_views(struct xsd_compiler *c, struct xsd **views);

#endif
