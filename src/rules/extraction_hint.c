/* SPDX-License-Identifier: MIT */
#include "rules/extraction_hint.h"

#include <string.h>

/* As one word of a shell. */
static void append_quoted(struct buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] == '\'')
            buf_append_string(out, "'\\''");
        else
            buf_append_char(out, text[i]);
}

/* -x NAME=XPATH with `prefix` before each name of an element. */
static void append_option(struct buf *out, const struct extraction *extraction,
                          const char *prefix)
{
    size_t at = 0;
    buf_append_string(out, "-x '");
    append_quoted(out, extraction->name, strlen(extraction->name));
    buf_append_char(out, '=');
    const struct xpath_name_place *name = xpath_names(extraction->xpath);
    for (; name; name = name->next) {
        append_quoted(out, extraction->text + at, name->begin - at);
        bool is_any = extraction->text[name->local] == '*' && *prefix == '*';
        if (!is_any)
            buf_append_format(out, "%s:", prefix);
        at = name->local;
    }
    append_quoted(out, extraction->text + at, strlen(extraction->text + at));
    buf_append_char(out, '\'');
}

/* A prefix that the user has not bound, of one letter. */
static char free_prefix(const struct xpath_prefixes *prefixes)
{
    static const char letters[] = "pqrstuvwxyzabcdefghijklmno";
    const char *letter = letters;
    while (letter[1] && xpath_prefixes_find(prefixes, letter, 1))
        letter++;
    return *letter;
}

/* All names without a prefix are to get one; a name that has one keeps its namespace. */
static bool all_are_bare(const struct xpath_name_place *names)
{
    while (names && names->begin == names->local)
        names = names->next;
    return !names;
}

static void append_namespace(struct buf *out, const char *uri)
{
    buf_append_string(out, *uri ? uri : "no namespace");
}

void extraction_hint(const struct extraction *extraction, const struct xpath_prefixes *prefixes,
                     const char *const *roots, size_t n_roots, struct buf *why,
                     struct buf *instead)
{
    const struct xpath_name_place *names = xpath_names(extraction->xpath);
    if (!names || !n_roots)
        return;
    for (const struct xpath_name_place *name = names; name; name = name->next)
        for (size_t i = 0; i < n_roots; i++)
            if (strcmp(name->uri, roots[i]) == 0)
                return;
    buf_append_string(why, "its names are in ");
    append_namespace(why, names->uri);
    buf_append_string(why, ", the documents' roots in ");
    append_namespace(why, roots[0]);
    if (n_roots > 1)
        buf_append_format(why, " and %zu more", n_roots - 1);
    append_option(instead, extraction, "*");
    if (n_roots == 1 && *roots[0] && all_are_bare(names)) {
        const char prefix[] = {free_prefix(prefixes), '\0'};
        buf_append_format(instead, " or -N '%s=", prefix);
        append_quoted(instead, roots[0], strlen(roots[0]));
        buf_append_string(instead, "' ");
        append_option(instead, extraction, prefix);
    }
}
