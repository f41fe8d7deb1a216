/* SPDX-License-Identifier: MIT
 *
 * Attribute declarations, their uses, and attribute groups. What a complex type ends up with is
 * in attribute_derive.c.
 */
#include "xsd/compile/component.h"

#include <string.h>

static void read_value_constraint(struct xsd_compiler *c, const struct location *location,
                                  struct value_constraint *constraint)
{
    const char *value = node_value_of(location->node, NODE_ATTR_DEFAULT);
    const char *fixed = node_value_of(location->node, NODE_ATTR_FIXED);
    if (value && fixed)
        xsd_compile_warn(c, location, "src-attribute.1",
                         "both default and fixed; the fixed value holds");
    constraint->text = fixed ? fixed : value;
    constraint->fixed = fixed != NULL;
}

static void make_value(struct xsd_compiler *c, const struct location *location,
                       const struct datatype *type, struct value_constraint *value)
{
    if (!value->text)
        return;
    if (datatype_id(type) == DATATYPE_ID) {
        xsd_compile_warn(c, location, "a-props-correct.3",
                         "a value for an attribute of type ID; it is left out");
        *value = (struct value_constraint){0};
        return;
    }
    simple_make_value(c, location, "a-props-correct.2", type, value);
}

/* A declaration with a name and a type, global or local. */
static struct attribute *read_declaration(struct xsd_compiler *c,
                                          const struct location *location, uint32_t ns)
{
    const char *type_name = node_value_of(location->node, NODE_ATTR_TYPE);
    struct attribute *attribute = xsd_compile_alloc(c, sizeof *attribute);
    attribute->name = node_read_name(c, location, ns);
    if (strcmp(attribute->name->local, "xmlns") == 0)
        xsd_compile_warn(c, location, "no-xmlns",
                         "an attribute named xmlns; it stands, and no document can have it");
    if (ns == c->xsd->xsi_ns)
        xsd_compile_warn(c, location, "no-xsi",
                         "an attribute of the namespace xsi; the four of XSD are all that may "
                         "be named there");
    const struct node *child = node_first_child(c, location);
    struct type *type;
    if (child && child->tag == NODE_SIMPLE_TYPE) {
        if (type_name)
            xsd_compile_fail(c, location, "src-attribute.4",
                             "both a type's name and a simpleType");
        type = type_new(c, &(struct location){location->document, child}, NULL);
        child = node_next_child(c, location, child);
    } else if (type_name) {
        type =
            type_of_name(c, location, node_read_reference(c, location, NODE_ATTR_TYPE), NULL);
    } else {
        type = simple_builtin_type(c, "anySimpleType");
    }
    node_no_more_children(c, location, child);
    type_finish(c, type);
    if (!type->simple)
        xsd_compile_fail(c, location, "src-resolve", "the type of an attribute must be simple");
    simple_check_notation(c, location, type->datatype);
    attribute->type = type;
    read_value_constraint(c, location, &attribute->value);
    make_value(c, location, type->datatype, &attribute->value);
    return attribute;
}

struct attribute *attribute_make_global(struct xsd_compiler *c, struct global *global)
{
    if (!global->component) {
        const struct location *location = &global->location;
        node_check_attrs(c, location,
                         NODE_ATTR(NAME) | NODE_ATTR(TYPE) | NODE_ATTR(DEFAULT) |
                             NODE_ATTR(FIXED));
        global->component = read_declaration(c, location, location->document->ns);
    }
    return global->component;
}

static struct type *list_of_uris(struct xsd_compiler *c)
{
    struct thresh_error error = {""};
    const struct type *item = simple_builtin_type(c, "anyURI");
    struct type *type = xsd_compile_alloc(c, sizeof *type);
    const struct datatype *datatype = datatypes_list(c->xsd->datatypes, item->datatype, &error);
    if (!datatype)
        xsd_compile_fail_datatype(c, NULL, &error);
    type->simple = true;
    type->base = simple_builtin_type(c, "anySimpleType");
    type->derivation = DERIVATION_LIST;
    simple_set_datatype(c, type, datatype, true);
    return type;
}

void attribute_make_xsi(struct xsd_compiler *c)
{
    const struct {
        const char *name;
        const struct type *type;
    } rows[] = {{"type", simple_builtin_type(c, "QName")},
                {"nil", simple_builtin_type(c, "boolean")},
                {"schemaLocation", list_of_uris(c)},
                {"noNamespaceSchemaLocation", simple_builtin_type(c, "anyURI")}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct attribute *attribute = xsd_compile_alloc(c, sizeof *attribute);
        attribute->name = symbol_of(c, rows[i].name, strlen(rows[i].name), c->xsd->xsi_ns);
        attribute->type = rows[i].type;
        global_register(c, COMPONENT_ATTRIBUTE, &(struct location){NULL, NULL}, attribute->name,
                        attribute);
    }
}

static const struct attribute *referred_attribute(struct xsd_compiler *c,
                                                  const struct location *location)
{
    if (location->node->has & NODE_ATTR(NAME))
        xsd_compile_fail(c, location, "src-attribute.3.1", "both name and ref");
    const struct node *child = node_first_child(c, location);
    bool has_type = child && child->tag == NODE_SIMPLE_TYPE;
    if (has_type || location->node->has & (NODE_ATTR(TYPE) | NODE_ATTR(FORM)))
        xsd_compile_warn(c, location, "src-attribute.3.2",
                         "a reference with a type or form; those of the attribute that it "
                         "refers to hold");
    node_no_more_children(c, location, has_type ? node_next_child(c, location, child) : child);
    const struct symbol *name = node_read_reference(c, location, NODE_ATTR_REF);
    return attribute_make_global(c, global_find(c, location, COMPONENT_ATTRIBUTE, name, NULL));
}

static const struct attribute *local_attribute(struct xsd_compiler *c,
                                               const struct location *location)
{
    const char *form = node_value_of(location->node, NODE_ATTR_FORM);
    bool qualified =
        form ? strcmp(form, "qualified") == 0 : location->document->qualified_attributes;
    if (form && !qualified && strcmp(form, "unqualified") != 0)
        xsd_compile_fail(c, location, "s4s-att-invalid-value", "form '%s'", form);
    if (!node_value_of(location->node, NODE_ATTR_NAME))
        xsd_compile_fail(c, location, "src-attribute.3.1", "an attribute without name and ref");
    return read_declaration(c, location, qualified ? location->document->ns : 0);
}

/* A use may repeat the value that its declaration fixes, and not change it. */
static void check_fixed_by_declaration(struct xsd_compiler *c, const struct location *location,
                                       const struct value_constraint *declared,
                                       struct value_constraint *used)
{
    if (!declared->text || !declared->fixed ||
        (used->fixed && used->key_len == declared->key_len &&
         memcmp(used->key, declared->key, used->key_len) == 0))
        return;
    xsd_compile_warn(c, location, "au-props-correct.2",
                     "the attribute's declaration fixes another value, '%s'; that one holds",
                     declared->text);
    *used = *declared;
}

const struct attribute_use *attribute_find_use(const struct attribute_uses *uses,
                                               uint32_t symbol)
{
    for (uint32_t at = names_slot(symbol); uses->n; at++) {
        uint32_t slot = uses->slots[at & (uses->size - 1)];
        if (!slot)
            break;
        if (uses->items[slot - 1]->symbol == symbol)
            return uses->items[slot - 1];
    }
    return NULL;
}

static void enter_use(struct attribute_uses *uses, uint32_t i)
{
    uint32_t at = names_slot(uses->items[i]->symbol);
    while (uses->slots[at & (uses->size - 1)])
        at++;
    uses->slots[at & (uses->size - 1)] = i + 1;
}

void attribute_keep_use(struct xsd_compiler *c, struct attribute_uses *uses,
                        const struct attribute_use *use)
{
    if (uses->n * 2 >= uses->size) {
        const struct attribute_use **items = uses->items;
        uses->size = uses->size ? uses->size * 2 : 8;
        uses->items = xsd_compile_alloc_draft(c, uses->size / 2 * sizeof *uses->items);
        uses->slots = xsd_compile_alloc_draft(c, uses->size * sizeof *uses->slots);
        for (uint32_t i = 0; i < uses->n; i++) {
            uses->items[i] = items[i];
            enter_use(uses, i);
        }
    }
    uses->items[uses->n] = use;
    enter_use(uses, uses->n++);
}

struct attribute_uses attribute_copy_uses(struct xsd_compiler *c,
                                          const struct attribute_uses *uses)
{
    struct attribute_uses copy = *uses;
    if (!uses->n)
        return (struct attribute_uses){0};
    copy.items = xsd_compile_alloc_draft(c, uses->size / 2 * sizeof *copy.items);
    copy.slots = xsd_compile_alloc_draft(c, uses->size * sizeof *copy.slots);
    memcpy(copy.items, uses->items, uses->n * sizeof *copy.items);
    memcpy(copy.slots, uses->slots, uses->size * sizeof *copy.slots);
    return copy;
}

void attribute_add_use(struct xsd_compiler *c, const struct location *location,
                       const char *rule, struct attribute_uses *uses,
                       const struct attribute_use *use)
{
    const struct attribute_use *other = attribute_find_use(uses, use->symbol);
    xsd_compile_tick(c);
    if (other && other != use)
        xsd_compile_warn(c, location, rule, "a second attribute '%s'; the first one holds",
                         use->attribute->name->local);
    if (!other)
        attribute_keep_use(c, uses, use);
}

/* Adds the use to the set; a prohibited one says what a restriction leaves out, no more. */
static void read_use(struct xsd_compiler *c, const struct location *location, const char *rule,
                     struct attribute_set *set)
{
    node_check_attrs(c, location,
                     NODE_ATTR(NAME) | NODE_ATTR(REF) | NODE_ATTR(TYPE) | NODE_ATTR(USE) |
                         NODE_ATTR(DEFAULT) | NODE_ATTR(FIXED) | NODE_ATTR(FORM));
    struct attribute_use *use = xsd_compile_alloc_draft(c, sizeof *use);
    const char *how = node_value_of(location->node, NODE_ATTR_USE);
    if (!how)
        how = "optional";
    use->required = strcmp(how, "required") == 0;
    bool prohibited = strcmp(how, "prohibited") == 0;
    if (!use->required && !prohibited && strcmp(how, "optional") != 0)
        xsd_compile_fail(c, location, "s4s-att-invalid-value", "use '%s'", how);
    if (node_value_of(location->node, NODE_ATTR_DEFAULT) && strcmp(how, "optional") != 0)
        xsd_compile_warn(c, location, "src-attribute.2",
                         "a default for an attribute that is not optional; it is never taken");
    if (node_value_of(location->node, NODE_ATTR_REF)) {
        use->attribute = referred_attribute(c, location);
        read_value_constraint(c, location, &use->value);
        if (use->value.text) {
            make_value(c, location, use->attribute->type->datatype, &use->value);
            check_fixed_by_declaration(c, location, &use->attribute->value, &use->value);
        } else {
            use->value = use->attribute->value;
        }
    } else {
        use->attribute = local_attribute(c, location);
        use->value = use->attribute->value;
    }
    use->symbol = use->attribute->name->id;
    use->datatype = use->attribute->type->datatype;
    use->is_id = use->attribute->type->is_id;
    use->takes_anything = use->attribute->type->takes_anything && !use->value.fixed;
    if (prohibited && !attribute_find_use(&set->prohibited, use->symbol))
        attribute_keep_use(c, &set->prohibited, use);
    else if (!prohibited)
        attribute_add_use(c, location, rule, &set->uses, use);
}

static const char *intersection_rule(const struct global *inside)
{
    return inside ? "src-attribute_group.2" : "src-ct.4";
}

static void add_group(struct xsd_compiler *c, const struct location *location,
                      struct attribute_set *set, const struct global *inside)
{
    node_check_attrs(c, location, NODE_ATTR(REF));
    node_no_more_children(c, location, node_first_child(c, location));
    if (!node_value_of(location->node, NODE_ATTR_REF))
        xsd_compile_fail(c, location, "s4s-att-must-appear", "an attributeGroup without ref");
    const char *rule = inside ? "ag-props-correct.2" : "ct-props-correct.4";
    const struct symbol *name = node_read_reference(c, location, NODE_ATTR_REF);
    const struct attribute_set *group = attribute_make_group(
        c, global_find(c, location, COMPONENT_ATTRIBUTE_GROUP, name, inside));
    if (!set->uses.n)
        set->uses = attribute_copy_uses(c, &group->uses);
    for (uint32_t i = 0; i < group->uses.n; i++)
        attribute_add_use(c, location, rule, &set->uses, group->uses.items[i]);
    if (!set->wildcard)
        set->wildcard = group->wildcard;
    else if (group->wildcard)
        set->wildcard = wildcard_intersect(c, location, intersection_rule(inside),
                                           set->wildcard, group->wildcard);
}

static void add_wildcard(struct xsd_compiler *c, const struct location *location,
                         struct attribute_set *set, const struct global *inside)
{
    node_check_attrs(c, location, NODE_ATTR(NAMESPACE) | NODE_ATTR(PROCESS_CONTENTS));
    struct wildcard *wildcard = wildcard_read(c, location);
    set->wildcard = set->wildcard ? wildcard_intersect(c, location, intersection_rule(inside),
                                                       wildcard, set->wildcard)
                                  : wildcard;
}

void attribute_read_all(struct xsd_compiler *c, const struct location *location,
                        const struct node *child, struct attribute_set *set,
                        const struct global *inside)
{
    const char *rule = inside ? "ag-props-correct.2" : "ct-props-correct.4";
    for (; child; child = node_next_child(c, location, child)) {
        struct location at = {location->document, child};
        if (child->tag == NODE_ATTRIBUTE)
            read_use(c, &at, rule, set);
        else if (child->tag == NODE_ATTRIBUTE_GROUP)
            add_group(c, &at, set, inside);
        else
            break;
    }
    if (child && child->tag == NODE_ANY_ATTRIBUTE) {
        add_wildcard(c, &(struct location){location->document, child}, set, inside);
        child = node_next_child(c, location, child);
    }
    node_no_more_children(c, location, child);
}

static uint32_t count_references_to_itself(struct xsd_compiler *c, const struct global *global)
{
    const struct location *location = &global->location;
    uint32_t n = 0;
    for (const struct node *child = node_first_child(c, location); child;
         child = node_next_child(c, location, child)) {
        struct location at = {location->document, child};
        if (child->tag != NODE_ATTRIBUTE_GROUP)
            continue;
        node_check_attrs(c, &at, NODE_ATTR(REF));
        n += node_value_of(child, NODE_ATTR_REF) &&
             node_read_reference(c, &at, NODE_ATTR_REF) == global->name;
    }
    return n;
}

/* A redefinition extends the group that it redefines, which it refers to, or restricts it. */
static void check_redefinition(struct xsd_compiler *c, const struct global *global,
                               const struct attribute_set *set)
{
    uint32_t n = count_references_to_itself(c, global);
    if (n == 0)
        attribute_check_restriction(c, &global->location, set,
                                    attribute_make_group(c, global->original));
    if (n > 1)
        xsd_compile_warn(c, &global->location, "src-redefine.7.1",
                         "a redefined attributeGroup may hold its original once; nothing more "
                         "comes of it");
}

struct attribute_set *attribute_make_group(struct xsd_compiler *c, struct global *global)
{
    if (global->state == COMPONENT_BUSY)
        xsd_compile_fail(c, &global->location, "src-attribute_group.3",
                         "attributeGroup '%s' contains itself", global->name->local);
    if (global->state == COMPONENT_DONE)
        return global->component;
    global->state = COMPONENT_BUSY;
    xsd_compile_go_deeper(c, &global->location);
    node_check_attrs(c, &global->location, NODE_ATTR(NAME));
    struct attribute_set *set = xsd_compile_alloc_draft(c, sizeof *set);
    attribute_read_all(c, &global->location, node_first_child(c, &global->location), set,
                       global);
    if (global->original)
        check_redefinition(c, global, set);
    c->depth--;
    global->component = set;
    global->state = COMPONENT_DONE;
    return set;
}
