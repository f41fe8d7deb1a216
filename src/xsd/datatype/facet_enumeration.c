/* SPDX-License-Identifier: MIT
 *
 * enumeration (Part 2, 4.3.5).
 */
#include "xsd/datatype/facet_step.h"

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
    int rc = datatype_try(step->base, facet->value, strlen(facet->value), step->prefixes,
                          without_patterns, &step->scratch);
    if (rc < 0)
        return error_no_memory(step->error);
    if (rc > 0) {
        facet_warn(step, facet, "*-valid-restriction",
                   "is not a value of the base; it is left out");
        return 0;
    }
    const char *bytes;
    size_t len;
    if (enumeration_bytes(step, facet->value, &bytes, &len) < 0)
        return -1;
    struct enumeration_slot *slot = (void *)enumeration_slot(enumeration, bytes, len);
    if (!slot->bytes) {
        bytes = facet_keep(step, bytes, len);
        if (!bytes)
            return -1;
        *slot = (struct enumeration_slot){enumeration_hash(bytes, len), bytes, len};
    }
    const char *text = facet_keep(step, facet->value, strlen(facet->value));
    if (!text)
        return -1;
    enumeration->texts[enumeration->n++] = text;
    return 0;
}

int facet_add_enumeration(struct facet_step *step)
{
    size_t n = 0, slots = 4;
    for (size_t i = 0; i < step->n_facets; i++)
        n += step->facets[i].kind == FACET_ENUMERATION;
    if (n == 0)
        return 0;
    while (slots < n * 3)
        slots *= 2;
    struct enumeration *enumeration = facet_allocate(step, 1, sizeof *enumeration);
    if (!enumeration)
        return -1;
    enumeration->slots = facet_allocate(step, slots, sizeof *enumeration->slots);
    enumeration->texts = facet_allocate(step, n, sizeof *enumeration->texts);
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

int facet_settle_enumeration(struct facet_step *step)
{
    struct datatype *type = step->type;
    bool decides = type->plain && type->id != DATATYPE_ENTITY && type->enumeration;
    type->enumeration_decides = false;
    for (size_t i = 0; decides && i <= type->enumeration->mask; i++) {
        const struct enumeration_slot *slot = &type->enumeration->slots[i];
        int rc = !slot->bytes ? 0
                              : datatype_try(type, slot->bytes, slot->len, step->prefixes,
                                             false, &step->scratch);
        if (rc < 0)
            return error_no_memory(step->error);
        decides = rc == 0;
    }
    type->enumeration_decides = decides;
    return 0;
}
