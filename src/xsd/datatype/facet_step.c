/* SPDX-License-Identifier: MIT */
#include "xsd/datatype/facet_step.h"

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

/* "maxLength-valid-restriction" where the rule is "*-valid-restriction" */
static struct thresh_error name_rule(const struct facet *facet, const char *rule)
{
    struct thresh_error name;
    bool named = *rule == '*';
    error_set(&name, "%s%s", named ? facet_name(facet->kind) : "", rule + named);
    return name;
}

static struct thresh_error describe(const struct facet_step *step, const struct facet *facet,
                                    const char *why)
{
    struct thresh_error text;
    error_set(&text, "the facet %s '%.200s' of a restriction of '%s' %s",
              facet_name(facet->kind), facet->value, datatype_name(step->base), why);
    return text;
}

int facet_refuse(struct facet_step *step, const struct facet *facet, const char *rule,
                 const char *why)
{
    return error_set(step->error, "%s: %s", name_rule(facet, rule).text,
                     describe(step, facet, why).text);
}

void facet_warn(struct facet_step *step, const struct facet *facet, const char *rule,
                const char *why)
{
    step->warnings->warn(step->warnings->context, name_rule(facet, rule).text,
                         describe(step, facet, why).text);
}

void *facet_allocate(struct facet_step *step, size_t n, size_t size)
{
    void *memory = n > SIZE_MAX / 2 / size ? NULL : arena_alloc(&step->set->arena, n * size);
    if (!memory)
        error_no_memory(step->error);
    return memory;
}

const char *facet_keep(struct facet_step *step, const char *bytes, size_t len)
{
    char *copy = facet_allocate(step, len + 1, 1);
    if (copy)
        memcpy(copy, bytes, len);
    return copy;
}
