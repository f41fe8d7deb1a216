/* SPDX-License-Identifier: MIT */
#include "scanner/dtd_read.h"

static const uint8_t *read_parameter_entity(struct scanner *s, const uint8_t *c)
{
    struct dtd_entity *entity;
    const uint8_t *behind = dtd_read_parameter_reference(s, c, &entity);
    return behind && entity ? scanner_enter_entity(s, entity, c, behind) : behind;
}

/* [82] */
static const uint8_t *read_notation(struct scanner *s, const uint8_t *c)
{
    struct dictionary_entry *name;
    struct dtd_external_id id;
    if (!(c = dtd_need_space(s, c)) || !(c = scanner_read_ncname(s, c, "a notation", &name)) ||
        !(c = dtd_need_space(s, c)) || !(c = dtd_read_external_id(s, c, true, &id)))
        return NULL;
    return id.is_there ? dtd_read_end(s, c)
                       : scanner_fail(s, c, "notation-not-started",
                                      "a notation has neither SYSTEM nor PUBLIC");
}

/* [29] */
static const uint8_t *read_declaration(struct scanner *s, const uint8_t *c)
{
    static const struct {
        const char *keyword;
        const uint8_t *(*read)(struct scanner *s, const uint8_t *c);
    } kinds[] = {
        {"<!--", scanner_read_comment},  {"<?", scanner_read_instruction},
        {"<!ENTITY", dtd_read_entity},   {"<!ATTLIST", dtd_read_attlist},
        {"<!ELEMENT", dtd_read_element}, {"<!NOTATION", read_notation},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const uint8_t *behind = xml_skip_string(c, kinds[i].keyword);
        if (behind)
            return kinds[i].read(s, behind);
    }
    return scanner_fail(s, c, "doctype-not-finished",
                        "no declaration of an internal subset begins so");
}

const uint8_t *dtd_read_subset(struct scanner *s, const uint8_t *c)
{
    s->dtd.is_open = true;
    while (c && !s->stopped) {
        c = xml_skip(c, XML_SPACE);
        if (*c == '<')
            c = read_declaration(s, c);
        else if (*c == '%')
            c = read_parameter_entity(s, c);
        else if (c == s->end && s->n_outer)
            c = scanner_leave_entity(s);
        else if (*c == ']' && !s->n_outer)
            break;
        else
            c = scanner_fail(s, c, "doctype-not-finished",
                             "the internal subset does not end with ']'");
    }
    s->dtd.is_open = false;
    return c && !s->stopped ? c + 1 : NULL;
}
