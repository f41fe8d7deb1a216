/* SPDX-License-Identifier: MIT
 *
 * unique, key and keyref. An open element with constraints is a scope. When an element starts,
 * its name leads to the selectors that may select it; the way up to the scope is then compared
 * with the selector's steps. Where all fields are attributes of the selected element, as they
 * mostly are, its key sequence is known at once; otherwise field.c waits for their values.
 */
#include "xsd/validate/identity.h"

#include "base/array.h"
#include <stdlib.h>
#include <string.h>

/* Of an entry in scope->keys. Keys of inner scopes come up to an outer one that refers to them;
 * two different ones of one value cancel each other. */
enum { KEY_OWN, KEY_INNER, KEY_DEAD };

#define KEEP_BYTES (1u << 20)

bool identity_step_matches(const struct identity_step *step, uint32_t symbol, uint32_t ns)
{
    if (step->kind == STEP_NAME)
        return step->symbol == symbol;
    return step->kind == STEP_ANY || step->ns == ns;
}

bool identity_path_leads(const struct xsd_validator *v, const struct identity_path *path,
                         uint32_t from, uint32_t to)
{
    uint32_t down = to - from;
    if (path->descendant ? down < path->n_steps : down != path->n_steps)
        return false;
    for (uint32_t i = 0; i < path->n_steps; i++) {
        const struct element_frame *frame = &v->frames[to - i];
        if (!identity_step_matches(&path->steps[path->n_steps - 1 - i], frame->symbol,
                                   frame->ns))
            return false;
    }
    return true;
}

int identity_append_key(struct buf *sequence, const char *key, size_t len)
{
    uint32_t size = (uint32_t)len;
    if (len > UINT32_MAX)
        return -1;
    buf_append(sequence, &size, sizeof size);
    return buf_append(sequence, key, len);
}

void identity_append_shown(struct xsd_validator *v, const char *text, size_t len)
{
    buf_append_string(&v->shown, v->shown.len ? ", '" : "'");
    buf_append(&v->shown, text, len);
    buf_append_char(&v->shown, '\'');
}

static int add_occurrence(struct xsd_validator *v, struct identity_scope *scope,
                          const struct identity_constraint *constraint,
                          const struct element_frame *frame, uint32_t ref)
{
    struct keyref_occurrence *grown = array_room(scope->occurrences, &scope->cap_occurrences,
                                                 scope->n_occurrences + 1, sizeof *grown);
    if (!grown)
        return -1;
    scope->occurrences = grown;
    scope->occurrences[scope->n_occurrences++] = (struct keyref_occurrence){
        frame->localname, frame->uri, constraint, frame->ordinal, line_now(v), ref};
    return 0;
}

/* v->shown is made when it is needed: from the target's values, or from own attributes. */
static int show(struct xsd_validator *v, const struct element_frame *frame,
                const struct identity_constraint *constraint,
                const struct identity_target *target);

static int enter_ref(struct xsd_validator *v, struct identity_scope *scope,
                     const struct element_frame *frame,
                     const struct identity_constraint *constraint,
                     const struct identity_target *target, const struct buf *key, uint64_t hash)
{
    uint32_t ref = key_table_find(&scope->refs, hash, constraint->id, key->data, key->len);
    if (ref == TABLE_NONE) {
        ref = key_table_add(&scope->refs, hash, constraint->id, key->data, key->len);
        if (ref == TABLE_NONE || show(v, frame, constraint, target) < 0 ||
            buf_append(&scope->refs.bytes, v->shown.data, v->shown.len) < 0)
            return -1;
        if (v->shown.len > UINT32_MAX)
            return -1;
        scope->refs.entries[ref].mark = (uint32_t)v->shown.len;
    }
    return add_occurrence(v, scope, constraint, frame, ref);
}

int identity_enter(struct xsd_validator *v, uint32_t scope_number,
                   const struct element_frame *frame,
                   const struct identity_constraint *constraint,
                   const struct identity_target *target, const struct buf *key, uint64_t hash)
{
    struct identity_scope *scope = &v->scopes[scope_number];
    if (key->failed)
        return -1;
    if (constraint->kind == CONSTRAINT_KEYREF)
        return enter_ref(v, scope, frame, constraint, target, key, hash);
    uint32_t found = key_table_find(&scope->keys, hash, constraint->id, key->data, key->len);
    if (found == TABLE_NONE) {
        found = key_table_add(&scope->keys, hash, constraint->id, key->data, key->len);
        if (found == TABLE_NONE)
            return -1;
        scope->keys.entries[found].mark = KEY_OWN;
        return 0;
    }
    if (scope->keys.entries[found].mark != KEY_OWN) {
        scope->keys.entries[found].mark = KEY_OWN;
        return 0;
    }
    if (show(v, frame, constraint, target) < 0)
        return -1;
    bool is_key = constraint->kind == CONSTRAINT_KEY;
    return validator_fault(
        v, is_key ? "cvc-identity-constraint.4.2.2" : "cvc-identity-constraint.4.1", frame,
        NULL, "Duplicate key-sequence [%s] in %s identity-constraint '%s'.",
        buf_string(&v->shown), is_key ? "key" : "unique", constraint->name->local);
}

int identity_report_absent(struct xsd_validator *v, const struct element_frame *frame,
                           const struct identity_constraint *constraint)
{
    if (constraint->kind != CONSTRAINT_KEY)
        return 0;
    return validator_fault(v, "cvc-identity-constraint.4.2.1", frame, NULL,
                           "Not all fields of key identity-constraint '%s' evaluate to a node.",
                           constraint->name->local);
}

int identity_report_not_simple(struct xsd_validator *v, const struct element_frame *frame,
                               const struct instance_attr *attr,
                               const struct identity_constraint *constraint)
{
    return validator_fault(
        v, "cvc-identity-constraint.3", frame, attr,
        "A field of identity-constraint '%s' evaluates to a node that is not of a "
        "simple type.",
        constraint->name->local);
}

const struct value_constraint *identity_default_of(const struct element_frame *frame,
                                                   uint32_t symbol)
{
    const struct attributes *attributes = frame->type->attributes;
    const struct attribute_use *use = attributes ? attributes_find(attributes, symbol) : NULL;
    return use && use->constant.text ? &use->constant : NULL;
}

int identity_key_of_attr(struct xsd_validator *v, struct instance_attr *attr)
{
    if (attr->has_key)
        return 0;
    attr->key_at = v->attr_keys.len;
    if (datatype_key(attr->datatype, attr->value, attr->len, &v->prefixes, &v->scratch,
                     &v->attr_keys) < 0)
        return -1;
    attr->key_len = v->attr_keys.len - attr->key_at;
    attr->has_key = true;
    return 0;
}

/* The key sequence of own attributes, in v->own_key; only the first constraint of a shape makes
 * it. 0, or -1 without memory. */
static int make_own_key(struct xsd_validator *v, const struct element_frame *frame,
                        const struct identity_constraint *constraint)
{
    buf_clear(&v->own_key);
    v->own_shape = constraint->shape;
    v->own_state = VALUE_PRESENT;
    for (uint32_t i = 0; i < constraint->n_fields; i++) {
        struct instance_attr *attr = start_tag_find_attr(v, constraint->own[i]);
        const struct value_constraint *constant =
            attr ? NULL : identity_default_of(frame, constraint->own[i]);
        if (constant) {
            identity_append_key(&v->own_key, constant->key, constant->key_len);
        } else if (!attr) {
            v->own_state = VALUE_ABSENT;
            return 0;
        } else if (attr->invalid || !attr->datatype) {
            v->own_state = VALUE_BROKEN;
            return attr->invalid ? 0 : identity_report_not_simple(v, frame, attr, constraint);
        } else {
            if (identity_key_of_attr(v, attr) < 0)
                return -1;
            identity_append_key(&v->own_key, v->attr_keys.data + attr->key_at, attr->key_len);
        }
    }
    v->own_hash = key_table_hash(v->seed, v->own_key.data, v->own_key.len);
    return v->own_key.failed ? -1 : 0;
}

/* All fields are attributes of the element that starts now. */
static int enter_own_attributes(struct xsd_validator *v, uint32_t scope,
                                const struct element_frame *frame,
                                const struct identity_constraint *constraint)
{
    if (v->own_shape != constraint->shape && make_own_key(v, frame, constraint) < 0)
        return -1;
    if (v->own_state == VALUE_ABSENT)
        return identity_report_absent(v, frame, constraint);
    if (v->own_state == VALUE_BROKEN)
        return 0;
    return identity_enter(v, scope, frame, constraint, NULL, &v->own_key, v->own_hash);
}

static int show(struct xsd_validator *v, const struct element_frame *frame,
                const struct identity_constraint *constraint,
                const struct identity_target *target)
{
    buf_clear(&v->shown);
    for (uint32_t i = 0; i < constraint->n_fields; i++) {
        if (target) {
            const struct field_value *value = &v->values[target->values + i];
            identity_append_shown(v, v->field_bytes.data + value->key_at + value->key_len,
                                  value->shown_len);
            continue;
        }
        const struct instance_attr *attr = start_tag_find_attr(v, constraint->own[i]);
        const struct value_constraint *constant =
            attr ? NULL : identity_default_of(frame, constraint->own[i]);
        identity_append_shown(v, attr ? attr->value : constant->text,
                              attr ? attr->len : constant->len);
    }
    return buf_string(&v->shown) ? 0 : -1;
}

/* A constraint selects an element once, by whichever of its paths. */
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
    while (number != NONE && rc == 0) {
        const struct identity_selector *selector = &constraints->selectors[number];
        const struct identity_constraint *constraint = selector->constraint;
        bool selects =
            selector->anywhere ? to > from : identity_path_leads(v, selector->path, from, to);
        if (selects && !(selector->has_rivals && selected_before(v, selector, from, to)))
            rc = constraint->own ? enter_own_attributes(v, scope, frame, constraint)
                                 : identity_add_target(v, frame, scope, constraint);
        number = selector->next;
    }
    return rc;
}

static int select_element(struct xsd_validator *v, struct element_frame *frame, uint32_t scope)
{
    const struct identity_constraints *constraints = v->scopes[scope].constraints;
    if (constraints->any != NONE && try_selectors(v, frame, scope, constraints->any) < 0)
        return -1;
    for (uint32_t at = symbol_slot(frame->symbol); frame->symbol; at++) {
        const struct model_slot *slot = &constraints->slots[at & constraints->mask];
        if (!slot->symbol)
            break;
        if (slot->symbol == frame->symbol)
            return try_selectors(v, frame, scope, slot->position);
    }
    return 0;
}

static int open_scope(struct xsd_validator *v, const struct identity_constraints *constraints)
{
    if (!PUSH_ROOM(v, scopes, 1))
        return -1;
    struct identity_scope *scope = &v->scopes[v->scopes_size.n];
    if (v->scopes_size.n == v->n_scopes_made) {
        *scope = (struct identity_scope){0};
        v->n_scopes_made++;
    }
    scope->constraints = constraints;
    scope->depth = (uint32_t)v->frames_size.n - 1;
    v->scopes_size.n++;
    return 0;
}

static void clear_scope(struct identity_scope *scope)
{
    key_table_clear(&scope->keys);
    key_table_clear(&scope->refs);
    scope->n_occurrences = 0;
    if (scope->cap_occurrences > KEEP_BYTES / sizeof *scope->occurrences) {
        free(scope->occurrences);
        scope->occurrences = NULL;
        scope->cap_occurrences = 0;
    }
}

int identity_start(struct xsd_validator *v, struct element_frame *frame)
{
    uint32_t depth = (uint32_t)v->frames_size.n - 1;
    buf_clear(&v->attr_keys);
    v->own_shape = NONE;
    if (!v->targets_size.n)
        buf_clear(&v->field_bytes);
    for (size_t i = v->targets_size.n; i-- > 0;) {
        if (v->xsd->reach != NONE && depth - v->targets[i].depth > v->xsd->reach)
            break;
        if (identity_look_for_fields(v, frame, i) < 0)
            return -1;
    }
    if (frame->element && frame->element->constraints &&
        open_scope(v, frame->element->constraints) < 0)
        return -1;
    for (size_t i = v->scopes_size.n; i-- > 0;)
        if (select_element(v, frame, (uint32_t)i) < 0)
            return -1;
    return 0;
}

/* cvc-identity-constraint.4.3 */
static int check_refs(struct xsd_validator *v, const struct identity_scope *scope)
{
    for (size_t i = 0; i < scope->n_occurrences; i++) {
        const struct keyref_occurrence *o = &scope->occurrences[i];
        const struct key_table_entry *ref = &scope->refs.entries[o->ref];
        const char *key = scope->refs.bytes.data + ref->at;
        uint32_t refer = o->constraint->refer->id;
        uint32_t found = key_table_find(&scope->keys, ref->hash, refer, key, ref->len);
        if (found != TABLE_NONE && scope->keys.entries[found].mark != KEY_DEAD)
            continue;
        struct element_frame at = {
            .localname = o->localname, .uri = o->uri, .ordinal = o->element};
        if (validator_fault_at(v, "cvc-identity-constraint.4.3", &at, o->line,
                               "No match found for key-sequence [%.*s] of keyref '%s'.",
                               (int)ref->mark, key + ref->len, o->constraint->name->local) < 0)
            return -1;
    }
    return 0;
}

static bool refers_to(const struct identity_constraints *constraints, uint32_t id)
{
    for (uint32_t i = 0; constraints->has_keyref && i < constraints->n; i++)
        if (constraints->list[i]->refer && constraints->list[i]->refer->id == id)
            return true;
    return false;
}

static int hand_up(struct xsd_validator *v, const struct identity_scope *from,
                   const struct key_table_entry *entry)
{
    const char *key = from->keys.bytes.data + entry->at;
    size_t outer = v->scopes_size.n - 1;
    while (outer-- > 0) {
        struct key_table *keys = &v->scopes[outer].keys;
        if (!refers_to(v->scopes[outer].constraints, entry->group))
            continue;
        uint32_t found = key_table_find(keys, entry->hash, entry->group, key, entry->len);
        if (found == TABLE_NONE) {
            found = key_table_add(keys, entry->hash, entry->group, key, entry->len);
            if (found == TABLE_NONE)
                return -1;
            keys->entries[found].mark = KEY_INNER;
        } else if (keys->entries[found].mark == KEY_INNER) {
            keys->entries[found].mark = KEY_DEAD;
        }
        return 0;
    }
    return 0;
}

/* The innermost scope closes: v->scopes[n - 1]. */
static int close_scope(struct xsd_validator *v)
{
    struct identity_scope *scope = &v->scopes[v->scopes_size.n - 1];
    int rc = v->gave_up ? 0 : check_refs(v, scope);
    for (uint32_t i = 0; v->scopes_size.n > 1 && i < scope->keys.n && rc == 0; i++)
        if (scope->keys.entries[i].mark != KEY_DEAD)
            rc = hand_up(v, scope, &scope->keys.entries[i]);
    clear_scope(scope);
    v->scopes_size.n--;
    return rc;
}

int identity_end(struct xsd_validator *v, const struct element_frame *frame, const char *text,
                 size_t len)
{
    uint32_t depth = (uint32_t)v->frames_size.n - 1;
    int rc = 0;
    while (rc == 0 && v->watches_size.n && v->watches[v->watches_size.n - 1].depth == depth)
        rc = identity_take_value(v, frame, &v->watches[--v->watches_size.n], text, len);
    while (rc == 0 && v->targets_size.n && v->targets[v->targets_size.n - 1].depth == depth) {
        const struct identity_target *target = &v->targets[v->targets_size.n - 1];
        rc = identity_finish_target(v, frame, target);
        v->values_size.n = target->values;
        v->targets_size.n--;
    }
    if (rc == 0 && v->scopes_size.n && v->scopes[v->scopes_size.n - 1].depth == depth)
        rc = close_scope(v);
    return rc;
}

void identity_reset(struct xsd_validator *v)
{
    while (v->scopes_size.n)
        clear_scope(&v->scopes[--v->scopes_size.n]);
    v->targets_size.n = v->values_size.n = v->watches_size.n = 0;
    if (v->field_bytes.cap > KEEP_BYTES)
        buf_free(&v->field_bytes);
    buf_clear(&v->field_bytes);
}

void identity_free(struct xsd_validator *v)
{
    for (size_t i = 0; i < v->n_scopes_made; i++) {
        key_table_free(&v->scopes[i].keys);
        key_table_free(&v->scopes[i].refs);
        free(v->scopes[i].occurrences);
    }
    free(v->scopes);
    free(v->targets);
    free(v->values);
    free(v->watches);
    buf_free(&v->attr_keys);
    buf_free(&v->own_key);
    buf_free(&v->field_bytes);
    buf_free(&v->shown);
}
