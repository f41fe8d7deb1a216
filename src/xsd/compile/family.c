/* SPDX-License-Identifier: MIT */
#include "xsd/compile/family.h"

#include "xsd/compile/global.h"

#include <string.h>

void family_decline(struct xsd_compiler *c)
{
    xsd_compile_decline(c, NULL, "schemas that cannot be compiled together");
}

/* -- Documents ------------------------------------------------------------------------ */

void family_link(struct xsd_compiler *c, const struct location *from,
                 struct schema_document *document)
{
    if (family_is(c))
        pointer_list_add(
            c, from ? &((struct schema_document *)from->document)->links : &c->roots, document);
}

static bool has(const uint64_t *views, uint32_t view)
{
    return views[view / 64] >> (view & 63) & 1;
}

/* The document and all that it leads to are the schema's. */
static void add_view(struct xsd_compiler *c, struct schema_document *document, uint32_t view)
{
    if (has(document->views, view))
        return;
    document->views[view / 64] |= UINT64_C(1) << (view & 63);
    xsd_compile_go_deeper(c, &(struct location){document, document->root});
    for (uint32_t i = 0; i < document->links.n; i++)
        add_view(c, document->links.items[i], view);
    c->depth--;
}

void family_begin(struct xsd_compiler *c)
{
    uint64_t readers = 0;
    if (!family_is(c))
        return;
    c->view_words = (c->n_uris + 63) / 64;
    for (uint32_t i = 0; i < c->document_list.n; i++) {
        struct schema_document *document = c->document_list.items[i];
        document->views = xsd_compile_alloc_draft(c, c->view_words * sizeof *document->views);
    }
    for (uint32_t view = 0; view < c->n_uris; view++)
        add_view(c, c->roots.items[view], view);
    for (uint32_t i = 0; i < c->document_list.n; i++) {
        const struct schema_document *document = c->document_list.items[i];
        for (uint32_t word = 0; word < c->view_words; word++)
            readers += (uint64_t)__builtin_popcountll(document->views[word]);
    }
    if (2 * readers < 3 * (uint64_t)c->document_list.n)
        family_decline(c);
}

/* Whether all of some schemas are among others. */
static bool are_in(const struct xsd_compiler *c, const uint64_t *views, const uint64_t *others)
{
    uint64_t rest = 0;
    for (uint32_t word = 0; word < c->view_words; word++)
        rest |= views[word] & ~others[word];
    return !rest;
}

void family_require(struct xsd_compiler *c, const struct schema_document *document,
                    const struct schema_document *other)
{
    if (family_is(c) && document && other && !are_in(c, document->views, other->views))
        family_decline(c);
}

/* -- Views ---------------------------------------------------------------------------- */

/* Of each name, the components that others have and this schema has not. */
static void find_lost(struct xsd_compiler *c, uint32_t number, uint8_t *lost)
{
    static const uint8_t parts[] = {[COMPONENT_TYPE] = XSD_HIDES_TYPE,
                                    [COMPONENT_ELEMENT] = XSD_HIDES_ELEMENT,
                                    [COMPONENT_ATTRIBUTE] = XSD_HIDES_ATTRIBUTE};
    memset(lost, 0, c->xsd->names.n_symbols);
    for (uint32_t i = 0; i < c->global_list.n; i++) {
        const struct global *global = c->global_list.items[i];
        const struct schema_document *document = global->location.document;
        if (document && global->kind <= COMPONENT_ATTRIBUTE && !has(document->views, number))
            lost[global->name->id] |= parts[global->kind];
    }
}

/* The arrays have room for all symbols. A name that the schema's documents have not is in none
 * of its tables, and need not be hidden. */
static struct xsd *make_view(struct xsd_compiler *c, uint32_t number, uint8_t *lost,
                             uint32_t *hidden)
{
    uint32_t n = 0;
    find_lost(c, number, lost);
    for (uint32_t id = 1; id < c->xsd->names.n_symbols; id++)
        if (lost[id])
            hidden[n++] = id << XSD_HIDES | lost[id];
    if (!xsd_may_have_view(c->xsd, n))
        family_decline(c);
    uint32_t *kept = xsd_compile_alloc(c, (n + 1) * sizeof *kept);
    memcpy(kept, hidden, n * sizeof *kept);
    struct xsd *view = xsd_view_new(c->xsd, kept, n);
    if (!view)
        xsd_compile_fail_no_memory(c);
    return view;
}

void family_make_views(struct xsd_compiler *c, struct xsd **views)
{
    uint32_t n = c->xsd->names.n_symbols;
    uint32_t *hidden = xsd_compile_alloc_draft(c, n * sizeof *hidden);
    uint8_t *lost = xsd_compile_alloc_draft(c, n);
    for (uint32_t i = 0; i < c->n_uris; i++)
        views[i] = make_view(c, i, lost, hidden);
}
