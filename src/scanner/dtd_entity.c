/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"
#include "scanner/dtd_read.h"

/* -- Values --------------------------------------------------------------------------- */

static const uint8_t *copy_text(struct scanner *s, const uint8_t *c, uint8_t quote,
                                bool *is_read);

/* References to characters are replaced now, those to entities where the entity is used. */
static const uint8_t *copy_reference(struct scanner *s, const uint8_t *c)
{
    uint8_t utf8[4];
    uint32_t code_point;
    struct dictionary_entry *name;
    const uint8_t *behind;
    if (c[1] == '#' && (behind = xml_read_reference(c, &code_point))) {
        buf_append(&s->values, utf8, utf8_write(code_point, utf8));
        return behind;
    }
    if (!(behind = scanner_read_reference(s, c, &name)))
        return NULL;
    buf_append(&s->values, c, (size_t)(behind - c));
    return behind;
}

/* WFC PEs in Internal Subset: no declaration that the document itself has refers to one. */
static const uint8_t *copy_parameter(struct scanner *s, const uint8_t *c, bool *is_read)
{
    struct dtd_entity *entity;
    if (!s->n_outer)
        return scanner_fail(s, c, "peref-in-int-subset",
                            "'%%' refers to a parameter entity inside of a declaration");
    const uint8_t *behind = dtd_read_parameter_reference(s, c, &entity);
    *is_read &= entity != NULL;
    if (!behind || !entity)
        return behind;
    const uint8_t *text = scanner_enter_entity(s, entity, c, behind);
    return text && copy_text(s, text, '\0', is_read) ? scanner_leave_entity(s) : NULL;
}

/* Up to the quote, or up to the NUL at the end of a parameter entity's text. */
static const uint8_t *copy_text(struct scanner *s, const uint8_t *c, uint8_t quote,
                                bool *is_read)
{
    const unsigned any = XML_TEXT | XML_VALUE | XML_INERT;
    while (*c != quote) {
        const uint8_t *from = c, *behind;
        if (*c == '&') {
            if (!(c = copy_reference(s, c)))
                return NULL;
        } else if (*c == '%') {
            if (!(c = copy_parameter(s, c, is_read)))
                return NULL;
        } else if (*c == '\r') {
            c += c[1] == '\n' && !s->n_outer ? 2 : 1;
            buf_append_char(&s->values, s->n_outer ? '\r' : '\n');
        } else {
            while (*c != quote && *c != '&' && *c != '%' && xml_char_is(c, any))
                c++;
            if (!(behind = xml_skip_non_ascii(c, s->end)))
                return scanner_fail_behind(s, c, "invalid-char", "in the value of an entity");
            if ((c = behind) == from)
                return scanner_fail(s, c, "entity-not-finished",
                                    "the value of an entity does not end with its quote");
            buf_append(&s->values, from, (size_t)(c - from));
        }
    }
    return s->values.failed ? scanner_fail_without_memory(s) : c;
}

/* -- Declarations --------------------------------------------------------------------- */

/* What a declaration says of an entity. */
struct declared_entity {
    enum dtd_entity_kind kind;
    const struct dictionary_entry *name;
    bool is_internal; /* its text is in s->values */
    bool is_unparsed;
    struct dtd_external_id id;
};

/* [73] [74], but for their literals */
static const uint8_t *read_external(struct scanner *s, const uint8_t *c,
                                    struct declared_entity *entity)
{
    struct dictionary_entry *notation;
    if (!(c = dtd_read_external_id(s, c, false, &entity->id)))
        return NULL;
    if (!entity->id.is_there)
        return scanner_fail(s, c, "value-required",
                            "an entity has neither a value nor SYSTEM nor PUBLIC");
    const uint8_t *spaced = xml_skip(c, XML_SPACE), *ndata = xml_skip_string(spaced, "NDATA");
    entity->is_unparsed = ndata && spaced > c && entity->kind == DTD_GENERAL;
    if (!entity->is_unparsed)
        return c;
    c = dtd_need_space(s, ndata);
    return c ? scanner_read_ncname(s, c, "a notation", &notation) : NULL;
}

static bool add_external(struct scanner *s, struct dtd_entity *entity,
                         const struct dtd_external_id *id)
{
    entity->base = scanner_base(s);
    entity->system_id = dtd_copy(&s->dtd, id->system_id, id->system_len);
    if (id->public_id)
        entity->public_id = dtd_copy(&s->dtd, id->public_id, id->public_len);
    return entity->system_id && (entity->public_id || !id->public_id);
}

static bool add(struct scanner *s, const struct declared_entity *declared)
{
    bool is_new;
    struct dtd_entity *entity =
        dtd_add_entity(&s->dtd, declared->name, declared->kind, &is_new);
    if (!entity)
        return false;
    if (!is_new)
        return true;
    entity->is_unparsed = declared->is_unparsed;
    entity->in_parameter = s->n_outer > 0;
    if (!declared->is_internal)
        return add_external(s, entity, &declared->id);
    entity->len = s->values.len;
    return (entity->text = dtd_copy(&s->dtd, s->values.data, s->values.len)) != NULL;
}

const uint8_t *dtd_read_entity(struct scanner *s, const uint8_t *c)
{
    struct declared_entity entity = {DTD_GENERAL, .is_internal = true};
    struct dictionary_entry *name;
    bool is_read = true;
    if (!(c = dtd_need_space(s, c)))
        return NULL;
    if (*c == '%') {
        entity.kind = DTD_PARAMETER;
        if (!(c = dtd_need_space(s, c + 1)))
            return NULL;
    }
    if (!(c = scanner_read_ncname(s, c, "an entity", &name)) || !(c = dtd_need_space(s, c)))
        return NULL;
    entity.name = name;
    buf_clear(&s->values);
    if (*c == '"' || *c == '\'') {
        c = copy_text(s, c + 1, *c, &is_read);
        c = c ? c + 1 : NULL;
    } else {
        entity.is_internal = false;
        c = read_external(s, c, &entity);
    }
    if (!c || !(c = dtd_read_end(s, c)))
        return NULL;
    if (is_read && !s->dtd.is_overtaken && !add(s, &entity))
        return scanner_fail_without_memory(s);
    return c;
}
