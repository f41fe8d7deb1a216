/* SPDX-License-Identifier: MIT
 *
 * Content models: content.c makes them of particles, restriction.c compares them.
 */
#ifndef THRESH_XSD_COMPILE_CONTENT_H
#define THRESH_XSD_COMPILE_CONTENT_H

#include "xsd/compile/component.h"

/* The automaton of a particle, made once. Warns where the particle is not deterministic. */
const struct model *content_make_model(struct xsd_compiler *c, struct particle *particle);

/* Warns where the content of a type is certainly wider than that of the base it restricts. */
void restriction_check(struct xsd_compiler *c, const struct type *type);
/* The same for a group that a redefinition restricts, where it does not hold its original. */
void restriction_check_group(struct xsd_compiler *c, struct global *global);

#endif
