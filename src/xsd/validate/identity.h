/* SPDX-License-Identifier: MIT
 *
 * What the files of identity constraints (Part 1, 3.11) have from each other. A selector or
 * field is a set of paths. An open element that has constraints is a scope, which holds their
 * tables; an element that a selector leads to gives a key sequence, one key for each field.
 */
#ifndef THRESH_XSD_VALIDATE_IDENTITY_H
#define THRESH_XSD_VALIDATE_IDENTITY_H

#include "xsd/validate/validator.h"

/* The mark of a key in scope->keys that is one of an element which the scope itself selects.
 * Any other was handed up from inner scopes: its mark is the number of its last meeting,
 * or 0. */
#define IDENTITY_OWN_KEY UINT32_MAX

/* -- identity_path.c ------------------------------------------------------------------ */

bool identity_step_matches(const struct identity_step *step, uint32_t symbol, uint32_t ns);
/* Whether the steps lead from the open element at depth `from` to that at depth `to`. */
bool identity_path_leads(const struct xsd_validator *v, const struct identity_path *path,
                         uint32_t from, uint32_t to);

/* -- identity_key.c ------------------------------------------------------------------- */

/* Appends a key, behind its length, to a key sequence. */
int identity_key_append(struct buf *sequence, const char *key, size_t len);
/* The same with the key of a valid attribute. */
int identity_key_append_attr(struct xsd_validator *v, struct buf *sequence,
                             const struct instance_attr *attr);
/* What the schema gives for an attribute that is absent, or NULL. */
const struct value_constraint *identity_key_default(const struct element_frame *frame,
                                                    uint32_t symbol);
/* Enters the key sequence of the element into the scope's tables: cvc-identity-constraint.4.1
 * and 4.2.2. `target` is NULL where all fields are attributes of the present start tag. */
int identity_key_enter(struct xsd_validator *v, uint32_t scope_number,
                       const struct element_frame *frame,
                       const struct identity_constraint *constraint,
                       const struct identity_target *target, const struct buf *key,
                       uint64_t hash);
/* A field is broken: if it is one of a key, references to the key may be in vain. */
void identity_key_spoil(struct xsd_validator *v, uint32_t scope_number,
                        const struct identity_constraint *constraint);
/* A field is absent, which only a key forbids: cvc-identity-constraint.4.2.1. That is not
 * reported where validator->disorder has grown since it was `disorder`. */
int identity_key_absent(struct xsd_validator *v, uint32_t scope_number,
                        const struct element_frame *frame,
                        const struct identity_constraint *constraint, uint64_t disorder);
/* Takes the next text off a sequence of such; false at its end. */
bool identity_key_next_text(const char **texts, size_t *len, const char **text, size_t *size);
/* The sequence as messages show it, in validator->shown, or NULL where memory ends. */
const char *identity_key_show(struct xsd_validator *v, const char *texts, size_t len);
/* cvc-identity-constraint.3: a field is an element that is not of a simple type. */
int identity_key_report_not_simple(struct xsd_validator *v, const struct element_frame *frame,
                                   const struct identity_constraint *constraint);

/* -- identity_field.c ----------------------------------------------------------------- */

/* The element that starts is selected. */
int identity_target_add(struct xsd_validator *v, struct element_frame *frame, uint32_t scope,
                        const struct identity_constraint *constraint);
/* The element that starts may be, or have, a field of the target. */
int identity_target_look(struct xsd_validator *v, struct element_frame *frame, size_t number);
/* The element that ends gives its value to a field. */
int identity_target_take(struct xsd_validator *v, const struct element_frame *frame,
                         const struct field_watch *watch, const char *text, size_t len);
/* The target itself ends: enters its key sequence. */
int identity_target_finish(struct xsd_validator *v, const struct element_frame *frame,
                           const struct identity_target *target);

/* -- identity_scope.c ----------------------------------------------------------------- */

/* A scope for the element that starts. */
int identity_scope_open(struct xsd_validator *v,
                        const struct identity_constraints *constraints);
/* Closes the innermost scope, whose element ends: cvc-identity-constraint.4.3. */
int identity_scope_close(struct xsd_validator *v);
void identity_scope_clear(struct identity_scope *scope);

/* -- identity_table.c ----------------------------------------------------------------- */

/* Whether the key is in the scope's node table, as its element ends. */
bool identity_table_has(const struct xsd_validator *v, struct identity_scope *scope,
                        struct key_table_entry *entry);
/* Gives the keys of the innermost scope, whose element ends, to those around it that have or
 * need them. */
int identity_table_hand_up(struct xsd_validator *v, struct identity_scope *scope);

#endif
