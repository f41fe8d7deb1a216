/* SPDX-License-Identifier: MIT
 *
 * Attribute declarations, attribute groups, and the attributes a complex type ends up with.
 */
#include "xsd/compile/component.h"

#include <string.h>

static void read_value_constraint(struct xsd_compiler *c, const struct location *location,
                                  struct value_constraint *constraint)
{
    const char *value = node_value_of(location->node, NODE_ATTR_DEFAULT);
    const char *fixed = node_value_of(location->node, NODE_ATTR_FIXED);
    if (value && fixed)
        xsd_compile_fail(c, location, "src-attribute.1", "both default and fixed");
    constraint->text = value ? value : fixed;
    constraint->fixed = fixed != NULL;
}

static void make_value(struct xsd_compiler *c, const struct location *location,
                       const struct datatype *type, struct value_constraint *value)
{
    if (!value->text)
        return;
    if (datatype_id(type) == DATATYPE_ID)
        xsd_compile_fail(c, location, "a-props-correct.3",
                         "a value for an attribute of type ID");
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
        xsd_compile_fail(c, location, "no-xmlns", "an attribute named xmlns");
    const struct node *child = node_first_child(c, location);
    struct type *type;
    if (child && child->tag == NODE_SIMPLE_TYPE) {
        if (type_name)
            xsd_compile_fail(c, location, "src-attribute.4",
                             "both a type's name and a simpleType");
        type = type_new(c, &(struct location){location->document, child}, NULL);
        child = node_next_child(c, location, child);
    } else if (type_name) {
        type = type_of_name(c, location, node_read_reference(c, location, NODE_ATTR_TYPE),
                            type_name, NULL);
    } else {
        type = simple_builtin_type(c, "anySimpleType");
    }
    node_no_more_children(c, location, child);
    type_finish(c, type);
    if (!type->simple)
        xsd_compile_fail(c, location, "src-resolve", "the type of an attribute must be simple");
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

static const struct attribute *referred_attribute(struct xsd_compiler *c,
                                                  const struct location *location)
{
    if (location->node->has & (NODE_ATTR(NAME) | NODE_ATTR(TYPE) | NODE_ATTR(FORM)))
        xsd_compile_fail(c, location,
                         node_value_of(location->node, NODE_ATTR_NAME) ? "src-attribute.3.1"
                                                                       : "src-attribute.3.2",
                         "a reference with a name, type or form");
    node_no_more_children(c, location, node_first_child(c, location));
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
                                       const struct value_constraint *used)
{
    if (!declared->text || !declared->fixed)
        return;
    if (!used->fixed || used->key_len != declared->key_len ||
        memcmp(used->key, declared->key, used->key_len) != 0)
        xsd_compile_fail(c, location, "au-props-correct.2",
                         "the attribute's declaration fixes another value");
}

static struct attribute_use *read_use(struct xsd_compiler *c, const struct location *location)
{
    node_check_attrs(c, location,
                     NODE_ATTR(NAME) | NODE_ATTR(REF) | NODE_ATTR(TYPE) | NODE_ATTR(USE) |
                         NODE_ATTR(DEFAULT) | NODE_ATTR(FIXED) | NODE_ATTR(FORM));
    struct attribute_use *use = xsd_compile_alloc_draft(c, sizeof *use);
    const char *how = node_value_of(location->node, NODE_ATTR_USE);
    if (!how)
        how = "optional";
    use->required = strcmp(how, "required") == 0;
    use->prohibited = strcmp(how, "prohibited") == 0;
    if (!use->required && !use->prohibited && strcmp(how, "optional") != 0)
        xsd_compile_fail(c, location, "s4s-att-invalid-value", "use '%s'", how);
    if (node_value_of(location->node, NODE_ATTR_DEFAULT) && strcmp(how, "optional") != 0)
        xsd_compile_fail(c, location, "src-attribute.2",
                         "a default for an attribute that is not optional");
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
    return use;
}

static struct attribute_use *find_use(const struct pointer_list *uses, uint32_t symbol)
{
    for (uint32_t i = 0; i < uses->n; i++) {
        struct attribute_use *use = uses->items[i];
        if (use->symbol == symbol)
            return use;
    }
    return NULL;
}

/* A second use of the name breaks `rule`. */
static void add_use(struct xsd_compiler *c, const struct location *location, const char *rule,
                    struct pointer_list *uses, const struct attribute_use *use)
{
    if (find_use(uses, use->symbol))
        xsd_compile_fail(c, location, rule, "a second attribute '%s'",
                         use->attribute->name->local);
    pointer_list_add(c, uses, (void *)use);
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
    for (uint32_t i = 0; i < group->uses.n; i++) {
        const struct attribute_use *use = group->uses.items[i];
        if (!use->prohibited)
            add_use(c, location, rule, &set->uses, use);
    }
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
            add_use(c, &at, rule, &set->uses, read_use(c, &at));
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

static bool refers_to_itself(struct xsd_compiler *c, const struct global *global)
{
    const struct location *location = &global->location;
    for (const struct node *child = node_first_child(c, location); child;
         child = node_next_child(c, location, child)) {
        struct location at = {location->document, child};
        if (child->tag != NODE_ATTRIBUTE_GROUP)
            continue;
        node_check_attrs(c, &at, NODE_ATTR(REF));
        if (node_value_of(child, NODE_ATTR_REF) &&
            node_read_reference(c, &at, NODE_ATTR_REF) == global->name)
            return true;
    }
    return false;
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
    if (global->original && !refers_to_itself(c, global))
        xsd_compile_decline(c, &global->location, "a redefinition of a group by restriction");
    struct attribute_set *set = xsd_compile_alloc_draft(c, sizeof *set);
    attribute_read_all(c, &global->location, node_first_child(c, &global->location), set,
                       global);
    c->depth--;
    global->component = set;
    global->state = COMPONENT_DONE;
    return set;
}

static void check_restricted_use(struct xsd_compiler *c, const struct location *location,
                                 const struct type *base, const struct attribute_use *use)
{
    const struct attribute_use *old =
        base->attributes ? attributes_find(base->attributes, use->symbol) : NULL;
    const char *name = use->attribute->name->local;
    const struct wildcard *any = base->attributes ? base->attributes->wildcard : NULL;
    if (!old) {
        if (!use->prohibited && !(any && wildcard_allows(any, use->attribute->name->ns)))
            xsd_compile_fail(c, location, "derivation-ok-restriction.2.2",
                             "attribute '%s' is not one of the base type", name);
        return;
    }
    if (old->required && !use->required)
        xsd_compile_fail(c, location,
                         use->prohibited ? "derivation-ok-restriction.3"
                                         : "derivation-ok-restriction.2.1.1",
                         "attribute '%s' is required in the base type", name);
    if (use->prohibited)
        return;
    if (!type_derives(use->attribute->type, old->attribute->type, 0))
        xsd_compile_fail(c, location, "derivation-ok-restriction.2.1.2",
                         "the type of attribute '%s' is not derived from that in the base type",
                         name);
    if (old->value.text && old->value.fixed &&
        (!use->value.text || !use->value.fixed || use->value.key_len != old->value.key_len ||
         memcmp(use->value.key, old->value.key, old->value.key_len) != 0))
        xsd_compile_fail(c, location, "derivation-ok-restriction.2.1.3",
                         "attribute '%s' has another fixed value in the base type", name);
}

static void restrict_attributes(struct xsd_compiler *c, const struct location *location,
                                const struct type *base, struct attribute_set *set)
{
    struct pointer_list all = {0};
    for (uint32_t i = 0; i < set->uses.n; i++) {
        const struct attribute_use *use = set->uses.items[i];
        check_restricted_use(c, location, base, use);
        if (!use->prohibited)
            pointer_list_add(c, &all, (void *)use);
    }
    for (uint32_t i = 0; base->attributes && i < base->attributes->n; i++)
        if (!find_use(&set->uses, base->attributes->uses[i].symbol))
            pointer_list_add(c, &all, (void *)&base->attributes->uses[i]);
    const struct wildcard *any = base->attributes ? base->attributes->wildcard : NULL;
    const struct wildcard *own = set->wildcard;
    if (own && !any)
        xsd_compile_fail(c, location, "derivation-ok-restriction.4.1",
                         "an attribute wildcard, which the base type has not");
    if (own && !wildcard_within(own, any))
        xsd_compile_fail(c, location, "derivation-ok-restriction.4.2",
                         "the attribute wildcard is wider than that of the base type");
    if (own && own->process_contents > any->process_contents && base->base != base)
        xsd_compile_fail(c, location, "derivation-ok-restriction.4.3",
                         "processContents is weaker than that of the base type");
    set->uses = all;
}

static void extend_attributes(struct xsd_compiler *c, const struct location *location,
                              const struct type *base, struct attribute_set *set)
{
    struct pointer_list all = {0};
    for (uint32_t i = 0; base->attributes && i < base->attributes->n; i++)
        pointer_list_add(c, &all, (void *)&base->attributes->uses[i]);
    for (uint32_t i = 0; i < set->uses.n; i++) {
        const struct attribute_use *use = set->uses.items[i];
        if (!use->prohibited)
            add_use(c, location, "ct-props-correct.4", &all, use);
    }
    const struct wildcard *any = base->attributes ? base->attributes->wildcard : NULL;
    if (any)
        set->wildcard = set->wildcard ? wildcard_unite(c, location, set->wildcard, any)
                                      : (struct wildcard *)any;
    set->uses = all;
}

static const struct attributes *make_table(struct xsd_compiler *c,
                                           const struct location *location,
                                           const struct attribute_set *set)
{
    struct attributes *table = xsd_compile_alloc(c, sizeof *table);
    uint32_t n = set->uses.n, size = 2, n_ids = 0;
    while (size < n * 2)
        size *= 2;
    struct attribute_use *uses = xsd_compile_alloc(c, n * sizeof *uses);
    uint32_t *slots = xsd_compile_alloc(c, size * sizeof *slots);
    memset(slots, 0xff, size * sizeof *slots);
    for (uint32_t i = 0; i < n; i++) {
        uses[i] = *(const struct attribute_use *)set->uses.items[i];
        table->n_required += uses[i].required;
        n_ids += datatype_id(uses[i].datatype) == DATATYPE_ID;
        table->has_idref_default |= uses[i].is_id && uses[i].value.text;
        uint32_t at = symbol_slot(uses[i].symbol);
        while (slots[at & (size - 1)] != XSD_NONE)
            at++;
        slots[at & (size - 1)] = i;
    }
    if (n_ids > 1)
        xsd_compile_fail(c, location, "ct-props-correct.5", "two attributes of type ID");
    table->has_id = n_ids > 0;
    table->uses = uses;
    table->slots = slots;
    table->mask = size - 1;
    table->n = n;
    table->wildcard = set->wildcard;
    return table;
}

const struct attributes *attribute_derive_all(struct xsd_compiler *c,
                                              const struct location *location,
                                              struct type *type, struct attribute_set *set)
{
    const struct type *base = type->base;
    if (!set->uses.n && !set->wildcard && base->attributes &&
        (type->derivation == DERIVATION_EXTENSION || !base->attributes->wildcard))
        return base->attributes;
    if (type->derivation == DERIVATION_EXTENSION)
        extend_attributes(c, location, base, set);
    else
        restrict_attributes(c, location, base, set);
    return make_table(c, location, set);
}
