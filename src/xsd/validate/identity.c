/* SPDX-License-Identifier: MIT
 *
 * unique, key and keyref. When an element starts, a hash table of the names that selectors end
 * in gives those that may select it; then the open elements are compared with the selector's
 * steps. If all fields are attributes of the selected element, as is usual, its key sequence
 * is known at once. Otherwise the element becomes a target (identity_field.c).
 */
#include "xsd/validate/identity.h"

#include <stdlib.h>

enum { FIELD_BYTES_KEPT = 1 << 20 }; /* between documents */

/* Makes v->own_key, of attributes of the element that starts. All constraints of one shape
 * have it in common. */
static int make_own_key(struct xsd_validator *v, const struct element_frame *frame,
                        const struct identity_constraint *constraint)
{
    buf_clear(&v->own_key);
    v->own_shape = constraint->shape;
    v->own_state = FIELD_PRESENT;
    for (uint32_t i = 0; i < constraint->n_fields; i++) {
        struct instance_attr *attr = validator_find_attr(v, constraint->own[i]);
        const struct value_constraint *default_value =
            attr ? NULL : identity_key_default(frame, constraint->own[i]);
        if (default_value) {
            identity_key_append(&v->own_key, default_value->key, default_value->key_len);
        } else if (!attr || (!attr->datatype && !attr->invalid)) {
            v->own_state = FIELD_ABSENT; /* also one that lax or skip content does not assess */
            return 0;
        } else if (attr->invalid) {
            v->own_state = FIELD_BROKEN;
            return 0;
        } else {
            if (identity_key_append_attr(v, &v->own_key, attr) < 0)
                return -1;
        }
    }
    v->own_hash = key_table_hash(v->seed, v->own_key.data, v->own_key.len);
    return v->own_key.failed ? -1 : 0;
}

/* For a constraint whose fields are all attributes of the element that starts. */
static int enter_own_attributes(struct xsd_validator *v, uint32_t scope,
                                const struct element_frame *frame,
                                const struct identity_constraint *constraint)
{
    if (v->own_shape != constraint->shape && make_own_key(v, frame, constraint) < 0)
        return -1;
    if (v->own_state == FIELD_ABSENT)
        return identity_key_absent(v, scope, frame, constraint, v->tag_disorder);
    if (v->own_state == FIELD_BROKEN) {
        identity_key_spoil(v, scope, constraint);
        return 0;
    }
    return identity_key_enter(v, scope, frame, constraint, NULL, &v->own_key, v->own_hash);
}

/* Whether an earlier path of the constraint has selected the element already. */
static bool selected_before(const struct xsd_validator *v,
                            const struct identity_selector *selector, uint32_t from,
                            uint32_t to)
{
    for (const struct identity_path *path = selector->constraint->selectors;
         path < selector->path; path++)
        if (identity_path_leads(v, path, from, to))
            return true;
    return false;
}

static int try_selectors(struct xsd_validator *v, struct element_frame *frame, uint32_t scope,
                         uint32_t number)
{
    const struct identity_constraints *constraints = v->scopes[scope].constraints;
    uint32_t from = v->scopes[scope].depth, to = (uint32_t)v->frames_size.n - 1;
    int rc = 0;
    while (number != XSD_NONE && rc == 0) {
        const struct identity_selector *selector = &constraints->selectors[number];
        const struct identity_constraint *constraint = selector->constraint;
        bool selects =
            selector->anywhere ? to > from : identity_path_leads(v, selector->path, from, to);
        if (selects && !(selector->has_rivals && selected_before(v, selector, from, to)))
            rc = constraint->own ? enter_own_attributes(v, scope, frame, constraint)
                                 : identity_target_add(v, frame, scope, constraint);
        number = selector->next;
    }
    return rc;
}

static int select_element(struct xsd_validator *v, struct element_frame *frame, uint32_t scope)
{
    const struct identity_constraints *constraints = v->scopes[scope].constraints;
    if (constraints->any != XSD_NONE && try_selectors(v, frame, scope, constraints->any) < 0)
        return -1;
    for (uint32_t at = names_slot(frame->symbol); frame->symbol; at++) {
        const struct model_slot *slot = &constraints->slots[at & constraints->mask];
        if (!slot->symbol)
            break;
        if (slot->symbol == frame->symbol)
            return try_selectors(v, frame, scope, slot->position);
    }
    return 0;
}

int identity_start(struct xsd_validator *v, struct element_frame *frame)
{
    uint32_t depth = (uint32_t)v->frames_size.n - 1;
    v->own_shape = XSD_NONE;
    if (!v->targets_size.n)
        buf_clear(&v->field_bytes);
    for (size_t i = v->targets_size.n; i-- > 0;) {
        if (v->xsd->reach != XSD_NONE && depth - v->targets[i].depth > v->xsd->reach)
            break;
        if (identity_target_look(v, frame, i) < 0)
            return -1;
    }
    if (frame->element && frame->element->constraints &&
        identity_scope_open(v, frame->element->constraints) < 0)
        return -1;
    for (size_t i = v->scopes_size.n; i-- > 0;)
        if (select_element(v, frame, (uint32_t)i) < 0)
            return -1;
    return 0;
}

int identity_end(struct xsd_validator *v, const struct element_frame *frame, const char *text,
                 size_t len)
{
    uint32_t depth = (uint32_t)v->frames_size.n - 1;
    int rc = 0;
    while (rc == 0 && v->watches_size.n && v->watches[v->watches_size.n - 1].depth == depth)
        rc = identity_target_take(v, frame, &v->watches[--v->watches_size.n], text, len);
    while (rc == 0 && v->targets_size.n && v->targets[v->targets_size.n - 1].depth == depth) {
        const struct identity_target *target = &v->targets[v->targets_size.n - 1];
        rc = identity_target_finish(v, frame, target);
        v->values_size.n = target->values;
        v->targets_size.n--;
    }
    if (rc == 0 && v->scopes_size.n && v->scopes[v->scopes_size.n - 1].depth == depth)
        rc = identity_scope_close(v);
    return rc;
}

void identity_reset(struct xsd_validator *v)
{
    while (v->scopes_size.n)
        identity_scope_clear(&v->scopes[--v->scopes_size.n]);
    v->targets_size.n = v->values_size.n = v->watches_size.n = 0;
    if (v->field_bytes.cap > FIELD_BYTES_KEPT)
        buf_free(&v->field_bytes);
    buf_clear(&v->field_bytes);
}

void identity_free(struct xsd_validator *v)
{
    for (size_t i = 0; i < v->n_scopes_made; i++) {
        key_table_free(&v->scopes[i].keys);
        key_table_free(&v->scopes[i].refs);
        free(v->scopes[i].occurrences);
        free(v->scopes[i].meetings);
    }
    free(v->scopes);
    free(v->targets);
    free(v->values);
    free(v->watches);
    buf_free(&v->own_key);
    buf_free(&v->field_bytes);
    buf_free(&v->texts);
    buf_free(&v->shown);
}
