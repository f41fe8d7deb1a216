/* SPDX-License-Identifier: MIT */
#include "xsd/compile/symbol.h"

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
        compiler_reach(c, c->namespaces, &c->n_namespaces, symbol->ns, sizeof *c->namespaces);
    uint32_t *own = &c->namespaces[symbol->ns];
    if (!*own)
        *own = symbol_ns(c, symbol->uri);
    return *own;
}

struct symbol *symbol_adopt(struct xsd_compiler *c, const struct symbol *symbol)
{
    c->symbols = compiler_reach(c, c->symbols, &c->n_symbols, symbol->id, sizeof *c->symbols);
    struct symbol **own = &c->symbols[symbol->id];
    if (!*own)
        *own = symbol_of(c, symbol->local, symbol->local_len, own_ns(c, symbol));
    return *own;
}
