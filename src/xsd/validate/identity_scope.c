/* SPDX-License-Identifier: MIT
 *
 * Scopes: open elements that have identity constraints. A keyref is compared with the keys
 * when its scope closes, because those may come from inner scopes.
 */
#include "xsd/validate/identity.h"

#include <stdlib.h>

enum { BYTES_KEPT = 1 << 20 }; /* of occurrences, when a scope closes */

int identity_scope_open(struct xsd_validator *v, const struct identity_constraints *constraints)
{
    if (!VALIDATOR_ROOM(v, scopes, 1))
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

void identity_scope_clear(struct identity_scope *scope)
{
    key_table_clear(&scope->keys);
    key_table_clear(&scope->refs);
    scope->n_occurrences = 0;
    if (scope->cap_occurrences > BYTES_KEPT / sizeof *scope->occurrences) {
        free(scope->occurrences);
        scope->occurrences = NULL;
        scope->cap_occurrences = 0;
    }
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
        if (found != KEY_TABLE_NONE && scope->keys.entries[found].mark != KEY_DEAD)
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

/* Gives a key to the next outer scope that has a keyref to its constraint. */
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
        if (found == KEY_TABLE_NONE) {
            found = key_table_add(keys, entry->hash, entry->group, key, entry->len);
            if (found == KEY_TABLE_NONE)
                return -1;
            keys->entries[found].mark = KEY_INNER;
        } else if (keys->entries[found].mark == KEY_INNER) {
            keys->entries[found].mark = KEY_DEAD;
        }
        return 0;
    }
    return 0;
}

int identity_scope_close(struct xsd_validator *v)
{
    struct identity_scope *scope = &v->scopes[v->scopes_size.n - 1];
    int rc = v->gave_up ? 0 : check_refs(v, scope);
    for (uint32_t i = 0; v->scopes_size.n > 1 && i < scope->keys.n && rc == 0; i++)
        if (scope->keys.entries[i].mark != KEY_DEAD)
            rc = hand_up(v, scope, &scope->keys.entries[i]);
    identity_scope_clear(scope);
    v->scopes_size.n--;
    return rc;
}
