/* SPDX-License-Identifier: MIT
 *
 * Derivation by restriction: which facets apply to which types, what a step may ask beyond its
 * base, and the tables that datatype.c checks against.
 */
#include <limits.h>
#include <stdlib.h>

#include "xsd/datatype/simple_type.h"

struct facet_step {
    struct datatypes *set;
    struct datatype *type;
    const struct datatype *base;
    const struct facet *facets;
    size_t n_facets;
    const struct prefixes *prefixes;
    struct datatype_scratch scratch;
    struct buf key;
    struct thresh_error *error;
};

static const char *facet_name(enum facet_kind kind)
{
    static const char *const names[] = {
        [FACET_LENGTH] = "length",
        [FACET_MIN_LENGTH] = "minLength",
        [FACET_MAX_LENGTH] = "maxLength",
        [FACET_PATTERN] = "pattern",
        [FACET_ENUMERATION] = "enumeration",
        [FACET_WHITE_SPACE] = "whiteSpace",
        [FACET_MAX_INCLUSIVE] = "maxInclusive",
        [FACET_MAX_EXCLUSIVE] = "maxExclusive",
        [FACET_MIN_INCLUSIVE] = "minInclusive",
        [FACET_MIN_EXCLUSIVE] = "minExclusive",
        [FACET_TOTAL_DIGITS] = "totalDigits",
        [FACET_FRACTION_DIGITS] = "fractionDigits",
    };
    return names[kind];
}

/* `rule` is a constraint of the Recommendation; '*' in it stands for the facet's name. */
static int refuse(struct facet_step *step, const struct facet *facet, const char *rule,
                  const char *why)
{
    const char *name = facet_name(facet->kind);
    bool named = *rule == '*';
    return error_set(step->error, "%s%s: the facet %s '%.200s' of a restriction of '%s' %s",
                     named ? name : "", rule + named, name, facet->value,
                     datatype_name(step->base), why);
}

static void *allocate(struct facet_step *step, size_t n, size_t size)
{
    void *memory = n > SIZE_MAX / 2 / size ? NULL : arena_alloc(&step->set->arena, n * size);
    if (!memory)
        error_no_memory(step->error);
    return memory;
}

static const char *keep(struct facet_step *step, const char *bytes, size_t len)
{
    char *copy = allocate(step, len + 1, 1);
    if (copy)
        memcpy(copy, bytes, len);
    return copy;
}

/* -- Which facets there are ----------------------------------------------------------- */

static bool applies(const struct datatype *type, enum facet_kind kind)
{
    enum primitive primitive = type->primitive;
    bool atomic = type->variety == VARIETY_ATOMIC;
    switch (kind) {
    case FACET_PATTERN:
        return true;
    case FACET_ENUMERATION:
        return primitive != PRIMITIVE_BOOLEAN;
    case FACET_WHITE_SPACE:
        return type->variety != VARIETY_UNION;
    case FACET_LENGTH:
    case FACET_MIN_LENGTH:
    case FACET_MAX_LENGTH:
        return type->variety == VARIETY_LIST ||
               (atomic && !primitive_ordered(primitive) && primitive != PRIMITIVE_BOOLEAN);
    case FACET_TOTAL_DIGITS:
    case FACET_FRACTION_DIGITS:
        return primitive == PRIMITIVE_DECIMAL;
    default:
        return primitive_ordered(primitive);
    }
}

static int check_facet_kinds(struct facet_step *step)
{
    static const char BOTH_BOUNDS[] = "cannot be inclusive and exclusive at once";
    unsigned seen = 0;
    for (size_t i = 0; i < step->n_facets; i++) {
        const struct facet *facet = &step->facets[i];
        unsigned bit = 1u << facet->kind;
        if (!applies(step->base, facet->kind))
            return refuse(step, facet, "cos-applicable-facets", "does not apply to that type");
        if (facet->kind == FACET_PATTERN || facet->kind == FACET_ENUMERATION)
            continue;
        if (seen & bit)
            return refuse(step, facet, "src-single-facet-value", "is given twice");
        seen |= bit;
        if ((seen >> FACET_LENGTH & 1) &&
            (seen & (1u << FACET_MIN_LENGTH | 1u << FACET_MAX_LENGTH)))
            return refuse(step, facet, "length-minLength-maxLength",
                          "cannot go together with length or another length");
        if ((seen >> FACET_MIN_INCLUSIVE) & (seen >> FACET_MIN_EXCLUSIVE) & 1)
            return refuse(step, facet, "minInclusive-minExclusive", BOTH_BOUNDS);
        if ((seen >> FACET_MAX_INCLUSIVE) & (seen >> FACET_MAX_EXCLUSIVE) & 1)
            return refuse(step, facet, "maxInclusive-maxExclusive", BOTH_BOUNDS);
    }
    return 0;
}

static int set_white_space(struct facet_step *step, const struct facet *facet)
{
    static const char *const names[] = {"preserve", "replace", "collapse"};
    const char *text = facet->value;
    size_t len = strlen(text);
    xml_trim(&text, &len);
    for (enum white_space w = WHITE_SPACE_PRESERVE; w <= WHITE_SPACE_COLLAPSE; w++) {
        if (len != strlen(names[w]) || memcmp(text, names[w], len) != 0)
            continue;
        if (w < step->base->white_space)
            return refuse(step, facet, "*-valid-restriction", "would undo that of the base");
        step->type->white_space = w;
        return 0;
    }
    return refuse(step, facet, "s4s-att-invalid-value",
                  "is none of preserve, replace and collapse");
}

/* -- Lengths and digits --------------------------------------------------------------- */

/* A non-negative integer of any size; beyond what fits, as large as fits but one. */
static int read_count(struct facet_step *step, const struct facet *facet, uint64_t *count)
{
    const char *text = facet->value;
    size_t len = strlen(text);
    struct value value;
    xml_trim(&text, &len);
    if (value_parse(PRIMITIVE_DECIMAL, SHAPE_INTEGER, text, len, &value) ||
        value.decimal.negative)
        return refuse(step, facet, "s4s-att-invalid-value", "is not a non-negative integer");
    *count = 0;
    for (size_t i = 0; i < value.decimal.n_whole; i++) {
        uint64_t digit = (uint64_t)(value.decimal.whole[i] - '0');
        bool fits = *count <= (LENGTH_UNLIMITED - 1 - digit) / 10;
        *count = fits ? *count * 10 + digit : LENGTH_UNLIMITED - 1;
        if (!fits)
            break;
    }
    return 0;
}

static int set_length(struct facet_step *step, const struct facet *facet)
{
    struct datatype *type = step->type;
    uint64_t length;
    if (read_count(step, facet, &length) < 0)
        return -1;
    if (length < step->base->min_length || length > step->base->max_length)
        return refuse(step, facet, "*-valid-restriction",
                      "is not within the lengths of the base");
    if (facet->kind != FACET_MAX_LENGTH)
        type->min_length = length;
    if (facet->kind != FACET_MIN_LENGTH)
        type->max_length = length;
    type->exact_length |= facet->kind == FACET_LENGTH;
    if (type->min_length > type->max_length)
        return refuse(step, facet, "minLength-less-than-equal-to-maxLength",
                      "leaves no length between minLength and maxLength");
    return 0;
}

static int set_digits(struct facet_step *step, const struct facet *facet)
{
    bool total = facet->kind == FACET_TOTAL_DIGITS;
    uint64_t *limit = total ? &step->type->total_digits : &step->type->fraction_digits;
    uint64_t count;
    if (read_count(step, facet, &count) < 0)
        return -1;
    if (total && count == 0)
        return refuse(step, facet, "s4s-att-invalid-value", "is not a positive integer");
    if (count > *limit)
        return refuse(step, facet, "*-valid-restriction", "allows more digits than the base");
    *limit = count;
    return 0;
}

static int check_digits(struct facet_step *step)
{
    const struct datatype *type = step->type;
    for (size_t i = 0; i < step->n_facets; i++)
        if (step->facets[i].kind == FACET_FRACTION_DIGITS &&
            type->fraction_digits > type->total_digits)
            return refuse(step, &step->facets[i], "fractionDigits-totalDigits",
                          "is more than totalDigits");
    return 0;
}

/* -- Bounds --------------------------------------------------------------------------- */

static bool is_lower(enum facet_kind kind)
{
    return kind == FACET_MIN_INCLUSIVE || kind == FACET_MIN_EXCLUSIVE;
}

static bool is_exclusive(enum facet_kind kind)
{
    return kind == FACET_MIN_EXCLUSIVE || kind == FACET_MAX_EXCLUSIVE;
}

/* Whether a bound may come at this order to an older one. */
static bool fits_bound(enum facet_kind kind, enum value_order order, enum facet_kind old)
{
    if (order == ORDER_NONE)
        return true;
    if (order != ORDER_EQUAL)
        return is_lower(old) == (order == ORDER_GREATER);
    if (is_lower(kind) == is_lower(old))
        return is_exclusive(kind) || !is_exclusive(old);
    /* Two equal exclusive bounds let nothing in, and yet the Recommendation lets them be. */
    return is_exclusive(kind) == is_exclusive(old);
}

static int add_bound(struct facet_step *step, const struct facet *facet, struct bound *bounds)
{
    struct datatype *type = step->type;
    size_t len = strlen(facet->value);
    const char *text = facet->value;
    xml_trim(&text, &len);
    text = keep(step, text, len);
    if (!text)
        return -1;
    struct bound bound = {.kind = facet->kind, .text = text};
    int status = value_parse(type->primitive, type->shape, text, len, &bound.value);
    if (status < 0)
        return error_no_memory(step->error);
    if (status > 0)
        return refuse(step, facet, "*-valid-restriction", "is not a value of the base");
    size_t kept = 0;
    for (size_t i = 0; i < type->n_bounds; i++) {
        struct bound old = bounds[i];
        enum value_order order = value_compare(type->primitive, &bound.value, &old.value);
        if (!fits_bound(bound.kind, order, old.kind))
            return refuse(step, facet, "*-valid-restriction",
                          "leaves no value, or allows more than the base");
        /* The older bound says nothing more where the new one is as strict for certain. */
        if (is_lower(old.kind) != is_lower(bound.kind) || order == ORDER_NONE)
            bounds[kept++] = old;
    }
    bounds[kept++] = bound;
    type->n_bounds = kept;
    return 0;
}

static int add_bounds(struct facet_step *step)
{
    struct datatype *type = step->type;
    struct bound *bounds = NULL;
    for (size_t i = 0; i < step->n_facets; i++) {
        if (step->facets[i].kind < FACET_MAX_INCLUSIVE ||
            step->facets[i].kind > FACET_MIN_EXCLUSIVE)
            continue;
        if (!bounds) {
            bounds = allocate(step, type->n_bounds + 4, sizeof *bounds);
            if (!bounds)
                return -1;
            if (type->n_bounds)
                memcpy(bounds, type->bounds, type->n_bounds * sizeof *bounds);
            type->bounds = bounds;
        }
        if (add_bound(step, &step->facets[i], bounds) < 0)
            return -1;
    }
    return 0;
}

/* -- Patterns ------------------------------------------------------------------------- */

static int own_pattern(struct facet_step *step, struct pattern *pattern)
{
    struct owned_pattern *owned = allocate(step, 1, sizeof *owned);
    if (!owned) {
        pattern_free(pattern);
        return -1;
    }
    *owned = (struct owned_pattern){pattern, step->set->patterns};
    step->set->patterns = owned;
    return 0;
}

static int add_pattern_step(struct facet_step *step, const char *const *sources, size_t n,
                            const char *text)
{
    struct datatype *type = step->type;
    struct pattern_step *patterns = allocate(step, type->n_patterns + 1, sizeof *patterns);
    if (!patterns)
        return -1;
    struct pattern *pattern = pattern_compile(sources, n, step->error);
    if (!pattern || own_pattern(step, pattern) < 0)
        return -1;
    if (type->n_patterns)
        memcpy(patterns, type->patterns, type->n_patterns * sizeof *patterns);
    patterns[type->n_patterns] = (struct pattern_step){pattern, text};
    type->patterns = patterns;
    type->n_patterns++;
    return 0;
}

static int add_patterns(struct facet_step *step)
{
    size_t n = 0, len = 0;
    for (size_t i = 0; i < step->n_facets; i++)
        if (step->facets[i].kind == FACET_PATTERN)
            n++, len += strlen(step->facets[i].value) + 1;
    if (n == 0)
        return 0;
    const char **sources = allocate(step, n, sizeof *sources);
    char *text = allocate(step, len, 1);
    if (!sources || !text)
        return -1;
    n = len = 0;
    for (size_t i = 0; i < step->n_facets; i++) {
        if (step->facets[i].kind != FACET_PATTERN)
            continue;
        if (n)
            text[len++] = '|';
        sources[n++] = step->facets[i].value;
        memcpy(text + len, step->facets[i].value, strlen(step->facets[i].value));
        len += strlen(step->facets[i].value);
    }
    return add_pattern_step(step, sources, n, text);
}

/* -- Enumerations --------------------------------------------------------------------- */

/* The bytes that stand for the value in an enumeration of the type. */
static int enumeration_bytes(struct facet_step *step, const char *text, const char **bytes,
                             size_t *len)
{
    size_t text_len = strlen(text);
    if (step->base->plain) {
        *bytes = datatype_normalize(step->base, text, text_len, &step->scratch, len);
        return *bytes ? 0 : error_no_memory(step->error);
    }
    buf_clear(&step->key);
    if (datatype_key(step->base, text, text_len, step->prefixes, &step->scratch, &step->key) <
        0)
        return error_no_memory(step->error);
    *bytes = step->key.data;
    *len = step->key.len;
    return 0;
}

static int add_choice(struct facet_step *step, const struct facet *facet,
                      struct enumeration *enumeration)
{
    /* Where values are not their literals, a value may have a literal that the pattern takes
     * even if this one is not. */
    bool without_patterns = step->base->variety == VARIETY_ATOMIC && !step->base->plain;
    int status = datatype_try(step->base, facet->value, strlen(facet->value), step->prefixes,
                              without_patterns, &step->scratch);
    if (status < 0)
        return error_no_memory(step->error);
    if (status > 0)
        return refuse(step, facet, "*-valid-restriction", "is not a value of the base");
    const char *bytes;
    size_t len;
    if (enumeration_bytes(step, facet->value, &bytes, &len) < 0)
        return -1;
    struct enumeration_slot *slot = (void *)enumeration_slot(enumeration, bytes, len);
    if (!slot->bytes) {
        bytes = keep(step, bytes, len);
        if (!bytes)
            return -1;
        *slot = (struct enumeration_slot){hash_bytes(bytes, len), bytes, len};
    }
    const char *text = keep(step, facet->value, strlen(facet->value));
    if (!text)
        return -1;
    enumeration->texts[enumeration->n++] = text;
    return 0;
}

static int add_enumeration(struct facet_step *step)
{
    size_t n = 0, slots = 4;
    for (size_t i = 0; i < step->n_facets; i++)
        n += step->facets[i].kind == FACET_ENUMERATION;
    if (n == 0)
        return 0;
    while (slots < n * 3)
        slots *= 2;
    struct enumeration *enumeration = allocate(step, 1, sizeof *enumeration);
    if (!enumeration)
        return -1;
    enumeration->slots = allocate(step, slots, sizeof *enumeration->slots);
    enumeration->texts = allocate(step, n, sizeof *enumeration->texts);
    enumeration->mask = slots - 1;
    if (!enumeration->slots || !enumeration->texts)
        return -1;
    for (size_t i = 0; i < step->n_facets; i++)
        if (step->facets[i].kind == FACET_ENUMERATION &&
            add_choice(step, &step->facets[i], enumeration) < 0)
            return -1;
    step->type->enumeration = enumeration;
    return 0;
}

/* Finds out whether being in the enumeration is all that the type asks of its values. */
static int settle_enumeration(struct facet_step *step)
{
    struct datatype *type = step->type;
    bool decides = type->plain && type->enumeration;
    type->enumeration_decides = false;
    for (size_t i = 0; decides && i <= type->enumeration->mask; i++) {
        const struct enumeration_slot *slot = &type->enumeration->slots[i];
        int status = !slot->bytes ? 0
                                  : datatype_try(type, slot->bytes, slot->len, step->prefixes,
                                                 false, &step->scratch);
        if (status < 0)
            return error_no_memory(step->error);
        decides = status == 0;
    }
    type->enumeration_decides = decides;
    return 0;
}

/* -- A step of restriction ------------------------------------------------------------ */

static int set_simple_facets(struct facet_step *step)
{
    for (size_t i = 0; i < step->n_facets; i++) {
        const struct facet *facet = &step->facets[i];
        int status = 0;
        switch (facet->kind) {
        case FACET_WHITE_SPACE:
            status = set_white_space(step, facet);
            break;
        case FACET_LENGTH:
        case FACET_MIN_LENGTH:
        case FACET_MAX_LENGTH:
            status = set_length(step, facet);
            break;
        case FACET_TOTAL_DIGITS:
        case FACET_FRACTION_DIGITS:
            status = set_digits(step, facet);
            break;
        default:
            break;
        }
        if (status < 0)
            return -1;
    }
    return check_digits(step);
}

const struct datatype *datatypes_restrict(struct datatypes *set, const struct datatype *base,
                                          const struct facet *facets, size_t n_facets,
                                          const struct prefixes *prefixes,
                                          struct thresh_error *error)
{
    if (!base->base) {
        error_set(
            error,
            "cos-st-restricts.1.1: anySimpleType cannot be restricted: name a type below it");
        return NULL;
    }
    struct facet_step step = {
        .set = set,
        .base = base,
        .facets = facets,
        .n_facets = n_facets,
        .prefixes = prefixes,
        .error = error,
    };
    step.type = allocate(&step, 1, sizeof *step.type);
    if (!step.type)
        return NULL;
    *step.type = *base;
    step.type->name = NULL;
    step.type->base = base;
    step.type->anything = base->anything && n_facets == 0;
    bool made = check_facet_kinds(&step) == 0 && set_simple_facets(&step) == 0 &&
                add_bounds(&step) == 0 && add_patterns(&step) == 0 &&
                add_enumeration(&step) == 0 && settle_enumeration(&step) == 0;
    datatype_scratch_free(&step.scratch);
    buf_free(&step.key);
    return made ? step.type : NULL;
}
