/* SPDX-License-Identifier: MIT */
#include "document/scanner/prolog.h"

#include <string.h>

/* White space, the name, [25], and in quotes one of `words`, which a NULL ends; without
 * words any encoding name [81]. */
static const uint8_t *read_pseudo_attribute(const uint8_t *c, const char *name,
                                            const char *const *words)
{
    if (!xml_char_is(c, XML_SPACE) || !(c = xml_skip_string(xml_skip(c, XML_SPACE), name)))
        return NULL;
    c = xml_skip(c, XML_SPACE);
    if (*c != '=')
        return NULL;
    c = xml_skip(c + 1, XML_SPACE);
    uint8_t quote = *c++;
    const uint8_t *behind = NULL;
    if (quote != '"' && quote != '\'')
        return NULL;
    if (!words)
        behind = xml_char_is(c, XML_NAME_START) && *c != ':' && *c != '_'
                     ? xml_skip(c, XML_NAME)
                     : NULL;
    for (; words && *words && !behind; words++)
        behind = xml_skip_string(c, *words);
    return behind && *behind == quote ? behind + 1 : NULL;
}

const uint8_t *prolog_read_declaration(const uint8_t *c)
{
    static const char *const versions[] = {"1.0", NULL};
    static const char *const yes_no[] = {"yes", "no", NULL};
    const uint8_t *next;
    if (!(c = read_pseudo_attribute(c, "version", versions)))
        return NULL;
    if ((next = read_pseudo_attribute(c, "encoding", NULL)))
        c = next;
    if ((next = read_pseudo_attribute(c, "standalone", yes_no)))
        c = next;
    return xml_skip_string(xml_skip(c, XML_SPACE), "?>");
}

/* [11] [12]: a literal in quotes. Beside the characters of names it holds `others`, or
 * whatever a value may hold if that is NULL. */
static const uint8_t *read_literal(const uint8_t *c, const char *others)
{
    uint8_t quote = *c++;
    if (quote != '"' && quote != '\'')
        return NULL;
    while (*c != quote && *c && (xml_char_is(c, XML_VALUE) || *c == '\n' || *c == '\'') &&
           (!others || xml_char_is(c, XML_NAME) || strchr(others, *c)))
        c++;
    return *c == quote ? c + 1 : NULL;
}

const uint8_t *prolog_read_doctype(const uint8_t *c)
{
    const uint8_t *next;
    if (!xml_char_is(c, XML_SPACE) || !xml_char_is(c = xml_skip(c, XML_SPACE), XML_NAME_START))
        return NULL;
    c = xml_skip(c, XML_NAME);
    bool spaced = xml_char_is(c, XML_SPACE);
    c = xml_skip(c, XML_SPACE);
    if (spaced && (next = xml_skip_string(c, "PUBLIC"))) {
        if (!xml_char_is(next, XML_SPACE) ||
            !(c = read_literal(xml_skip(next, XML_SPACE), "-'()+,./:=?;!*#@$_% \n")))
            return NULL;
        next = c;
    } else if (spaced) {
        next = xml_skip_string(c, "SYSTEM");
    } else {
        next = NULL;
    }
    if (next &&
        (!xml_char_is(next, XML_SPACE) || !(c = read_literal(xml_skip(next, XML_SPACE), NULL))))
        return NULL;
    c = xml_skip(c, XML_SPACE);
    return *c == '>' ? c + 1 : NULL;
}
