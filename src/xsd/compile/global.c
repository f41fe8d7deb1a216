/* SPDX-License-Identifier: MIT
 *
 * Symbols of the schema, and the global declarations by these names.
 */
#include "xsd/compile/global.h"

#include "xsd/compile/node.h"
#include "xsd/compile/schema_document.h"

#include <stdlib.h>
#include <string.h>

/* The array with zeroed room for the item of that number. */
static void *reach(struct xsd_compiler *c, void *items, uint32_t *n, uint32_t number,
                   size_t size)
{
    if (number < *n)
        return items;
    uint32_t more = number * 2 + 64;
    char *grown = realloc(items, more * size);
    if (!grown)
        xsd_compile_fail_no_memory(c);
    memset(grown + *n * size, 0, (more - *n) * size);
    *n = more;
    return grown;
}

uint32_t symbol_ns(struct xsd_compiler *c, const char *uri)
{
    uint32_t ns = names_add_ns(&c->xsd->names, &c->xsd->arena, uri);
    if (ns == XSD_NS_UNKNOWN)
        xsd_compile_fail_no_memory(c);
    return ns;
}

struct symbol *symbol_of(struct xsd_compiler *c, const char *local, size_t len, uint32_t ns)
{
    struct symbol *symbol = names_add(&c->xsd->names, &c->xsd->arena, local, len, ns);
    if (!symbol)
        xsd_compile_fail_no_memory(c);
    return symbol;
}

static uint32_t own_ns(struct xsd_compiler *c, const struct symbol *symbol)
{
    c->namespaces =
        reach(c, c->namespaces, &c->n_namespaces, symbol->ns, sizeof *c->namespaces);
    uint32_t *own = &c->namespaces[symbol->ns];
    if (!*own)
        *own = symbol_ns(c, symbol->uri);
    return *own;
}

struct symbol *symbol_adopt(struct xsd_compiler *c, const struct symbol *symbol)
{
    c->symbols = reach(c, c->symbols, &c->n_symbols, symbol->id, sizeof *c->symbols);
    struct symbol **own = &c->symbols[symbol->id];
    if (!*own)
        *own = symbol_of(c, symbol->local, symbol->local_len, own_ns(c, symbol));
    return *own;
}

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
    c->globals = reach(c, c->globals, &c->n_globals, name->id, sizeof *c->globals);
    struct global **slot = &c->globals[name->id];
    while (*slot && (*slot)->kind != kind)
        slot = &(*slot)->next;
    return slot;
}

/* Two documents may hold copies of one component; to say it twice in one is wrong. */
static bool is_copy(const struct global *global, enum component_kind kind,
                    const struct location *location)
{
    const struct schema_document *a = global->location.document, *b = location->document;
    return kind != COMPONENT_CONSTRAINT && a != b &&
           a->qualified_elements == b->qualified_elements &&
           a->qualified_attributes == b->qualified_attributes &&
           a->block_default == b->block_default && a->final_default == b->final_default &&
           node_equal(global->location.node, location->node);
}

void global_register(struct xsd_compiler *c, enum component_kind kind,
                     const struct location *location, const struct symbol *name,
                     void *component)
{
    struct global **slot = global_slot(c, kind, name);
    bool built_in = *slot ? !(*slot)->location.document : kind == COMPONENT_TYPE && name->type;
    if (built_in || (*slot && is_copy(*slot, kind, location)))
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
    return global;
}
