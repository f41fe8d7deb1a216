/* SPDX-License-Identifier: MIT
 *
 * A step of derivation by restriction under way: what the files of facets share.
 *
 * Functions that return an int return 0, or -1 with step->error filled in.
 */
#ifndef THRESH_XSD_DATATYPE_FACET_STEP_H
#define THRESH_XSD_DATATYPE_FACET_STEP_H

#include "xsd/datatype/simple_type.h"

struct facet_step {
    struct datatypes *set;
    struct datatype *type;
    const struct datatype *base;
    const struct facet *facets;
    size_t n_facets;
    unsigned left_out; /* a bit for each kind that does not apply */
    const struct prefixes *prefixes;
    const struct datatype_warnings *warnings;
    struct datatype_scratch scratch;
    struct buf key;
    struct thresh_error *error;
};

/* Fills in the error and returns -1. `rule` is a constraint of the Recommendation; a '*' in
 * front of it stands for the facet's name. */
int facet_refuse(struct facet_step *step, const struct facet *facet, const char *rule,
                 const char *why);
/* Warns: `why` ends in what is done instead. */
void facet_warn(struct facet_step *step, const struct facet *facet, const char *rule,
                const char *why);
/* Zeroed memory, or a copy of bytes with a NUL behind it, that lives as long as the types.
 * NULL with the error filled in. */
void *facet_allocate(struct facet_step *step, size_t n, size_t size);
const char *facet_keep(struct facet_step *step, const char *bytes, size_t len);

/* facet_bound.c */
int facet_add_bounds(struct facet_step *step);

/* facet_enumeration.c */
int facet_add_enumeration(struct facet_step *step);
/* Sets type->enumeration_decides. All other facets have been added. */
int facet_settle_enumeration(struct facet_step *step);

#endif
