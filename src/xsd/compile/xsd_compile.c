/* SPDX-License-Identifier: MIT
 *
 * From the address of a schema to its tables.
 */
#include "base/clock.h"
#include "xsd/compile/content.h"
#include "xsd/compile/family.h"
#include "xsd/compile/schema.h"
#include "xsd/compile/schema_document.h"

#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

static void make_notation(struct xsd_compiler *c, struct global *global)
{
    node_check_attrs(c, &global->location,
                     NODE_ATTR(NAME) | NODE_ATTR(PUBLIC) | NODE_ATTR(SYSTEM));
    node_no_more_children(c, &global->location, node_first_child(c, &global->location));
    if (!(global->location.node->has & (NODE_ATTR(PUBLIC) | NODE_ATTR(SYSTEM))))
        xsd_compile_warn(c, &global->location, "n-props-correct",
                         "a notation without public and system identifier; it stands");
    global->state = COMPONENT_DONE;
}

static void make_component(struct xsd_compiler *c, struct global *global)
{
    struct type *type;
    switch (global->kind) {
    case COMPONENT_TYPE:
        type = type_of_global(c, global);
        type_finish(c, type);
        global->name->type = type;
        break;
    case COMPONENT_ELEMENT:
        global->name->element = element_make_global(c, global);
        break;
    case COMPONENT_ATTRIBUTE:
        global->name->attribute = attribute_make_global(c, global);
        break;
    case COMPONENT_GROUP:
        particle_make_group(c, global);
        break;
    case COMPONENT_ATTRIBUTE_GROUP:
        attribute_make_group(c, global);
        break;
    case COMPONENT_NOTATION:
        make_notation(c, global);
        break;
    default:
        break;
    }
}

/* Lists grow while they are worked through: a type's content has types of its own. */
static void make_components(struct xsd_compiler *c)
{
    for (uint32_t i = 0; i < c->global_list.n; i++)
        make_component(c, c->global_list.items[i]);
    for (uint32_t i = 0; i < c->types.n; i++)
        type_finish(c, c->types.items[i]);
    element_finish_all(c);
    constraint_resolve_keyrefs(c);
    for (uint32_t i = 0; i < c->types.n; i++) {
        struct type *type = c->types.items[i];
        if (type->source->particle)
            type->model = content_make_model(c, type->source->particle);
    }
    for (uint32_t i = 0; i < c->types.n; i++)
        restriction_check(c, c->types.items[i]);
    for (uint32_t i = 0; i < c->global_list.n; i++)
        restriction_check_group(c, c->global_list.items[i]);
}

static void compile(struct xsd_compiler *c, struct xsd **views)
{
    struct xsd *xsd = c->xsd;
    symbol_ns(c, "");
    c->xsd_ns = symbol_ns(c, XSD_NAMESPACE);
    xsd->xsi_ns = symbol_ns(c, XSD_INSTANCE_NAMESPACE);
    symbol_ns(c, (const char *)XML_XML_NAMESPACE);
    xsd->xsi_type = symbol_of(c, "type", 4, xsd->xsi_ns)->id;
    xsd->xsi_nil = symbol_of(c, "nil", 3, xsd->xsi_ns)->id;
    xsd->xsi_schema_location = symbol_of(c, "schemaLocation", 14, xsd->xsi_ns)->id;
    xsd->xsi_no_namespace_schema_location =
        symbol_of(c, "noNamespaceSchemaLocation", 25, xsd->xsi_ns)->id;
    type_make_any(c);
    simple_make_builtins(c);
    attribute_make_xsi(c);
    schema_load(c);
    make_components(c);
    xsd->warnings =
        xsd_compile_string(c, c->warnings.len ? c->warnings.data : "", c->warnings.len);
    if (family_is(c))
        family_make_views(c, views);
}

const char *xsd_warnings(const struct xsd *xsd)
{
    return xsd->warnings;
}

/* The compiler's memory ends here: nothing may point to it. */
static void forget_sources(struct xsd_compiler *c)
{
    for (uint32_t i = 0; i < c->types.n; i++)
        ((struct type *)c->types.items[i])->source = NULL;
    for (uint32_t i = 0; i < c->elements.n; i++)
        ((struct element *)c->elements.items[i])->source = NULL;
}

static void compiler_free(struct xsd_compiler *c)
{
    names_free(&c->documents);
    names_free(&c->ids);
    names_free(&c->shapes);
    names_free(&c->warned);
    buf_free(&c->warnings);
    arena_free(&c->drafts);
    arena_free(&c->scratch);
    datatype_scratch_free(&c->values);
    buf_free(&c->text);
    free(c->symbols);
    free(c->namespaces);
    free(c->globals);
}

/* A function of its own, so that no local variable changes between setjmp and longjmp. */
static int compile_guarded(struct xsd_compiler *c, struct xsd **views)
{
    int left = setjmp(c->out);
    if (left == 0)
        compile(c, views);
    return left;
}

static int compile_all(struct xsd **whole, const char *const *uris, uint32_t n,
                       struct xsd **views, struct xsd_documents *documents,
                       const struct xsd_limits *limits, struct thresh_error *error)
{
    static const struct xsd_limits none = {0};
    struct xsd_compiler c = {.error = error,
                             .shared = documents,
                             .uri = uris[0],
                             .uris = uris,
                             .n_uris = n,
                             .limits = limits ? limits : &none,
                             .begun_ns = clock_coarse_ns()};
    *whole = NULL;
    c.xsd = calloc(1, sizeof *c.xsd);
    if (!c.xsd || !(c.xsd->datatypes = datatypes_new())) {
        free(c.xsd);
        return error_no_memory(error);
    }
    int left = compile_guarded(&c, views);
    if (left == 0) {
        forget_sources(&c);
        *whole = c.xsd;
    } else {
        for (uint32_t i = 0; i < n && views; i++)
            xsd_view_free(views[i]);
        xsd_free(c.xsd);
    }
    compiler_free(&c);
    return left;
}

int xsd_compile(struct xsd **xsd, const char *uri, struct xsd_documents *documents,
                const struct xsd_limits *limits, struct thresh_error *error)
{
    return compile_all(xsd, &uri, 1, NULL, documents, limits, error);
}

int xsd_compile_together(struct xsd **xsds, const char *const *uris, uint32_t n,
                         struct xsd_documents *documents, const struct xsd_limits *limits,
                         struct thresh_error *error)
{
    struct thresh_error ignored = {{0}};
    struct xsd *whole;
    memset(xsds, 0, n * sizeof *xsds);
    int rc = n < 2 ? 1 : compile_all(&whole, uris, n, xsds, documents, limits, &ignored);
    if (rc < 0)
        return error_no_memory(error);
    if (rc > 0) {
        memset(xsds, 0, n * sizeof *xsds);
        schema_documents_forget_notes(documents);
    }
    return rc > 0;
}

void xsd_free(struct xsd *xsd)
{
    struct xsd *whole = xsd ? xsd->whole : NULL;
    if (whole) {
        xsd_view_free(xsd);
        xsd = whole->n_views ? NULL : whole;
    }
    if (!xsd)
        return;
    datatypes_free(xsd->datatypes);
    names_free(&xsd->names);
    arena_free(&xsd->arena);
    free(xsd);
}

size_t xsd_bytes(const struct xsd *xsd)
{
    const struct names *names = &xsd->names;
    if (xsd->whole)
        return xsd->view_bytes + xsd_bytes(xsd->whole) / xsd->whole->n_views;
    return sizeof *xsd + xsd->arena.bytes + datatypes_bytes(xsd->datatypes) +
           ((size_t)names->mask + 1 + names->cap_symbols) * sizeof *names->slots +
           names->cap_uris * (sizeof *names->uris + 2 * sizeof *names->uri_slots);
}
