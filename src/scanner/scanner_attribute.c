/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"
#include "base/xml_skip.h"
#include "scanner/scanner_state.h"
#include <stdlib.h>

/* -- Values --------------------------------------------------------------------------- */

static const uint8_t *copy_text(struct scanner *s, const uint8_t *c, uint8_t quote);

/* 4.4.5: the quotes in an entity's text end nothing. */
static const uint8_t *copy_entity(struct scanner *s, const uint8_t *c)
{
    struct dtd_entity *entity;
    const uint8_t *behind = scanner_find_entity(s, c, &entity);
    if (!behind || !entity)
        return behind;
    const uint8_t *text = scanner_enter_entity(s, entity, c, behind);
    return text && copy_text(s, text, '\0') ? scanner_leave_entity(s) : NULL;
}

static const uint8_t *fail_at_value(struct scanner *s, const uint8_t *c)
{
    if (*c == '<')
        return scanner_fail(s, c, "lt-in-attribute", "'<' stands in the value of an attribute");
    return scanner_fail(s, c, "attribute-not-finished",
                        "the value of an attribute does not end with its quote");
}

/* Up to the quote, or up to the NUL at the end of an entity's text. Such text has its line ends
 * replaced, so any carriage return in it is a character of its own. */
static const uint8_t *copy_text(struct scanner *s, const uint8_t *c, uint8_t quote)
{
    uint8_t utf8[4];
    uint32_t code_point;
    while (*c != quote) {
        const uint8_t *from = c, *behind;
        if (*c == '&') {
            if ((c = xml_read_reference(from, &code_point)))
                buf_append(&s->values, utf8, utf8_write(code_point, utf8));
            else if (!(c = copy_entity(s, from)))
                return NULL;
        } else if (xml_char_is(c, XML_SPACE)) {
            c += c[0] == '\r' && c[1] == '\n' && !s->n_outer ? 2 : 1;
            buf_append_char(&s->values, ' ');
        } else {
            c = *c == '"' || *c == '\'' ? c + 1 : xml_skip(c, XML_VALUE);
            if (!(behind = xml_skip_non_ascii(c, s->end)))
                return scanner_fail_behind(s, c, "invalid-char",
                                           "in the value of an attribute");
            if ((c = behind) == from)
                return fail_at_value(s, c);
            buf_append(&s->values, from, (size_t)(c - from));
        }
    }
    return s->values.failed ? scanner_fail_without_memory(s) : c;
}

const uint8_t *scanner_copy_value(struct scanner *s, const uint8_t *c)
{
    s->in_value = true;
    c = copy_text(s, c + 1, *c);
    s->in_value = false;
    return c ? c + 1 : NULL;
}

/* -- Attributes ----------------------------------------------------------------------- */

static bool grow_attributes(struct scanner *s)
{
    size_t cap = s->cap_attributes ? 2 * s->cap_attributes : 64;
    void *attributes = reallocarray(s->attributes, cap, sizeof *s->attributes);
    s->attributes = attributes ? attributes : s->attributes;
    void *events = reallocarray(s->event_attributes, cap, 5 * sizeof *s->event_attributes);
    s->event_attributes = events ? events : s->event_attributes;
    void *namespaces = reallocarray(s->event_namespaces, cap, 2 * sizeof *s->event_namespaces);
    s->event_namespaces = namespaces ? namespaces : s->event_namespaces;
    if (!attributes || !events || !namespaces)
        return false;
    s->cap_attributes = cap;
    return true;
}

struct scanned_attribute *scanner_add_attribute(struct scanner *s, const uint8_t *c)
{
    if (s->n_attributes == s->limits.attributes && s->limits.attributes)
        scanner_fail_at_limit(
            s, c, "limit-attributes",
            "an element with more attributes than the limit; --max-attributes raises it");
    else if (s->n_attributes < s->cap_attributes || grow_attributes(s))
        return &s->attributes[s->n_attributes++];
    else
        scanner_fail_without_memory(s);
    return NULL;
}

/* A value that stands for itself is told where it lies; others are copied. */
static const uint8_t *read_value(struct scanner *s, const uint8_t *c,
                                 struct scanned_attribute *attribute)
{
    uint8_t quote = *c++;
    const uint8_t *from = c;
    if (quote != '"' && quote != '\'')
        return scanner_fail(s, from - 1, "attribute-not-started",
                            "the value of the attribute %.200s is not in quotes",
                            (const char *)attribute->name->string);
    c = xml_skip_value(c, s->end);
    while (c && *c != quote &&
           (xml_char_is(c, XML_VALUE) || *c == '"' || *c == '\'' || *c >= 0x80))
        c = *c >= 0x80 ? xml_skip_non_ascii(c, s->end) : xml_skip_value(c + 1, s->end);
    if (!c)
        return scanner_fail_behind(s, from, "invalid-char", "in the value of an attribute");
    attribute->value = from;
    attribute->len = (size_t)(c - from);
    if (*c == quote)
        return c + 1;
    attribute->value = NULL;
    attribute->from = s->values.len;
    c = scanner_copy_value(s, from - 1);
    attribute->len = s->values.len - attribute->from;
    return c;
}

/* What most attributes are in the event, without a look at what others declare. */
static void tell_attribute(struct scanner *s, const struct scanned_attribute *attribute)
{
    const xmlChar **event_attribute = s->event_attributes + 5 * (s->n_attributes - 1);
    const struct dictionary_entry *name = attribute->name;
    event_attribute[0] = name->string;
    event_attribute[1] = event_attribute[2] = NULL;
    event_attribute[3] = attribute->value;
    event_attribute[4] = attribute->value ? attribute->value + attribute->len : NULL;
    s->resolves |= name->prefix || name == s->xmlns || !attribute->value;
}

static const uint8_t *fail_at_attribute(struct scanner *s, const uint8_t *c)
{
    if (*c >= 0x80 || xml_char_is(c, XML_NAME_START))
        return scanner_fail(s, c, "space-required",
                            "white space is missing before an attribute");
    return scanner_fail(s, c, "gt-required", "a start tag does not end with '>'");
}

/* The attribute that stood there the last time, as it is written mostly, with nothing to say of
 * it. NULL: it is to be looked at closely. */
static inline const uint8_t *read_expected(struct scanner *s, const uint8_t *c,
                                           const struct dictionary_guess *next)
{
    struct dictionary_entry *name = next->last;
    if (*c != ' ' || !name || !scanner_name_stands(s, c + 1, name) || name->tag == s->tags ||
        s->n_attributes >= s->cap_attributes || s->n_attributes == s->limits.attributes)
        return NULL;
    c += name->len + 1;
    uint8_t quote = c[0] == '=' ? c[1] : '\0';
    if (quote != '"' && quote != '\'')
        return NULL;
    const uint8_t *behind = xml_skip_value(c + 2, s->end);
    if (*behind != quote)
        return NULL;
    struct scanned_attribute *attribute = &s->attributes[s->n_attributes++];
    *attribute = (struct scanned_attribute){name, c + 2, 0, (size_t)(behind - c) - 2};
    name->tag = s->tags;
    tell_attribute(s, attribute);
    return behind + 1;
}

const uint8_t *scanner_read_attributes(struct scanner *s, const uint8_t *c,
                                       struct dictionary_guess *first)
{
    struct dictionary_guess *next = first;
    for (;;) {
        const uint8_t *behind = read_expected(s, c, next);
        if (behind) {
            c = behind;
            next = &next->last->attribute;
            continue;
        }
        behind = c;
        c = xml_skip(c, XML_SPACE);
        if (*c == '>' || *c == '/')
            return c;
        if (c == behind || (!xml_char_is(c, XML_NAME_START) && *c < 0x80))
            return fail_at_attribute(s, c);
        struct scanned_attribute *attribute = scanner_add_attribute(s, c);
        const uint8_t *from = c;
        if (!attribute || !(c = scanner_read_repeated(s, c, next)))
            return NULL;
        attribute->name = next->last;
        next = &attribute->name->attribute;
        if (attribute->name->tag == s->tags)
            return scanner_fail(s, from, "attribute-redefined",
                                "the attribute %.200s is there twice",
                                (const char *)attribute->name->string);
        attribute->name->tag = s->tags;
        c = xml_skip(c, XML_SPACE);
        if (*c != '=')
            return scanner_fail(s, c, "attribute-without-value",
                                "the attribute %.200s has no value",
                                (const char *)attribute->name->string);
        if (!(c = read_value(s, xml_skip(c + 1, XML_SPACE), attribute)))
            return NULL;
        tell_attribute(s, attribute);
    }
}
