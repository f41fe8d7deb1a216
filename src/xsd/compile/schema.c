/* SPDX-License-Identifier: MIT
 *
 * The documents of a schema: those that it includes, imports and redefines, and the global
 * declarations in them, which are entered by name.
 */
#include "xsd/compile/schema.h"

#include "resolver/builtin.h"
#include "xsd/compile/family.h"
#include "xsd/compile/global.h"
#include "xsd/compile/node.h"
#include "xsd/compile/schema_document.h"

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

static const char *resolve(struct xsd_compiler *c, const struct location *location)
{
    const struct node_attr *attr = node_attr_of(location->node, NODE_ATTR_SCHEMA_LOCATION);
    if (!attr->address)
        xsd_compile_fail(c, location, "s4s-att-invalid-value",
                         "schemaLocation '%s' is not a URI", attr->value);
    return attr->address;
}

/* A document has a place once for each namespace: a chameleon takes that of its includer.
 * Returns its number, which is the next one where it is new. */
static uint32_t enter_document(struct xsd_compiler *c, const char *place, uint32_t ns)
{
    const struct symbol *symbol = NULL;
    buf_clear(&c->text);
    buf_append_format(&c->text, "%u %s", ns, place);
    const char *key = buf_string(&c->text);
    if (key && names_add_ns(&c->documents, &c->drafts, "") != XSD_NS_UNKNOWN)
        symbol = names_add(&c->documents, &c->drafts, key, c->text.len, 0);
    if (!symbol)
        xsd_compile_fail_no_memory(c);
    return symbol->id - 1;
}

/* Why a document is read, and the rules by which it then is a schema document and has a certain
 * target namespace. */
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
    const char *target = node_value_of(document->root, NODE_ATTR_TARGET_NAMESPACE);
    if (target && !*target)
        xsd_compile_fail(c, &location, "s4s-att-invalid-value", "an empty targetNamespace");
    document->ns = target ? symbol_ns(c, target) : 0;
    if ((link == LINK_INCLUDE || link == LINK_REDEFINE) && !target && ns) {
        document->chameleon = true;
        document->ns = ns;
    } else if (link != LINK_ROOT && document->ns != ns) {
        xsd_compile_fail(c, from, LINK_RULES[link].target,
                         "%s has target namespace '%s', not '%s'", document->uri,
                         target ? target : "", c->xsd->names.uris[ns]);
    }
}

/* The fragment of an address may name the root, of which it is a part then. */
static void check_fragment(struct xsd_compiler *c, const struct schema_text *text,
                           const char *uri, const struct location *from, const char *rule)
{
    const char *fragment = strchr(uri, '#');
    const char *id = node_value_of(text->root, NODE_ATTR_ID);
    if (!from || !fragment || strchr(text->place, '#') || !fragment[1] ||
        (id && strcmp(id, fragment + 1) == 0))
        return;
    xsd_compile_warn(c, from, rule,
                     "'%s' is not the id of the root of %s; the whole document is taken",
                     fragment + 1, text->place);
}

/* Loads a document and all that hangs on it; false where there is nothing at that address. */
static bool load(struct xsd_compiler *c, const char *uri, const struct location *from,
                 enum document_link link, uint32_t ns)
{
    const struct schema_text *text = schema_document_read(c, uri, LINK_RULES[link].is_schema);
    if (!text)
        return false;
    check_fragment(c, text, uri, from, LINK_RULES[link].is_schema);
    if (link == LINK_ROOT)
        ns = symbol_ns(c, node_value_of(text->root, NODE_ATTR_TARGET_NAMESPACE));
    uint32_t number = enter_document(c, text->place, ns);
    if (number < c->document_list.n) {
        family_link(c, from, c->document_list.items[number]);
        return true;
    }
    struct schema_document *document = xsd_compile_alloc_draft(c, sizeof *document);
    document->uri = uri;
    document->number = number;
    document->root = text->root;
    pointer_list_add(c, &c->document_list, document);
    family_link(c, from, document);
    check_root(c, document, from, link, ns);
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
                     NODE_ATTR(TARGET_NAMESPACE) | NODE_ATTR(VERSION) |
                         NODE_ATTR(FINAL_DEFAULT) | NODE_ATTR(BLOCK_DEFAULT) |
                         NODE_ATTR(ATTRIBUTE_FORM) | NODE_ATTR(ELEMENT_FORM));
    document->qualified_elements = read_form(c, &location, NODE_ATTR_ELEMENT_FORM);
    document->qualified_attributes = read_form(c, &location, NODE_ATTR_ATTRIBUTE_FORM);
    const char *block = node_value_of(location.node, NODE_ATTR_BLOCK_DEFAULT);
    const char *final = node_value_of(location.node, NODE_ATTR_FINAL_DEFAULT);
    if (block)
        document->block_default = node_read_methods(
            c, &location, block,
            DERIVATION_EXTENSION | DERIVATION_RESTRICTION | DERIVATION_SUBSTITUTION);
    if (final)
        document->final_default = node_read_methods(
            c, &location, final,
            DERIVATION_EXTENSION | DERIVATION_RESTRICTION | DERIVATION_LIST | DERIVATION_UNION);
}

static void allow_references(struct xsd_compiler *c, struct schema_document *document,
                             uint32_t ns)
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

/* Tells that a document is not there, which breaks no rule (Part 1, 4.2.1 and 4.2.3): only a
 * reference to what it would have is wrong. */
static void note_absence(struct xsd_compiler *c, const struct location *location,
                         const char *uri, const char *what)
{
    buf_clear(&c->text);
    buf_append_format(&c->text, "%s:%ld: the %s is left out, for %s is not there; ",
                      location->document->uri, location->node->line, what, uri);
    bool is_unmapped = resolver_append_remedy(c->shared->resolver, uri, &c->text);
    buf_append_char(&c->text, '\n');
    const char *note = buf_string(&c->text);
    if (!note)
        xsd_compile_fail_no_memory(c);
    schema_document_note(c, note);
    if (is_unmapped)
        schema_document_miss(c, uri);
}

/* What XSD itself has is there without a document. */
static bool is_built_in(const struct xsd_compiler *c, uint32_t ns)
{
    return ns == c->xsd_ns || ns == c->xsd->xsi_ns;
}

/* An import of a namespace of which there is a built-in copy is served by that, whatever its
 * address, unless it leads to a file: by load_builtins, when all files are known. */
static void import_document(struct xsd_compiler *c, const struct location *location,
                            uint32_t ns)
{
    const char *uri =
        node_value_of(location->node, NODE_ATTR_SCHEMA_LOCATION) ? resolve(c, location) : NULL;
    const char *name = c->xsd->names.uris[ns];
    char what[256];
    if (builtin_of_namespace(name) && (!uri || !schema_document_is_file(c, uri))) {
        struct location *import = xsd_compile_alloc_draft(c, sizeof *import);
        *import = *location;
        pointer_list_add(c, &c->builtins, import);
        return;
    }
    if (!uri || load(c, uri, location, LINK_IMPORT, ns) || is_built_in(c, ns))
        return;
    snprintf(what, sizeof what, "import of %s", *name ? name : "no namespace");
    note_absence(c, location, uri, what);
}

static void read_import(struct xsd_compiler *c, struct schema_document *document,
                        const struct location *location)
{
    node_check_attrs(c, location, NODE_ATTR(NAMESPACE) | NODE_ATTR(SCHEMA_LOCATION));
    node_no_more_children(c, location, node_first_child(c, location));
    const char *uri = node_value_of(location->node, NODE_ATTR_NAMESPACE);
    uint32_t ns = uri ? symbol_ns(c, uri) : 0;
    if (uri && !*uri)
        xsd_compile_fail(c, location, "s4s-att-invalid-value", "an import of namespace ''");
    if (ns == document->ns)
        xsd_compile_warn(
            c, location, uri ? "src-import.1.1" : "src-import.1.2",
            "an import of the document's own namespace; it is taken as an include");
    allow_references(c, document, ns);
    import_document(c, location, ns);
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

/* The number of the document that is redefined: it and all that it brought have that or a
 * higher one. `next` was the next number before it was asked for. */
static uint32_t number_of_redefined(const struct xsd_compiler *c, const char *uri, uint32_t ns,
                                    uint32_t next)
{
    for (uint32_t i = 0; i < next; i++) {
        const struct schema_document *document = c->document_list.items[i];
        if (document->ns == ns && strcmp(document->uri, uri) == 0)
            return i;
    }
    return next < c->document_list.n ? next : 0;
}

/* A redefinition takes the place of the definition it names and keeps that as its original. One
 * of what has been redefined is in order where that comes from the redefined document. */
static void redefine_child(struct xsd_compiler *c, const struct location *location,
                           uint32_t redefined)
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
    if (global->original && global->location.document->number < redefined)
        xsd_compile_warn(c, location, "sch-props-correct.2",
                         "%s '%s' is redefined twice; this redefines the first redefinition",
                         component_kind_name((enum component_kind)kind), symbol->local);
    struct global *original = xsd_compile_alloc_draft(c, sizeof *original);
    *original = *global;
    global->original = original;
    global->location = *location;
}

static void read_include(struct xsd_compiler *c, struct schema_document *document,
                         const struct location *location)
{
    bool redefines = location->node->tag == NODE_REDEFINE;
    if (redefines && family_is(c))
        family_decline(c);
    node_check_attrs(c, location, NODE_ATTR(SCHEMA_LOCATION));
    if (!node_value_of(location->node, NODE_ATTR_SCHEMA_LOCATION))
        xsd_compile_fail(c, location, "s4s-att-must-appear", "no schemaLocation");
    const char *uri = resolve(c, location);
    uint32_t next = c->document_list.n;
    bool found = load(c, uri, location, redefines ? LINK_REDEFINE : LINK_INCLUDE, document->ns);
    uint32_t redefined = number_of_redefined(c, uri, document->ns, next);
    if (!found)
        note_absence(c, location, uri, redefines ? "redefinition" : "include");
    const struct node *child = node_first_child(c, location);
    if (!redefines)
        node_no_more_children(c, location, child);
    for (; child; child = node_next_child(c, location, child)) {
        if (child->tag == NODE_ANNOTATION)
            continue;
        if (!found)
            xsd_compile_fail(c, location, "src-redefine.1", "%s cannot be read", uri);
        redefine_child(c, &(struct location){document, child}, redefined);
    }
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
            read_import(c, document, &location);
        else if (link)
            read_include(c, document, &location);
        else
            register_child(c, &location);
    }
}

static struct schema_document *document_of(const struct xsd_compiler *c, uint32_t ns)
{
    for (uint32_t i = 0; i < c->document_list.n; i++) {
        struct schema_document *document = c->document_list.items[i];
        if (document->ns == ns)
            return document;
    }
    return NULL;
}

/* The copies, too, import others. */
static void load_builtins(struct xsd_compiler *c)
{
    for (uint32_t i = 0; i < c->builtins.n; i++) {
        const struct location *import = c->builtins.items[i];
        const char *uri = node_value_of(import->node, NODE_ATTR_NAMESPACE);
        const char *address = builtin_of_namespace(uri)->address;
        uint32_t ns = symbol_ns(c, uri);
        struct schema_document *document = document_of(c, ns);
        if (!document)
            load(c, address, import, LINK_IMPORT, ns);
        else if (document->uri == address)
            family_link(c, import, document);
    }
}

void schema_load(struct xsd_compiler *c)
{
    for (uint32_t i = 0; i < c->n_uris; i++)
        if (!load(c, c->uris[i], NULL, LINK_ROOT, 0))
            xsd_compile_fail(c, NULL, LINK_RULES[LINK_ROOT].is_schema, "%s cannot be read",
                             c->uris[i]);
    load_builtins(c);
    family_begin(c);
    for (uint32_t i = 0; i < c->builtins.n; i++) {
        const struct location *import = c->builtins.items[i];
        const char *uri = node_value_of(import->node, NODE_ATTR_NAMESPACE);
        family_require(c, import->document, document_of(c, symbol_ns(c, uri)));
    }
}
