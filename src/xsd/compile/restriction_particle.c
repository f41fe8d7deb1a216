/* SPDX-License-Identifier: MIT
 *
 * Particle Valid (Restriction), as the Recommendation writes it (Part 1, 3.9.6): particle by
 * particle. Where it leaves open how the members of a substitution group stand in for their
 * head, what the base allows is taken for allowed.
 */
#include "xsd/compile/content.h"

#include <string.h>

/* A particle without what is pointless in and around it (clause 2.2). */
struct bare {
    enum particle_kind kind;
    uint32_t min;
    uint32_t max; /* XSD_UNBOUNDED */
    const struct particle *particle;
    struct bare **members;
    uint32_t n;
    uint32_t cap;
};

/* -- Without what is pointless -------------------------------------------------------- */

static bool occurs_once(const struct bare *bare)
{
    return bare->min == 1 && bare->max == 1;
}

static void add_member(struct xsd_compiler *c, struct bare *group, struct bare *member)
{
    if (member->kind == group->kind && occurs_once(member) &&
        (group->kind == PARTICLE_SEQUENCE || group->kind == PARTICLE_CHOICE)) {
        for (uint32_t i = 0; i < member->n; i++)
            add_member(c, group, member->members[i]);
        return;
    }
    if (group->n == group->cap) {
        uint32_t cap = group->cap ? group->cap * 2 : 4;
        struct bare **members = xsd_compile_alloc_scratch(c, cap * sizeof(struct bare *));
        for (uint32_t i = 0; i < group->n; i++)
            members[i] = group->members[i];
        group->members = members;
        group->cap = cap;
    }
    group->members[group->n++] = member;
}

static bool is_group(enum particle_kind kind)
{
    return kind != PARTICLE_ELEMENT && kind != PARTICLE_WILDCARD;
}

/* NULL: nothing is left. */
static struct bare *strip(struct xsd_compiler *c, const struct particle *particle)
{
    if (is_group(particle->kind) && particle->kind != PARTICLE_ALL && !particle->leaves)
        return NULL;
    struct bare *bare = xsd_compile_alloc_scratch(c, sizeof *bare);
    *bare = (struct bare){.kind = particle->kind,
                          .min = particle->min,
                          .max = particle->max,
                          .particle = particle};
    bool may_be_empty = false; /* by an alternative that is */
    for (uint32_t i = 0; i < particle->children.n; i++) {
        struct bare *member = strip(c, particle->children.items[i]);
        if (member)
            add_member(c, bare, member);
        else
            may_be_empty |= bare->kind == PARTICLE_CHOICE;
    }
    if (!is_group(bare->kind))
        return bare;
    if (!bare->n)
        return NULL;
    if (bare->n == 1 && occurs_once(bare) && (!may_be_empty || bare->members[0]->min <= 1))
        bare = bare->members[0];
    if (may_be_empty)
        bare->min = 0;
    return bare;
}

/* -- Ranges --------------------------------------------------------------------------- */

struct range {
    uint64_t min;
    uint64_t max; /* XSD_UNBOUNDED or more: unbounded */
};

static uint64_t times(uint64_t count, uint64_t factor)
{
    uint64_t product = count * factor; /* of less than 33 bits each */
    return product < XSD_UNBOUNDED ? product : XSD_UNBOUNDED;
}

/* Effective Total Range (3.8.6) */
static struct range total_range(const struct bare *bare)
{
    struct range sum = {0, 0};
    if (!is_group(bare->kind))
        return (struct range){bare->min, bare->max};
    for (uint32_t i = 0; i < bare->n; i++) {
        struct range one = total_range(bare->members[i]);
        if (bare->kind != PARTICLE_CHOICE) {
            sum.min += one.min;
            sum.max += one.max;
        } else {
            sum.min = i == 0 || one.min < sum.min ? one.min : sum.min;
            sum.max = one.max > sum.max ? one.max : sum.max;
        }
    }
    sum.min = sum.min < XSD_UNBOUNDED ? sum.min : XSD_UNBOUNDED;
    sum.max = sum.max < XSD_UNBOUNDED ? sum.max : XSD_UNBOUNDED;
    return (struct range){times(sum.min, bare->min), times(sum.max, bare->max)};
}

/* Occurrence Range OK */
static bool within(struct range sub, const struct bare *base)
{
    return sub.min >= base->min && sub.max <= base->max;
}

static bool occurs_within(const struct bare *sub, const struct bare *base)
{
    return within((struct range){sub->min, sub->max}, base);
}

/* -- Elements ------------------------------------------------------------------------- */

static const struct element *element_of(const struct bare *bare)
{
    return bare->particle->element;
}

/* The head of a substitution group, which stands for a choice of its members (clause 2.1). */
static bool is_head(const struct bare *bare)
{
    return bare->kind == PARTICLE_ELEMENT && element_of(bare)->global &&
           element_of(bare)->n_members;
}

/* That of the name among a declaration and those that may stand for it, or NULL. */
static const struct element *find_member(struct xsd_compiler *c, const struct element *head,
                                         const struct symbol *name)
{
    if (head->name == name)
        return head;
    for (uint32_t i = 0; head->global && i < head->n_members; i++) {
        xsd_compile_tick(c);
        if (head->members[i]->name == name)
            return head->members[i];
    }
    return NULL;
}

/* rcase-NameAndTypeOK.3. Two global declarations of one name are the same. */
const char *restriction_of_element(const struct element *sub, const struct element *base,
                                   const char **what)
{
    if (sub == base)
        return NULL;
    *what = "another type of element";
    if (!type_derives(sub->type, base->type, DERIVATION_EXTENSION))
        return "rcase-NameAndTypeOK.3.2.5";
    *what = "nillable element";
    if (sub->nillable && !base->nillable)
        return "rcase-NameAndTypeOK.3.2.1";
    *what = "an identity constraint that the base has not, of element";
    if (sub->constraints) /* those of the base are others, for their names are */
        return "rcase-NameAndTypeOK.3.2.3";
    *what = "a smaller block of element";
    if (base->block & ~sub->block)
        return "rcase-NameAndTypeOK.3.2.4";
    *what = "another fixed value of element";
    if (base->value.text && base->value.fixed &&
        (!sub->value.text || !sub->value.fixed || sub->value.key_len != base->value.key_len ||
         memcmp(sub->value.key, base->value.key, sub->value.key_len) != 0))
        return "rcase-NameAndTypeOK.3.2.2";
    return NULL;
}

static const char *compare_declarations(struct xsd_compiler *c, const struct element *sub,
                                        const struct element *base)
{
    const struct element *same = find_member(c, base, sub->name);
    const char *what;
    return same ? restriction_of_element(sub, same, &what) : "rcase-NameAndTypeOK";
}

static const char *compare_elements(struct xsd_compiler *c, const struct bare *sub,
                                    const struct bare *base)
{
    const struct element *element = element_of(sub);
    if (!occurs_within(sub, base))
        return "rcase-NameAndTypeOK";
    if (element == element_of(base))
        return NULL;
    const char *broken = compare_declarations(c, element, element_of(base));
    for (uint32_t i = 0; !broken && element->global && i < element->n_members; i++)
        broken = compare_declarations(c, element->members[i], element_of(base));
    return broken;
}

/* -- Wildcards in the base ------------------------------------------------------------ */

static const char *compare(struct xsd_compiler *c, const struct bare *sub,
                           const struct bare *base);

static const char *compare_to_wildcard(struct xsd_compiler *c, const struct bare *sub,
                                       const struct bare *base)
{
    const struct wildcard *any = base->particle->wildcard;
    if (sub->kind == PARTICLE_WILDCARD)
        return occurs_within(sub, base) && wildcard_within(sub->particle->wildcard, any) &&
                       sub->particle->wildcard->process_contents <= any->process_contents
                   ? NULL
                   : "rcase-NSSubset";
    if (sub->kind == PARTICLE_ELEMENT) {
        const struct element *element = element_of(sub);
        bool allowed = wildcard_allows(any, element->name->ns);
        for (uint32_t i = 0; allowed && element->global && i < element->n_members; i++) {
            xsd_compile_tick(c);
            allowed = wildcard_allows(any, element->members[i]->name->ns);
        }
        return allowed && occurs_within(sub, base) ? NULL : "rcase-NSCompat";
    }
    struct bare one = *base;
    one.min = 0;
    one.max = XSD_UNBOUNDED; /* the range is that of all members together */
    for (uint32_t i = 0; i < sub->n; i++)
        if (compare(c, sub->members[i], &one))
            return "rcase-NSRecurseCheckCardinality";
    return within(total_range(sub), base) ? NULL : "rcase-NSRecurseCheckCardinality";
}

/* -- Groups in the base --------------------------------------------------------------- */

static bool may_be_left_out(const struct bare *bare)
{
    return total_range(bare).min == 0;
}

/* Recurse: in the order of the base, and what is left out may be empty. */
static const char *compare_in_order(struct xsd_compiler *c, const struct bare *sub,
                                    const struct bare *base)
{
    static const char RULE[] = "rcase-Recurse";
    uint32_t at = 0;
    if (!occurs_within(sub, base))
        return RULE;
    for (uint32_t i = 0; i < sub->n; i++, at++) {
        for (; at < base->n && compare(c, sub->members[i], base->members[at]); at++)
            if (!may_be_left_out(base->members[at]))
                return RULE;
        if (at == base->n)
            return RULE;
    }
    for (; at < base->n; at++)
        if (!may_be_left_out(base->members[at]))
            return RULE;
    return NULL;
}

/* RecurseUnordered: each to another of the base, and what is left out may be empty. */
static const char *compare_unordered(struct xsd_compiler *c, const struct bare *sub,
                                     const struct bare *base)
{
    static const char RULE[] = "rcase-RecurseUnordered";
    bool *taken = xsd_compile_alloc_scratch(c, base->n * sizeof *taken);
    if (!occurs_within(sub, base))
        return RULE;
    for (uint32_t i = 0; i < sub->n; i++) {
        uint32_t at = 0;
        while (at < base->n && (taken[at] || compare(c, sub->members[i], base->members[at])))
            at++;
        if (at == base->n)
            return RULE;
        taken[at] = true;
    }
    for (uint32_t at = 0; at < base->n; at++)
        if (!taken[at] && !may_be_left_out(base->members[at]))
            return RULE;
    return NULL;
}

/* RecurseLax: in the order of the base; several may be members of one substitution group. */
static const char *compare_choices(struct xsd_compiler *c, const struct bare *sub,
                                   const struct bare *base)
{
    static const char RULE[] = "rcase-RecurseLax";
    uint32_t at = 0;
    if (!occurs_within(sub, base))
        return RULE;
    for (uint32_t i = 0; i < sub->n; i++) {
        while (at < base->n && compare(c, sub->members[i], base->members[at]))
            at++;
        if (at == base->n)
            return RULE;
        at += !is_head(base->members[at]);
    }
    return NULL;
}

/* MapAndSum: each to any of the base, as often as all of them may come. */
static const char *compare_to_choice(struct xsd_compiler *c, const struct bare *sub,
                                     const struct bare *base)
{
    static const char RULE[] = "rcase-MapAndSum";
    for (uint32_t i = 0; i < sub->n; i++) {
        uint32_t at = 0;
        while (at < base->n && compare(c, sub->members[i], base->members[at]))
            at++;
        if (at == base->n)
            return RULE;
    }
    struct range all = {times(sub->min, sub->n), times(sub->max, sub->n)};
    return within(all, base) ? NULL : RULE;
}

/* An element that is one of a choice without end may come as often as all occurrences of the
 * choice have it. By the letter (RecurseAsIfGroup) it would have to be so in one of them: there
 * the W3C's suite does not go by it. */
static const char *compare_to_endless_choice(struct xsd_compiler *c, const struct bare *sub,
                                             const struct bare *base)
{
    for (uint32_t i = 0; i < base->n; i++) {
        struct bare all = *base->members[i];
        if (all.min <= 1) {
            all.min = (uint32_t)times(all.min, base->min);
            all.max = XSD_UNBOUNDED;
        } else if (base->min > 1) { /* in one of them, for it has not every number in all */
            continue;
        }
        if (!compare(c, sub, &all))
            return NULL;
    }
    return "rcase-RecurseLax";
}

/* -- All of them ---------------------------------------------------------------------- */

static const char *compare_groups(struct xsd_compiler *c, const struct bare *sub,
                                  const struct bare *base)
{
    if (sub->kind == PARTICLE_SEQUENCE && base->kind == PARTICLE_CHOICE)
        return compare_to_choice(c, sub, base);
    if (sub->kind == PARTICLE_SEQUENCE && base->kind == PARTICLE_ALL)
        return compare_unordered(c, sub, base);
    if (sub->kind != base->kind)
        return "cos-particle-restrict.2";
    return base->kind == PARTICLE_CHOICE ? compare_choices(c, sub, base)
                                         : compare_in_order(c, sub, base);
}

/* The rule that forbids the restriction, or NULL. */
static const char *compare(struct xsd_compiler *c, const struct bare *sub,
                           const struct bare *base)
{
    xsd_compile_tick(c);
    if (sub->particle == base->particle && occurs_within(sub, base))
        return NULL; /* a group that both refer to, say */
    if (base->kind == PARTICLE_WILDCARD)
        return compare_to_wildcard(c, sub, base);
    if (sub->kind == PARTICLE_WILDCARD)
        return "cos-particle-restrict.2";
    if (sub->kind == PARTICLE_ELEMENT && base->kind == PARTICLE_ELEMENT)
        return compare_elements(c, sub, base);
    /* RecurseAsIfGroup; and a head is a choice of its members. */
    struct bare member = sub->kind == PARTICLE_ELEMENT ? *sub : *base;
    struct bare *members[] = {&member};
    struct bare group = {.members = members, .n = 1, .particle = member.particle};
    if (sub->kind == PARTICLE_ELEMENT) {
        if (base->kind == PARTICLE_CHOICE && base->max == XSD_UNBOUNDED)
            return compare_to_endless_choice(c, sub, base);
        group.kind = base->kind;
        group.min = group.max = 1;
        return compare_groups(c, &group, base);
    }
    if (base->kind != PARTICLE_ELEMENT)
        return compare_groups(c, sub, base);
    if (!is_head(base))
        return "cos-particle-restrict.2";
    group.kind = PARTICLE_CHOICE;
    group.min = base->min;
    group.max = base->max;
    member.min = member.max = 1;
    return compare_groups(c, sub, &group);
}

const char *restriction_of_particle(struct xsd_compiler *c, const struct particle *sub,
                                    const struct particle *base)
{
    arena_reset(&c->scratch);
    const struct bare *bare_sub = strip(c, sub), *bare_base = strip(c, base);
    if (bare_sub && bare_base)
        return compare(c, bare_sub, bare_base);
    return bare_sub || (bare_base && !may_be_left_out(bare_base)) ? "rcase-Recurse" : NULL;
}
