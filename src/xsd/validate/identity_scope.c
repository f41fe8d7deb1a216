/* SPDX-License-Identifier: MIT
 *
 * Scopes: open elements that have identity constraints. A keyref is compared with the keys
 * when its scope closes, because those may come from inner scopes.
 */
#include "xsd/validate/identity.h"

#include <stdlib.h>

enum { BYTES_KEPT = 1 << 20 }; /* of occurrences, of meetings, when a scope closes */

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
    scope->spoilt_keys = 0;
    scope->n_occurrences = scope->n_meetings = 0;
    scope->spare_meeting = 0;
    if (scope->cap_occurrences > BYTES_KEPT / sizeof *scope->occurrences) {
        free(scope->occurrences);
        scope->occurrences = NULL;
        scope->cap_occurrences = 0;
    }
    if (scope->cap_meetings > BYTES_KEPT / sizeof *scope->meetings) {
        free(scope->meetings);
        scope->meetings = NULL;
        scope->cap_meetings = 0;
    }
}

/* entry->element in scope->refs */
enum ref_state { REF_OPEN, REF_KEPT, REF_DANGLES };

/* Whether no key has the value, and none could have it if it were not for a fault. */
static enum ref_state look_up(const struct xsd_validator *v, struct identity_scope *scope,
                              const struct key_table_entry *ref, uint32_t refer)
{
    const char *key = scope->refs.bytes.data + ref->at, *texts = key + ref->len, *text;
    size_t len = ref->mark, size;
    uint32_t found = key_table_find(&scope->keys, ref->hash, refer, key, ref->len);
    if (found != KEY_TABLE_NONE && identity_table_has(v, scope, &scope->keys.entries[found]))
        return REF_KEPT;
    while (identity_key_next_text(&texts, &len, &text, &size))
        if (!unassessed_may_have(v, text, size))
            return REF_DANGLES;
    return REF_KEPT;
}

static int report_ref(struct xsd_validator *v, const struct identity_scope *scope,
                      const struct keyref_occurrence *o)
{
    const struct key_table_entry *ref = &scope->refs.entries[o->ref];
    const char *shown =
        identity_key_show(v, scope->refs.bytes.data + ref->at + ref->len, ref->mark);
    struct element_frame at = {.localname = o->localname, .uri = o->uri, .ordinal = o->element};
    if (!shown)
        return -1;
    return validator_fault_at(v, "cvc-identity-constraint.4.3", &at, o->place,
                              "No match found for key-sequence [%s] of keyref '%s'.", shown,
                              o->constraint->name->local);
}

/* cvc-identity-constraint.4.3. As many values as keys were spoilt may be those of the keys. */
static int check_refs(struct xsd_validator *v, struct identity_scope *scope)
{
    uint64_t dangling = 0;
    for (size_t i = 0; i < scope->n_occurrences; i++) {
        const struct keyref_occurrence *o = &scope->occurrences[i];
        struct key_table_entry *ref = &scope->refs.entries[o->ref];
        if (ref->element != REF_OPEN)
            continue;
        ref->element = look_up(v, scope, ref, o->constraint->refer->id);
        dangling += ref->element == REF_DANGLES;
    }
    if (dangling <= scope->spoilt_keys)
        return 0;
    for (size_t i = 0; i < scope->n_occurrences; i++) {
        const struct keyref_occurrence *o = &scope->occurrences[i];
        if (scope->refs.entries[o->ref].element == REF_DANGLES && report_ref(v, scope, o) < 0)
            return -1;
    }
    return 0;
}

int identity_scope_close(struct xsd_validator *v)
{
    struct identity_scope *scope = &v->scopes[v->scopes_size.n - 1];
    int rc = check_refs(v, scope);
    if (v->scopes_size.n > 1)
        scope[-1].spoilt_keys += scope->spoilt_keys;
    if (v->scopes_size.n > 1 && rc == 0)
        rc = identity_table_hand_up(v, scope);
    identity_scope_clear(scope);
    v->scopes_size.n--;
    return rc;
}
