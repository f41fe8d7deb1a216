/* SPDX-License-Identifier: MIT
 *
 * Simple type definitions: from simpleType elements, and the facets of simpleContent, to
 * datatypes.
 */
#include "xsd/compile/component.h"

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
    type->derivation = DERIVATION_RESTRICTION;
    simple_set_datatype(c, type, datatype, false);
    symbol->type = type;
    bool top = strcmp(name, "anySimpleType") == 0;
    type->base =
        top ? (struct type *)c->xsd->any_type : simple_builtin_type(c, "anySimpleType");
    return type;
}

/* All of them, for a document may name any in xsi:type. */
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

static const char *label_of(struct xsd_compiler *c, const struct symbol *name)
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
        datatype_set_name(datatype, label_of(c, type->name));
}

static int facet_of_tag(enum node_tag tag)
{
    static const struct {
        enum node_tag tag;
        enum facet_kind kind;
    } ROWS[] = {
        {NODE_LENGTH, FACET_LENGTH},
        {NODE_MIN_LENGTH, FACET_MIN_LENGTH},
        {NODE_MAX_LENGTH, FACET_MAX_LENGTH},
        {NODE_PATTERN, FACET_PATTERN},
        {NODE_ENUMERATION, FACET_ENUMERATION},
        {NODE_WHITE_SPACE, FACET_WHITE_SPACE},
        {NODE_MAX_INCLUSIVE, FACET_MAX_INCLUSIVE},
        {NODE_MAX_EXCLUSIVE, FACET_MAX_EXCLUSIVE},
        {NODE_MIN_INCLUSIVE, FACET_MIN_INCLUSIVE},
        {NODE_MIN_EXCLUSIVE, FACET_MIN_EXCLUSIVE},
        {NODE_TOTAL_DIGITS, FACET_TOTAL_DIGITS},
        {NODE_FRACTION_DIGITS, FACET_FRACTION_DIGITS},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (ROWS[i].tag == tag)
            return (int)ROWS[i].kind;
    return -1;
}

static struct facet read_facet(struct xsd_compiler *c, const struct location *location)
{
    int kind = facet_of_tag(location->node->tag);
    bool many = kind == FACET_PATTERN || kind == FACET_ENUMERATION;
    node_check_attrs(c, location, NODE_ATTR(VALUE) | (many ? 0 : NODE_ATTR(FIXED)));
    node_no_more_children(c, location, node_first_child(c, location));
    struct facet facet = {.kind = (enum facet_kind)kind,
                          .value = node_value_of(location->node, NODE_ATTR_VALUE)};
    if (!facet.value)
        xsd_compile_fail(c, location, "s4s-att-must-appear", "a facet needs a value");
    const char *fixed = node_value_of(location->node, NODE_ATTR_FIXED);
    char *item = NULL;
    if (fixed && !node_next_item(c, &fixed, &item))
        item = "";
    facet.fixed = item && node_read_boolean(c, location, item, false);
    return facet;
}

/* The values of NOTATION are the notations that the schema declares (Part 2, 3.2.19). */
static void check_notations(struct xsd_compiler *c, const struct location *location,
                            const struct facet *facets, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (facets[i].kind == FACET_ENUMERATION) {
            const char *value = facets[i].value;
            char *name;
            if (node_next_item(c, &value, &name))
                global_find(c, location, COMPONENT_NOTATION, node_read_qname(c, location, name),
                            NULL);
        }
}

struct facet_place {
    struct xsd_compiler *c;
    const struct location *location;
};

static void warn_of_facet(void *context, const char *rule, const char *text)
{
    struct facet_place *place = context;
    xsd_compile_warn(place->c, place->location, rule, "%s", text);
}

const struct datatype *simple_restrict(struct xsd_compiler *c, const struct location *location,
                                       const struct datatype *datatype,
                                       const struct node *child, const struct node **rest)
{
    size_t n = 0;
    const struct node *node = child;
    for (; node && facet_of_tag(node->tag) >= 0; node = node_next_child(c, location, node))
        n++;
    *rest = node;
    if (datatype == simple_builtin_type(c, "anySimpleType")->datatype)
        xsd_compile_fail(c, location, "cos-st-restricts.1.1",
                         "anySimpleType cannot be restricted");
    struct facet *facets = xsd_compile_alloc_draft(c, (n + 1) * sizeof *facets);
    node = child;
    for (size_t i = 0; i < n; i++, node = node_next_child(c, location, node))
        facets[i] = read_facet(c, &(struct location){location->document, node});
    struct prefixes prefixes = node_prefixes(location);
    struct facet_place place = {c, location};
    struct datatype_warnings warnings = {warn_of_facet, &place};
    struct thresh_error error = {""};
    if (datatype_derives(datatype, simple_builtin_type(c, "NOTATION")->datatype))
        check_notations(c, location, facets, n);
    xsd_compile_check_time(c); /* patterns take a while */
    datatype = datatypes_restrict(c->xsd->datatypes, datatype, facets, n, &prefixes, &warnings,
                                  &error);
    if (!datatype)
        xsd_compile_fail_datatype(c, location, &error);
    return datatype;
}

/* The type that an attribute names, or that *child defines, which then is the next child. */
static struct type *base_simple_type(struct xsd_compiler *c, const struct location *location,
                                     int which, const struct node **child,
                                     const struct global *inside)
{
    const char *name = node_value_of(location->node, which);
    struct type *base;
    bool defined = *child && (*child)->tag == NODE_SIMPLE_TYPE;
    if (!name == !defined)
        xsd_compile_fail(
            c, location, which == NODE_ATTR_BASE ? "src-simple-type.2" : "src-simple-type.3",
            "'%s' needs either a type's name or a simpleType", location->node->name);
    if (name) {
        base = type_of_name(c, location, node_read_reference(c, location, which), inside);
    } else {
        base = type_new(c, &(struct location){location->document, *child}, NULL);
        *child = node_next_child(c, location, *child);
    }
    type_finish(c, base);
    if (!base->simple)
        xsd_compile_fail(c, location,
                         which == NODE_ATTR_BASE ? "cos-st-restricts.1.1"
                                                 : "cos-st-restricts.2.1",
                         "'%s' is not a simple type", name);
    return base;
}

static void check_final(struct xsd_compiler *c, const struct location *location,
                        const char *rule, const struct type *base, unsigned method)
{
    if (base->final & method)
        xsd_compile_warn(c, location, rule,
                         "type '%s' is final; it is derived from all the same",
                         base->name ? base->name->local : "");
}

static void finish_restriction(struct xsd_compiler *c, const struct location *location,
                               struct type *type)
{
    node_check_attrs(c, location, NODE_ATTR(BASE));
    const struct node *child = node_first_child(c, location);
    const struct global *global = type->source->global;
    type->base = base_simple_type(c, location, NODE_ATTR_BASE, &child, global);
    if (global && global->original && type->base != global->original->component)
        xsd_compile_warn(c, location, "src-redefine.5", XSD_REDEFINITION_STANDS);
    check_final(c, location, "st-props-correct.3", type->base, DERIVATION_RESTRICTION);
    type->derivation = DERIVATION_RESTRICTION;
    const struct datatype *datatype =
        simple_restrict(c, location, type->base->datatype, child, &child);
    node_no_more_children(c, location, child);
    simple_set_datatype(c, type, datatype, true);
}

/* Members of unions are not asked: the W3C's suite has them valid. */
void simple_check_notation(struct xsd_compiler *c, const struct location *location,
                           const struct datatype *datatype)
{
    if (datatype_is_any_notation(datatype))
        xsd_compile_warn(c, location, "enumeration-required-notation",
                         "%s is used without an enumeration of notations; any QName is one",
                         datatype_name(datatype));
}

static void finish_list(struct xsd_compiler *c, const struct location *location,
                        struct type *type)
{
    struct thresh_error error = {""};
    node_check_attrs(c, location, NODE_ATTR(ITEM_TYPE));
    const struct node *child = node_first_child(c, location);
    struct type *item = base_simple_type(c, location, NODE_ATTR_ITEM_TYPE, &child, NULL);
    node_no_more_children(c, location, child);
    check_final(c, location, "cos-st-restricts.2.3.1.1", item, DERIVATION_LIST);
    simple_check_notation(c, location, item->datatype);
    const struct datatype *datatype = datatypes_list(c->xsd->datatypes, item->datatype, &error);
    if (!datatype)
        xsd_compile_fail_datatype(c, location, &error);
    type->derivation = DERIVATION_LIST;
    simple_set_datatype(c, type, datatype, true);
}

static void add_member(struct xsd_compiler *c, const struct location *location,
                       struct pointer_list *members, struct type *member)
{
    type_finish(c, member);
    if (!member->simple)
        xsd_compile_fail(c, location, "cos-st-restricts.3.1",
                         "a member of a union is not a simple type");
    check_final(c, location, "cos-st-restricts.3.3.1.1", member, DERIVATION_UNION);
    pointer_list_add(c, members, (void *)member->datatype);
}

static void finish_union(struct xsd_compiler *c, const struct location *location,
                         struct type *type)
{
    struct thresh_error error = {""};
    struct pointer_list members = {0};
    node_check_attrs(c, location, NODE_ATTR(MEMBER_TYPES));
    const char *names = node_value_of(location->node, NODE_ATTR_MEMBER_TYPES);
    for (char *name; names && node_next_item(c, &names, &name);)
        add_member(c, location, &members,
                   type_of_name(c, location, node_read_qname(c, location, name), NULL));
    const struct node *child = node_first_child(c, location);
    for (; child && child->tag == NODE_SIMPLE_TYPE; child = node_next_child(c, location, child))
        add_member(c, location, &members,
                   type_new(c, &(struct location){location->document, child}, NULL));
    node_no_more_children(c, location, child);
    if (!members.n)
        xsd_compile_fail(c, location, "src-union-memberTypes-or-simpleTypes",
                         "a union without members");
    const struct datatype *datatype = datatypes_union(
        c->xsd->datatypes, (const struct datatype *const *)members.items, members.n, &error);
    if (!datatype)
        xsd_compile_fail_datatype(c, location, &error);
    type->derivation = DERIVATION_UNION;
    simple_set_datatype(c, type, datatype, true);
}

/* Part 1, 3.14.2: #all is also against extension, by a complex type. By its own name in a
 * finalDefault, extension is not meant for simple types. */
static unsigned read_final(struct xsd_compiler *c, const struct location *location)
{
    const unsigned methods = DERIVATION_RESTRICTION | DERIVATION_LIST | DERIVATION_UNION;
    const char *final = node_value_of(location->node, NODE_ATTR_FINAL);
    unsigned named = final ? node_read_methods(c, location, final, methods)
                           : location->document->final_default & methods;
    return named == methods ? methods | DERIVATION_EXTENSION : named;
}

void simple_finish(struct xsd_compiler *c, struct type *type)
{
    struct location location = type->source->location;
    const struct global *global = type->source->global;
    node_check_attrs(c, &location, global ? NODE_ATTR(NAME) | NODE_ATTR(FINAL) : 0);
    type->final = read_final(c, &location);
    type->base = simple_builtin_type(c, "anySimpleType");
    const struct node *child = node_first_child(c, &location);
    struct location inner = {location.document, child};
    if (global && global->original && child && child->tag != NODE_RESTRICTION)
        xsd_compile_warn(c, &location, "src-redefine.5", XSD_REDEFINITION_STANDS);
    if (child && child->tag == NODE_RESTRICTION)
        finish_restriction(c, &inner, type);
    else if (child && child->tag == NODE_LIST)
        finish_list(c, &inner, type);
    else if (child && child->tag == NODE_UNION)
        finish_union(c, &inner, type);
    else
        xsd_compile_fail(c, &location, child ? "s4s-elt-must-match.1" : "s4s-elt-must-match.2",
                         "a simpleType needs a restriction, list or union");
    node_no_more_children(c, &location, node_next_child(c, &location, child));
}

void simple_make_value(struct xsd_compiler *c, const struct location *location,
                       const char *rule, const struct datatype *type,
                       struct value_constraint *constraint)
{
    struct prefixes prefixes = node_prefixes(location);
    const char *code = NULL;
    struct buf key = {0};
    constraint->len = strlen(constraint->text);
    int rc =
        datatype_check(type, constraint->text, constraint->len, &prefixes, &c->values, &code);
    if (rc > 0) {
        xsd_compile_warn(c, location, rule, "%s (%s); the value is left out",
                         c->values.fault.data, code);
        *constraint = (struct value_constraint){0};
        return;
    }
    if (rc == 0)
        rc = datatype_key(type, constraint->text, constraint->len, &prefixes, &c->values, &key);
    char *copy = rc == 0 ? arena_alloc(&c->xsd->arena, key.len + 1) : NULL;
    if (copy && key.len)
        memcpy(copy, key.data, key.len);
    constraint->key = copy;
    constraint->key_len = key.len;
    buf_free(&key);
    if (!copy)
        xsd_compile_fail_no_memory(c);
    constraint->text = xsd_compile_string(c, constraint->text, constraint->len);
}
