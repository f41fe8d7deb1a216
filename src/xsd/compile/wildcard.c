/* SPDX-License-Identifier: MIT
 *
 * The sets of namespaces that wildcards allow: how a schema writes them, and the intersections,
 * unions and subsets that derivation asks for (section 3.10.6 of the Recommendation).
 */
#include "xsd/compile/component.h"

#include <string.h>

static struct wildcard *new_wildcard(struct xsd_compiler *c, enum wildcard_kind kind,
                                     enum process_contents process_contents)
{
    struct wildcard *wildcard = xsd_compile_alloc(c, sizeof *wildcard);
    wildcard->kind = kind;
    wildcard->process_contents = process_contents;
    return wildcard;
}

static bool has(const uint32_t *set, uint32_t n, uint32_t ns)
{
    for (uint32_t i = 0; i < n; i++)
        if (set[i] == ns)
            return true;
    return false;
}

static void read_namespaces(struct xsd_compiler *c, const struct location *location,
                            struct wildcard *wildcard, const char *text)
{
    uint32_t *set = xsd_compile_alloc(c, (strlen(text) / 2 + 1) * sizeof *set);
    wildcard->kind = WILDCARD_SET;
    wildcard->set = set;
    for (char *item; node_next_item(c, &text, &item);) {
        uint32_t ns = strcmp(item, "##targetNamespace") == 0 ? location->document->ns
                      : strcmp(item, "##local") == 0         ? 0
                                                             : symbol_ns(c, item);
        if (strcmp(item, "##any") == 0 || strcmp(item, "##other") == 0 ||
            (strncmp(item, "##", 2) == 0 && ns && ns != location->document->ns))
            xsd_compile_fail(c, location, "s4s-att-invalid-value",
                             "'%s' is no namespace in a list", item);
        if (!has(set, wildcard->n, ns))
            set[wildcard->n++] = ns;
    }
}

struct wildcard *wildcard_read(struct xsd_compiler *c, const struct location *location)
{
    const char *namespaces = node_value_of(location->node, NODE_ATTR_NAMESPACE);
    const char *process_contents = node_value_of(location->node, NODE_ATTR_PROCESS_CONTENTS);
    struct wildcard *wildcard = new_wildcard(c, WILDCARD_ANY, PROCESS_STRICT);
    node_no_more_children(c, location, node_first_child(c, location));
    if (process_contents && strcmp(process_contents, "lax") == 0)
        wildcard->process_contents = PROCESS_LAX;
    else if (process_contents && strcmp(process_contents, "skip") == 0)
        wildcard->process_contents = PROCESS_SKIP;
    else if (process_contents && strcmp(process_contents, "strict") != 0)
        xsd_compile_fail(c, location, "s4s-att-invalid-value", "processContents '%s'",
                         process_contents);
    if (namespaces && strcmp(namespaces, "##other") == 0) {
        wildcard->kind = WILDCARD_NOT;
        wildcard->ns = location->document->ns;
    } else if (namespaces && strcmp(namespaces, "##any") != 0) {
        read_namespaces(c, location, wildcard, namespaces);
    }
    return wildcard;
}

/* Wildcard Subset (cos-ns-subset) */
bool wildcard_within(const struct wildcard *sub, const struct wildcard *super)
{
    if (super->kind == WILDCARD_ANY)
        return true;
    if (sub->kind == WILDCARD_ANY)
        return false;
    if (sub->kind == WILDCARD_NOT)
        return super->kind == WILDCARD_NOT && (super->ns == sub->ns || super->ns == 0);
    for (uint32_t i = 0; i < sub->n; i++)
        if (!wildcard_allows(super, sub->set[i]))
            return false;
    return true;
}

bool wildcard_meet(const struct wildcard *a, const struct wildcard *b)
{
    if (a->kind == WILDCARD_SET) {
        for (uint32_t i = 0; i < a->n; i++)
            if (wildcard_allows(b, a->set[i]))
                return true;
        return false;
    }
    return b->kind == WILDCARD_SET ? wildcard_meet(b, a) : true;
}

static struct wildcard *copy_with(struct xsd_compiler *c, const struct wildcard *like,
                                  enum process_contents process_contents)
{
    struct wildcard *copy = xsd_compile_alloc(c, sizeof *copy);
    *copy = *like;
    copy->process_contents = process_contents;
    return copy;
}

struct wildcard *wildcard_intersect(struct xsd_compiler *c, const struct location *location,
                                    const char *rule, const struct wildcard *a,
                                    const struct wildcard *b)
{
    if (wildcard_within(a, b))
        return copy_with(c, a, a->process_contents);
    if (wildcard_within(b, a))
        return copy_with(c, b, a->process_contents);
    const struct wildcard *set = a->kind == WILDCARD_SET ? a : b;
    const struct wildcard *other = set == a ? b : a;
    if (set->kind != WILDCARD_SET)
        xsd_compile_fail(c, location, rule,
                         "the intersection of these wildcards cannot be expressed");
    struct wildcard *both = new_wildcard(c, WILDCARD_SET, a->process_contents);
    uint32_t *ns = xsd_compile_alloc(c, (set->n + 1) * sizeof *ns);
    for (uint32_t i = 0; i < set->n; i++)
        if (wildcard_allows(other, set->set[i]))
            ns[both->n++] = set->set[i];
    both->set = ns;
    return both;
}

static struct wildcard *unite_sets(struct xsd_compiler *c, const struct wildcard *a,
                                   const struct wildcard *b)
{
    struct wildcard *either = new_wildcard(c, WILDCARD_SET, a->process_contents);
    uint32_t *ns = xsd_compile_alloc(c, (a->n + b->n + 1) * sizeof *ns);
    if (a->n)
        memcpy(ns, a->set, a->n * sizeof *ns);
    either->n = a->n;
    for (uint32_t i = 0; i < b->n; i++)
        if (!has(ns, either->n, b->set[i]))
            ns[either->n++] = b->set[i];
    either->set = ns;
    return either;
}

struct wildcard *wildcard_unite(struct xsd_compiler *c, const struct location *location,
                                const struct wildcard *a, const struct wildcard *b)
{
    if (wildcard_within(b, a))
        return copy_with(c, a, a->process_contents);
    if (wildcard_within(a, b))
        return copy_with(c, b, a->process_contents);
    if (a->kind == WILDCARD_SET && b->kind == WILDCARD_SET)
        return unite_sets(c, a, b);
    const struct wildcard *not = a->kind == WILDCARD_NOT ? a : b;
    const struct wildcard *set = not == a ? b : a;
    struct wildcard *all_named = new_wildcard(c, WILDCARD_NOT, a->process_contents);
    if (set->kind == WILDCARD_NOT)
        return all_named; /* of two different namespaces: all but "no namespace" */
    bool has_ns = not ->ns && has(set->set, set->n, not ->ns);
    bool has_absent = has(set->set, set->n, 0);
    if (has_absent && (has_ns || !not ->ns))
        return new_wildcard(c, WILDCARD_ANY, a->process_contents);
    if (has_absent)
        xsd_compile_fail(c, location, "src-ct.5",
                         "the union of these wildcards cannot be expressed");
    return has_ns || !not ->ns ? all_named : copy_with(c, not, a->process_contents);
}
