/* SPDX-License-Identifier: MIT */
#include "scanner/xml_declaration.h"

#include "base/xml_chars.h"
#include <string.h>

/* A value in quotes. */
struct literal {
    const uint8_t *at; /* NULL: it is not there */
    size_t len;
};

static const uint8_t *fail(struct xml_declaration *declaration, const uint8_t *c,
                           const char *code, const char *message)
{
    declaration->at = c;
    declaration->code = code;
    declaration->message = message;
    return NULL;
}

/* White space, the name, [25], and a literal; c itself where the name does not come. */
static const uint8_t *read_pseudo_attribute(struct xml_declaration *declaration,
                                            const uint8_t *c, const char *name,
                                            struct literal *value)
{
    const uint8_t *spaced = xml_skip(c, XML_SPACE), *behind = xml_skip_string(spaced, name);
    *value = (struct literal){NULL, 0};
    if (!behind)
        return c;
    if (spaced == c)
        return fail(declaration, c, "space-required",
                    "white space is missing in the XML declaration");
    c = xml_skip(behind, XML_SPACE);
    if (*c != '=')
        return fail(declaration, c, "equal-required", "'=' is missing in the XML declaration");
    c = xml_skip(c + 1, XML_SPACE);
    uint8_t quote = *c;
    if (quote != '"' && quote != '\'')
        return fail(declaration, c, "string-not-started",
                    "a value in the XML declaration is not in quotes");
    for (value->at = ++c; *c != quote && xml_char_is(c, XML_VALUE);)
        c++;
    if (*c != quote)
        return fail(declaration, c, "string-not-closed",
                    "a quote is not closed in the XML declaration");
    value->len = (size_t)(c - value->at);
    return c + 1;
}

/* [26] */
static bool is_version(const struct literal *value)
{
    size_t digits = 2;
    if (value->len < 3 || memcmp(value->at, "1.", 2) != 0)
        return false;
    while (digits < value->len && value->at[digits] >= '0' && value->at[digits] <= '9')
        digits++;
    return digits == value->len;
}

/* [81] */
static bool is_encoding_name(const struct literal *value)
{
    const uint8_t *c = value->at;
    if (!value->len || !xml_char_is(c, XML_NAME_START) || *c == ':' || *c == '_')
        return false;
    while (xml_char_is(c, XML_NAME) && *c != ':')
        c++;
    return c == value->at + value->len;
}

static bool is(const struct literal *value, const char *word)
{
    return value->len == strlen(word) && memcmp(value->at, word, value->len) == 0;
}

/* [24]; in a text declaration it may be missing. */
static const uint8_t *read_version(struct xml_declaration *declaration, const uint8_t *c,
                                   bool of_entity)
{
    struct literal value;
    if (!(c = read_pseudo_attribute(declaration, c, "version", &value)))
        return NULL;
    if (!value.at && !of_entity)
        return fail(declaration, c, "version-missing",
                    "the XML declaration does not begin with a version");
    if (value.at && !is_version(&value))
        return fail(declaration, value.at, "unknown-version",
                    "the version in the XML declaration is not 1.0");
    return c;
}

/* [80]; only in a text declaration it must be there. */
static const uint8_t *read_encoding(struct xml_declaration *declaration, const uint8_t *c,
                                    bool of_entity)
{
    struct literal value;
    if (!(c = read_pseudo_attribute(declaration, c, "encoding", &value)))
        return NULL;
    if (value.at ? !is_encoding_name(&value) : of_entity)
        return fail(declaration, value.at ? value.at : c, "encoding-name",
                    "what the XML declaration has for an encoding is no name of one");
    declaration->encoding = value.at;
    declaration->encoding_len = value.len;
    return c;
}

/* [32]; a text declaration has none. */
static const uint8_t *read_standalone(struct xml_declaration *declaration, const uint8_t *c)
{
    struct literal value;
    if (!(c = read_pseudo_attribute(declaration, c, "standalone", &value)))
        return NULL;
    declaration->standalone = value.at && is(&value, "yes");
    if (value.at && !declaration->standalone && !is(&value, "no"))
        return fail(declaration, value.at, "standalone-value",
                    "standalone in the XML declaration is neither 'yes' nor 'no'");
    return c;
}

static const uint8_t *read(struct xml_declaration *declaration, const uint8_t *c,
                           bool of_entity)
{
    if (!(c = read_version(declaration, c, of_entity)) ||
        !(c = read_encoding(declaration, c, of_entity)) ||
        !(of_entity || (c = read_standalone(declaration, c))))
        return NULL;
    const uint8_t *end = xml_skip_string(xml_skip(c, XML_SPACE), "?>");
    return end ? end
               : fail(declaration, xml_skip(c, XML_SPACE), "xmldecl-not-finished",
                      "the XML declaration does not end with ?>");
}

static bool read_if_there(struct xml_declaration *declaration, const uint8_t *c, bool of_entity)
{
    *declaration = (struct xml_declaration){0};
    c = xml_skip_string(c, "<?xml");
    if (!c || !xml_char_is(c, XML_SPACE))
        return false;
    declaration->end = read(declaration, c, of_entity);
    return true;
}

bool xml_declaration_read(const uint8_t *c, struct xml_declaration *declaration)
{
    return read_if_there(declaration, c, false);
}

bool xml_declaration_read_text(const uint8_t *c, struct xml_declaration *declaration)
{
    return read_if_there(declaration, c, true);
}
