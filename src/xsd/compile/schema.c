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
    case NODE_SIMPLE_TYPE:
    case NODE_COMPLEX_TYPE:
        return COMPONENT_TYPE;
    case NODE_ELEMENT:
        return COMPONENT_ELEMENT;
    case NODE_ATTRIBUTE:
        return COMPONENT_ATTRIBUTE;
    case NODE_GROUP:
        return COMPONENT_GROUP;
    case NODE_ATTRIBUTE_GROUP:
        return COMPONENT_ATTRIBUTE_GROUP;
    case NODE_NOTATION:
        return COMPONENT_NOTATION;
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

static const char *resolve(struct xsd_compiler *c, const struct location *location)
{
    const struct node_attr *attr = node_attr_of(location->node, ATTR_SCHEMA_LOCATION);
    if (!attr->address)
        xsd_compile_fail(c, location, "s4s-att-invalid-value",
                         "schemaLocation '%s' is not a URI", attr->value);
    return attr->address;
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
    if (names_add_ns(&c->documents, &c->drafts, "") == XSD_NS_UNKNOWN ||
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
    struct location location = {document, document->root};
    if (document->root->tag != NODE_SCHEMA)
        xsd_compile_fail(c, from ? from : &location, LINK_RULES[link].is_schema,
                         "%s is not a schema document", document->uri);
    const char *target = node_value_of(document->root, ATTR_TARGET_NAMESPACE);
    if (target && !*target)
        xsd_compile_fail(c, &location, "s4s-att-invalid-value", "an empty targetNamespace");
    if (target && strpbrk(target, " \t\r\n"))
        xsd_compile_decline(c, &location, "white space in targetNamespace '%s'", target);
    document->ns = target ? symbol_ns(c, target) : 0;
    if (document->ns == c->xsd_ns || document->ns == c->xsd->xsi_ns)
        xsd_compile_decline(c, &location, "target namespace '%s'", target);
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

static bool read_form(struct xsd_compiler *c, const struct location *location, int which)
{
    const char *form = node_value_of(location->node, which);
    if (form && strcmp(form, "qualified") != 0 && strcmp(form, "unqualified") != 0)
        xsd_compile_fail(c, location, "s4s-att-invalid-value",
                         "'%s' is neither qualified nor unqualified", form);
    return form && strcmp(form, "qualified") == 0;
}

static void read_schema_attributes(struct xsd_compiler *c, struct schema_document *document)
{
    struct location location = {document, document->root};
    node_check_attrs(c, &location,
                     ATTR_BIT(ATTR_TARGET_NAMESPACE) | ATTR_BIT(ATTR_VERSION) |
                         ATTR_BIT(ATTR_FINAL_DEFAULT) | ATTR_BIT(ATTR_BLOCK_DEFAULT) |
                         ATTR_BIT(ATTR_ATTRIBUTE_FORM) | ATTR_BIT(ATTR_ELEMENT_FORM));
    document->qualified_elements = read_form(c, &location, ATTR_ELEMENT_FORM);
    document->qualified_attributes = read_form(c, &location, ATTR_ATTRIBUTE_FORM);
    const char *block = node_value_of(location.node, ATTR_BLOCK_DEFAULT);
    const char *final = node_value_of(location.node, ATTR_FINAL_DEFAULT);
    if (block)
        document->block_default = node_read_methods(
            c, &location, block,
            DERIVATION_EXTENSION | DERIVATION_RESTRICTION | DERIVATION_SUBSTITUTION);
    if (final)
        document->final_default = node_read_methods(
            c, &location, final,
            DERIVATION_EXTENSION | DERIVATION_RESTRICTION | DERIVATION_LIST | DERIVATION_UNION);
}

/* Where a namespace is imported from; after its first import, one that is left out. */
struct import {
    uint32_t ns;
    const char *uri;
    const char *first;   /* NULL: this is the first */
    const char *message; /* for people, if it is left out */
};

/* Whether this is the place to read the namespace from. */
static bool is_imported_here(struct xsd_compiler *c, const struct location *location,
                             uint32_t ns, const char *uri)
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
                 location->document->uri, location->node->line, c->xsd->names.uris[ns], uri,
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
                   const struct location *location)
{
    node_check_attrs(c, location, ATTR_BIT(ATTR_NAMESPACE) | ATTR_BIT(ATTR_SCHEMA_LOCATION));
    node_no_more_children(c, location, node_first_child(c, location));
    const char *uri = node_value_of(location->node, ATTR_NAMESPACE);
    uint32_t ns = uri ? symbol_ns(c, uri) : 0;
    if (uri && !*uri)
        xsd_compile_fail(c, location, "s4s-att-invalid-value", "an import of namespace ''");
    if (ns == document->ns)
        xsd_compile_fail(c, location, uri ? "src-import.1.1" : "src-import.1.2",
                         "an import of the document's own namespace");
    read_import(c, document, ns);
    if (!node_value_of(location->node, ATTR_SCHEMA_LOCATION) || ns == c->xsd_ns ||
        ns == c->xsd->xsi_ns)
        return;
    const char *from = resolve(c, location);
    if (is_imported_here(c, location, ns, from))
        load(c, from, location, LINK_IMPORT, ns);
}

static void register_child(struct xsd_compiler *c, const struct location *location)
{
    int kind = kind_of_tag(location->node->tag);
    if (kind < 0)
        xsd_compile_fail(c, location, "s4s-elt-must-match.1", "element '%s' is out of place",
                         location->node->name);
    global_register(c, (enum component_kind)kind, location,
                    node_read_name(c, location, location->document->ns), NULL);
}

/* A redefinition takes the place of the definition it names and keeps that as its original. */
static void redefine_child(struct xsd_compiler *c, const struct location *location)
{
    enum node_tag tag = location->node->tag;
    int kind = kind_of_tag(tag);
    if (kind != COMPONENT_TYPE && kind != COMPONENT_GROUP && kind != COMPONENT_ATTRIBUTE_GROUP)
        xsd_compile_fail(c, location, "s4s-elt-must-match.1",
                         "element '%s' cannot be redefined", location->node->name);
    struct symbol *symbol = node_read_name(c, location, location->document->ns);
    struct global *global = *global_slot(c, (enum component_kind)kind, symbol);
    if (!global)
        xsd_compile_fail(c, location, "src-expredef", "no %s '%s' to redefine",
                         component_kind_name((enum component_kind)kind), symbol->local);
    if (global->location.node->tag != tag)
        xsd_compile_fail(c, location, "src-expredef",
                         "'%s' is redefined as another kind of type", symbol->local);
    struct global *original = xsd_compile_alloc_draft(c, sizeof *original);
    *original = *global;
    global->original = original;
    global->location = *location;
}

static void include(struct xsd_compiler *c, struct schema_document *document,
                    const struct location *location)
{
    bool redefines = location->node->tag == NODE_REDEFINE;
    node_check_attrs(c, location, ATTR_BIT(ATTR_SCHEMA_LOCATION));
    if (!node_value_of(location->node, ATTR_SCHEMA_LOCATION))
        xsd_compile_fail(c, location, "s4s-att-must-appear", "no schemaLocation");
    const char *uri = resolve(c, location);
    bool found = load(c, uri, location, redefines ? LINK_REDEFINE : LINK_INCLUDE, document->ns);
    if (!found && redefines)
        xsd_compile_fail(c, location, "src-redefine.1", "%s cannot be read", uri);
    if (!found) /* which the Recommendation lets pass */
        xsd_compile_decline(c, location, "an include of what is not there: %s cannot be read",
                            uri);
    const struct node *child = node_first_child(c, location);
    if (!redefines)
        node_no_more_children(c, location, child);
    for (; child; child = node_next_child(c, location, child))
        if (child->tag != NODE_ANNOTATION)
            redefine_child(c, &(struct location){document, child});
}

static void read_document(struct xsd_compiler *c, struct schema_document *document)
{
    read_schema_attributes(c, document);
    struct location root = {document, document->root};
    bool prologue = true;
    for (const struct node *child = node_first_child(c, &root); child;
         child = node_next_child(c, &root, child)) {
        struct location location = {document, child};
        enum node_tag tag = child->tag;
        bool link = tag == NODE_INCLUDE || tag == NODE_IMPORT || tag == NODE_REDEFINE;
        if (tag == NODE_ANNOTATION)
            continue;
        if (link && !prologue)
            xsd_compile_fail(c, &location, "s4s-elt-invalid-content.3",
                             "element '%s' after a declaration", child->name);
        prologue = link;
        if (tag == NODE_IMPORT)
            import(c, document, &location);
        else if (link)
            include(c, document, &location);
        else
            register_child(c, &location);
    }
}

static void make_notation(struct xsd_compiler *c, struct global *global)
{
    node_check_attrs(c, &global->location,
                     ATTR_BIT(ATTR_NAME) | ATTR_BIT(ATTR_PUBLIC) | ATTR_BIT(ATTR_SYSTEM));
    node_no_more_children(c, &global->location, node_first_child(c, &global->location));
    if (!(global->location.node->has & (ATTR_BIT(ATTR_PUBLIC) | ATTR_BIT(ATTR_SYSTEM))))
        xsd_compile_fail(c, &global->location, "n-props-correct",
                         "a notation needs a public or system identifier");
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
}

static void compile(struct xsd_compiler *c, const char *uri)
{
    struct xsd *xsd = c->xsd;
    symbol_ns(c, "");
    c->xsd_ns = symbol_ns(c, XSD_NAMESPACE);
    xsd->xsi_ns = symbol_ns(c, XSI_NAMESPACE);
    symbol_ns(c, (const char *)XML_XML_NAMESPACE);
    xsd->xsi_type = symbol_of(c, "type", 4, xsd->xsi_ns)->id;
    xsd->xsi_nil = symbol_of(c, "nil", 3, xsd->xsi_ns)->id;
    xsd->xsi_schema_location = symbol_of(c, "schemaLocation", 14, xsd->xsi_ns)->id;
    xsd->xsi_no_namespace_schema_location =
        symbol_of(c, "noNamespaceSchemaLocation", 25, xsd->xsi_ns)->id;
    type_make_any(c);
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
