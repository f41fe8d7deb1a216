/* SPDX-License-Identifier: MIT
 *
 * Element declarations, and, once all are known, what hangs on several: substitution groups and
 * the values given for empty elements.
 */
#include "compile.h"

#include <string.h>

static const struct node *read_type(struct compiler *c, const struct place *place,
                                    struct element *element)
{
    const char *name = value_of(place->node, A_TYPE);
    const struct node *child = first_child(c, place);
    bool defined = child && (child->tag == TAG_SIMPLE_TYPE || child->tag == TAG_COMPLEX_TYPE);
    if (defined && name)
        fail(c, place, "both a type's name and a type");
    if (name)
        element->type = type_of_name(c, place, named_by(c, place, A_TYPE), name, NULL);
    if (defined) {
        element->type = new_type(c, &(struct place){place->document, child}, NULL);
        child = next_child(c, place, child);
    }
    return child;
}

static struct element *new_element(struct compiler *c, const struct place *place,
                                   const struct symbol *name)
{
    struct element *element = make(c, sizeof *element);
    element->name = name;
    element->source = make_draft(c, sizeof *element->source);
    element->source->place = *place;
    list_add(c, &c->elements, element);
    return element;
}

static void read_properties(struct compiler *c, const struct place *place,
                            struct element *element)
{
    const struct node *node = place->node;
    const unsigned methods = BY_EXTENSION | BY_RESTRICTION;
    const char *block = value_of(node, A_BLOCK), *final = value_of(node, A_FINAL);
    const char *value = value_of(node, A_DEFAULT), *fixed = value_of(node, A_FIXED);
    element->nillable = read_boolean(c, place, value_of(node, A_NILLABLE), false);
    element->abstract = read_boolean(c, place, value_of(node, A_ABSTRACT), false);
    element->block = block ? read_methods(c, place, block, methods | BY_SUBSTITUTION)
                           : place->document->block_default;
    element->final = final ? read_methods(c, place, final, methods)
                           : place->document->final_default & methods;
    if (value && fixed)
        fail(c, place, "both default and fixed");
    element->constant.fixed = fixed != NULL;
    element->constant.text = fixed ? fixed : value;
    read_constraints(c, place, read_type(c, place, element), element);
}

struct element *make_global_element(struct compiler *c, struct global *global)
{
    if (global->component)
        return global->component;
    const struct place *place = &global->place;
    check_attrs(c, place,
                ALLOW(A_NAME) | ALLOW(A_TYPE) | ALLOW(A_DEFAULT) | ALLOW(A_FIXED) |
                    ALLOW(A_NILLABLE) | ALLOW(A_ABSTRACT) | ALLOW(A_BLOCK) | ALLOW(A_FINAL) |
                    ALLOW(A_SUBSTITUTION_GROUP));
    struct element *element = new_element(c, place, global->name);
    global->component = element;
    element->global = true;
    read_properties(c, place, element);
    if (value_of(place->node, A_SUBSTITUTION_GROUP)) {
        go_deeper(c, place);
        const struct symbol *name = named_by(c, place, A_SUBSTITUTION_GROUP);
        struct global *head = find_global(c, place, KIND_ELEMENT, name, NULL);
        element->source->head = make_global_element(c, head);
        c->depth--;
    }
    return element;
}

struct element *make_local_element(struct compiler *c, const struct place *place)
{
    const char *form = value_of(place->node, A_FORM);
    bool qualified = form ? !strcmp(form, "qualified") : place->document->qualified_elements;
    if (form && !qualified && strcmp(form, "unqualified"))
        fail(c, place, "form '%s'", form);
    const struct symbol *name = read_name(c, place, qualified ? place->document->ns : 0);
    struct element *element = new_element(c, place, name);
    read_properties(c, place, element);
    return element;
}

/* Every element is a member of all heads above it: a chain of tens of thousands, which takes a
 * megabyte to write down, would take gigabytes here. */
enum { MOST_HEADS = 100 };

static void check_heads(struct compiler *c, const struct element *element, int heads)
{
    if (heads > MOST_HEADS)
        fail(c, &element->source->place, "more than %d substitution groups lead on from '%s'",
             MOST_HEADS, element->name->local);
}

/* An element without a type has that of the head of its substitution group. */
static void resolve_type(struct compiler *c, struct element *element, int depth)
{
    struct element_source *source = element->source;
    if (source->state == STATE_DONE)
        return;
    check_heads(c, element, depth);
    if (source->state == STATE_BUSY)
        fail(c, &source->place, "the substitution group of '%s' is circular",
             element->name->local);
    source->state = STATE_BUSY;
    if (source->head)
        resolve_type(c, source->head, depth + 1);
    if (!element->type)
        element->type = source->head ? source->head->type : c->xsd->any_type;
    source->state = STATE_DONE;
}

/* cos-equiv-derived-ok-rec: what blocks `element` from standing for `head`. */
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

static void resolve_heads(struct compiler *c, struct element *element)
{
    struct element_source *source = element->source;
    const struct element *head = source->head;
    struct list heads = {0};
    if (!head)
        return;
    if (!type_derives(element->type, head->type, head->final))
        fail(c, &source->place, "the type of '%s' cannot stand for that of '%s'",
             element->name->local, head->name->local);
    for (int above = 1; head; head = head->source->head, above++) {
        check_heads(c, element, above);
        if (may_stand_for(element, head)) {
            list_add(c, &heads, (void *)head);
            list_add(c, &head->source->members, element);
        }
    }
    element->heads = list_items(c, &heads);
    element->n_heads = heads.n;
}

static void resolve_constant(struct compiler *c, struct element *element)
{
    const struct place *place = &element->source->place;
    const struct type *type = element->type;
    struct constant *constant = &element->constant;
    if (type->datatype && datatype_id(type->datatype) == DATATYPE_ID && constant->text)
        fail(c, place, "an ID cannot be given in the schema");
    if (!constant->text)
        return;
    if (type->content == CONTENT_SIMPLE) {
        make_constant(c, place, type->datatype, constant);
        return;
    }
    if (type->content != CONTENT_MIXED ||
        (type->source && !particle_may_be_empty(type->source->particle)))
        fail(c, place, "a value for an element that cannot have one");
    constant->len = strlen(constant->text);
    constant->text = constant->key = make_string(c, constant->text, constant->len);
    constant->key_len = constant->len;
}

void finish_elements(struct compiler *c)
{
    for (uint32_t i = 0; i < c->elements.n; i++)
        resolve_type(c, c->elements.items[i], 0);
    for (uint32_t i = 0; i < c->elements.n; i++) {
        resolve_heads(c, c->elements.items[i]);
        resolve_constant(c, c->elements.items[i]);
    }
    for (uint32_t i = 0; i < c->elements.n; i++) {
        struct element *element = c->elements.items[i];
        const struct list *members = &element->source->members;
        element->members = list_items(c, members);
        element->n_members = members->n;
    }
}
