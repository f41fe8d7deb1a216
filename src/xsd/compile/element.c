/* SPDX-License-Identifier: MIT
 *
 * Element declarations, and, once all are known, what depends on others: types taken from the
 * head of a substitution group, the groups themselves, and value constraints.
 */
#include "xsd/compile/component.h"
#include "xsd/compile/family.h"

#include <string.h>

static const struct node *read_type(struct xsd_compiler *c, const struct location *location,
                                    struct element *element)
{
    const char *name = node_value_of(location->node, NODE_ATTR_TYPE);
    const struct node *child = node_first_child(c, location);
    bool defined = child && (child->tag == NODE_SIMPLE_TYPE || child->tag == NODE_COMPLEX_TYPE);
    if (defined && name)
        xsd_compile_fail(c, location, "src-element.3", "both a type's name and a type");
    if (name)
        element->type =
            type_of_name(c, location, node_read_reference(c, location, NODE_ATTR_TYPE), NULL);
    if (defined) {
        element->type = type_new(c, &(struct location){location->document, child}, NULL);
        child = node_next_child(c, location, child);
    }
    return child;
}

static struct element *new_element(struct xsd_compiler *c, const struct location *location,
                                   const struct symbol *name)
{
    struct element *element = xsd_compile_alloc(c, sizeof *element);
    element->name = name;
    element->source = xsd_compile_alloc_draft(c, sizeof *element->source);
    element->source->location = *location;
    pointer_list_add(c, &c->elements, element);
    return element;
}

static void read_properties(struct xsd_compiler *c, const struct location *location,
                            struct element *element)
{
    const struct node *node = location->node;
    const unsigned methods = DERIVATION_EXTENSION | DERIVATION_RESTRICTION;
    const char *block = node_value_of(node, NODE_ATTR_BLOCK),
               *final = node_value_of(node, NODE_ATTR_FINAL);
    const char *value = node_value_of(node, NODE_ATTR_DEFAULT),
               *fixed = node_value_of(node, NODE_ATTR_FIXED);
    element->nillable =
        node_read_boolean(c, location, node_value_of(node, NODE_ATTR_NILLABLE), false);
    element->abstract =
        node_read_boolean(c, location, node_value_of(node, NODE_ATTR_ABSTRACT), false);
    element->block =
        block ? node_read_methods(c, location, block, methods | DERIVATION_SUBSTITUTION)
              : location->document->block_default;
    element->final = final ? node_read_methods(c, location, final, methods)
                           : location->document->final_default & methods;
    if (value && fixed)
        xsd_compile_warn(c, location, "src-element.1",
                         "both default and fixed; the fixed value holds");
    element->value.fixed = fixed != NULL;
    element->value.text = fixed ? fixed : value;
    constraint_read_all(c, location, read_type(c, location, element), element);
}

struct element *element_make_global(struct xsd_compiler *c, struct global *global)
{
    if (global->component)
        return global->component;
    const struct location *location = &global->location;
    node_check_attrs(c, location,
                     NODE_ATTR(NAME) | NODE_ATTR(TYPE) | NODE_ATTR(DEFAULT) | NODE_ATTR(FIXED) |
                         NODE_ATTR(NILLABLE) | NODE_ATTR(ABSTRACT) | NODE_ATTR(BLOCK) |
                         NODE_ATTR(FINAL) | NODE_ATTR(SUBSTITUTION_GROUP));
    struct element *element = new_element(c, location, global->name);
    global->component = element;
    element->global = true;
    read_properties(c, location, element);
    if (node_value_of(location->node, NODE_ATTR_SUBSTITUTION_GROUP)) {
        xsd_compile_go_deeper(c, location);
        const struct symbol *name =
            node_read_reference(c, location, NODE_ATTR_SUBSTITUTION_GROUP);
        struct global *head = global_find(c, location, COMPONENT_ELEMENT, name, NULL);
        element->source->head = element_make_global(c, head);
        c->depth--;
    }
    return element;
}

struct element *element_make_local(struct xsd_compiler *c, const struct location *location)
{
    const char *form = node_value_of(location->node, NODE_ATTR_FORM);
    bool qualified =
        form ? strcmp(form, "qualified") == 0 : location->document->qualified_elements;
    if (form && !qualified && strcmp(form, "unqualified") != 0)
        xsd_compile_fail(c, location, "s4s-att-invalid-value", "form '%s'", form);
    if (!node_value_of(location->node, NODE_ATTR_NAME))
        xsd_compile_fail(c, location, "src-element.2.1", "an element without name and ref");
    const struct symbol *name =
        node_read_name(c, location, qualified ? location->document->ns : 0);
    struct element *element = new_element(c, location, name);
    read_properties(c, location, element);
    return element;
}

/* An element is a member of all groups above it, so a chain of n heads takes n * n entries:
 * tens of thousands are a megabyte of schema and would be gigabytes here. */
enum { MAX_HEADS = 100 };

static void check_heads(struct xsd_compiler *c, const struct element *element, int heads)
{
    if (heads > MAX_HEADS)
        xsd_compile_decline(c, &element->source->location,
                            "more than %d substitution groups lead on from '%s'", MAX_HEADS,
                            element->name->local);
}

/* An element without a type has that of the head of its substitution group. */
static void resolve_type(struct xsd_compiler *c, struct element *element, int depth)
{
    struct element_source *source = element->source;
    if (source->state == COMPONENT_DONE)
        return;
    check_heads(c, element, depth);
    if (source->state == COMPONENT_BUSY)
        xsd_compile_fail(c, &source->location, "e-props-correct.6",
                         "the substitution group of '%s' is circular", element->name->local);
    source->state = COMPONENT_BUSY;
    if (source->head)
        resolve_type(c, source->head, depth + 1);
    if (!element->type)
        element->type = source->head ? source->head->type : c->xsd->any_type;
    source->state = COMPONENT_DONE;
}

/* Substitution Group OK (cos-equiv-derived-ok-rec). A type that is not derived from the head's
 * at all has had its warning (e-props-correct.4), and stands for it all the same. */
static bool may_stand_for(const struct element *element, const struct element *head)
{
    unsigned block = head->block | head->type->block;
    if (head->block & DERIVATION_SUBSTITUTION)
        return false;
    for (const struct type *type = element->type; type && type != head->type;
         type = type->base) {
        if (type != element->type)
            block |= type->block;
        if (type->base == type)
            break;
    }
    return type_derives(element->type, head->type, block) ||
           !type_derives(element->type, head->type, 0);
}

static void resolve_heads(struct xsd_compiler *c, struct element *element)
{
    struct element_source *source = element->source;
    const struct element *head = source->head;
    struct pointer_list heads = {0};
    if (!head)
        return;
    if (!type_derives(element->type, head->type, head->final))
        xsd_compile_warn(c, &source->location, "e-props-correct.4",
                         "the type of '%s' cannot stand for that of '%s'; the element stands "
                         "for the other all the same",
                         element->name->local, head->name->local);
    for (int above = 1; head; head = head->source->head, above++) {
        check_heads(c, element, above);
        family_require(c, head->source->location.document, source->location.document);
        if (may_stand_for(element, head)) {
            pointer_list_add(c, &heads, (void *)head);
            pointer_list_add(c, &head->source->members, element);
        }
    }
    element->heads = pointer_list_items(c, &heads);
    element->n_heads = heads.n;
}

/* Why the content of the element's type takes no value, or NULL. */
static const char *refusal_of_value(const struct type *type, const char **rule)
{
    *rule = "e-props-correct.5";
    if (type->datatype && datatype_id(type->datatype) == DATATYPE_ID)
        return "an ID cannot be given in the schema";
    *rule = "cos-valid-default.2.2.2";
    if (type->content == CONTENT_MIXED && type->source &&
        !particle_may_be_empty(type->source->particle))
        return "a value for an element that needs children";
    *rule = "cos-valid-default.2.1";
    if (type->content != CONTENT_MIXED && type->content != CONTENT_SIMPLE)
        return "a value for an element that cannot have one";
    return NULL;
}

static void resolve_value(struct xsd_compiler *c, struct element *element)
{
    const struct location *location = &element->source->location;
    const struct type *type = element->type;
    struct value_constraint *constraint = &element->value;
    if (!constraint->text)
        return;
    const char *rule, *why = refusal_of_value(type, &rule);
    if (why) {
        xsd_compile_warn(c, location, rule, "%s; it is left out", why);
        *constraint = (struct value_constraint){0};
        return;
    }
    if (type->content == CONTENT_SIMPLE) {
        simple_make_value(c, location, "e-props-correct.2", type->datatype, constraint);
        return;
    }
    constraint->len = strlen(constraint->text);
    constraint->text = constraint->key =
        xsd_compile_string(c, constraint->text, constraint->len);
    constraint->key_len = constraint->len;
}

void element_finish_all(struct xsd_compiler *c)
{
    for (uint32_t i = 0; i < c->elements.n; i++)
        resolve_type(c, c->elements.items[i], 0);
    for (uint32_t i = 0; i < c->elements.n; i++) {
        const struct element *element = c->elements.items[i];
        if (element->type->simple)
            simple_check_notation(c, &element->source->location, element->type->datatype);
        resolve_heads(c, c->elements.items[i]);
        resolve_value(c, c->elements.items[i]);
    }
    for (uint32_t i = 0; i < c->elements.n; i++) {
        struct element *element = c->elements.items[i];
        const struct pointer_list *members = &element->source->members;
        element->members = pointer_list_items(c, members);
        element->n_members = members->n;
    }
}
