/* SPDX-License-Identifier: MIT
 *
 * Key sequences: the bytes they consist of, the tables they are entered into, and what can be
 * wrong with them.
 */
#include "xsd/validate/identity.h"

#include <string.h>

/* -- Keys ----------------------------------------------------------------------------- */

int identity_key_append(struct buf *sequence, const char *key, size_t len)
{
    uint32_t size = (uint32_t)len;
    if (len > UINT32_MAX || buf_reserve(sequence, sizeof size + len) < 0)
        return -1;
    memcpy(sequence->data + sequence->len, &size, sizeof size);
    if (len)
        memcpy(sequence->data + sequence->len + sizeof size, key, len);
    sequence->len += sizeof size + len;
    return 0;
}

int identity_key_append_attr(struct xsd_validator *v, struct buf *sequence,
                             const struct instance_attr *attr)
{
    size_t start = sequence->len;
    uint32_t size = 0;
    if (buf_append(sequence, &size, sizeof size) < 0 ||
        datatype_key(attr->datatype, attr->value, attr->len, &v->prefixes, &v->scratch,
                     sequence) < 0 ||
        sequence->len - start > UINT32_MAX)
        return -1;
    size = (uint32_t)(sequence->len - start - sizeof size);
    memcpy(sequence->data + start, &size, sizeof size);
    return 0;
}

const struct value_constraint *identity_key_default(const struct element_frame *frame,
                                                    uint32_t symbol)
{
    const struct attributes *attributes = frame->type->attributes;
    const struct attribute_use *use = attributes ? attributes_find(attributes, symbol) : NULL;
    return use && use->value.text ? &use->value : NULL;
}

/* -- Faults --------------------------------------------------------------------------- */

void identity_key_spoil(struct xsd_validator *v, uint32_t scope_number,
                        const struct identity_constraint *constraint)
{
    v->scopes[scope_number].spoilt_keys += constraint->kind != IDENTITY_KEYREF;
}

int identity_key_absent(struct xsd_validator *v, uint32_t scope_number,
                        const struct element_frame *frame,
                        const struct identity_constraint *constraint, uint64_t disorder)
{
    if (constraint->kind != IDENTITY_KEY)
        return 0;
    identity_key_spoil(v, scope_number, constraint);
    if (v->disorder != disorder || frame->marks & (FRAME_ASTRAY | FRAME_MISPLACED))
        return 0;
    return validator_fault(v, "cvc-identity-constraint.4.2.1", frame, NULL,
                           "Not all fields of key identity-constraint '%s' evaluate to a node.",
                           constraint->name->local);
}

int identity_key_report_not_simple(struct xsd_validator *v, const struct element_frame *frame,
                                   const struct identity_constraint *constraint)
{
    return validator_fault(
        v, "cvc-identity-constraint.3", frame, NULL,
        "A field of identity-constraint '%s' evaluates to a node that is not of a "
        "simple type.",
        constraint->name->local);
}

bool identity_key_next_text(const char **texts, size_t *len, const char **text, size_t *size)
{
    uint32_t text_len;
    if (!*len)
        return false;
    memcpy(&text_len, *texts, sizeof text_len);
    *text = *texts + sizeof text_len;
    *size = text_len;
    *texts += sizeof text_len + text_len;
    *len -= sizeof text_len + text_len;
    return true;
}

const char *identity_key_show(struct xsd_validator *v, const char *texts, size_t len)
{
    const char *text;
    size_t size;
    buf_clear(&v->shown);
    while (identity_key_next_text(&texts, &len, &text, &size)) {
        buf_append_string(&v->shown, v->shown.len ? ", '" : "'");
        buf_append(&v->shown, text, size);
        buf_append_char(&v->shown, '\'');
    }
    return buf_string(&v->shown);
}

/* Makes v->texts: of the values of the target, or of attributes of the present start tag. */
static int take_texts(struct xsd_validator *v, const struct element_frame *frame,
                      const struct identity_constraint *constraint,
                      const struct identity_target *target)
{
    buf_clear(&v->texts);
    for (uint32_t i = 0; i < constraint->n_fields; i++) {
        if (target) {
            const struct field_value *value = &v->values[target->values + i];
            /* If all values are empty, field_bytes has no memory to point into. */
            identity_key_append(
                &v->texts,
                value->text_len ? v->field_bytes.data + value->key_at + value->key_len : "",
                value->text_len);
            continue;
        }
        const struct instance_attr *attr = validator_find_attr(v, constraint->own[i]);
        const struct value_constraint *default_value =
            attr ? NULL : identity_key_default(frame, constraint->own[i]);
        /* Neither is there only where an image has given two constraints one shape. */
        const char *text = attr ? attr->value : default_value ? default_value->text : "";
        size_t len = attr ? attr->len : default_value ? default_value->len : 0;
        identity_key_append(&v->texts, text, len);
    }
    return v->texts.failed || v->texts.len > UINT32_MAX ? -1 : 0;
}

static int report_duplicate(struct xsd_validator *v, const struct element_frame *frame,
                            const struct identity_constraint *constraint,
                            const struct identity_target *target)
{
    const char *shown = take_texts(v, frame, constraint, target) < 0
                            ? NULL
                            : identity_key_show(v, v->texts.data, v->texts.len);
    if (!shown)
        return -1;
    bool is_key = constraint->kind == IDENTITY_KEY;
    return validator_fault(
        v, is_key ? "cvc-identity-constraint.4.2.2" : "cvc-identity-constraint.4.1", frame,
        NULL, "Duplicate key-sequence [%s] in %s identity-constraint '%s'.", shown,
        is_key ? "key" : "unique", constraint->name->local);
}

/* -- Tables --------------------------------------------------------------------------- */

static int add_occurrence(struct xsd_validator *v, struct identity_scope *scope,
                          const struct identity_constraint *constraint,
                          const struct element_frame *frame, uint32_t ref)
{
    struct keyref_occurrence *grown = array_room(scope->occurrences, &scope->cap_occurrences,
                                                 scope->n_occurrences + 1, sizeof *grown);
    if (!grown)
        return -1;
    scope->occurrences = grown;
    scope->occurrences[scope->n_occurrences++] =
        (struct keyref_occurrence){frame->localname,
                                   frame->uri,
                                   constraint,
                                   frame->ordinal,
                                   validator_place(v, NULL, 0),
                                   ref};
    return 0;
}

static int enter_ref(struct xsd_validator *v, struct identity_scope *scope,
                     const struct element_frame *frame,
                     const struct identity_constraint *constraint,
                     const struct identity_target *target, const struct buf *key, uint64_t hash)
{
    bool is_new;
    uint32_t ref =
        key_table_enter(&scope->refs, hash, constraint->id, key->data, key->len, &is_new);
    if (ref == KEY_TABLE_NONE)
        return -1;
    if (is_new) {
        if (take_texts(v, frame, constraint, target) < 0 ||
            buf_append(&scope->refs.bytes, v->texts.data, v->texts.len) < 0)
            return -1;
        scope->refs.entries[ref].mark = (uint32_t)v->texts.len;
    }
    return add_occurrence(v, scope, constraint, frame, ref);
}

int identity_key_enter(struct xsd_validator *v, uint32_t scope_number,
                       const struct element_frame *frame,
                       const struct identity_constraint *constraint,
                       const struct identity_target *target, const struct buf *key,
                       uint64_t hash)
{
    struct identity_scope *scope = &v->scopes[scope_number];
    if (key->failed)
        return -1;
    if (constraint->kind == IDENTITY_KEYREF)
        return constraint->refer ? enter_ref(v, scope, frame, constraint, target, key, hash)
                                 : 0;
    bool is_new;
    uint32_t found =
        key_table_enter(&scope->keys, hash, constraint->id, key->data, key->len, &is_new);
    if (found == KEY_TABLE_NONE)
        return -1;
    if (!is_new && scope->keys.entries[found].mark == IDENTITY_OWN_KEY) {
        identity_key_spoil(v, scope_number, constraint);
        return report_duplicate(v, frame, constraint, target);
    }
    scope->keys.entries[found].mark = IDENTITY_OWN_KEY;
    return 0;
}
