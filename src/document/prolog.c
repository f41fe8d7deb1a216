/* SPDX-License-Identifier: MIT */
#include "prolog.h"

#include <string.h>

/* A name, [25], and in quotes one of `words`, which a NULL ends, or any name if there are none.
 */
static const byte *read_pseudo_attribute(const byte *c, const char *name,
                                         const char *const *words)
{
    if (!is(c, SPACE) || !(c = skip_string(skip(c, SPACE), name)))
        return NULL;
    c = skip(c, SPACE);
    if (*c != '=')
        return NULL;
    c = skip(c + 1, SPACE);
    byte quote = *c++;
    const byte *behind = NULL;
    if (quote != '"' && quote != '\'')
        return NULL;
    if (!words)
        behind = is(c, NAME_START) && *c != ':' && *c != '_' ? skip(c, NAME) : NULL;
    for (; words && *words && !behind; words++)
        behind = skip_string(c, *words);
    return behind && *behind == quote ? behind + 1 : NULL;
}

const byte *read_xml_declaration(const byte *c)
{
    static const char *const versions[] = {"1.0", NULL};
    static const char *const answers[] = {"yes", "no", NULL};
    const byte *next;
    if (!(c = read_pseudo_attribute(c, "version", versions)))
        return NULL;
    if ((next = read_pseudo_attribute(c, "encoding", NULL)))
        c = next;
    if ((next = read_pseudo_attribute(c, "standalone", answers)))
        c = next;
    return skip_string(skip(c, SPACE), "?>");
}

/* [11] [12], public identifiers by the stricter rule. */
static const byte *read_literal(const byte *c, const char *others)
{
    byte quote = *c++;
    if (quote != '"' && quote != '\'')
        return NULL;
    while (*c != quote && *c && (is(c, VALUE) || *c == '\n' || *c == '\'') &&
           (!others || is(c, NAME) || strchr(others, *c)))
        c++;
    return *c == quote ? c + 1 : NULL;
}

const byte *read_doctype(const byte *c)
{
    const byte *next;
    if (!is(c, SPACE) || !is(c = skip(c, SPACE), NAME_START))
        return NULL;
    c = skip(c, NAME);
    bool spaced = is(c, SPACE);
    c = skip(c, SPACE);
    if (spaced && (next = skip_string(c, "PUBLIC"))) {
        if (!is(next, SPACE) ||
            !(c = read_literal(skip(next, SPACE), "-'()+,./:=?;!*#@$_% \n")))
            return NULL;
        next = c;
    } else if (spaced) {
        next = skip_string(c, "SYSTEM");
    } else {
        next = NULL;
    }
    if (next && (!is(next, SPACE) || !(c = read_literal(skip(next, SPACE), NULL))))
        return NULL;
    c = skip(c, SPACE);
    return *c == '>' ? c + 1 : NULL;
}
