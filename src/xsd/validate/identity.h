/* SPDX-License-Identifier: MIT
 *
 * What identity.c and field.c, the two halves of identity constraints, have from each other.
 */
#ifndef THRESH_XSD_VALIDATE_IDENTITY_H
#define THRESH_XSD_VALIDATE_IDENTITY_H

#include "xsd/validate/validator.h"

/* identity.c */
bool identity_step_matches(const struct identity_step *step, uint32_t symbol, uint32_t ns);
/* Whether the steps lead from the element at depth `from` to that at `to`. */
bool identity_path_leads(const struct xsd_validator *v, const struct identity_path *path,
                         uint32_t from, uint32_t to);
/* Key sequences as bytes: each key behind its length. */
int identity_append_key(struct buf *sequence, const char *key, size_t len);
void identity_append_shown(struct xsd_validator *v, const char *text, size_t len);
/* Enters a key sequence; `target` is NULL where it is of own attributes. */
int identity_enter(struct xsd_validator *v, uint32_t scope_number,
                   const struct element_frame *frame,
                   const struct identity_constraint *constraint,
                   const struct identity_target *target, const struct buf *key, uint64_t hash);
int identity_report_absent(struct xsd_validator *v, const struct element_frame *frame,
                           const struct identity_constraint *constraint);
int identity_report_not_simple(struct xsd_validator *v, const struct element_frame *frame,
                               const struct instance_attr *attr,
                               const struct identity_constraint *constraint);
/* What the schema gives for an attribute that is not there, or NULL. */
const struct value_constraint *identity_default_of(const struct element_frame *frame,
                                                   uint32_t symbol);
/* Sees to attr->key_at and key_len. */
int identity_key_of_attr(struct xsd_validator *v, struct instance_attr *attr);

/* field.c */
/* The element that starts now may be, or have, a field of the target. */
int identity_look_for_fields(struct xsd_validator *v, struct element_frame *frame,
                             size_t number);
int identity_add_target(struct xsd_validator *v, struct element_frame *frame, uint32_t scope,
                        const struct identity_constraint *constraint);
/* The element at its end gives its value to a field. */
int identity_take_value(struct xsd_validator *v, const struct element_frame *frame,
                        const struct field_watch *watch, const char *text, size_t len);
int identity_finish_target(struct xsd_validator *v, const struct element_frame *frame,
                           const struct identity_target *target);

#endif
