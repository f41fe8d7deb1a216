/* SPDX-License-Identifier: MIT
 *
 * Simple type definitions: from simpleType elements, and the facets of simpleContent, to
 * datatypes.
 */
#include "xsd/compile/compile.h"

#include <string.h>

struct type *simple_builtin_type(struct xsd_compiler *c, const char *name)
{
    struct symbol *symbol = symbol_of(c, name, strlen(name), c->xsd_ns);
    if (symbol->type)
        return symbol->type;
    const struct datatype *datatype = datatypes_builtin(c->xsd->datatypes, name);
    if (!datatype)
        return NULL;
    struct type *type = xsd_compile_alloc(c, sizeof *type);
    type->name = symbol;
    type->simple = true;
    type->derivation = BY_RESTRICTION;
    simple_set_datatype(c, type, datatype, false);
    symbol->type = type;
    bool top = !strcmp(name, "anySimpleType");
    type->base =
        top ? (struct type *)c->xsd->any_type : simple_builtin_type(c, "anySimpleType");
    return type;
}

/* All of them: a document may name any in xsi:type. */
void simple_make_builtins(struct xsd_compiler *c)
{
    static const char *const NAMES[] = {"anySimpleType",
                                        "string",
                                        "boolean",
                                        "decimal",
                                        "float",
                                        "double",
                                        "duration",
                                        "dateTime",
                                        "time",
                                        "date",
                                        "gYearMonth",
                                        "gYear",
                                        "gMonthDay",
                                        "gDay",
                                        "gMonth",
                                        "hexBinary",
                                        "base64Binary",
                                        "anyURI",
                                        "QName",
                                        "NOTATION",
                                        "token",
                                        "language",
                                        "normalizedString",
                                        "NMTOKEN",
                                        "NMTOKENS",
                                        "Name",
                                        "NCName",
                                        "ID",
                                        "IDREF",
                                        "IDREFS",
                                        "ENTITY",
                                        "ENTITIES",
                                        "integer",
                                        "nonPositiveInteger",
                                        "negativeInteger",
                                        "long",
                                        "int",
                                        "short",
                                        "byte",
                                        "nonNegativeInteger",
                                        "unsignedLong",
                                        "unsignedInt",
                                        "unsignedShort",
                                        "unsignedByte",
                                        "positiveInteger"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (!simple_builtin_type(c, NAMES[i]))
            xsd_compile_decline(c, NULL, "built-in type %s", NAMES[i]);
    c->xsd->string_type = simple_builtin_type(c, "string");
}

const char *simple_type_label(struct xsd_compiler *c, const struct symbol *name)
{
    if (!*name->uri)
        return name->local;
    buf_clear(&c->text);
    buf_append_format(&c->text, "{%s}%s", name->uri, name->local);
    const char *label = buf_string(&c->text);
    if (!label)
        xsd_compile_fail_no_memory(c);
    return xsd_compile_string(c, label, c->text.len);
}

void simple_set_datatype(struct xsd_compiler *c, struct type *type,
                         const struct datatype *datatype, bool own)
{
    type->datatype = datatype;
    type->content = CONTENT_SIMPLE;
    type->takes_anything = datatype_takes_anything(datatype);
    type->is_id = datatype_id(datatype) != DATATYPE_PLAIN;
    if (own && type->name)
        datatype_set_name(datatype, simple_type_label(c, type->name));
}

static int facet_of_tag(enum node_tag tag)
{
    switch (tag) {
    case TAG_LENGTH:
        return FACET_LENGTH;
    case TAG_MIN_LENGTH:
        return FACET_MIN_LENGTH;
    case TAG_MAX_LENGTH:
        return FACET_MAX_LENGTH;
    case TAG_PATTERN:
        return FACET_PATTERN;
    case TAG_ENUMERATION:
        return FACET_ENUMERATION;
    case TAG_WHITE_SPACE:
        return FACET_WHITE_SPACE;
    case TAG_MAX_INCLUSIVE:
        return FACET_MAX_INCLUSIVE;
    case TAG_MAX_EXCLUSIVE:
        return FACET_MAX_EXCLUSIVE;
    case TAG_MIN_INCLUSIVE:
        return FACET_MIN_INCLUSIVE;
    case TAG_MIN_EXCLUSIVE:
        return FACET_MIN_EXCLUSIVE;
    case TAG_TOTAL_DIGITS:
        return FACET_TOTAL_DIGITS;
    case TAG_FRACTION_DIGITS:
        return FACET_FRACTION_DIGITS;
    default:
        return -1;
    }
}

/* A facet that an ancestor fixed may be repeated, word for word, and not changed. */
static void check_fixed(struct xsd_compiler *c, const struct location *place,
                        const struct type *base, const struct facet *facet)
{
    for (const struct type *type = base; type && type->source; type = type->base) {
        const struct pointer_list *fixed = &type->source->fixed_facets;
        for (uint32_t i = 0; i < fixed->n; i++) {
            const struct fixed_facet *f = fixed->items[i];
            if (f->kind == facet->kind && strcmp(f->value, facet->value))
                xsd_compile_fail(c, place, "cos-st-restricts",
                                 "a base type fixes this facet at '%s'", f->value);
        }
    }
}

static struct facet read_facet(struct xsd_compiler *c, const struct location *place,
                               struct type *type, const struct type *base)
{
    int kind = facet_of_tag(place->node->tag);
    bool many = kind == FACET_PATTERN || kind == FACET_ENUMERATION;
    node_check_attrs(c, place, ALLOW(A_VALUE) | (many ? 0 : ALLOW(A_FIXED)));
    node_no_more_children(c, place, node_first_child(c, place));
    struct facet facet = {(enum facet_kind)kind, node_value_of(place->node, A_VALUE)};
    if (!facet.value)
        xsd_compile_fail(c, place, "s4s-att-must-appear", "a facet needs a value");
    check_fixed(c, place, base, &facet);
    const char *fixed = node_value_of(place->node, A_FIXED);
    char *item = NULL;
    if (fixed && !node_next_item(c, &fixed, &item))
        item = "";
    if (item && node_read_boolean(c, place, item, false)) {
        struct fixed_facet *f = xsd_compile_alloc_draft(c, sizeof *f);
        *f = (struct fixed_facet){facet.kind, facet.value};
        pointer_list_add(c, &type->source->fixed_facets, f);
    }
    return facet;
}

/* The values of NOTATION are the notations that the schema declares (Part 2, 3.2.19). */
static void check_notations(struct xsd_compiler *c, const struct location *place,
                            const struct facet *facets, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (facets[i].kind == FACET_ENUMERATION) {
            const char *value = facets[i].value;
            char *name;
            if (node_next_item(c, &value, &name))
                global_find(c, place, KIND_NOTATION, node_read_qname(c, place, name), NULL);
        }
}

const struct datatype *simple_restrict(struct xsd_compiler *c, const struct location *place,
                                       struct type *type, const struct type *base,
                                       const struct datatype *datatype,
                                       const struct node *child, const struct node **rest)
{
    size_t n = 0;
    const struct node *node = child;
    for (; node && facet_of_tag(node->tag) >= 0; node = node_next_child(c, place, node))
        n++;
    *rest = node;
    if (datatype == simple_builtin_type(c, "anySimpleType")->datatype)
        xsd_compile_fail(c, place, "cos-st-restricts.1.1",
                         "anySimpleType cannot be restricted");
    struct facet *facets = xsd_compile_alloc_draft(c, (n + 1) * sizeof *facets);
    node = child;
    for (size_t i = 0; i < n; i++, node = node_next_child(c, place, node))
        facets[i] = read_facet(c, &(struct location){place->document, node}, type, base);
    struct prefixes prefixes = node_prefixes(place);
    struct thresh_error error = {""};
    if (datatype_derives(datatype, simple_builtin_type(c, "NOTATION")->datatype))
        check_notations(c, place, facets, n);
    datatype = datatypes_restrict(c->xsd->datatypes, datatype, facets, n, &prefixes, &error);
    if (!datatype)
        xsd_compile_fail_datatype(c, place, &error);
    return datatype;
}

/* The type named by an attribute or defined by the next child, which is then passed over. */
static struct type *base_simple_type(struct xsd_compiler *c, const struct location *place,
                                     int which, const struct node **child,
                                     const struct global *inside)
{
    const char *name = node_value_of(place->node, which);
    struct type *base;
    bool defined = *child && (*child)->tag == TAG_SIMPLE_TYPE;
    if (!name == !defined)
        xsd_compile_fail(c, place, which == A_BASE ? "src-simple-type.2" : "src-simple-type.3",
                         "'%s' needs either a type's name or a simpleType", place->node->name);
    if (name) {
        base = complex_of_name(c, place, node_named_by(c, place, which), name, inside);
    } else {
        base = complex_new(c, &(struct location){place->document, *child}, NULL);
        *child = node_next_child(c, place, *child);
    }
    complex_finish(c, base);
    if (!base->simple)
        xsd_compile_fail(c, place,
                         which == A_BASE ? "cos-st-restricts.1.1" : "cos-st-restricts.2.1",
                         "'%s' is not a simple type", name);
    return base;
}

static void check_final(struct xsd_compiler *c, const struct location *place, const char *rule,
                        const struct type *base, unsigned method)
{
    if (base->final & method)
        xsd_compile_fail(c, place, rule, "type '%s' is final",
                         base->name ? base->name->local : "");
}

static void finish_restriction(struct xsd_compiler *c, const struct location *place,
                               struct type *type)
{
    node_check_attrs(c, place, ALLOW(A_BASE));
    const struct node *child = node_first_child(c, place);
    const struct global *global = type->source->global;
    type->base = base_simple_type(c, place, A_BASE, &child, global);
    if (global && global->original && type->base != global->original->component)
        xsd_compile_fail(c, place, "src-redefine.5",
                         "a redefinition must restrict what it redefines");
    check_final(c, place, "st-props-correct.3", type->base, BY_RESTRICTION);
    type->derivation = BY_RESTRICTION;
    const struct datatype *datatype =
        simple_restrict(c, place, type, type->base, type->base->datatype, child, &child);
    node_no_more_children(c, place, child);
    simple_set_datatype(c, type, datatype, true);
}

static void finish_list(struct xsd_compiler *c, const struct location *place, struct type *type)
{
    struct thresh_error error = {""};
    node_check_attrs(c, place, ALLOW(A_ITEM_TYPE));
    const struct node *child = node_first_child(c, place);
    struct type *item = base_simple_type(c, place, A_ITEM_TYPE, &child, NULL);
    node_no_more_children(c, place, child);
    check_final(c, place, "cos-st-restricts.2.3.1.1", item, BY_LIST);
    const struct datatype *datatype = datatypes_list(c->xsd->datatypes, item->datatype, &error);
    if (!datatype)
        xsd_compile_fail_datatype(c, place, &error);
    type->derivation = BY_LIST;
    simple_set_datatype(c, type, datatype, true);
}

static void add_member(struct xsd_compiler *c, const struct location *place,
                       struct pointer_list *members, struct type *member)
{
    complex_finish(c, member);
    if (!member->simple)
        xsd_compile_fail(c, place, "cos-st-restricts.3.1",
                         "a member of a union is not a simple type");
    check_final(c, place, "cos-st-restricts.3.3.1.1", member, BY_UNION);
    pointer_list_add(c, members, (void *)member->datatype);
}

static void finish_union(struct xsd_compiler *c, const struct location *place,
                         struct type *type)
{
    struct thresh_error error = {""};
    struct pointer_list members = {0};
    node_check_attrs(c, place, ALLOW(A_MEMBER_TYPES));
    const char *names = node_value_of(place->node, A_MEMBER_TYPES);
    for (char *name; names && node_next_item(c, &names, &name);)
        add_member(c, place, &members,
                   complex_of_name(c, place, node_read_qname(c, place, name), name, NULL));
    const struct node *child = node_first_child(c, place);
    for (; child && child->tag == TAG_SIMPLE_TYPE; child = node_next_child(c, place, child))
        add_member(c, place, &members,
                   complex_new(c, &(struct location){place->document, child}, NULL));
    node_no_more_children(c, place, child);
    if (!members.n)
        xsd_compile_fail(c, place, "src-union-memberTypes-or-simpleTypes",
                         "a union without members");
    const struct datatype *datatype = datatypes_union(
        c->xsd->datatypes, (const struct datatype *const *)members.items, members.n, &error);
    if (!datatype)
        xsd_compile_fail_datatype(c, place, &error);
    type->derivation = BY_UNION;
    simple_set_datatype(c, type, datatype, true);
}

void simple_finish(struct xsd_compiler *c, struct type *type)
{
    struct location place = type->source->place;
    const struct global *global = type->source->global;
    unsigned methods = BY_RESTRICTION | BY_LIST | BY_UNION;
    node_check_attrs(c, &place, global ? ALLOW(A_NAME) | ALLOW(A_FINAL) : 0);
    const char *final = node_value_of(place.node, A_FINAL);
    type->final = final ? node_read_methods(c, &place, final, methods)
                        : place.document->final_default & methods;
    type->base = simple_builtin_type(c, "anySimpleType");
    const struct node *child = node_first_child(c, &place);
    struct location inner = {place.document, child};
    if (child && child->tag == TAG_RESTRICTION)
        finish_restriction(c, &inner, type);
    else if (global && global->original)
        xsd_compile_fail(c, &place, "src-redefine.5",
                         "a redefinition must restrict what it redefines");
    else if (child && child->tag == TAG_LIST)
        finish_list(c, &inner, type);
    else if (child && child->tag == TAG_UNION)
        finish_union(c, &inner, type);
    else
        xsd_compile_fail(c, &place, child ? "s4s-elt-must-match.1" : "s4s-elt-must-match.2",
                         "a simpleType needs a restriction, list or union");
    node_no_more_children(c, &place, node_next_child(c, &place, child));
}

void simple_make_value(struct xsd_compiler *c, const struct location *place, const char *rule,
                       const struct datatype *type, struct value_constraint *constant)
{
    struct prefixes prefixes = node_prefixes(place);
    const char *code = NULL;
    struct buf key = {0};
    constant->len = strlen(constant->text);
    int rc = datatype_check(type, constant->text, constant->len, &prefixes, &c->values, &code);
    if (rc > 0)
        xsd_compile_fail(c, place, rule, "%s (%s)", c->values.fault.data, code);
    if (rc == 0)
        rc = datatype_key(type, constant->text, constant->len, &prefixes, &c->values, &key);
    char *copy = rc == 0 ? arena_alloc(&c->xsd->arena, key.len + 1) : NULL;
    if (copy && key.len)
        memcpy(copy, key.data, key.len);
    constant->key = copy;
    constant->key_len = key.len;
    buf_free(&key);
    if (!copy)
        xsd_compile_fail_no_memory(c);
    constant->text = xsd_compile_string(c, constant->text, constant->len);
}
