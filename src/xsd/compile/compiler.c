/* SPDX-License-Identifier: MIT
 *
 * What all parts of the compiler stand on: how they fail, where their memory comes from, and
 * symbols and the global declarations by these names.
 */
#include "xsd/compile/compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 1000 /* of definitions that lead to others */

_Noreturn static void leave(struct xsd_compiler *c, const struct location *location,
                            const char *text)
{
    if (location && location->node)
        error_set(c->error, "%s:%ld: %s", location->document->uri, location->node->line, text);
    else
        error_set(c->error, "%s", text);
    longjmp(c->out, 1);
}

/* "label: text" */
_Noreturn static void leave_labelled(struct xsd_compiler *c, const struct location *location,
                                     const char *label, const char *format, va_list arguments)
{
    char text[768];
    int len = snprintf(text, sizeof text, "%s: ", label);
    vsnprintf(text + len, sizeof text - (size_t)len, format, arguments);
    leave(c, location, text);
}

void xsd_compile_fail(struct xsd_compiler *c, const struct location *location, const char *rule,
                      const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    leave_labelled(c, location, rule, format, arguments);
}

void xsd_compile_decline(struct xsd_compiler *c, const struct location *location,
                         const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    leave_labelled(c, location, "not covered", format, arguments);
}

void xsd_compile_fail_no_memory(struct xsd_compiler *c)
{
    error_no_memory(c->error);
    longjmp(c->out, -1);
}

void xsd_compile_fail_datatype(struct xsd_compiler *c, const struct location *location,
                               const struct thresh_error *error)
{
    if (!*error->text || error_is_no_memory(error))
        xsd_compile_fail_no_memory(c);
    leave(c, location, error->text);
}

void xsd_compile_go_deeper(struct xsd_compiler *c, const struct location *location)
{
    if (c->depth++ > MAX_DEPTH)
        xsd_compile_decline(c, location, "definitions lead too deep into others");
}

static void *make_in(struct xsd_compiler *c, struct arena *arena, size_t size)
{
    void *memory = arena_alloc(arena, size);
    if (!memory)
        xsd_compile_fail_no_memory(c);
    return memory;
}

void *xsd_compile_alloc(struct xsd_compiler *c, size_t size)
{
    return make_in(c, &c->xsd->arena, size);
}

void *xsd_compile_alloc_draft(struct xsd_compiler *c, size_t size)
{
    return make_in(c, &c->drafts, size);
}

void *xsd_compile_alloc_scratch(struct xsd_compiler *c, size_t size)
{
    return make_in(c, &c->scratch, size);
}

char *xsd_compile_string(struct xsd_compiler *c, const char *string, size_t len)
{
    return memcpy(xsd_compile_alloc(c, len + 1), string, len);
}

char *xsd_compile_draft_string(struct xsd_compiler *c, const char *string, size_t len)
{
    return memcpy(xsd_compile_alloc_draft(c, len + 1), string, len);
}

void pointer_list_add(struct xsd_compiler *c, struct pointer_list *list, void *item)
{
    if (list->n == list->cap) {
        uint32_t cap = list->cap ? list->cap * 2 : 4;
        void **items = xsd_compile_alloc_draft(c, cap * sizeof *items);
        if (list->n)
            memcpy(items, list->items, list->n * sizeof *items);
        list->items = items;
        list->cap = cap;
    }
    list->items[list->n++] = item;
}

void *pointer_list_items(struct xsd_compiler *c, const struct pointer_list *list)
{
    size_t size = list->n * sizeof *list->items;
    return size ? memcpy(xsd_compile_alloc(c, size), list->items, size) : NULL;
}

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

void global_register(struct xsd_compiler *c, enum component_kind kind,
                     const struct location *location, const struct symbol *name,
                     void *component)
{
    struct global **slot = global_slot(c, kind, name);
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

void xsd_compile_check_reference(struct xsd_compiler *c, const struct location *location,
                                 const struct symbol *name)
{
    const struct schema_document *document = location->document;
    uint32_t ns = name->ns;
    if (ns == document->ns || ns == c->xsd_ns)
        return;
    if (ns / 64 >= document->n_imports || !model_bit(document->imports, ns))
        xsd_compile_fail(c, location, name->ns ? "src-resolve.4.2" : "src-resolve.4.1",
                         "'%s' is in namespace '%s', which this document does not import",
                         name->local, name->uri);
}

struct global *global_find(struct xsd_compiler *c, const struct location *location,
                           enum component_kind kind, const struct symbol *name,
                           const struct global *inside)
{
    xsd_compile_check_reference(c, location, name);
    if (inside && inside->original && inside->kind == kind && inside->name == name)
        return inside->original;
    struct global *global = *global_slot(c, kind, name);
    if (!global)
        xsd_compile_fail(c, location, "src-resolve", "no %s '{%s}%s'",
                         component_kind_name(kind), name->uri, name->local);
    return global;
}
