/* SPDX-License-Identifier: MIT
 *
 * Node tables (Part 1, 3.11.5): the keys of inner scopes that an outer scope has, too. A key
 * sequence of two nodes is in neither's table from the element on in which they meet, unless
 * that element's own constraint selects one of them. Another node may come to it further out.
 * So an outer scope keeps, for a key sequence, the open elements below which it was handed up,
 * each with whether two nodes have met there; what an element that has ended leaves goes to the
 * one around it. Nothing is kept where no open scope refers to the constraint.
 */
#include "xsd/validate/identity.h"

/* The innermost open element that is, or is around, that of `ordinal`. */
static uint32_t depth_around(const struct xsd_validator *v, uint64_t ordinal)
{
    uint32_t depth = 0, behind = (uint32_t)v->frames_size.n;
    while (behind - depth > 1) {
        uint32_t middle = depth + (behind - depth) / 2;
        if (v->frames[middle].ordinal <= ordinal)
            depth = middle;
        else
            behind = middle;
    }
    return depth;
}

/* -- Meetings ------------------------------------------------------------------------- */

/* They are referred to by index + 1. */
static struct key_meeting *meeting_at(const struct identity_scope *scope, uint32_t number)
{
    return &scope->meetings[number - 1];
}

static void pop(struct identity_scope *scope, struct key_table_entry *entry)
{
    uint32_t number = entry->mark;
    struct key_meeting *top = meeting_at(scope, number);
    entry->mark = top->below;
    top->below = scope->spare_meeting;
    scope->spare_meeting = number;
}

static int push(struct identity_scope *scope, struct key_table_entry *entry, uint32_t depth,
                uint64_t element)
{
    uint32_t number = scope->spare_meeting;
    if (number) {
        scope->spare_meeting = meeting_at(scope, number)->below;
    } else {
        struct key_meeting *grown = array_room(scope->meetings, &scope->cap_meetings,
                                               scope->n_meetings + 1, sizeof *grown);
        if (!grown || scope->n_meetings == IDENTITY_OWN_KEY - 1)
            return -1;
        scope->meetings = grown;
        number = (uint32_t)++scope->n_meetings;
    }
    *meeting_at(scope, number) = (struct key_meeting){element, depth, entry->mark, false};
    entry->mark = number;
    return 0;
}

/* Lets nodes meet in the elements that have ended. */
static void settle(const struct xsd_validator *v, struct identity_scope *scope,
                   struct key_table_entry *entry)
{
    while (entry->mark) {
        struct key_meeting *top = meeting_at(scope, entry->mark);
        struct key_meeting *below = top->below ? meeting_at(scope, top->below) : NULL;
        uint32_t depth = depth_around(v, top->element);
        if (v->frames[depth].ordinal == top->element)
            return;
        if (!top->is_conflict && (!below || below->depth < depth)) {
            top->depth = depth;
            top->element = v->frames[depth].ordinal;
            return;
        }
        if (!top->is_conflict)
            below->is_conflict = true;
        pop(scope, entry);
    }
}

/* -- Tables --------------------------------------------------------------------------- */

bool identity_table_has(const struct xsd_validator *v, struct identity_scope *scope,
                        struct key_table_entry *entry)
{
    if (entry->mark == IDENTITY_OWN_KEY)
        return true;
    settle(v, scope, entry);
    return entry->mark && !meeting_at(scope, entry->mark)->is_conflict;
}

/* Where the constraint of that number would be in the list; n or more: it is not there. */
static uint32_t place_of(const struct identity_constraints *constraints, uint32_t id)
{
    return id - constraints->list[0]->id;
}

/* Schemas have hundreds of constraints on one element: only those are looked at that lie
 * between the first and the last reference. */
static bool refers(const struct identity_constraints *constraints,
                   const struct identity_constraint *key)
{
    uint32_t least = constraints->list[0]->id;
    uint32_t id = key->first_keyref > least ? key->first_keyref : least;
    for (; id <= key->last_keyref && id - least < constraints->n; id++)
        if (constraints->list[id - least]->refer == key)
            return true;
    return false;
}

/* The constraint of a key in the scope's table: its own, or one that it refers to. */
static const struct identity_constraint *
constraint_of(const struct identity_constraints *constraints, uint32_t id)
{
    uint32_t place = place_of(constraints, id);
    if (place < constraints->n)
        return constraints->list[place];
    for (uint32_t i = 0; i < constraints->n; i++)
        if (constraints->list[i]->refer && constraints->list[i]->refer->id == id)
            return constraints->list[i]->refer;
    return NULL;
}

/* The next outer scope that has a table for the constraint; NULL, too, where neither that nor
 * one around it refers to it. */
static struct identity_scope *taker_of(const struct xsd_validator *v,
                                       const struct identity_constraint *key)
{
    struct identity_scope *taker = NULL;
    if (key->first_keyref > key->last_keyref)
        return NULL;
    for (size_t outer = v->scopes_size.n - 1; outer-- > 0;) {
        struct identity_scope *scope = &v->scopes[outer];
        bool needs = scope->constraints->has_keyref && refers(scope->constraints, key);
        if (!taker && (needs || place_of(scope->constraints, key->id) < scope->constraints->n))
            taker = scope;
        if (needs)
            return taker;
    }
    return NULL;
}

static int hand_up(struct xsd_validator *v, const struct identity_scope *from,
                   const struct key_table_entry *entry, struct identity_scope *taker)
{
    const char *key = from->keys.bytes.data + entry->at;
    uint32_t depth = from->depth - 1;
    bool is_new;
    uint32_t found =
        key_table_enter(&taker->keys, entry->hash, entry->group, key, entry->len, &is_new);
    if (found == KEY_TABLE_NONE)
        return -1;
    struct key_table_entry *taken = &taker->keys.entries[found];
    if (taken->mark == IDENTITY_OWN_KEY)
        return 0;
    settle(v, taker, taken);
    if (!taken->mark || meeting_at(taker, taken->mark)->depth < depth)
        return push(taker, taken, depth, v->frames[depth].ordinal);
    meeting_at(taker, taken->mark)->is_conflict = true;
    return 0;
}

int identity_table_hand_up(struct xsd_validator *v, struct identity_scope *scope)
{
    const struct identity_constraint *key = NULL;
    struct identity_scope *taker = NULL;
    for (uint32_t i = 0; i < scope->keys.n; i++) {
        struct key_table_entry *entry = &scope->keys.entries[i];
        if (!key || entry->group != key->id) {
            key = constraint_of(scope->constraints, entry->group);
            taker = key ? taker_of(v, key) : NULL;
        }
        if (taker && identity_table_has(v, scope, entry) && hand_up(v, scope, entry, taker) < 0)
            return -1;
    }
    return 0;
}
