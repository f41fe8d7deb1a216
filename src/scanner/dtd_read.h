/* SPDX-License-Identifier: MIT
 *
 * Reads an internal subset: dtd_subset.c what stands in it, dtd_entity.c, dtd_attlist.c and
 * dtd_element.c the declarations, dtd_parts.c what these have in common. Functions read as
 * those of scanner_state.h do.
 */
#ifndef THRESH_SCANNER_DTD_READ_H
#define THRESH_SCANNER_DTD_READ_H

#include "scanner/scanner_state.h"

/* -- dtd_subset.c --------------------------------------------------------------------- */

/* [28b], behind its `[`, up to behind its `]`. */
const uint8_t *dtd_read_subset(struct scanner *s, const uint8_t *c);

/* -- dtd_parts.c ---------------------------------------------------------------------- */

/* White space that must be there [3]. */
const uint8_t *dtd_need_space(struct scanner *s, const uint8_t *c);
/* The end of a declaration: white space that may be there, and `>`. */
const uint8_t *dtd_read_end(struct scanner *s, const uint8_t *c);

/* The name of an element or an attribute: Namespaces in XML 1.0 [15] to [21]. Its prefix need
 * not be declared. */
const uint8_t *dtd_read_qname(struct scanner *s, const uint8_t *c,
                              struct dictionary_entry **name);

/* [75], or [83] where that is allowed. */
struct dtd_external_id {
    bool is_there;
    const uint8_t *public_id, *system_id; /* in the document; NULL: none */
    size_t public_len, system_len;
};
const uint8_t *dtd_read_external_id(struct scanner *s, const uint8_t *c, bool may_be_public,
                                    struct dtd_external_id *id);

/* [69], from its `%` on. *entity is NULL for one that is not read, and that was told. */
const uint8_t *dtd_read_parameter_reference(struct scanner *s, const uint8_t *c,
                                            struct dtd_entity **entity);

/* -- Declarations, each behind its keyword -------------------------------------------- */

const uint8_t *dtd_read_entity(struct scanner *s, const uint8_t *c);  /* [70] */
const uint8_t *dtd_read_attlist(struct scanner *s, const uint8_t *c); /* [52] */
const uint8_t *dtd_read_element(struct scanner *s, const uint8_t *c); /* [45] */

/* -- dtd_attlist.c -------------------------------------------------------------------- */

/* Gives the attributes of the tag at hand the values that their declarations make of them, and
 * adds those that are missing and have a default. False: c is where the document ends. */
bool dtd_complete_attributes(struct scanner *s, const uint8_t *c,
                             const struct dtd_attlist *attlist);

#endif
