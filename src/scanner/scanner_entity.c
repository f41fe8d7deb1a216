/* SPDX-License-Identifier: MIT
 *
 * References [67]. An entity's text is read where the reference to it stands (4.4.2), so its
 * elements have the namespaces that are in scope there. An element begins and ends in one
 * entity: what is open around one lies below an element that no end tag is for.
 */
#include "scanner/scanner_state.h"

/* -- Into an entity and out of it ----------------------------------------------------- */

const struct dictionary_entry scanner_no_element = {.len = SIZE_MAX};

/* Whether so many bytes more are within the limit. */
static bool may_expand(struct scanner *s, const uint8_t *c, size_t bytes)
{
    /* One more, for a reference to nothing is work, too. */
    s->expanded_bytes += bytes + 1;
    if (s->expanded_bytes <= s->limits.entity_bytes)
        return true;
    scanner_tell(s, c, SCANNER_LIMIT, "limit-entity",
                 "entities expand to more than the limit; %s", s->limits.entity_remedy);
    return false;
}

const uint8_t *scanner_enter_entity(struct scanner *s, struct dtd_entity *entity,
                                    const uint8_t *reference, const uint8_t *behind)
{
    if (entity->is_open)
        return scanner_fail(s, reference, "entity-loop", "the entity %.200s refers to itself",
                            (const char *)entity->name->string);
    if (s->n_outer == SCANNER_ENTITY_DEPTH)
        return scanner_fail_at_limit(s, reference, "limit-entity",
                                     "entities refer to each other more than 64 deep, which no "
                                     "option allows; put the text of some in their place");
    if (!may_expand(s, reference, entity->len))
        return NULL;
    if (!s->n_outer)
        s->now = reference;
    struct open_element *open = scanner_push(s);
    if (!open)
        return NULL;
    struct dictionary_entry *none = (struct dictionary_entry *)&scanner_no_element; /* stays */
    *open = (struct open_element){none, s->n_shadowed, reference};
    s->outer[s->n_outer++] = (struct outer_text){entity, reference, behind, s->end};
    entity->is_open = true;
    s->end = entity->text + entity->len;
    return entity->text;
}

const uint8_t *scanner_leave_entity(struct scanner *s)
{
    const struct outer_text *outer = &s->outer[s->n_outer - 1];
    const struct dictionary_entry *open = s->open[s->depth - 1].name;
    if (open != &scanner_no_element)
        return scanner_fail(s, s->end, "tag-not-finished", "the element %.200s is not closed",
                            (const char *)open->string);
    outer->entity->is_open = false;
    s->depth--;
    s->end = outer->end;
    s->n_outer--;
    return outer->behind;
}

bool scanner_read_external(struct scanner *s, struct dtd_entity *entity)
{
    const struct scanner_external external = {entity->public_id, entity->system_id,
                                              entity->base};
    struct scanner_found found;
    if (entity->text || entity->is_unparsed || !s->events->external)
        return entity->text;
    int rc = s->events->external(s->events->external_context, &external, &found);
    if (rc < 0)
        scanner_fail_without_memory(s);
    if (rc != 0)
        return false;
    entity->text = found.text;
    entity->len = found.len;
    entity->address = found.address;
    return true;
}

const char *scanner_base(const struct scanner *s)
{
    for (size_t i = s->n_outer; i; i--)
        if (s->outer[i - 1].entity->address)
            return s->outer[i - 1].entity->address;
    return NULL;
}

/* -- References ----------------------------------------------------------------------- */

/* [66] */
static const uint8_t *fail_at_character(struct scanner *s, const uint8_t *c)
{
    bool is_hex = c[2] == 'x';
    const uint8_t *digits = c + (is_hex ? 3 : 2), *end = digits;
    while ((*end >= '0' && *end <= '9') ||
           (is_hex && (*end | 0x20) >= 'a' && (*end | 0x20) <= 'f'))
        end++;
    if (end == digits)
        return scanner_fail(s, end, is_hex ? "invalid-hex-charref" : "invalid-dec-charref",
                            "a reference to a character has no number");
    if (*end != ';')
        return scanner_fail(s, end, is_hex ? "invalid-hex-charref" : "invalid-dec-charref",
                            "a reference to a character does not end with ';'");
    return scanner_fail(s, c, "invalid-char", "%.*s refers to no character of XML",
                        (int)(end - c < 40 ? end - c + 1 : 40), (const char *)c);
}

/* 4.1, WFC Entity Declared: elsewhere a declaration that is not read may have it. */
static bool must_be_declared(const struct scanner *s)
{
    const struct dtd *dtd = &s->dtd;
    bool in_parameter = s->n_outer && s->outer[0].entity->is_parameter;
    return (dtd->is_standalone && !in_parameter) ||
           (!dtd->has_external_subset && !dtd->has_parameter_references);
}

/* 4.1 and 4.4: what may be referred to, and where. NULL: told, and perhaps the end. */
static struct dtd_entity *find(struct scanner *s, const uint8_t *c,
                               const struct dictionary_entry *name)
{
    struct dtd_entity *entity = dtd_find_entity(&s->dtd, name, DTD_GENERAL);
    const char *string = (const char *)name->string;
    bool is_hidden = entity && entity->in_parameter && s->dtd.is_standalone;
    if ((!entity || is_hidden) && must_be_declared(s))
        scanner_fail(s, c, "undeclared-entity", "the entity %.200s is not declared", string);
    else if (!entity)
        scanner_tell(s, c, SCANNER_UNREAD, "undeclared-entity",
                     "the entity %.200s may be declared outside the document, and is not read",
                     string);
    else if (entity->is_unparsed)
        scanner_fail(s, c, "unparsed-entity", "the entity %.200s is no text", string);
    else if (entity->system_id && s->in_value)
        scanner_fail(s, c, "entity-is-external",
                     "the entity %.200s in an attribute lies outside the document", string);
    else if (!scanner_read_external(s, entity) && !s->no_memory)
        scanner_tell(s, c, SCANNER_UNREAD, "external-entity",
                     "the entity %.60s lies outside the document (%.120s) and is not read",
                     string, entity->system_id);
    return entity && entity->text && !s->stopped ? entity : NULL;
}

const uint8_t *scanner_read_reference(struct scanner *s, const uint8_t *c,
                                      struct dictionary_entry **name)
{
    const uint8_t *behind;
    if (c[1] == '#')
        return fail_at_character(s, c);
    if (!xml_char_is(c + 1, XML_NAME_START) && c[1] < 0x80)
        return scanner_fail(s, c + 1, "entityref-no-name",
                            "'&' begins no reference; in text it is written '&amp;'");
    if (!(behind = scanner_read_ncname(s, c + 1, "an entity", name)))
        return NULL;
    if (*behind != ';')
        return scanner_fail(s, behind, "entityref-semicol-missing",
                            "the reference to %.200s does not end with ';'",
                            (const char *)(*name)->string);
    return behind + 1;
}

const uint8_t *scanner_find_entity(struct scanner *s, const uint8_t *c,
                                   struct dtd_entity **entity)
{
    struct dictionary_entry *name;
    const uint8_t *behind = scanner_read_reference(s, c, &name);
    if (!behind)
        return NULL;
    s->now = c;
    *entity = find(s, c, name);
    return s->stopped || s->no_memory ? NULL : behind;
}

bool scanner_has_unparsed_entity(struct scanner *s, const char *name, size_t len)
{
    const struct dictionary_entry *kept = len ? scanner_keep(s, name, len) : NULL;
    const struct dtd_entity *entity = kept ? dtd_find_entity(&s->dtd, kept, DTD_GENERAL) : NULL;
    return entity && entity->is_unparsed;
}
