/* SPDX-License-Identifier: MIT
 *
 * What validators rely on beyond pointers that lead to what they say: hash tables have a free
 * slot, chains end, types are made of others, states and positions are within their model.
 * Each function returns whether that is so.
 */
#include "xsd/image/image_file.h"

#include "xsd/datatype/glance.h"

const char image_no_memory[] = "no memory";

/* What has a schema's names. */
struct scope {
    const struct xsd *xsd;
    uint64_t n_symbols;
    bool failed; /* no memory */
};

static bool is_mask(uint64_t mask)
{
    return (mask & (mask + 1)) == 0;
}

/* -- Names ---------------------------------------------------------------------------- */

static bool check_namespaces(const struct names *names)
{
    bool has_free = false;
    for (uint64_t i = 0; i <= names->uri_mask; i++) {
        has_free |= !names->uri_slots[i];
        if (names->uri_slots[i] >= names->n_uris)
            return false;
    }
    return has_free && is_mask(names->uri_mask) && !*names->uris[0];
}

static bool check_xsd(struct scope *scope, struct xsd *xsd)
{
    struct names *names = &xsd->names;
    bool has_free = false;
    if (!is_mask(names->mask) || names->n_symbols != scope->n_symbols + 1 || !names->slots ||
        names->by_id[0] || !names->n_uris || !check_namespaces(names))
        return false;
    for (uint64_t i = 0; i <= names->mask && !has_free; i++)
        has_free = !names->slots[i];
    names->cap_symbols = names->n_symbols;
    names->cap_uris = names->n_uris;
    return has_free && xsd->string_type->datatype && image_are_lines(xsd->warnings);
}

/* As many symbols as numbers, and each has its own: so every number leads to a symbol. */
static bool check_symbol(struct scope *scope, struct symbol *symbol)
{
    const struct names *names = &scope->xsd->names;
    if (!symbol->id || symbol->id >= names->n_symbols || names->by_id[symbol->id] != symbol ||
        symbol->ns >= names->n_uris || !symbol->local ||
        (symbol->type && !symbol->type->name) ||
        (symbol->attribute && !symbol->attribute->type->datatype))
        return false;
    symbol->uri = names->uris[symbol->ns];
    return true;
}

/* -- Types and declarations ----------------------------------------------------------- */

static bool check_type(struct scope *scope, struct type *type)
{
    (void)scope;
    bool has_model = type->content == CONTENT_ELEMENTS || type->content == CONTENT_MIXED;
    return (!type->base || type->base <= type) && (!has_model || type->model) &&
           (!(type->content == CONTENT_SIMPLE || type->simple) || type->datatype);
}

static bool check_element(struct scope *scope, struct element *element)
{
    (void)scope;
    for (uint32_t i = 0; i < element->n_heads; i++)
        if (!element->heads[i])
            return false;
    for (uint32_t i = 0; i < element->n_members; i++)
        if (!element->members[i])
            return false;
    return true;
}

static bool check_attributes(struct scope *scope, struct attributes *attributes)
{
    (void)scope;
    bool has_free = false;
    if (!attributes->n)
        return true; /* nothing is looked up */
    for (uint64_t i = 0; attributes->slots && i <= attributes->mask; i++) {
        has_free |= attributes->slots[i] == XSD_NONE;
        if (attributes->slots[i] != XSD_NONE && attributes->slots[i] >= attributes->n)
            return false;
    }
    return has_free && is_mask(attributes->mask);
}

static bool check_wildcard(struct scope *scope, struct wildcard *wildcard)
{
    for (uint32_t i = 0; i < wildcard->n; i++)
        if (wildcard->set[i] >= scope->xsd->names.n_uris)
            return false;
    return true;
}

/* -- Content models ------------------------------------------------------------------- */

/* A table by symbols whose positions are below n. */
static bool check_slots(const struct model_slot *slots, uint64_t mask, uint32_t n)
{
    bool has_free = false;
    for (uint64_t i = 0; i <= mask; i++) {
        has_free |= !slots[i].symbol;
        if (slots[i].symbol && slots[i].position >= n)
            return false;
    }
    return has_free && is_mask(mask);
}

/* Chains lead to later positions, and that of the wildcards to wildcards. */
static bool check_position(const struct model *model, uint32_t p)
{
    const struct position *position = &model->positions[p];
    bool is_last = position->same == XSD_NONE;
    if (!position->element == !position->wildcard || (model->all && !position->element))
        return false;
    if (!is_last && (position->same <= p || position->same >= model->n_positions ||
                     (position->wildcard && !model->positions[position->same].wildcard)))
        return false;
    if (model->moves)
        return position->next == XSD_NONE || position->next < model->n_states;
    return position->next < model->n_states && position->low < model->n_states &&
           position->full < model->n_states;
}

/* From each state there is a move by each of its positions. */
static bool check_moves(const struct model *model)
{
    for (uint32_t state = 0; state < model->n_states; state++) {
        const uint64_t *row = model_row(model, state);
        const uint32_t *moves = model->moves + (size_t)state * model->n_chains;
        for (uint32_t p = model_next_bit(row, 0, model->n_positions); p < model->n_positions;
             p = model_next_bit(row, p + 1, model->n_positions))
            if (model->positions[p].chain >= model->n_chains ||
                moves[model->positions[p].chain] >= model->n_states)
                return false;
    }
    for (uint32_t p = 0; p < model->n_positions; p++)
        if (model->positions[p].low >= model->n_states && model->positions[p].min > 1)
            return false;
    return true;
}

/* -- Models with counters ------------------------------------------------------------- */

static bool is_in_counter(const struct model *model, uint32_t p, uint32_t counter)
{
    uint32_t c = model->counter_of[p];
    while (c != XSD_NONE && c != counter)
        c = model->counters[c].outer;
    return c == counter;
}

/* Whether all positions of the state are in the counter. */
static bool stays_within(const struct model *model, uint32_t state, uint32_t counter)
{
    const uint64_t *row = model_row(model, state);
    if (counter == XSD_NONE)
        return true;
    uint32_t from = model->counters[counter].from, to = model->counters[counter].to;
    return model_next_bit(row, 0, model->n_positions) >= from &&
           model_next_bit(row, to, model->n_positions) == model->n_positions;
}

/* A counter has the positions from `from` to `to`, and lies in one of fewer levels: so walks
 * out of counters end, and those into them come to where they are to go. */
static bool check_counters(const struct model *model)
{
    uint64_t covered = 0;
    if (!model->counter_of && model->n_positions)
        return false;
    for (uint32_t c = 0; c < model->n_counters; c++) {
        const struct model_counter *counter = &model->counters[c];
        bool is_outermost = counter->outer == XSD_NONE;
        if (counter->from > counter->to || counter->to > model->n_positions ||
            counter->depth >= MODEL_DEPTH || counter->first >= model->n_states ||
            counter->after >= model->n_states || (!is_outermost && counter->outer >= c) ||
            counter->depth != (is_outermost ? 0 : model->counters[counter->outer].depth + 1))
            return false;
        covered += counter->to - counter->from;
    }
    if (covered > (uint64_t)MODEL_DEPTH * model->n_positions)
        return false;
    for (uint32_t p = 0; p < model->n_positions; p++)
        if (model->counter_of[p] != XSD_NONE && model->counter_of[p] >= model->n_counters)
            return false;
    for (uint32_t c = 0; c < model->n_counters; c++) {
        const struct model_counter *counter = &model->counters[c];
        for (uint32_t p = counter->from; p < counter->to; p++)
            if (!is_in_counter(model, p, c))
                return false;
        if (!stays_within(model, counter->first, c) ||
            !stays_within(model, counter->after, counter->outer))
            return false;
    }
    for (uint32_t p = 0; p < model->n_positions; p++)
        if (model->positions[p].min > 1 ||
            !stays_within(model, model->positions[p].next, model->counter_of[p]))
            return false;
    return true;
}

static bool check_model(struct scope *scope, struct model *model)
{
    (void)scope;
    if (!check_slots(model->slots, model->mask, model->n_positions) || !model->n_states ||
        model->start >= model->n_states || model->words != model->n_positions / 64 + 1)
        return false;
    if (model->wildcard != XSD_NONE &&
        (model->wildcard >= model->n_positions || !model->positions[model->wildcard].wildcard))
        return false;
    for (uint32_t p = 0; p < model->n_positions; p++)
        if (!check_position(model, p))
            return false;
    if (model->counters)
        return !model->moves && check_counters(model);
    return !model->moves || check_moves(model);
}

/* -- Identity constraints ------------------------------------------------------------- */

static bool check_identity_constraints(struct scope *scope, struct identity_constraints *s)
{
    (void)scope;
    if (!s->n)
        return false;
    for (uint32_t i = 0; i < s->n; i++)
        if (!s->list[i])
            return false;
    for (uint32_t i = 0; i < s->n_selectors; i++)
        if (s->selectors[i].next != XSD_NONE && s->selectors[i].next >= i)
            return false;
    return check_slots(s->slots, s->mask, s->n_selectors) &&
           (s->any == XSD_NONE || s->any < s->n_selectors);
}

/* -- Simple types --------------------------------------------------------------------- */

/* The value of a bound is read again: it points into its text. */
static bool check_bound(struct scope *scope, const struct datatype *type, struct bound *bound)
{
    if (bound->kind < FACET_MAX_INCLUSIVE || bound->kind > FACET_MIN_EXCLUSIVE)
        return false;
    int rc = primitive_parse(type->primitive, type->shape, bound->text, strlen(bound->text),
                             &bound->value);
    scope->failed |= rc < 0;
    return rc == 0;
}

/* What checking a list or union may take is bounded, as it is when they are made. */
static bool check_parts(const struct datatype *type)
{
    uint64_t weight = 0;
    unsigned depth = 0;
    for (size_t i = 0; i < type->n_members + (type->item != NULL); i++) {
        const struct datatype *part = i < type->n_members ? type->members[i] : type->item;
        if (!part || part >= type)
            return false;
        weight += part->weight;
        depth = part->depth >= depth ? part->depth + 1 : depth;
    }
    return weight <= type->weight && depth <= type->depth &&
           type->weight <= DATATYPE_WEIGHT_MAX && type->depth <= DATATYPE_DEPTH_MAX;
}

static bool check_datatype(struct scope *scope, struct datatype *type)
{
    if (type->base ? type->base >= type : !type->name)
        return false;
    if (!check_parts(type) || (type->variety == VARIETY_LIST && !type->item) || !type->weight ||
        (type->enumeration_decides && !type->enumeration))
        return false;
    bool counts_digits =
        type->total_digits != DATATYPE_UNLIMITED || type->fraction_digits != DATATYPE_UNLIMITED;
    if ((type->n_bounds && !primitive_ordered(type->primitive)) ||
        (counts_digits && type->primitive != PRIMITIVE_DECIMAL))
        return false;
    for (size_t i = 0; i < type->n_bounds; i++)
        if (!check_bound(scope, type, (struct bound *)&type->bounds[i]))
            return false;
    return true;
}

static bool check_enumeration(struct scope *scope, struct enumeration *enumeration)
{
    (void)scope;
    bool has_free = false;
    if (enumeration->mask == SIZE_MAX) /* one more is 0: it would have no slots */
        return false;
    for (size_t i = 0; i <= enumeration->mask && !has_free; i++)
        has_free = !enumeration->slots[i].bytes;
    return has_free && is_mask(enumeration->mask);
}

/* -- Patterns ------------------------------------------------------------------------- */

static bool check_classes(const struct code_classes *classes)
{
    /* So few that no sum or product of them overflows. */
    if (classes->n >= UINT32_MAX || classes->n_sets > UINT32_MAX ||
        classes->set_words > UINT32_MAX)
        return false;
    for (size_t i = 0; i < 128; i++)
        if (classes->ascii[i] >= classes->n)
            return false;
    for (size_t i = 0; i < classes->n_runs; i++)
        if (classes->numbers[i] >= classes->n)
            return false;
    return classes->n_runs > 0;
}

static bool check_table(const struct pattern *pattern)
{
    uint64_t n = pattern->table_bytes / sizeof *pattern->table, row = pattern->classes.n + 1;
    if (pattern->table_bytes % sizeof *pattern->table || row > UINT32_MAX || n % row ||
        n / row < 2)
        return false;
    for (uint64_t begin = 0; begin < n; begin += row)
        for (uint64_t i = begin; i < begin + row - 1; i++)
            if (pattern->table[i] >= n || pattern->table[i] % row)
                return false;
    return true;
}

static bool check_ops(const struct pattern *pattern)
{
    const struct code_classes *classes = &pattern->classes;
    int64_t n = (int64_t)pattern->n_ops;
    if (!pattern->ops || !n || n > INT32_MAX || !classes->members ||
        (classes->n + 63) / 64 > classes->set_words)
        return false;
    for (int64_t i = 0; i < n; i++) {
        const struct op *op = &pattern->ops[i];
        bool takes = op->kind == OP_TAKE, splits = op->kind == OP_SPLIT;
        bool leads = splits || op->kind == OP_JUMP;
        if ((takes && (op->to < 0 || (size_t)op->to >= classes->n_sets || i + 1 == n)) ||
            (leads && (i + op->to < 0 || i + op->to >= n)) ||
            (splits && (i + op->other < 0 || i + op->other >= n)))
            return false;
    }
    return true;
}

static bool check_pattern(struct scope *scope, struct pattern *pattern)
{
    (void)scope;
    return check_classes(&pattern->classes) &&
           (pattern->table ? check_table(pattern) : check_ops(pattern));
}

/* -- A schema ------------------------------------------------------------------------- */

const char *image_check(struct image_graph *graph)
{
    struct scope scope = {graph->first[KIND_xsd], graph->counts[KIND_symbol], false};
#define CHECK(kind)                                                                            \
    for (uint64_t i = 0; i < graph->counts[KIND_##kind]; i++)                                  \
        if (!check_##kind(&scope, &((struct kind *)graph->first[KIND_##kind])[i]))             \
            return scope.failed ? image_no_memory : #kind;
    CHECK(xsd)
    CHECK(symbol)
    CHECK(type)
    CHECK(element)
    CHECK(attributes)
    CHECK(wildcard)
    CHECK(model)
    CHECK(identity_constraints)
    CHECK(datatype)
    CHECK(enumeration)
    CHECK(pattern)
    return NULL;
}
