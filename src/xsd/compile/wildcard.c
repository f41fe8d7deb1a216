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
        uint32_t *set = xsd_compile_alloc(c, 2 * sizeof *set); /* no namespace is no other */
        set[1] = location->document->ns;
        wildcard->kind = WILDCARD_NOT;
        wildcard->set = set;
        wildcard->n = set[1] ? 2 : 1;
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
    if (sub->kind == WILDCARD_NOT) { /* there are always more than those in a set */
        for (uint32_t i = 0; super->kind == WILDCARD_NOT && i < super->n; i++)
            if (wildcard_allows(sub, super->set[i]))
                return false;
        return super->kind == WILDCARD_NOT;
    }
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

/* Of `kind`, with those namespaces of the set that `of` has, or has not. */
static struct wildcard *select_from(struct xsd_compiler *c, enum wildcard_kind kind,
                                    const struct wildcard *set, const struct wildcard *of,
                                    bool are_in)
{
    struct wildcard *wildcard = new_wildcard(c, kind, PROCESS_STRICT);
    uint32_t *ns = xsd_compile_alloc(c, (set->n + 1) * sizeof *ns);
    for (uint32_t i = 0; i < set->n; i++)
        if (has(of->set, of->n, set->set[i]) == are_in)
            ns[wildcard->n++] = set->set[i];
    wildcard->set = ns;
    return wildcard;
}

static struct wildcard *unite_sets(struct xsd_compiler *c, enum wildcard_kind kind,
                                   const struct wildcard *a, const struct wildcard *b)
{
    struct wildcard *either = new_wildcard(c, kind, PROCESS_STRICT);
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

/* XSD 1.0 has words for all but one namespace and none, and for all but none. */
static void check_words(struct xsd_compiler *c, const struct location *location,
                        const char *rule, const struct wildcard *wildcard)
{
    if (wildcard->kind == WILDCARD_NOT &&
        (wildcard->n > 2 || !has(wildcard->set, wildcard->n, 0)))
        xsd_compile_warn(c, location, rule,
                         "XSD 1.0 has no words for what these attribute wildcards allow "
                         "together; it is allowed all the same");
}

struct wildcard *wildcard_intersect(struct xsd_compiler *c, const struct location *location,
                                    const char *rule, const struct wildcard *a,
                                    const struct wildcard *b)
{
    struct wildcard *both = new_wildcard(c, WILDCARD_ANY, PROCESS_STRICT);
    if (a->kind == WILDCARD_ANY || b->kind == WILDCARD_ANY)
        *both = a->kind == WILDCARD_ANY ? *b : *a;
    else if (a->kind == WILDCARD_NOT && b->kind == WILDCARD_NOT)
        both = unite_sets(c, WILDCARD_NOT, a, b);
    else if (a->kind == WILDCARD_SET)
        both = select_from(c, WILDCARD_SET, a, b, b->kind == WILDCARD_SET);
    else
        both = select_from(c, WILDCARD_SET, b, a, false);
    both->process_contents = a->process_contents;
    check_words(c, location, rule, both);
    return both;
}

struct wildcard *wildcard_unite(struct xsd_compiler *c, const struct location *location,
                                const struct wildcard *a, const struct wildcard *b)
{
    struct wildcard *either = new_wildcard(c, WILDCARD_ANY, PROCESS_STRICT);
    if (a->kind == WILDCARD_SET && b->kind == WILDCARD_SET)
        either = unite_sets(c, WILDCARD_SET, a, b);
    else if (a->kind == WILDCARD_NOT && b->kind != WILDCARD_ANY)
        either = select_from(c, WILDCARD_NOT, a, b, b->kind == WILDCARD_NOT);
    else if (a->kind == WILDCARD_SET && b->kind == WILDCARD_NOT)
        either = select_from(c, WILDCARD_NOT, b, a, false);
    if (!either->n && either->kind == WILDCARD_NOT)
        either->kind = WILDCARD_ANY;
    either->process_contents = a->process_contents;
    check_words(c, location, "src-ct.5", either);
    return either;
}
