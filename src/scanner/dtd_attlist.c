/* SPDX-License-Identifier: MIT */
#include "scanner/dtd_read.h"

/* -- Types ---------------------------------------------------------------------------- */

static const uint8_t *read_token(struct scanner *s, const uint8_t *c)
{
    const uint8_t *behind = xml_skip_nmtoken(c, s->end);
    return behind > c ? behind
                      : scanner_fail(s, c, "nmtoken-required",
                                     "a value is missing in the list of an attribute's values");
}

/* [58] or [59], from its `(` on: notations, or any tokens. */
static const uint8_t *read_enumeration(struct scanner *s, const uint8_t *c, bool of_notations)
{
    struct dictionary_entry *name;
    do {
        c = xml_skip(c + 1, XML_SPACE);
        c = of_notations ? scanner_read_ncname(s, c, "a notation", &name) : read_token(s, c);
        if (!c)
            return NULL;
        c = xml_skip(c, XML_SPACE);
    } while (*c == '|');
    return *c == ')' ? c + 1
                     : scanner_fail(s, c, "attlist-not-finished",
                                    "the list of an attribute's values does not end with ')'");
}

/* [54] */
static const uint8_t *read_type(struct scanner *s, const uint8_t *c, bool *is_tokenized,
                                bool *is_id)
{
    static const char *const types[] = {"CDATA",  "IDREFS",   "IDREF",    "ID",
                                        "ENTITY", "ENTITIES", "NMTOKENS", "NMTOKEN"};
    enum { CDATA, ID = 3 };
    const uint8_t *behind;
    *is_tokenized = true;
    *is_id = false;
    if (*c == '(')
        return read_enumeration(s, c, false);
    if ((behind = xml_skip_string(c, "NOTATION"))) {
        if (!(c = dtd_need_space(s, behind)))
            return NULL;
        return *c == '(' ? read_enumeration(s, c, true)
                         : scanner_fail(s, c, "notation-not-started",
                                        "the list of an attribute's notations is missing");
    }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if ((behind = xml_skip_string(c, types[i]))) {
            *is_tokenized = i != CDATA;
            *is_id = i == ID;
            return behind;
        }
    return scanner_fail(s, c, "attlist-not-finished",
                        "an attribute is declared without a type");
}

/* -- Values --------------------------------------------------------------------------- */

/* 3.3.3: without spaces at either end, and one for several. Returns the new length. */
static size_t collapse(char *text, size_t len)
{
    size_t to = 0;
    for (size_t i = 0; i < len; i++)
        if (text[i] != ' ' || (to && text[to - 1] != ' '))
            text[to++] = text[i];
    return to && text[to - 1] == ' ' ? to - 1 : to;
}

static bool collapse_value(struct scanner *s, struct scanned_attribute *attribute)
{
    if (attribute->value) {
        attribute->from = s->values.len;
        if (buf_append(&s->values, attribute->value, attribute->len) < 0) {
            scanner_fail_without_memory(s);
            return false;
        }
        attribute->value = NULL;
    }
    attribute->len = collapse(s->values.data + attribute->from, attribute->len);
    return true;
}

/* A default is in the DTD once, but in the document as often as there are elements. What they
 * come to counts once it is more than ten times the document. */
static bool count_default(struct scanner *s, const uint8_t *c, size_t len)
{
    s->default_bytes += len + 1;
    if (s->default_bytes <= s->limits.entity_bytes || s->default_bytes / 10 <= s->document->len)
        return true;
    scanner_tell(s, c, SCANNER_LIMIT, "limit-entity",
                 "attributes by default are more than the limit; %s", s->limits.entity_remedy);
    return false;
}

bool dtd_complete_attributes(struct scanner *s, const uint8_t *c,
                             const struct dtd_attlist *attlist)
{
    for (size_t i = 0; attlist->has_tokenized && i < s->n_attributes; i++) {
        const struct dtd_attribute *declared =
            dtd_find_attribute(&s->dtd, attlist, s->attributes[i].name);
        if (declared && declared->is_tokenized && !collapse_value(s, &s->attributes[i]))
            return false;
    }
    for (const struct dtd_attribute *missing = attlist->defaults; missing;
         missing = missing->next) {
        if (missing->name->tag == s->tags)
            continue;
        struct scanned_attribute *attribute = scanner_add_attribute(s, c);
        if (!attribute || !count_default(s, c, missing->len))
            return false;
        *attribute = (struct scanned_attribute){missing->name, missing->value, 0, missing->len};
        missing->name->tag = s->tags;
    }
    return true;
}

/* -- Declarations --------------------------------------------------------------------- */

/* [60]; a value is in s->values. */
static const uint8_t *read_default(struct scanner *s, const uint8_t *c, bool *has_value)
{
    const uint8_t *behind;
    *has_value = false;
    if ((behind = xml_skip_string(c, "#REQUIRED")) || (behind = xml_skip_string(c, "#IMPLIED")))
        return behind;
    if ((behind = xml_skip_string(c, "#FIXED")) && !(c = dtd_need_space(s, behind)))
        return NULL;
    if (*c != '"' && *c != '\'')
        return scanner_fail(s, c, "attribute-not-started",
                            "an attribute is declared without its default");
    *has_value = true;
    buf_clear(&s->values);
    return scanner_copy_value(s, c);
}

static bool add(struct scanner *s, struct dtd_attlist *attlist,
                const struct dtd_attribute *declared, bool is_id)
{
    bool is_new;
    struct dtd_attribute *attribute =
        dtd_add_attribute(&s->dtd, attlist, declared->name, &is_new);
    if (!attribute || !is_new)
        return attribute != NULL;
    attribute->is_tokenized = declared->is_tokenized;
    attlist->has_tokenized |= declared->is_tokenized;
    if (is_id && !attlist->id)
        attlist->id = declared->name;
    if (!declared->value)
        return true;
    attribute->len =
        declared->is_tokenized ? collapse(s->values.data, s->values.len) : s->values.len;
    *attlist->last_default = attribute;
    attlist->last_default = &attribute->next;
    return (attribute->value = dtd_copy(&s->dtd, s->values.data, attribute->len)) != NULL;
}

/* [53] */
static const uint8_t *read_definition(struct scanner *s, const uint8_t *c,
                                      struct dtd_attlist *attlist)
{
    struct dtd_attribute declared = {0};
    bool is_id, has_value;
    if (!(c = dtd_read_qname(s, c, &declared.name)) || !(c = dtd_need_space(s, c)) ||
        !(c = read_type(s, c, &declared.is_tokenized, &is_id)) || !(c = dtd_need_space(s, c)) ||
        !(c = read_default(s, c, &has_value)))
        return NULL;
    declared.value = has_value ? (const xmlChar *)"" : NULL;
    if (!s->dtd.is_overtaken && !add(s, attlist, &declared, is_id))
        return scanner_fail_without_memory(s);
    return c;
}

const uint8_t *dtd_read_attlist(struct scanner *s, const uint8_t *c)
{
    struct dictionary_entry *element;
    if (!(c = dtd_need_space(s, c)) || !(c = dtd_read_qname(s, c, &element)))
        return NULL;
    struct dtd_attlist *attlist = dtd_add_attlist(&s->dtd, element);
    if (!attlist)
        return scanner_fail_without_memory(s);
    for (;;) {
        const uint8_t *spaced = xml_skip(c, XML_SPACE);
        if (*spaced == '>')
            return spaced + 1;
        if (!(c = dtd_need_space(s, c)) || !(c = read_definition(s, c, attlist)))
            return NULL;
    }
}
