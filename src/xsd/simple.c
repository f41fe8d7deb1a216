/* SPDX-License-Identifier: MIT
 *
 * Simple type definitions: from simpleType elements, and the facets of simpleContent, to
 * datatypes.
 */
#include "compile.h"

#include <string.h>

struct type *builtin_type(struct compiler *c, const char *name)
{
    struct symbol *symbol = symbol_of(c, name, strlen(name), c->xsd_ns);
    if (symbol->type)
        return symbol->type;
    const struct datatype *datatype = datatypes_builtin(c->xsd->datatypes, name);
    if (!datatype)
        return NULL;
    struct type *type = make(c, sizeof *type);
    type->name = symbol;
    type->simple = true;
    type->derivation = BY_RESTRICTION;
    set_datatype(c, type, datatype, false);
    symbol->type = type;
    bool top = !strcmp(name, "anySimpleType");
    type->base = top ? (struct type *)c->xsd->any_type : builtin_type(c, "anySimpleType");
    return type;
}

/* All of them: a document may name any in xsi:type. */
void make_builtin_types(struct compiler *c)
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
        if (!builtin_type(c, NAMES[i]))
            fail(c, NULL, "there is no built-in type %s", NAMES[i]);
    c->xsd->string_type = builtin_type(c, "string");
}

const char *type_label(struct compiler *c, const struct symbol *name)
{
    if (!*name->uri)
        return name->local;
    buf_clear(&c->text);
    buf_append_format(&c->text, "{%s}%s", name->uri, name->local);
    const char *label = buf_string(&c->text);
    if (!label)
        fail_no_memory(c);
    return make_string(c, label, c->text.len);
}

void set_datatype(struct compiler *c, struct type *type, const struct datatype *datatype,
                  bool own)
{
    type->datatype = datatype;
    type->content = CONTENT_SIMPLE;
    type->takes_anything = datatype_takes_anything(datatype);
    type->is_id = datatype_id(datatype) != DATATYPE_PLAIN;
    if (own && type->name &&
        datatype_set_name(c->xsd->datatypes, datatype, type_label(c, type->name)) < 0)
        fail_no_memory(c);
}

static int facet_of_tag(enum tag tag)
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
static void check_fixed(struct compiler *c, const struct place *place, const struct type *base,
                        const struct facet *facet)
{
    for (const struct type *type = base; type && type->source; type = type->base) {
        const struct list *fixed = &type->source->fixed_facets;
        for (uint32_t i = 0; i < fixed->n; i++) {
            const struct fixed_facet *f = fixed->items[i];
            if (f->kind == facet->kind && strcmp(f->value, facet->value))
                fail(c, place, "a base type fixes this facet at '%s'", f->value);
        }
    }
}

static struct facet read_facet(struct compiler *c, const struct place *place, struct type *type,
                               const struct type *base)
{
    int kind = facet_of_tag(place->node->tag);
    bool many = kind == FACET_PATTERN || kind == FACET_ENUMERATION;
    check_attrs(c, place, ALLOW(A_VALUE) | (many ? 0 : ALLOW(A_FIXED)));
    no_more_children(c, place, first_child(c, place));
    struct facet facet = {(enum facet_kind)kind, value_of(place->node, A_VALUE)};
    if (!facet.value)
        fail(c, place, "a facet needs a value");
    check_fixed(c, place, base, &facet);
    const char *fixed = value_of(place->node, A_FIXED);
    char *item = NULL;
    if (fixed && !next_item(c, &fixed, &item))
        item = "";
    if (item && read_boolean(c, place, item, false)) {
        struct fixed_facet *f = make_draft(c, sizeof *f);
        *f = (struct fixed_facet){facet.kind, facet.value};
        list_add(c, &type->source->fixed_facets, f);
    }
    return facet;
}

/* enumeration-required-notation */
static void check_notations(struct compiler *c, const struct place *place,
                            const struct facet *facets, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (facets[i].kind == FACET_ENUMERATION) {
            const char *value = facets[i].value;
            char *name;
            if (next_item(c, &value, &name))
                find_global(c, place, KIND_NOTATION, read_qname(c, place, name), NULL);
        }
}

const struct datatype *restrict_datatype(struct compiler *c, const struct place *place,
                                         struct type *type, const struct type *base,
                                         const struct datatype *datatype,
                                         const struct node *child, const struct node **rest)
{
    size_t n = 0;
    const struct node *node = child;
    for (; node && facet_of_tag(node->tag) >= 0; node = next_child(c, place, node))
        n++;
    *rest = node;
    if (datatype == builtin_type(c, "anySimpleType")->datatype)
        fail(c, place, "anySimpleType cannot be restricted");
    struct facet *facets = make_draft(c, (n + 1) * sizeof *facets);
    node = child;
    for (size_t i = 0; i < n; i++, node = next_child(c, place, node))
        facets[i] = read_facet(c, &(struct place){place->document, node}, type, base);
    struct prefixes prefixes = place_prefixes(place);
    struct error error = {""};
    if (datatype_derives(datatype, builtin_type(c, "NOTATION")->datatype))
        check_notations(c, place, facets, n);
    datatype = datatypes_restrict(c->xsd->datatypes, datatype, facets, n, &prefixes, &error);
    if (!datatype)
        fail_datatype(c, place, &error);
    return datatype;
}

/* The type named by an attribute or defined by the next child, which is then passed over. */
static struct type *base_simple_type(struct compiler *c, const struct place *place, int which,
                                     const struct node **child, const struct global *inside)
{
    const char *name = value_of(place->node, which);
    struct type *base;
    bool defined = *child && (*child)->tag == TAG_SIMPLE_TYPE;
    if (!name == !defined)
        fail(c, place, "'%s' needs either a type's name or a simpleType", place->node->name);
    if (name) {
        base = type_of_name(c, place, named_by(c, place, which), name, inside);
    } else {
        base = new_type(c, &(struct place){place->document, *child}, NULL);
        *child = next_child(c, place, *child);
    }
    finish_type(c, base);
    if (!base->simple)
        fail(c, place, "'%s' is not a simple type", name);
    return base;
}

static void check_final(struct compiler *c, const struct place *place, const struct type *base,
                        unsigned method)
{
    if (base->final & method)
        fail(c, place, "type '%s' is final", base->name ? base->name->local : "");
}

static void finish_restriction(struct compiler *c, const struct place *place, struct type *type)
{
    check_attrs(c, place, ALLOW(A_BASE));
    const struct node *child = first_child(c, place);
    const struct global *global = type->source->global;
    type->base = base_simple_type(c, place, A_BASE, &child, global);
    if (global && global->original && type->base != global->original->component)
        fail(c, place, "a redefinition must restrict what it redefines");
    check_final(c, place, type->base, BY_RESTRICTION);
    type->derivation = BY_RESTRICTION;
    const struct datatype *datatype =
        restrict_datatype(c, place, type, type->base, type->base->datatype, child, &child);
    no_more_children(c, place, child);
    set_datatype(c, type, datatype, true);
}

static void finish_list(struct compiler *c, const struct place *place, struct type *type)
{
    struct error error = {""};
    check_attrs(c, place, ALLOW(A_ITEM_TYPE));
    const struct node *child = first_child(c, place);
    struct type *item = base_simple_type(c, place, A_ITEM_TYPE, &child, NULL);
    no_more_children(c, place, child);
    check_final(c, place, item, BY_LIST);
    const struct datatype *datatype = datatypes_list(c->xsd->datatypes, item->datatype, &error);
    if (!datatype)
        fail_datatype(c, place, &error);
    type->derivation = BY_LIST;
    set_datatype(c, type, datatype, true);
}

static void add_member(struct compiler *c, const struct place *place, struct list *members,
                       struct type *member)
{
    finish_type(c, member);
    if (!member->simple)
        fail(c, place, "a member of a union is not a simple type");
    check_final(c, place, member, BY_UNION);
    list_add(c, members, (void *)member->datatype);
}

static void finish_union(struct compiler *c, const struct place *place, struct type *type)
{
    struct error error = {""};
    struct list members = {0};
    check_attrs(c, place, ALLOW(A_MEMBER_TYPES));
    const char *names = value_of(place->node, A_MEMBER_TYPES);
    for (char *name; names && next_item(c, &names, &name);)
        add_member(c, place, &members,
                   type_of_name(c, place, read_qname(c, place, name), name, NULL));
    const struct node *child = first_child(c, place);
    for (; child && child->tag == TAG_SIMPLE_TYPE; child = next_child(c, place, child))
        add_member(c, place, &members,
                   new_type(c, &(struct place){place->document, child}, NULL));
    no_more_children(c, place, child);
    if (!members.n)
        fail(c, place, "a union without members");
    const struct datatype *datatype = datatypes_union(
        c->xsd->datatypes, (const struct datatype *const *)members.items, members.n, &error);
    if (!datatype)
        fail_datatype(c, place, &error);
    type->derivation = BY_UNION;
    set_datatype(c, type, datatype, true);
}

void finish_simple_type(struct compiler *c, struct type *type)
{
    struct place place = type->source->place;
    const struct global *global = type->source->global;
    unsigned methods = BY_RESTRICTION | BY_LIST | BY_UNION;
    check_attrs(c, &place, global ? ALLOW(A_NAME) | ALLOW(A_FINAL) : 0);
    const char *final = value_of(place.node, A_FINAL);
    type->final = final ? read_methods(c, &place, final, methods)
                        : place.document->final_default & methods;
    type->base = builtin_type(c, "anySimpleType");
    const struct node *child = first_child(c, &place);
    struct place inner = {place.document, child};
    if (child && child->tag == TAG_RESTRICTION)
        finish_restriction(c, &inner, type);
    else if (global && global->original)
        fail(c, &place, "a redefinition must restrict what it redefines");
    else if (child && child->tag == TAG_LIST)
        finish_list(c, &inner, type);
    else if (child && child->tag == TAG_UNION)
        finish_union(c, &inner, type);
    else
        fail(c, &place, "a simpleType needs a restriction, list or union");
    no_more_children(c, &place, next_child(c, &place, child));
}

void make_constant(struct compiler *c, const struct place *place, const struct datatype *type,
                   struct constant *constant)
{
    struct prefixes prefixes = place_prefixes(place);
    const char *code = NULL;
    struct buf key = {0};
    constant->len = strlen(constant->text);
    if (datatype_id(type) == DATATYPE_ID)
        fail(c, place, "an ID cannot be given in the schema");
    int rc = datatype_check(type, constant->text, constant->len, &prefixes, &c->values, &code);
    if (rc > 0)
        fail(c, place, "%s: %s", code, c->values.fault.data);
    if (rc == 0)
        rc = datatype_key(type, constant->text, constant->len, &prefixes, &c->values, &key);
    char *copy = rc == 0 ? arena_alloc(&c->xsd->arena, key.len + 1) : NULL;
    if (copy && key.len)
        memcpy(copy, key.data, key.len);
    constant->key = copy;
    constant->key_len = key.len;
    buf_free(&key);
    if (!copy)
        fail_no_memory(c);
    constant->text = make_string(c, constant->text, constant->len);
}
