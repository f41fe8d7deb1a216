/* SPDX-License-Identifier: MIT
 *
 * Content models: content.c makes them of particles, restriction.c compares them, and
 * restriction_particle.c the particles.
 */
#ifndef THRESH_XSD_COMPILE_CONTENT_H
#define THRESH_XSD_COMPILE_CONTENT_H

#include "xsd/compile/component.h"

/* The automaton of a particle, made once. Warns where the particle is not deterministic. */
const struct model *content_make_model(struct xsd_compiler *c, struct particle *particle);

/* Warns where the content of a type takes more than that of the base it restricts, or is none
 * of its restrictions by the rules of the Recommendation. */
void restriction_check(struct xsd_compiler *c, const struct type *type);
/* The same for a group that a redefinition restricts, where it does not hold its original. */
void restriction_check_group(struct xsd_compiler *c, struct global *global);

/* The rule by which `sub` is no restriction of `base`, or NULL. Of declarations of one name,
 * *what then is what is wrong (rcase-NameAndTypeOK.3). */
const char *restriction_of_particle(struct xsd_compiler *c, const struct particle *sub,
                                    const struct particle *base);
const char *restriction_of_element(const struct element *sub, const struct element *base,
                                   const char **what);

#endif
