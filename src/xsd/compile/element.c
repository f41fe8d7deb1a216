/* SPDX-License-Identifier: MIT
 *
 * Element declarations, and, once all are known, what hangs on several: substitution groups and
 * the values given for empty elements.
 */
#include "xsd/compile/compile.h"

#include <string.h>

static const struct node *read_type(struct xsd_compiler *c, const struct location *place,
                                    struct element *element)
{
    const char *name = node_value_of(place->node, A_TYPE);
    const struct node *child = node_first_child(c, place);
    bool defined = child && (child->tag == TAG_SIMPLE_TYPE || child->tag == TAG_COMPLEX_TYPE);
    if (defined && name)
        xsd_compile_fail(c, place, "src-element.3", "both a type's name and a type");
    if (name)
        element->type = complex_of_name(c, place, node_named_by(c, place, A_TYPE), name, NULL);
    if (defined) {
        element->type = complex_new(c, &(struct location){place->document, child}, NULL);
        child = node_next_child(c, place, child);
    }
    return child;
}

static struct element *new_element(struct xsd_compiler *c, const struct location *place,
                                   const struct symbol *name)
{
    struct element *element = xsd_compile_alloc(c, sizeof *element);
    element->name = name;
    element->source = xsd_compile_alloc_draft(c, sizeof *element->source);
    element->source->place = *place;
    pointer_list_add(c, &c->elements, element);
    return element;
}

static void read_properties(struct xsd_compiler *c, const struct location *place,
                            struct element *element)
{
    const struct node *node = place->node;
    const unsigned methods = BY_EXTENSION | BY_RESTRICTION;
    const char *block = node_value_of(node, A_BLOCK), *final = node_value_of(node, A_FINAL);
    const char *value = node_value_of(node, A_DEFAULT), *fixed = node_value_of(node, A_FIXED);
    element->nillable = node_read_boolean(c, place, node_value_of(node, A_NILLABLE), false);
    element->abstract = node_read_boolean(c, place, node_value_of(node, A_ABSTRACT), false);
    element->block = block ? node_read_methods(c, place, block, methods | BY_SUBSTITUTION)
                           : place->document->block_default;
    element->final = final ? node_read_methods(c, place, final, methods)
                           : place->document->final_default & methods;
    if (value && fixed)
        xsd_compile_fail(c, place, "src-element.1", "both default and fixed");
    element->constant.fixed = fixed != NULL;
    element->constant.text = fixed ? fixed : value;
    constraint_read_all(c, place, read_type(c, place, element), element);
}

struct element *element_make_global(struct xsd_compiler *c, struct global *global)
{
    if (global->component)
        return global->component;
    const struct location *place = &global->place;
    node_check_attrs(c, place,
                     ALLOW(A_NAME) | ALLOW(A_TYPE) | ALLOW(A_DEFAULT) | ALLOW(A_FIXED) |
                         ALLOW(A_NILLABLE) | ALLOW(A_ABSTRACT) | ALLOW(A_BLOCK) |
                         ALLOW(A_FINAL) | ALLOW(A_SUBSTITUTION_GROUP));
    struct element *element = new_element(c, place, global->name);
    global->component = element;
    element->global = true;
    read_properties(c, place, element);
    if (node_value_of(place->node, A_SUBSTITUTION_GROUP)) {
        xsd_compile_go_deeper(c, place);
        const struct symbol *name = node_named_by(c, place, A_SUBSTITUTION_GROUP);
        struct global *head = global_find(c, place, KIND_ELEMENT, name, NULL);
        element->source->head = element_make_global(c, head);
        c->depth--;
    }
    return element;
}

struct element *element_make_local(struct xsd_compiler *c, const struct location *place)
{
    const char *form = node_value_of(place->node, A_FORM);
    bool qualified = form ? !strcmp(form, "qualified") : place->document->qualified_elements;
    if (form && !qualified && strcmp(form, "unqualified"))
        xsd_compile_fail(c, place, "s4s-att-invalid-value", "form '%s'", form);
    if (!node_value_of(place->node, A_NAME))
        xsd_compile_fail(c, place, "src-element.2.1", "an element without name and ref");
    const struct symbol *name = node_read_name(c, place, qualified ? place->document->ns : 0);
    struct element *element = new_element(c, place, name);
    read_properties(c, place, element);
    return element;
}

/* Every element is a member of all heads above it: a chain of tens of thousands, which takes a
 * megabyte to write down, would take gigabytes here. */
enum { MOST_HEADS = 100 };

static void check_heads(struct xsd_compiler *c, const struct element *element, int heads)
{
    if (heads > MOST_HEADS)
        xsd_compile_decline(c, &element->source->place,
                            "more than %d substitution groups lead on from '%s'", MOST_HEADS,
                            element->name->local);
}

/* An element without a type has that of the head of its substitution group. */
static void resolve_type(struct xsd_compiler *c, struct element *element, int depth)
{
    struct element_source *source = element->source;
    if (source->state == STATE_DONE)
        return;
    check_heads(c, element, depth);
    if (source->state == STATE_BUSY)
        xsd_compile_fail(c, &source->place, "e-props-correct.6",
                         "the substitution group of '%s' is circular", element->name->local);
    source->state = STATE_BUSY;
    if (source->head)
        resolve_type(c, source->head, depth + 1);
    if (!element->type)
        element->type = source->head ? source->head->type : c->xsd->any_type;
    source->state = STATE_DONE;
}

/* Substitution Group OK (cos-equiv-derived-ok-rec): what blocks `element` from standing for `head`. */
static bool may_stand_for(const struct element *element, const struct element *head)
{
    unsigned block = head->block | head->type->block;
    if (head->block & BY_SUBSTITUTION)
        return false;
    for (const struct type *type = element->type; type && type != head->type;
         type = type->base) {
        if (type != element->type)
            block |= type->block;
        if (type->base == type)
            break;
    }
    return type_derives(element->type, head->type, block);
}

static void resolve_heads(struct xsd_compiler *c, struct element *element)
{
    struct element_source *source = element->source;
    const struct element *head = source->head;
    struct pointer_list heads = {0};
    if (!head)
        return;
    if (!type_derives(element->type, head->type, head->final))
        xsd_compile_fail(c, &source->place, "e-props-correct.4",
                         "the type of '%s' cannot stand for that of '%s'", element->name->local,
                         head->name->local);
    for (int above = 1; head; head = head->source->head, above++) {
        check_heads(c, element, above);
        if (may_stand_for(element, head)) {
            pointer_list_add(c, &heads, (void *)head);
            pointer_list_add(c, &head->source->members, element);
        }
    }
    element->heads = pointer_list_items(c, &heads);
    element->n_heads = heads.n;
}

static void resolve_constant(struct xsd_compiler *c, struct element *element)
{
    const struct location *place = &element->source->place;
    const struct type *type = element->type;
    struct value_constraint *constant = &element->constant;
    if (type->datatype && datatype_id(type->datatype) == DATATYPE_ID && constant->text)
        xsd_compile_fail(c, place, "e-props-correct.5", "an ID cannot be given in the schema");
    if (!constant->text)
        return;
    if (type->content == CONTENT_SIMPLE) {
        simple_make_value(c, place, "e-props-correct.2", type->datatype, constant);
        return;
    }
    if (type->content == CONTENT_MIXED && type->source &&
        !particle_may_be_empty(type->source->particle))
        xsd_compile_fail(c, place, "cos-valid-default.2.2.2",
                         "a value for an element that needs children");
    if (type->content != CONTENT_MIXED)
        xsd_compile_fail(c, place, "cos-valid-default.2.1",
                         "a value for an element that cannot have one");
    constant->len = strlen(constant->text);
    constant->text = constant->key = xsd_compile_string(c, constant->text, constant->len);
    constant->key_len = constant->len;
}

void element_finish_all(struct xsd_compiler *c)
{
    for (uint32_t i = 0; i < c->elements.n; i++)
        resolve_type(c, c->elements.items[i], 0);
    for (uint32_t i = 0; i < c->elements.n; i++) {
        resolve_heads(c, c->elements.items[i]);
        resolve_constant(c, c->elements.items[i]);
    }
    for (uint32_t i = 0; i < c->elements.n; i++) {
        struct element *element = c->elements.items[i];
        const struct pointer_list *members = &element->source->members;
        element->members = pointer_list_items(c, members);
        element->n_members = members->n;
    }
}
