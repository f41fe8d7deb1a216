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

int facet_refuse(struct facet_step *step, const struct facet *facet, const char *rule,
                 const char *why)
{
    const char *name = facet_name(facet->kind);
    bool named = *rule == '*';
    return error_set(step->error, "%s%s: the facet %s '%.200s' of a restriction of '%s' %s",
                     named ? name : "", rule + named, name, facet->value,
                     datatype_name(step->base), why);
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
