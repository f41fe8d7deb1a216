/* SPDX-License-Identifier: MIT
 *
 * What declarations are made of.
 */
#include "scanner/dtd_read.h"

#include <string.h>

const uint8_t *dtd_need_space(struct scanner *s, const uint8_t *c)
{
    if (xml_char_is(c, XML_SPACE))
        return xml_skip(c, XML_SPACE);
    return scanner_fail(s, c, "space-required", "white space is missing in a declaration");
}

const uint8_t *dtd_read_end(struct scanner *s, const uint8_t *c)
{
    c = xml_skip(c, XML_SPACE);
    return *c == '>' ? c + 1
                     : scanner_fail(s, c, "gt-required", "a declaration does not end with '>'");
}

const uint8_t *dtd_read_qname(struct scanner *s, const uint8_t *c,
                              struct dictionary_entry **name)
{
    const uint8_t *behind = scanner_read_qname(s, c, name);
    if (behind && (*name)->prefix == s->misplaced_colon)
        scanner_tell(s, c, SCANNER_NAMESPACE, "qname",
                     "%.200s, in a declaration, is no name with a prefix: a colon is out of "
                     "place",
                     (const char *)(*name)->string);
    return behind;
}

/* [11] or [12]: in quotes. */
static const uint8_t *read_literal(struct scanner *s, const uint8_t *c, const uint8_t **text,
                                   size_t *len)
{
    uint8_t quote = *c;
    if (quote != '"' && quote != '\'')
        return scanner_fail(s, c, "literal-not-started", "an identifier is not in quotes");
    *text = ++c;
    const uint8_t *end = memchr(c, quote, (size_t)(s->end - c));
    if (!end || xml_skip_chars(c, end) < end)
        return scanner_fail_behind(s, c, "literal-not-finished",
                                   "an identifier does not end with its quote");
    *len = (size_t)(end - c);
    return end + 1;
}

/* [13] */
static const uint8_t *read_public_literal(struct scanner *s, const uint8_t *c,
                                          struct dtd_external_id *id)
{
    c = read_literal(s, c, &id->public_id, &id->public_len);
    const uint8_t *text = id->public_id;
    for (size_t i = 0; c && i < id->public_len; i++)
        if (text[i] >= 0x80 || text[i] == '<' || text[i] == '>' || text[i] == '&' ||
            text[i] == '\t' ||
            !strchr(" \r\n-'()+,./:=?;!*#@$_%"
                    "abcdefghijklmnopqrstuvwxyz"
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
                    text[i]))
            return scanner_fail(s, text + i, "pubid-required",
                                "a character that is not for public identifiers");
    return c;
}

const uint8_t *dtd_read_external_id(struct scanner *s, const uint8_t *c, bool may_be_public,
                                    struct dtd_external_id *id)
{
    const uint8_t *public_id = xml_skip_string(c, "PUBLIC");
    const uint8_t *system_id = xml_skip_string(c, "SYSTEM");
    *id = (struct dtd_external_id){.is_there = public_id || system_id};
    if (!id->is_there)
        return c;
    if (!(c = dtd_need_space(s, public_id ? public_id : system_id)))
        return NULL;
    if (public_id) {
        if (!(c = read_public_literal(s, c, id)))
            return NULL;
        const uint8_t *behind = xml_skip(c, XML_SPACE);
        if (may_be_public && *behind != '"' && *behind != '\'')
            return c;
        if (!(c = dtd_need_space(s, c)))
            return NULL;
    }
    return read_literal(s, c, &id->system_id, &id->system_len);
}

/* 5.1: what is declared behind one that is not read is not gone by, for it may have been
 * declared there, or have another value. */
static void pass_over(struct scanner *s, const uint8_t *c, const struct dictionary_entry *name,
                      const struct dtd_entity *entity)
{
    const char *string = (const char *)name->string;
    if (entity)
        scanner_tell(s, c, SCANNER_UNREAD, "external-entity",
                     "the parameter entity %.60s lies outside the document (%.120s) and is not "
                     "read, nor is what is declared behind it",
                     string, entity->system_id);
    else
        scanner_tell(s, c, SCANNER_UNREAD, "undeclared-entity",
                     "the parameter entity %.200s may be declared outside the document, and is "
                     "not read, nor is what is declared behind it",
                     string);
    s->dtd.is_overtaken = true;
}

const uint8_t *dtd_read_parameter_reference(struct scanner *s, const uint8_t *c,
                                            struct dtd_entity **entity)
{
    struct dictionary_entry *name;
    const uint8_t *behind = scanner_read_ncname(s, c + 1, "an entity", &name);
    if (!behind)
        return NULL;
    if (*behind != ';')
        return scanner_fail(s, behind, "peref-semicol-missing",
                            "the reference to %.200s does not end with ';'",
                            (const char *)name->string);
    s->dtd.has_parameter_references = true;
    *entity = dtd_find_entity(&s->dtd, name, DTD_PARAMETER);
    if (!*entity && s->dtd.is_standalone && !s->n_outer)
        return scanner_fail(s, c, "undeclared-entity",
                            "the parameter entity %.200s is not declared",
                            (const char *)name->string);
    if (*entity && scanner_read_external(s, *entity))
        return behind + 1;
    if (!s->dtd.is_standalone) /* else it changes nothing, says the document */
        pass_over(s, c, name, *entity);
    *entity = NULL;
    return s->stopped || s->no_memory ? NULL : behind + 1;
}
