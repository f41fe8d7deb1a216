/* SPDX-License-Identifier: MIT
 *
 * Derivation by restriction: which facets apply to which types, how a step may restrict its
 * base, and the facets other than bounds and enumerations. A step that allows more than its
 * base narrows it no further: a value has to be one of the base first.
 */
#include "xsd/datatype/facet_step.h"
#include "xsd/datatype/glance.h"

/* -- Which facets there are ----------------------------------------------------------- */

static bool applies(const struct datatype *type, enum facet_kind kind)
{
    enum primitive primitive = type->primitive;
    bool atomic = type->variety == VARIETY_ATOMIC;
    switch (kind) {
    case FACET_PATTERN:
    case FACET_ENUMERATION:
        return true;
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

static void check_facet_kinds(struct facet_step *step)
{
    static const char BOTH_BOUNDS[] = "cannot be inclusive and exclusive at once; both hold";
    unsigned seen = 0;
    for (size_t i = 0; i < step->n_facets; i++) {
        const struct facet *facet = &step->facets[i];
        unsigned bit = 1u << facet->kind;
        if (!applies(step->base, facet->kind)) {
            facet_warn(step, facet, "cos-applicable-facets",
                       "does not apply to that type; it is left out");
            step->left_out |= bit;
            continue;
        }
        if (facet->kind == FACET_ENUMERATION && step->base->primitive == PRIMITIVE_BOOLEAN &&
            !(seen & bit))
            facet_warn(step, facet, "cos-applicable-facets",
                       "does not apply to that type; it holds all the same");
        bool again = seen & bit;
        seen |= bit;
        if (facet->kind == FACET_PATTERN || facet->kind == FACET_ENUMERATION)
            continue;
        if (again)
            facet_warn(step, facet, "src-single-facet-value", "is given twice; both hold");
        if (bit & (1u << FACET_MIN_INCLUSIVE | 1u << FACET_MIN_EXCLUSIVE) &&
            (seen >> FACET_MIN_INCLUSIVE) & (seen >> FACET_MIN_EXCLUSIVE) & 1)
            facet_warn(step, facet, "minInclusive-minExclusive", BOTH_BOUNDS);
        if (bit & (1u << FACET_MAX_INCLUSIVE | 1u << FACET_MAX_EXCLUSIVE) &&
            (seen >> FACET_MAX_INCLUSIVE) & (seen >> FACET_MAX_EXCLUSIVE) & 1)
            facet_warn(step, facet, "maxInclusive-maxExclusive", BOTH_BOUNDS);
    }
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
            facet_warn(step, facet, "*-valid-restriction",
                       "would undo that of the base; the base's stays");
        else
            step->type->white_space = w;
        return 0;
    }
    return facet_refuse(step, facet, "s4s-att-invalid-value",
                        "is none of preserve, replace and collapse");
}

/* -- Lengths and digits --------------------------------------------------------------- */

/* Reads a non-negative integer of any size. What is larger than DATATYPE_UNLIMITED - 1 becomes
 * that. */
static int read_count(struct facet_step *step, const struct facet *facet, uint64_t *count)
{
    const char *text = facet->value;
    size_t len = strlen(text);
    struct primitive_value value;
    xml_trim(&text, &len);
    if (primitive_parse(PRIMITIVE_DECIMAL, SHAPE_INTEGER, text, len, &value) ||
        value.decimal.negative)
        return facet_refuse(step, facet, "s4s-att-invalid-value",
                            "is not a non-negative integer");
    *count = 0;
    for (size_t i = 0; i < value.decimal.n_whole; i++) {
        uint64_t digit = (uint64_t)(value.decimal.whole[i] - '0');
        bool fits = *count <= (DATATYPE_UNLIMITED - 1 - digit) / 10;
        *count = fits ? *count * 10 + digit : DATATYPE_UNLIMITED - 1;
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
        facet_warn(step, facet, "*-valid-restriction",
                   "is not within the lengths of the base; both hold");
    if (facet->kind != FACET_MAX_LENGTH && type->min_length < length)
        type->min_length = length;
    if (facet->kind != FACET_MIN_LENGTH && type->max_length > length)
        type->max_length = length;
    type->exact_length |= facet->kind == FACET_LENGTH;
    type->has_min_length |= facet->kind == FACET_MIN_LENGTH;
    return 0;
}

/* Whether a type that is restricted has this minLength, or maxLength, and no length yet. */
static bool inherits(const struct datatype *type, enum facet_kind kind, uint64_t length)
{
    for (; type; type = type->base)
        if (!type->exact_length &&
            (kind == FACET_MIN_LENGTH ? type->has_min_length && type->min_length == length
                                      : type->max_length == length))
            return true;
    return false;
}

/* Part 2, 4.3.1.4: beside a length, minLength and maxLength only repeat what was there before
 * it. */
static int check_lengths(struct facet_step *step)
{
    const struct datatype *type = step->type;
    for (size_t i = 0; i < step->n_facets; i++) {
        const struct facet *facet = &step->facets[i];
        uint64_t length;
        if (facet->kind != FACET_MIN_LENGTH && facet->kind != FACET_MAX_LENGTH)
            continue;
        if (read_count(step, facet, &length) < 0)
            return -1;
        if (type->exact_length && !inherits(step->base, facet->kind, length))
            facet_warn(step, facet, "length-minLength-maxLength",
                       "cannot go together with length; both hold");
        else if (type->min_length <= type->max_length)
            continue;
        else
            facet_warn(step, facet, "minLength-less-than-equal-to-maxLength",
                       "leaves no length between minLength and maxLength; no value is valid");
        break;
    }
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
        return facet_refuse(step, facet, "s4s-att-invalid-value", "is not a positive integer");
    if (count > *limit)
        facet_warn(step, facet, "*-valid-restriction",
                   "allows more digits than the base; the base's limit stays");
    else
        *limit = count;
    return 0;
}

static void check_digits(struct facet_step *step)
{
    const struct datatype *type = step->type;
    for (size_t i = 0; i < step->n_facets; i++)
        if (step->facets[i].kind == FACET_FRACTION_DIGITS &&
            type->fraction_digits > type->total_digits)
            facet_warn(step, &step->facets[i], "fractionDigits-totalDigits",
                       "is more than totalDigits; both hold");
}

/* -- Patterns ------------------------------------------------------------------------- */

static int own_pattern(struct facet_step *step, struct pattern *pattern)
{
    struct owned_pattern *owned = facet_allocate(step, 1, sizeof *owned);
    if (!owned) {
        pattern_free(pattern);
        return -1;
    }
    *owned = (struct owned_pattern){pattern, step->set->patterns};
    step->set->patterns = owned;
    step->set->pattern_bytes += pattern_bytes(pattern);
    return 0;
}

static int add_pattern_step(struct facet_step *step, const char *const *sources, size_t n,
                            const char *text)
{
    struct datatype *type = step->type;
    struct pattern_step *patterns =
        facet_allocate(step, type->n_patterns + 1, sizeof *patterns);
    if (!patterns)
        return -1;
    struct thresh_error oddity = {""};
    struct pattern *pattern = pattern_compile(sources, n, &oddity, step->error);
    if (!pattern || own_pattern(step, pattern) < 0)
        return -1;
    if (oddity.text[0]) {
        strncat(oddity.text, "; it stands for itself",
                sizeof oddity.text - strlen(oddity.text) - 1);
        step->warnings->warn(step->warnings->context, "src-pattern-value", oddity.text);
    }
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
    const char **sources = facet_allocate(step, n, sizeof *sources);
    char *text = facet_allocate(step, len, 1);
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

/* -- Fixed facets --------------------------------------------------------------------- */

/* Into step->key: bytes that are equal for equal values, however they are written. */
static int make_facet_key(struct facet_step *step, const struct facet *facet)
{
    bool is_bound = facet->kind >= FACET_MAX_INCLUSIVE && facet->kind <= FACET_MIN_EXCLUSIVE;
    enum primitive primitive = is_bound                           ? step->base->primitive
                               : facet->kind == FACET_WHITE_SPACE ? PRIMITIVE_STRING
                                                                  : PRIMITIVE_DECIMAL;
    const char *text = facet->value;
    size_t len = strlen(text);
    xml_trim(&text, &len);
    buf_clear(&step->key);
    if (primitive_append_key(primitive, text, len, &step->key) < 0)
        return error_no_memory(step->error);
    return 0;
}

static int add_fixed(struct facet_step *step, const struct facet *facet)
{
    struct fixed_facet *fixed = facet_allocate(step, 1, sizeof *fixed);
    const char *text = facet_keep(step, facet->value, strlen(facet->value));
    const char *key = facet_keep(step, step->key.data, step->key.len);
    if (!fixed || !text || !key)
        return -1;
    *fixed = (struct fixed_facet){facet->kind, text, key, step->key.len, step->type->fixed};
    step->type->fixed = fixed;
    return 0;
}

/* The values of all facets have been read. */
static int set_fixed(struct facet_step *step)
{
    struct thresh_error why;
    for (size_t i = 0; i < step->n_facets; i++) {
        const struct facet *facet = &step->facets[i];
        if (facet->kind == FACET_PATTERN || facet->kind == FACET_ENUMERATION ||
            step->left_out >> facet->kind & 1 || (!step->base->fixed && !facet->fixed))
            continue;
        if (make_facet_key(step, facet) < 0)
            return -1;
        for (const struct fixed_facet *old = step->base->fixed; old; old = old->next) {
            if (old->kind != facet->kind ||
                (old->key_len == step->key.len &&
                 memcmp(old->key, step->key.data, old->key_len) == 0))
                continue;
            error_set(&why, "is not '%.200s', at which a base type fixes it; both hold",
                      old->text);
            facet_warn(step, facet, "cos-st-restricts", why.text);
        }
        if (facet->fixed && add_fixed(step, facet) < 0)
            return -1;
    }
    return 0;
}

/* -- A step of restriction ------------------------------------------------------------ */

static int set_simple_facets(struct facet_step *step)
{
    for (size_t i = 0; i < step->n_facets; i++) {
        const struct facet *facet = &step->facets[i];
        int rc = 0;
        if (step->left_out >> facet->kind & 1)
            continue;
        switch (facet->kind) {
        case FACET_WHITE_SPACE:
            rc = set_white_space(step, facet);
            break;
        case FACET_LENGTH:
        case FACET_MIN_LENGTH:
        case FACET_MAX_LENGTH:
            rc = set_length(step, facet);
            break;
        case FACET_TOTAL_DIGITS:
        case FACET_FRACTION_DIGITS:
            rc = set_digits(step, facet);
            break;
        default:
            break;
        }
        if (rc < 0)
            return -1;
    }
    check_digits(step);
    return check_lengths(step);
}

const struct datatype *datatypes_restrict(struct datatypes *set, const struct datatype *base,
                                          const struct facet *facets, size_t n_facets,
                                          const struct prefixes *prefixes,
                                          const struct datatype_warnings *warnings,
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
        .warnings = warnings,
        .error = error,
    };
    step.type = facet_allocate(&step, 1, sizeof *step.type);
    if (!step.type)
        return NULL;
    *step.type = *base;
    step.type->name = NULL;
    step.type->glance = GLANCE_NONE;
    step.type->base = base;
    step.type->anything = base->anything && n_facets == 0;
    check_facet_kinds(&step);
    bool made = set_simple_facets(&step) == 0 && facet_add_bounds(&step) == 0 &&
                add_patterns(&step) == 0 && facet_add_enumeration(&step) == 0 &&
                facet_settle_enumeration(&step) == 0 && set_fixed(&step) == 0;
    glance_settle(step.type);
    datatype_scratch_free(&step.scratch);
    buf_free(&step.key);
    return made ? step.type : NULL;
}
