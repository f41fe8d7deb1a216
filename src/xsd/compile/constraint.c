/* SPDX-License-Identifier: MIT
 *
 * unique, key and keyref: reads the subset of XPath that selectors and fields are written in
 * (Part 1, 3.11.6), and makes a table of an element's selectors by the name of their last step.
 */
#include "xsd/compile/component.h"

#include <string.h>

struct identity_source {
    struct identity_constraint *constraint;
    struct location location;
    const struct symbol *refer;
};

struct xpath_reader {
    struct xsd_compiler *c;
    const char *rule; /* which says what may be written here */
    const struct location *location;
    const char *text; /* the whole expression */
    const char *at;
};

_Noreturn static void fail_path(const struct xpath_reader *r)
{
    xsd_compile_fail(r->c, r->location, r->rule, "'%s' is not a path that XSD allows", r->text);
}

static void skip_space(struct xpath_reader *r)
{
    while (*r->at && strchr(" \t\r\n", *r->at))
        r->at++;
}

static bool take(struct xpath_reader *r, const char *token)
{
    skip_space(r);
    size_t len = strlen(token);
    if (strncmp(r->at, token, len) != 0)
        return false;
    r->at += len;
    skip_space(r);
    return true;
}

/* "child::" and "attribute::", with white space allowed before the colons. */
static bool take_axis(struct xpath_reader *r, const char *axis)
{
    const char *before = r->at;
    if (take(r, axis) && take(r, "::"))
        return true;
    r->at = before;
    return false;
}

static size_t ncname_length(const char *text)
{
    size_t len = 0;
    while (text[len] && !strchr(" \t\r\n/|:@*", text[len]))
        len++;
    return len;
}

static struct identity_step read_step(struct xpath_reader *r)
{
    struct xsd_compiler *c = r->c;
    if (take(r, "*"))
        return (struct identity_step){.kind = IDENTITY_STEP_ANY};
    size_t len = ncname_length(r->at);
    const char *name = r->at;
    uint32_t ns = 0;
    if (!len)
        fail_path(r);
    r->at += len;
    if (*r->at == ':') {
        const char *uri = node_find_prefix(r->location->node->scope, name, len);
        if (!uri)
            fail_path(r);
        ns = symbol_ns(c, uri);
        name = ++r->at;
        if (*name == '*' && take(r, "*"))
            return (struct identity_step){.kind = IDENTITY_STEP_NAMESPACE, .ns = ns};
        len = ncname_length(name);
        r->at += len;
    }
    const char *local = xsd_compile_draft_string(c, name, len);
    if (!node_is_ncname(local))
        fail_path(r);
    return (struct identity_step){.kind = IDENTITY_STEP_NAME,
                                  .symbol = symbol_of(c, local, len, ns)->id};
}

static struct identity_path read_path(struct xpath_reader *r, bool is_field)
{
    struct identity_path path = {0};
    const char *before = r->at;
    uint32_t most = 1;
    for (const char *at = before; *at && *at != '|'; at++)
        most += *at == '/';
    struct identity_step *steps = xsd_compile_alloc(r->c, most * sizeof *steps);
    if (take(r, ".") && take(r, "//"))
        path.descendant = true;
    else
        r->at = before;
    do {
        skip_space(r);
        if (is_field && (take_axis(r, "attribute") || take(r, "@"))) {
            path.to_attribute = true;
            path.attribute = read_step(r);
            break;
        }
        take_axis(r, "child");
        if (!take(r, "."))
            steps[path.n_steps++] = read_step(r);
    } while (take(r, "/"));
    path.steps = steps;
    return path;
}

static const struct identity_path *
read_paths(struct xsd_compiler *c, const struct location *location, bool is_field, uint32_t *n)
{
    node_check_attrs(c, location, NODE_ATTR(XPATH));
    node_no_more_children(c, location, node_first_child(c, location));
    const char *xpath = node_value_of(location->node, NODE_ATTR_XPATH);
    if (!xpath)
        xsd_compile_fail(c, location, "s4s-att-must-appear", "no xpath");
    const char *rule = is_field ? "c-fields-xpaths" : "c-selector-xpath";
    struct xpath_reader r = {c, rule, location, xpath, xpath};
    uint32_t most = 1;
    for (const char *bar = r.text; (bar = strchr(bar, '|')); bar++)
        most++;
    struct identity_path *paths = xsd_compile_alloc(c, most * sizeof *paths);
    *n = 0;
    do
        paths[(*n)++] = read_path(&r, is_field);
    while (take(&r, "|"));
    if (*r.at)
        fail_path(&r);
    return paths;
}

static void set_own(struct xsd_compiler *c, struct identity_constraint *constraint)
{
    uint32_t *own = xsd_compile_alloc(c, constraint->n_fields * sizeof *own);
    for (uint32_t i = 0; i < constraint->n_fields; i++)
        own[i] = constraint->fields[i].paths->attribute.symbol;
    constraint->own = own;
    const struct symbol *shape = names_add_ns(&c->shapes, &c->drafts, "") == XSD_NS_UNKNOWN
                                     ? NULL
                                     : names_add(&c->shapes, &c->drafts, (const char *)own,
                                                 constraint->n_fields * sizeof *own, 0);
    if (!shape)
        xsd_compile_fail_no_memory(c);
    constraint->shape = shape->id - 1;
}

static void read_fields(struct xsd_compiler *c, const struct location *location,
                        const struct node *child, struct identity_constraint *constraint)
{
    uint32_t n = 0;
    for (const struct node *node = child; node; node = node_next_child(c, location, node))
        n++;
    struct identity_field *fields = xsd_compile_alloc(c, n * sizeof *fields);
    constraint->fields = fields;
    bool own = true;
    for (; child && child->tag == NODE_FIELD; child = node_next_child(c, location, child)) {
        struct identity_field *field = &fields[constraint->n_fields++];
        struct location at = {location->document, child};
        field->paths = read_paths(c, &at, true, &field->n_paths);
        for (uint32_t i = 0; i < field->n_paths; i++) {
            const struct identity_path *path = &field->paths[i];
            if (field->n_paths > 1 || path->n_steps || path->descendant ||
                !path->to_attribute || path->attribute.kind != IDENTITY_STEP_NAME)
                own = false;
            if (path->descendant)
                constraint->reach = XSD_NONE;
            else if (path->n_steps > constraint->reach)
                constraint->reach = path->n_steps;
        }
    }
    node_no_more_children(c, location, child);
    if (!constraint->n_fields)
        xsd_compile_fail(c, location, "s4s-elt-must-match.2",
                         "an identity constraint without field");
    if (own)
        set_own(c, constraint);
    else if (constraint->reach > c->xsd->reach)
        c->xsd->reach = constraint->reach;
}

static struct identity_constraint *read_constraint(struct xsd_compiler *c,
                                                   const struct location *location)
{
    enum node_tag tag = location->node->tag;
    struct identity_source *source = xsd_compile_alloc_draft(c, sizeof *source);
    struct identity_constraint *constraint = xsd_compile_alloc(c, sizeof *constraint);
    node_check_attrs(c, location,
                     NODE_ATTR(NAME) | (tag == NODE_KEYREF ? NODE_ATTR(REFER) : 0));
    constraint->kind = tag == NODE_UNIQUE ? IDENTITY_UNIQUE
                       : tag == NODE_KEY  ? IDENTITY_KEY
                                          : IDENTITY_KEYREF;
    constraint->name = node_read_name(c, location, location->document->ns);
    constraint->id = c->xsd->n_constraints++;
    constraint->first_keyref = UINT32_MAX;
    global_register(c, COMPONENT_CONSTRAINT, location, constraint->name, constraint);
    if (tag == NODE_KEYREF && !node_value_of(location->node, NODE_ATTR_REFER))
        xsd_compile_fail(c, location, "s4s-att-must-appear", "a keyref without refer");
    *source = (struct identity_source){constraint, *location, NULL};
    if (tag == NODE_KEYREF)
        source->refer = node_read_reference(c, location, NODE_ATTR_REFER);
    pointer_list_add(c, &c->constraints, source);
    const struct node *child = node_first_child(c, location);
    if (!child || child->tag != NODE_SELECTOR)
        xsd_compile_fail(c, location, child ? "s4s-elt-must-match.1" : "s4s-elt-must-match.2",
                         "an identity constraint without selector");
    constraint->selectors = read_paths(c, &(struct location){location->document, child}, false,
                                       &constraint->n_selectors);
    read_fields(c, location, node_next_child(c, location, child), constraint);
    return constraint;
}

static const struct identity_step *last_step(const struct identity_path *path)
{
    return path->n_steps ? &path->steps[path->n_steps - 1] : NULL;
}

/* Whether an earlier path of the constraint may select an element that this one selects. */
static bool has_rivals(const struct identity_selector *selector)
{
    const struct identity_step *last = last_step(selector->path);
    for (const struct identity_path *p = selector->constraint->selectors; p < selector->path;
         p++) {
        const struct identity_step *other = last_step(p);
        if (!last || !other || last->kind != IDENTITY_STEP_NAME ||
            other->kind != IDENTITY_STEP_NAME || last->symbol == other->symbol)
            return true;
    }
    return false;
}

static void add_selector(struct identity_constraints *table,
                         struct identity_selector *selectors, struct model_slot *slots,
                         uint32_t number)
{
    struct identity_selector *selector = &selectors[number];
    const struct identity_path *path = selector->path;
    const struct identity_step *last = last_step(path);
    selector->has_rivals = has_rivals(selector);
    if (!last || last->kind != IDENTITY_STEP_NAME) {
        selector->next = table->any;
        table->any = number;
        return;
    }
    selector->anywhere = path->descendant && path->n_steps == 1;
    uint32_t at = names_slot(last->symbol);
    while (slots[at & table->mask].symbol && slots[at & table->mask].symbol != last->symbol)
        at++;
    struct model_slot *slot = &slots[at & table->mask];
    selector->next = slot->symbol ? slot->position : XSD_NONE;
    *slot = (struct model_slot){last->symbol, number};
}

/* Elements of other names are passed over, whatever constraints are in force. */
static void mark_selected(struct xsd *xsd, const struct identity_path *path)
{
    const struct identity_step *last = last_step(path);
    if (last && last->kind == IDENTITY_STEP_NAME)
        xsd->names.by_id[last->symbol]->selected = true;
    else
        xsd->selects_any = true;
}

static void make_table(struct xsd_compiler *c, struct identity_constraints *table)
{
    uint32_t n = 0, size = 2;
    for (uint32_t i = 0; i < table->n; i++)
        n += table->list[i]->n_selectors;
    while (size < n * 2)
        size *= 2;
    struct identity_selector *selectors = xsd_compile_alloc(c, n * sizeof *selectors);
    struct model_slot *slots = xsd_compile_alloc(c, size * sizeof *slots);
    table->selectors = selectors;
    table->n_selectors = n;
    table->slots = slots;
    table->mask = size - 1;
    table->any = XSD_NONE;
    n = 0;
    for (uint32_t i = 0; i < table->n; i++) {
        table->has_keyref |= table->list[i]->kind == IDENTITY_KEYREF;
        for (uint32_t k = 0; k < table->list[i]->n_selectors; k++, n++) {
            selectors[n].constraint = table->list[i];
            selectors[n].path = &table->list[i]->selectors[k];
            add_selector(table, selectors, slots, n);
            mark_selected(c->xsd, selectors[n].path);
        }
    }
}

void constraint_read_all(struct xsd_compiler *c, const struct location *location,
                         const struct node *child, struct element *element)
{
    struct pointer_list list = {0};
    for (; child; child = node_next_child(c, location, child)) {
        enum node_tag tag = child->tag;
        if (tag != NODE_UNIQUE && tag != NODE_KEY && tag != NODE_KEYREF)
            node_no_more_children(c, location, child);
        pointer_list_add(c, &list,
                         read_constraint(c, &(struct location){location->document, child}));
    }
    if (!list.n)
        return;
    struct identity_constraints *table = xsd_compile_alloc(c, sizeof *table);
    table->list = pointer_list_items(c, &list);
    table->n = list.n;
    make_table(c, table);
    element->constraints = table;
}

static void note_reference(struct identity_constraint *keyref, struct identity_constraint *key)
{
    keyref->refer = key;
    if (keyref->id < key->first_keyref)
        key->first_keyref = keyref->id;
    if (keyref->id > key->last_keyref)
        key->last_keyref = keyref->id;
}

void constraint_resolve_keyrefs(struct xsd_compiler *c)
{
    for (uint32_t i = 0; i < c->constraints.n; i++) {
        const struct identity_source *source = c->constraints.items[i];
        if (!source->refer)
            continue;
        struct identity_constraint *key =
            global_find(c, &source->location, COMPONENT_CONSTRAINT, source->refer, NULL)
                ->component;
        if (key->kind == IDENTITY_KEYREF)
            xsd_compile_warn(c, &source->location, "c-props-correct.1",
                             "'%s' is a keyref, not a key or unique; no reference is checked",
                             key->name->local);
        else if (key->n_fields != source->constraint->n_fields)
            xsd_compile_warn(c, &source->location, "c-props-correct.2",
                             "'%s' has another number of fields; no reference is checked",
                             key->name->local);
        else
            note_reference(source->constraint, key);
    }
}
