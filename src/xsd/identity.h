/* SPDX-License-Identifier: MIT
 *
 * What identity.c and field.c, the two halves of identity constraints, have from each other.
 */
#ifndef THRESH_XSD_IDENTITY_H
#define THRESH_XSD_IDENTITY_H

#include "validator.h"

/* identity.c */
bool step_matches(const struct step *step, uint32_t symbol, uint32_t ns);
/* Whether the steps lead from the element at depth `from` to that at `to`. */
bool path_leads(const struct xsd_validator *v, const struct path *path, uint32_t from,
                uint32_t to);
/* Key sequences as bytes: each key behind its length. */
int append_key(struct buf *sequence, const char *key, size_t len);
void append_shown(struct xsd_validator *v, const char *text, size_t len);
/* Enters a key sequence; `target` is NULL where it is of own attributes. */
int enter(struct xsd_validator *v, uint32_t scope_number, const struct frame *frame,
          const struct constraint *constraint, const struct target *target,
          const struct buf *key, uint64_t hash);
int report_absent(struct xsd_validator *v, const struct frame *frame,
                  const struct constraint *constraint);
int report_not_simple(struct xsd_validator *v, const struct frame *frame,
                      const struct attr *attr, const struct constraint *constraint);
/* What the schema gives for an attribute that is not there, or NULL. */
const struct constant *default_of(const struct frame *frame, uint32_t symbol);
/* Sees to attr->key_at and key_len. */
int key_of_attr(struct xsd_validator *v, struct attr *attr);

/* field.c */
/* The element that starts now may be, or have, a field of the target. */
int look_for_fields(struct xsd_validator *v, struct frame *frame, size_t number);
int add_target(struct xsd_validator *v, struct frame *frame, uint32_t scope,
               const struct constraint *constraint);
/* The element at its end gives its value to a field. */
int take_value(struct xsd_validator *v, const struct frame *frame, const struct watch *watch,
               const char *text, size_t len);
int finish_target(struct xsd_validator *v, const struct frame *frame,
                  const struct target *target);

#endif
