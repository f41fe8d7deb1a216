/* SPDX-License-Identifier: MIT
 *
 * The global declarations and definitions, by their names.
 */
#include "xsd/compile/global.h"

#include "xsd/compile/family.h"
#include "xsd/compile/node.h"
#include "xsd/compile/schema_document.h"

const char *component_kind_name(enum component_kind kind)
{
    static const char *const NAMES[] = {
        "type",           "element",  "attribute",          "group",
        "attributeGroup", "notation", "identity constraint"};
    return NAMES[kind];
}

struct global **global_slot(struct xsd_compiler *c, enum component_kind kind,
                            const struct symbol *name)
{
    c->globals = compiler_reach(c, c->globals, &c->n_globals, name->id, sizeof *c->globals);
    struct global **slot = &c->globals[name->id];
    while (*slot && (*slot)->kind != kind)
        slot = &(*slot)->next;
    return slot;
}

/* Two documents may hold copies of one component; to say it twice in one is wrong. */
static bool is_copy(struct xsd_compiler *c, const struct global *global,
                    enum component_kind kind, const struct location *location)
{
    return kind != COMPONENT_CONSTRAINT && global->location.document != location->document &&
           node_equal(c, &global->location, location);
}

void global_register(struct xsd_compiler *c, enum component_kind kind,
                     const struct location *location, const struct symbol *name,
                     void *component)
{
    struct global **slot = global_slot(c, kind, name);
    bool built_in = *slot ? !(*slot)->location.document : kind == COMPONENT_TYPE && name->type;
    bool is_second = !built_in && *slot && is_copy(c, *slot, kind, location);
    if (is_second && family_is(c))
        family_decline(c);
    if (built_in || is_second)
        return;
    if (*slot)
        xsd_compile_fail(c, location, "sch-props-correct.2",
                         "a second %s '%s'; the first is in %s:%ld", component_kind_name(kind),
                         name->local, (*slot)->location.document->uri,
                         (*slot)->location.node->line);
    struct global *global = xsd_compile_alloc_draft(c, sizeof *global);
    global->location = *location;
    global->kind = kind;
    global->name = c->xsd->names.by_id[name->id];
    global->component = component;
    *slot = global;
    pointer_list_add(c, &c->global_list, global);
}

/* src-resolve.4: a document refers to its target namespace, to those that it imports, and to
 * the two of XSD itself. */
static bool may_refer(const struct xsd_compiler *c, const struct schema_document *document,
                      uint32_t ns)
{
    return ns == document->ns || ns == c->xsd_ns || ns == c->xsd->xsi_ns ||
           (ns / 64 < document->n_imports && model_bit(document->imports, ns));
}

struct global *global_find(struct xsd_compiler *c, const struct location *location,
                           enum component_kind kind, const struct symbol *name,
                           const struct global *inside)
{
    bool allowed = may_refer(c, location->document, name->ns);
    const char *rule = allowed    ? "src-resolve"
                       : name->ns ? "src-resolve.4.2"
                                  : "src-resolve.4.1";
    const char *why = allowed ? "" : ", nor does this document import its namespace";
    if (inside && inside->original && inside->kind == kind && inside->name == name)
        return inside->original;
    struct global *global = *global_slot(c, kind, name);
    if (!global)
        xsd_compile_fail(c, location, rule, "no %s '{%s}%s'%s", component_kind_name(kind),
                         name->uri, name->local, why);
    if (!allowed)
        xsd_compile_warn(c, location, rule,
                         "this document does not import the namespace of '{%s}%s'; that of "
                         "another document is taken",
                         name->uri, name->local);
    family_require(c, location->document, global->location.document);
    return global;
}
