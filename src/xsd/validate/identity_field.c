/* SPDX-License-Identifier: MIT
 *
 * For fields that are not all attributes of the selected element: it is a target until it
 * ends, and collects its fields from the attributes and values of the elements in it.
 */
#include "xsd/validate/identity.h"

#include <string.h>

static int set_value(struct xsd_validator *v, struct field_value *value, const char *key,
                     size_t key_len, const char *text, size_t len)
{
    value->state = FIELD_PRESENT;
    value->key_at = v->field_bytes.len;
    value->key_len = key_len;
    value->text_len = len;
    buf_append(&v->field_bytes, key, key_len);
    return buf_append(&v->field_bytes, text, len);
}

/* cvc-identity-constraint.3 */
static int report_second(struct xsd_validator *v, const struct element_frame *frame,
                         const struct identity_target *target, struct field_value *value)
{
    bool follows = value->state == FIELD_BROKEN || v->disorder != target->disorder;
    value->state = FIELD_BROKEN;
    if (follows)
        return 0;
    return validator_fault(
        v, "cvc-identity-constraint.3", frame, NULL,
        "A field of identity-constraint '%s' evaluates to more than one node.",
        target->constraint->name->local);
}

static int take_attribute(struct xsd_validator *v, const struct element_frame *frame,
                          const struct identity_target *target, struct field_value *value,
                          struct instance_attr *attr)
{
    if (value->state != FIELD_ABSENT)
        return report_second(v, frame, target, value);
    if (!attr->datatype && !attr->invalid)
        return 0; /* lax or skip content does not assess it, so that it has no value */
    value->state = FIELD_BROKEN;
    if (attr->invalid)
        return 0;
    buf_clear(&v->key);
    if (datatype_key(attr->datatype, attr->value, attr->len, &v->prefixes, &v->scratch,
                     &v->key) < 0)
        return -1;
    return set_value(v, value, v->key.data, v->key.len, attr->value, attr->len);
}

/* What the schema gives for an absent attribute of the element that starts. */
static int take_default(struct xsd_validator *v, const struct element_frame *frame,
                        const struct identity_target *target, struct field_value *value,
                        const struct attribute_use *use)
{
    if (value->state == FIELD_PRESENT && value->given == use &&
        value->given_to == frame->ordinal)
        return 0; /* another path of the field led here */
    if (value->state != FIELD_ABSENT)
        return report_second(v, frame, target, value);
    value->given = use;
    value->given_to = frame->ordinal;
    return set_value(v, value, use->value.key, use->value.key_len, use->value.text,
                     use->value.len);
}

static int take_defaults(struct xsd_validator *v, const struct element_frame *frame,
                         const struct identity_target *target, const struct identity_step *step,
                         struct field_value *value)
{
    const struct attributes *attributes = frame->type->attributes;
    const struct attribute_use *use = attributes ? attributes->uses : NULL;
    uint32_t n = attributes ? attributes->n : 0;
    if (attributes && step->kind == IDENTITY_STEP_NAME) {
        use = attributes_find(attributes, step->symbol);
        n = use != NULL;
    }
    for (; n > 0; n--, use++)
        if (use->value.text &&
            identity_step_matches(step, use->symbol, use->attribute->name->ns) &&
            !validator_find_attr(v, use->symbol) &&
            take_default(v, frame, target, value, use) < 0)
            return -1;
    return 0;
}

static int take_attributes(struct xsd_validator *v, const struct element_frame *frame,
                           const struct identity_target *target,
                           const struct identity_step *step, struct field_value *value)
{
    for (size_t i = 0; i < v->attrs_size.n; i++) {
        struct instance_attr *attr = &v->attrs[i];
        size_t number = (size_t)(value - v->values) + 1;
        if (!identity_step_matches(step, attr->symbol, attr->ns))
            continue;
        if (attr->taken == number)
            continue; /* another path of the field led here */
        attr->taken = number;
        if (take_attribute(v, frame, target, value, attr) < 0)
            return -1;
    }
    return take_defaults(v, frame, target, step, value);
}

/* The value of the element that starts is the field; it is known at the end of the element. */
static int watch(struct xsd_validator *v, struct element_frame *frame, size_t target,
                 uint32_t field, struct field_value *value)
{
    if (value->state != FIELD_ABSENT)
        return report_second(v, frame, &v->targets[target], value);
    if (!VALIDATOR_ROOM(v, watches, 1))
        return -1;
    value->state = FIELD_WATCHED;
    frame->collects |= frame->inside == INSIDE_SIMPLE;
    v->watches[v->watches_size.n++] =
        (struct field_watch){(uint32_t)v->frames_size.n - 1, field, target};
    return 0;
}

int identity_target_look(struct xsd_validator *v, struct element_frame *frame, size_t number)
{
    const struct identity_target *target = &v->targets[number];
    const struct identity_constraint *constraint = target->constraint;
    uint32_t depth = (uint32_t)v->frames_size.n - 1;
    for (uint32_t i = 0; i < constraint->n_fields; i++) {
        const struct identity_field *field = &constraint->fields[i];
        struct field_value *value = &v->values[target->values + i];
        for (uint32_t k = 0; k < field->n_paths; k++) {
            const struct identity_path *path = &field->paths[k];
            int rc = 0;
            if (!identity_path_leads(v, path, target->depth, depth))
                continue;
            if (path->to_attribute)
                rc = take_attributes(v, frame, target, &path->attribute, value);
            else
                rc = watch(v, frame, number, i, value);
            if (rc < 0)
                return rc;
            if (!path->to_attribute)
                break; /* another path that leads here leads to the same node */
        }
    }
    return 0;
}

int identity_target_add(struct xsd_validator *v, struct element_frame *frame, uint32_t scope,
                        const struct identity_constraint *constraint)
{
    if (!VALIDATOR_ROOM(v, targets, 1) || !VALIDATOR_ROOM(v, values, constraint->n_fields))
        return -1;
    v->targets[v->targets_size.n] = (struct identity_target){
        constraint, scope, (uint32_t)v->frames_size.n - 1, v->values_size.n, v->tag_disorder};
    memset(v->values + v->values_size.n, 0, constraint->n_fields * sizeof *v->values);
    v->values_size.n += constraint->n_fields;
    return identity_target_look(v, frame, v->targets_size.n++);
}

int identity_target_take(struct xsd_validator *v, const struct element_frame *frame,
                         const struct field_watch *watch, const char *text, size_t len)
{
    const struct identity_target *target = &v->targets[watch->target];
    const struct identity_constraint *constraint = target->constraint;
    struct field_value *value = &v->values[target->values + watch->field];
    if (value->state != FIELD_WATCHED)
        return 0;
    value->state = FIELD_BROKEN;
    if (frame->marks & FRAME_ASTRAY)
        return 0;
    if (frame->type->content != CONTENT_SIMPLE)
        return identity_key_report_not_simple(v, frame, constraint);
    if (constraint->kind == IDENTITY_KEY && frame->element && frame->element->nillable)
        return validator_fault(v, "cvc-identity-constraint.4.2.3", frame, NULL,
                               "A field of key identity-constraint '%s' is nillable.",
                               constraint->name->local);
    if (frame->inside == INSIDE_NIL) {
        value->state = FIELD_ABSENT;
        return 0;
    }
    if (frame->invalid || frame->inside != INSIDE_SIMPLE)
        return 0;
    buf_clear(&v->key);
    if (datatype_key(frame->type->datatype, text, len, &v->prefixes, &v->scratch, &v->key) < 0)
        return -1;
    return set_value(v, value, v->key.data, v->key.len, text, len);
}

int identity_target_finish(struct xsd_validator *v, const struct element_frame *frame,
                           const struct identity_target *target)
{
    const struct identity_constraint *constraint = target->constraint;
    const struct field_value *values = &v->values[target->values];
    bool absent = false;
    buf_clear(&v->key);
    for (uint32_t i = 0; i < constraint->n_fields; i++) {
        if (values[i].state == FIELD_BROKEN || values[i].state == FIELD_WATCHED) {
            identity_key_spoil(v, target->scope, constraint);
            return 0;
        }
        absent |= values[i].state == FIELD_ABSENT;
        /* If all values so far are empty, field_bytes has no memory to point into. */
        identity_key_append(&v->key,
                            values[i].key_len ? v->field_bytes.data + values[i].key_at : "",
                            values[i].key_len);
    }
    if (!absent)
        return identity_key_enter(v, target->scope, frame, constraint, target, &v->key,
                                  key_table_hash(v->seed, v->key.data, v->key.len));
    return identity_key_absent(v, target->scope, frame, constraint, target->disorder);
}
