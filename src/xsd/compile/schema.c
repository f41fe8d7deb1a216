/* SPDX-License-Identifier: MIT
 *
 * From the address of a schema to its tables: collects the documents that it includes, imports
 * and redefines, enters their global declarations by name, and has the other parts make
 * components of all of them.
 */
#include "xsd/compile/compile.h"

#include <libxml/uri.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int kind_of_tag(enum node_tag tag)
{
    switch (tag) {
    case TAG_SIMPLE_TYPE:
    case TAG_COMPLEX_TYPE:
        return KIND_TYPE;
    case TAG_ELEMENT:
        return KIND_ELEMENT;
    case TAG_ATTRIBUTE:
        return KIND_ATTRIBUTE;
    case TAG_GROUP:
        return KIND_GROUP;
    case TAG_ATTRIBUTE_GROUP:
        return KIND_ATTRIBUTE_GROUP;
    case TAG_NOTATION:
        return KIND_NOTATION;
    default:
        return -1;
    }
}

static void read_import(struct xsd_compiler *c, struct schema_document *document, uint32_t ns)
{
    if (ns / 64 >= document->n_imports) {
        uint32_t n = ns / 64 + 1;
        uint64_t *imports = xsd_compile_alloc_draft(c, n * sizeof *imports);
        if (document->n_imports)
            memcpy(imports, document->imports, document->n_imports * sizeof *imports);
        document->imports = imports;
        document->n_imports = n;
    }
    document->imports[ns / 64] |= UINT64_C(1) << (ns & 63);
}

static const char *resolve(struct xsd_compiler *c, const struct location *place)
{
    const struct node_attr *location = node_attr_of(place->node, A_SCHEMA_LOCATION);
    if (!location->address)
        xsd_compile_fail(c, place, "s4s-att-invalid-value", "schemaLocation '%s' is not a URI",
                         location->value);
    return location->address;
}

/* The same file by two addresses is one document. */
static bool enter_document(struct xsd_compiler *c, const char *uri, uint32_t ns)
{
    char path[PATH_MAX];
    const char *key = realpath(uri, path) ? path : uri;
    char marked[PATH_MAX + 32];
    int len = snprintf(marked, sizeof marked, "%u %s", ns, key);
    if (len < 0 || (size_t)len >= sizeof marked)
        xsd_compile_decline(c, NULL, "an address so long: %s", uri);
    uint32_t before = c->documents.n_symbols;
    if (names_add_ns(&c->documents, &c->drafts, "") == NS_UNKNOWN ||
        !names_add(&c->documents, &c->drafts, marked, (size_t)len, 0))
        xsd_compile_fail_no_memory(c);
    return c->documents.n_symbols > before;
}

/* Why a document is read, and what the Recommendation then asks of it: that it is a schema
 * document, and which target namespace it has. For the root the first is of Xerces. */
enum document_link { LINK_ROOT, LINK_INCLUDE, LINK_REDEFINE, LINK_IMPORT };
static const struct {
    const char *is_schema;
    const char *target;
} LINK_RULES[] = {
    [LINK_ROOT] = {"schema_reference.4", NULL},
    [LINK_INCLUDE] = {"src-include.1", "src-include.2"},
    [LINK_REDEFINE] = {"src-redefine.2", "src-redefine.3"},
    [LINK_IMPORT] = {"src-import.2", "src-import.3"},
};

static void read_document(struct xsd_compiler *c, struct schema_document *document);

static void check_root(struct xsd_compiler *c, struct schema_document *document,
                       const struct location *from, enum document_link link, uint32_t ns)
{
    struct location place = {document, document->root};
    if (document->root->tag != TAG_SCHEMA)
        xsd_compile_fail(c, from ? from : &place, LINK_RULES[link].is_schema,
                         "%s is not a schema document", document->uri);
    const char *target = node_value_of(document->root, A_TARGET_NAMESPACE);
    if (target && !*target)
        xsd_compile_fail(c, &place, "s4s-att-invalid-value", "an empty targetNamespace");
    if (target && strpbrk(target, " \t\r\n"))
        xsd_compile_decline(c, &place, "white space in targetNamespace '%s'", target);
    document->ns = target ? symbol_ns_of(c, target) : 0;
    if (document->ns == c->xsd_ns || document->ns == c->xsd->xsi_ns)
        xsd_compile_decline(c, &place, "target namespace '%s'", target);
    if ((link == LINK_INCLUDE || link == LINK_REDEFINE) && !target && ns) {
        document->chameleon = true;
        document->ns = ns;
    } else if (link != LINK_ROOT && document->ns != ns) {
        xsd_compile_fail(c, from, LINK_RULES[link].target,
                         "%s has target namespace '%s', not '%s'", document->uri,
                         target ? target : "", c->xsd->names.uris[ns]);
    }
}

/* Loads a document and all that hangs on it; false where there is nothing at that address. */
static bool load(struct xsd_compiler *c, const char *uri, const struct location *from,
                 enum document_link link, uint32_t ns)
{
    if (link != LINK_ROOT && !enter_document(c, uri, ns))
        return true;
    struct schema_document *document = xsd_compile_alloc_draft(c, sizeof *document);
    document->uri = uri;
    document->number = c->document_list.n;
    pointer_list_add(c, &c->document_list, document);
    document->root = schema_document_read(c, uri, LINK_RULES[link].is_schema);
    if (!document->root)
        return false;
    check_root(c, document, from, link, ns);
    if (link == LINK_ROOT)
        enter_document(c, uri, document->ns);
    read_document(c, document);
    return true;
}

static bool read_form(struct xsd_compiler *c, const struct location *place, int which)
{
    const char *form = node_value_of(place->node, which);
    if (form && strcmp(form, "qualified") && strcmp(form, "unqualified"))
        xsd_compile_fail(c, place, "s4s-att-invalid-value",
                         "'%s' is neither qualified nor unqualified", form);
    return form && !strcmp(form, "qualified");
}

static void read_schema_attributes(struct xsd_compiler *c, struct schema_document *document)
{
    struct location place = {document, document->root};
    node_check_attrs(c, &place,
                     ALLOW(A_TARGET_NAMESPACE) | ALLOW(A_VERSION) | ALLOW(A_FINAL_DEFAULT) |
                         ALLOW(A_BLOCK_DEFAULT) | ALLOW(A_ATTRIBUTE_FORM) |
                         ALLOW(A_ELEMENT_FORM));
    document->qualified_elements = read_form(c, &place, A_ELEMENT_FORM);
    document->qualified_attributes = read_form(c, &place, A_ATTRIBUTE_FORM);
    const char *block = node_value_of(place.node, A_BLOCK_DEFAULT);
    const char *final = node_value_of(place.node, A_FINAL_DEFAULT);
    if (block)
        document->block_default = node_read_methods(
            c, &place, block, BY_EXTENSION | BY_RESTRICTION | BY_SUBSTITUTION);
    if (final)
        document->final_default = node_read_methods(
            c, &place, final, BY_EXTENSION | BY_RESTRICTION | BY_LIST | BY_UNION);
}

/* Where a namespace is imported from; after its first import, one that is left out. */
struct import {
    uint32_t ns;
    const char *uri;
    const char *first;   /* NULL: this is the first */
    const char *message; /* for people, if it is left out */
};

/* Whether this is the place to read the namespace from. */
static bool is_imported_here(struct xsd_compiler *c, const struct location *place, uint32_t ns,
                             const char *uri)
{
    char message[1024];
    struct import *import = xsd_compile_alloc_draft(c, sizeof *import);
    *import = (struct import){.ns = ns, .uri = uri};
    for (uint32_t i = 0; i < c->imports.n && !import->first; i++) {
        const struct import *other = c->imports.items[i];
        if (other->ns == ns && !other->first)
            import->first = other->uri;
    }
    if (!import->first || strcmp(import->first, uri) == 0 || c->shared->all_imports) {
        import->first = NULL;
    } else {
        snprintf(message, sizeof message,
                 "%s:%ld: the import of %s from %s is left out, for it is imported from %s "
                 "already; --all-imports reads both\n",
                 place->document->uri, place->node->line, c->xsd->names.uris[ns], uri,
                 import->first);
        import->message = xsd_compile_draft_string(c, message, strlen(message));
    }
    pointer_list_add(c, &c->imports, import);
    return !import->first;
}

/* What was left out but read on another way is not missing. */
static void note_imports(struct xsd_compiler *c)
{
    for (uint32_t i = 0; i < c->imports.n; i++) {
        const struct import *import = c->imports.items[i];
        bool read = !import->message;
        for (uint32_t k = 0; k < c->document_list.n && !read; k++)
            read = strcmp(((struct schema_document *)c->document_list.items[k])->uri,
                          import->uri) == 0;
        if (!read)
            xsd_compile_note(c, import->message);
    }
}

static void import(struct xsd_compiler *c, struct schema_document *document,
                   const struct location *place)
{
    node_check_attrs(c, place, ALLOW(A_NAMESPACE) | ALLOW(A_SCHEMA_LOCATION));
    node_no_more_children(c, place, node_first_child(c, place));
    const char *uri = node_value_of(place->node, A_NAMESPACE);
    uint32_t ns = uri ? symbol_ns_of(c, uri) : 0;
    if (uri && !*uri)
        xsd_compile_fail(c, place, "s4s-att-invalid-value", "an import of namespace ''");
    if (ns == document->ns)
        xsd_compile_fail(c, place, uri ? "src-import.1.1" : "src-import.1.2",
                         "an import of the document's own namespace");
    read_import(c, document, ns);
    if (!node_value_of(place->node, A_SCHEMA_LOCATION) || ns == c->xsd_ns ||
        ns == c->xsd->xsi_ns)
        return;
    const char *from = resolve(c, place);
    if (is_imported_here(c, place, ns, from))
        load(c, from, place, LINK_IMPORT, ns);
}

static void register_child(struct xsd_compiler *c, const struct location *place)
{
    int kind = kind_of_tag(place->node->tag);
    if (kind < 0)
        xsd_compile_fail(c, place, "s4s-elt-must-match.1", "element '%s' is out of place",
                         place->node->name);
    global_register(c, (enum component_kind)kind, place,
                    node_read_name(c, place, place->document->ns), NULL);
}

/* A redefinition takes the place of the definition it names and keeps that as its original. */
static void redefine_child(struct xsd_compiler *c, const struct location *place)
{
    enum node_tag tag = place->node->tag;
    int kind = kind_of_tag(tag);
    if (kind != KIND_TYPE && kind != KIND_GROUP && kind != KIND_ATTRIBUTE_GROUP)
        xsd_compile_fail(c, place, "s4s-elt-must-match.1", "element '%s' cannot be redefined",
                         place->node->name);
    struct symbol *symbol = node_read_name(c, place, place->document->ns);
    struct global *global = *global_slot(c, (enum component_kind)kind, symbol);
    if (!global)
        xsd_compile_fail(c, place, "src-expredef", "no %s '%s' to redefine",
                         component_kind_name((enum component_kind)kind), symbol->local);
    if (global->place.node->tag != tag)
        xsd_compile_fail(c, place, "src-expredef", "'%s' is redefined as another kind of type",
                         symbol->local);
    struct global *original = xsd_compile_alloc_draft(c, sizeof *original);
    *original = *global;
    global->original = original;
    global->place = *place;
}

static void include(struct xsd_compiler *c, struct schema_document *document,
                    const struct location *place)
{
    bool redefines = place->node->tag == TAG_REDEFINE;
    node_check_attrs(c, place, ALLOW(A_SCHEMA_LOCATION));
    if (!node_value_of(place->node, A_SCHEMA_LOCATION))
        xsd_compile_fail(c, place, "s4s-att-must-appear", "no schemaLocation");
    const char *uri = resolve(c, place);
    bool found = load(c, uri, place, redefines ? LINK_REDEFINE : LINK_INCLUDE, document->ns);
    if (!found && redefines)
        xsd_compile_fail(c, place, "src-redefine.1", "%s cannot be read", uri);
    if (!found) /* which the Recommendation lets pass */
        xsd_compile_decline(c, place, "an include of what is not there: %s cannot be read",
                            uri);
    const struct node *child = node_first_child(c, place);
    if (!redefines)
        node_no_more_children(c, place, child);
    for (; child; child = node_next_child(c, place, child))
        if (child->tag != TAG_ANNOTATION)
            redefine_child(c, &(struct location){document, child});
}

static void read_document(struct xsd_compiler *c, struct schema_document *document)
{
    read_schema_attributes(c, document);
    struct location root = {document, document->root};
    bool prologue = true;
    for (const struct node *child = node_first_child(c, &root); child;
         child = node_next_child(c, &root, child)) {
        struct location place = {document, child};
        enum node_tag tag = child->tag;
        bool link = tag == TAG_INCLUDE || tag == TAG_IMPORT || tag == TAG_REDEFINE;
        if (tag == TAG_ANNOTATION)
            continue;
        if (link && !prologue)
            xsd_compile_fail(c, &place, "s4s-elt-invalid-content.3",
                             "element '%s' after a declaration", child->name);
        prologue = link;
        if (tag == TAG_IMPORT)
            import(c, document, &place);
        else if (link)
            include(c, document, &place);
        else
            register_child(c, &place);
    }
}

static void make_notation(struct xsd_compiler *c, struct global *global)
{
    node_check_attrs(c, &global->place, ALLOW(A_NAME) | ALLOW(A_PUBLIC) | ALLOW(A_SYSTEM));
    node_no_more_children(c, &global->place, node_first_child(c, &global->place));
    if (!(global->place.node->has & (ALLOW(A_PUBLIC) | ALLOW(A_SYSTEM))))
        xsd_compile_fail(c, &global->place, "n-props-correct",
                         "a notation needs a public or system identifier");
    global->state = STATE_DONE;
}

static void make_component(struct xsd_compiler *c, struct global *global)
{
    struct type *type;
    switch (global->kind) {
    case KIND_TYPE:
        type = complex_of_global(c, global);
        complex_finish(c, type);
        global->name->type = type;
        break;
    case KIND_ELEMENT:
        global->name->element = element_make_global(c, global);
        break;
    case KIND_ATTRIBUTE:
        global->name->attribute = attribute_make_global(c, global);
        break;
    case KIND_GROUP:
        particle_make_group(c, global);
        break;
    case KIND_ATTRIBUTE_GROUP:
        attribute_make_group(c, global);
        break;
    case KIND_NOTATION:
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
        complex_finish(c, c->types.items[i]);
    element_finish_all(c);
    constraint_finish_all(c);
    for (uint32_t i = 0; i < c->types.n; i++) {
        struct type *type = c->types.items[i];
        if (type->source->particle)
            type->model = content_make_model(c, type->source->particle);
    }
    for (uint32_t i = 0; i < c->types.n; i++)
        restriction_check(c, c->types.items[i]);
}

static void compile(struct xsd_compiler *c, const char *uri)
{
    struct xsd *xsd = c->xsd;
    symbol_ns_of(c, "");
    c->xsd_ns = symbol_ns_of(c, XSD_NAMESPACE);
    xsd->xsi_ns = symbol_ns_of(c, XSI_NAMESPACE);
    symbol_ns_of(c, (const char *)XML_XML_NAMESPACE);
    xsd->xsi_type = symbol_of(c, "type", 4, xsd->xsi_ns)->id;
    xsd->xsi_nil = symbol_of(c, "nil", 3, xsd->xsi_ns)->id;
    xsd->xsi_schema_location = symbol_of(c, "schemaLocation", 14, xsd->xsi_ns)->id;
    xsd->xsi_no_namespace_schema_location =
        symbol_of(c, "noNamespaceSchemaLocation", 25, xsd->xsi_ns)->id;
    complex_make_any_type(c);
    simple_make_builtins(c);
    if (!load(c, uri, NULL, LINK_ROOT, 0))
        xsd_compile_fail(c, NULL, LINK_RULES[LINK_ROOT].is_schema, "%s cannot be read", uri);
    note_imports(c);
    make_components(c);
}

/* What only the compiler knew must not be found by a validator. */
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
    arena_free(&c->drafts);
    arena_free(&c->scratch);
    datatype_scratch_free(&c->values);
    buf_free(&c->text);
    free(c->symbols);
    free(c->namespaces);
    free(c->globals);
}

/* In a function of its own: what longjmp finds changed must not be local to setjmp's function.
 */
static int compile_guarded(struct xsd_compiler *c, const char *uri)
{
    int left = setjmp(c->out);
    if (left == 0)
        compile(c, uri);
    return left;
}

int xsd_compile(struct xsd **xsd, const char *uri, struct xsd_documents *documents,
                struct thresh_error *error)
{
    struct xsd_compiler c = {.error = error, .shared = documents};
    *xsd = NULL;
    c.xsd = calloc(1, sizeof *c.xsd);
    if (!c.xsd || !(c.xsd->datatypes = datatypes_new())) {
        free(c.xsd);
        return error_no_memory(error);
    }
    int left = compile_guarded(&c, uri);
    if (left == 0) {
        forget_sources(&c);
        *xsd = c.xsd;
    } else {
        xsd_free(c.xsd);
    }
    compiler_free(&c);
    return left;
}

void xsd_free(struct xsd *xsd)
{
    if (!xsd)
        return;
    datatypes_free(xsd->datatypes);
    names_free(&xsd->names);
    arena_free(&xsd->arena);
    free(xsd);
}
