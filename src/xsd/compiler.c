/* SPDX-License-Identifier: MIT
 *
 * What all parts of the compiler stand on: how they fail, where their memory comes from, and
 * symbols and the global declarations by these names.
 */
#include "compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 1000 /* of definitions that lead to others */

void fail(struct compiler *c, const struct place *place, const char *format, ...)
{
    char text[768];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (place && place->node)
        error_set(c->error, "%s:%ld: %s", place->document->uri, place->node->line, text);
    else
        error_set(c->error, "%s", text);
    longjmp(c->out, 1);
}

void fail_no_memory(struct compiler *c)
{
    error_no_memory(c->error);
    longjmp(c->out, -1);
}

void fail_datatype(struct compiler *c, const struct place *place, const struct error *error)
{
    struct error no_memory;
    error_no_memory(&no_memory);
    if (!*error->text || !strcmp(error->text, no_memory.text))
        fail_no_memory(c);
    fail(c, place, "%s", error->text);
}

void go_deeper(struct compiler *c, const struct place *place)
{
    if (c->depth++ > MAX_DEPTH)
        fail(c, place, "definitions lead too deep into others");
}

static void *make_in(struct compiler *c, struct arena *arena, size_t size)
{
    void *memory = arena_alloc(arena, size);
    if (!memory)
        fail_no_memory(c);
    return memory;
}

void *make(struct compiler *c, size_t size)
{
    return make_in(c, &c->xsd->arena, size);
}

void *make_draft(struct compiler *c, size_t size)
{
    return make_in(c, &c->drafts, size);
}

void *make_scratch(struct compiler *c, size_t size)
{
    return make_in(c, &c->scratch, size);
}

char *make_string(struct compiler *c, const char *string, size_t len)
{
    return memcpy(make(c, len + 1), string, len);
}

char *draft_string(struct compiler *c, const char *string, size_t len)
{
    return memcpy(make_draft(c, len + 1), string, len);
}

void list_add(struct compiler *c, struct list *list, void *item)
{
    if (list->n == list->cap) {
        uint32_t cap = list->cap ? list->cap * 2 : 4;
        void **items = make_draft(c, cap * sizeof *items);
        if (list->n)
            memcpy(items, list->items, list->n * sizeof *items);
        list->items = items;
        list->cap = cap;
    }
    list->items[list->n++] = item;
}

void *list_items(struct compiler *c, const struct list *list)
{
    size_t size = list->n * sizeof *list->items;
    return size ? memcpy(make(c, size), list->items, size) : NULL;
}

/* The array with zeroed room for the item of that number. */
static void *reach(struct compiler *c, void *items, uint32_t *n, uint32_t number, size_t size)
{
    if (number < *n)
        return items;
    uint32_t more = number * 2 + 64;
    char *grown = realloc(items, more * size);
    if (!grown)
        fail_no_memory(c);
    memset(grown + *n * size, 0, (more - *n) * size);
    *n = more;
    return grown;
}

uint32_t ns_of(struct compiler *c, const char *uri)
{
    uint32_t ns = names_add_ns(&c->xsd->names, &c->xsd->arena, uri);
    if (ns == NS_UNKNOWN)
        fail_no_memory(c);
    return ns;
}

struct symbol *symbol_of(struct compiler *c, const char *local, size_t len, uint32_t ns)
{
    struct symbol *symbol = names_add(&c->xsd->names, &c->xsd->arena, local, len, ns);
    if (!symbol)
        fail_no_memory(c);
    return symbol;
}

static uint32_t own_ns(struct compiler *c, const struct symbol *symbol)
{
    c->namespaces =
        reach(c, c->namespaces, &c->n_namespaces, symbol->ns, sizeof *c->namespaces);
    uint32_t *own = &c->namespaces[symbol->ns];
    if (!*own)
        *own = ns_of(c, symbol->uri);
    return *own;
}

struct symbol *own_symbol(struct compiler *c, const struct symbol *symbol)
{
    c->symbols = reach(c, c->symbols, &c->n_symbols, symbol->id, sizeof *c->symbols);
    struct symbol **own = &c->symbols[symbol->id];
    if (!*own)
        *own = symbol_of(c, symbol->local, symbol->local_len, own_ns(c, symbol));
    return *own;
}

const char *kind_name(enum kind kind)
{
    static const char *const NAMES[] = {
        "type",           "element",  "attribute",          "group",
        "attributeGroup", "notation", "identity constraint"};
    return NAMES[kind];
}

struct global **global_slot(struct compiler *c, enum kind kind, const struct symbol *name)
{
    c->globals = reach(c, c->globals, &c->n_globals, name->id, sizeof *c->globals);
    struct global **slot = &c->globals[name->id];
    while (*slot && (*slot)->kind != kind)
        slot = &(*slot)->next;
    return slot;
}

void register_global(struct compiler *c, enum kind kind, const struct place *place,
                     const struct symbol *name, void *component)
{
    struct global **slot = global_slot(c, kind, name);
    if (*slot)
        fail(c, place, "a second %s '%s'; the first is in %s:%ld", kind_name(kind), name->local,
             (*slot)->place.document->uri, (*slot)->place.node->line);
    struct global *global = make_draft(c, sizeof *global);
    global->place = *place;
    global->kind = kind;
    global->name = c->xsd->names.by_id[name->id];
    global->component = component;
    *slot = global;
    list_add(c, &c->global_list, global);
}

void check_reference(struct compiler *c, const struct place *place, const struct symbol *name)
{
    const struct document *document = place->document;
    uint32_t ns = name->ns;
    if (ns == document->ns || ns == c->xsd_ns)
        return;
    if (ns / 64 >= document->n_imports || !bit_of(document->imports, ns))
        fail(c, place, "'%s' is in namespace '%s', which this document does not import",
             name->local, name->uri);
}

struct global *find_global(struct compiler *c, const struct place *place, enum kind kind,
                           const struct symbol *name, const struct global *inside)
{
    check_reference(c, place, name);
    if (inside && inside->original && inside->kind == kind && inside->name == name)
        return inside->original;
    struct global *global = *global_slot(c, kind, name);
    if (!global)
        fail(c, place, "no %s '{%s}%s'", kind_name(kind), name->uri, name->local);
    return global;
}
