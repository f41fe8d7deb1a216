/* SPDX-License-Identifier: MIT */
#include "rules/extractions.h"

#include "base/ascii.h"
#include "libxml/libxml_errors.h"
#include <libxml/parser.h>
#include <libxml/xpathInternals.h>
#include <stdlib.h>
#include <string.h>

static bool is_name_char(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '_' || c == '-' || c == '.' ||
           (unsigned char)c >= 0x80;
}

static int check_prefix(const struct extraction *extraction, const char *prefix, int len,
                        const struct xpath_prefixes *prefixes, struct thresh_error *error)
{
    if (xpath_prefixes_find(prefixes, prefix, (size_t)len))
        return 0;
    return error_set(error,
                     "--extract %s: the prefix '%.*s' is not bound; add --namespace %.*s=URI",
                     extraction->name, len, prefix, len, prefix);
}

/* libxml2 learns of an unbound prefix only when it meets a node to test, perhaps never, and a
 * column would be empty without a reason. So the expression's text is searched for prefixes. */
static int check_prefixes(const struct extraction *extraction,
                          const struct xpath_prefixes *prefixes, struct thresh_error *error)
{
    for (const char *c = extraction->xpath; *c;) {
        if (*c == '"' || *c == '\'') {
            const char *end = strchr(c + 1, *c);
            c = end ? end + 1 : c + strlen(c);
        } else if (is_name_char(*c)) {
            const char *name = c;
            while (is_name_char(*c))
                c++;
            if (*c == ':' && c[1] != ':' &&
                check_prefix(extraction, name, (int)(c - name), prefixes, error) < 0)
                return -1;
        } else {
            c++;
        }
    }
    return 0;
}

/* libxml2 has no message here, only the place. */
static void keep_place(void *context, libxml_error_argument from)
{
    int *place = context;
    if (!*place)
        *place = from->int1 + 1;
}

void extraction_bind_prefixes(xmlXPathContext *context, const struct xpath_prefixes *prefixes)
{
    for (size_t i = 0; i < prefixes->n; i++)
        xmlXPathRegisterNs(context, (const xmlChar *)prefixes->items[i].prefix,
                           (const xmlChar *)prefixes->items[i].uri);
}

/* Compiles and runs the expression once, on a document of one element. */
static int try_out(const struct extraction *extraction, const struct xpath_prefixes *prefixes,
                   struct thresh_error *error)
{
    xmlDoc *doc = xmlReadMemory("<x/>", 4, NULL, NULL, 0);
    xmlXPathContext *context = doc ? xmlXPathNewContext(doc) : NULL;
    int place = 0, rc = -1;
    if (!context) {
        xmlFreeDoc(doc);
        return error_no_memory(error);
    }
    context->error = (xmlStructuredErrorFunc)keep_place;
    context->userData = &place;
    extraction_bind_prefixes(context, prefixes);
    xmlXPathCompExpr *compiled =
        xmlXPathCtxtCompile(context, (const xmlChar *)extraction->xpath);
    xmlXPathObject *object = compiled ? xmlXPathCompiledEval(compiled, context) : NULL;
    if (object)
        rc = 0;
    else
        error_set(error,
                  "--extract %s: '%s' is not an XPath 1.0 expression, from character %d on",
                  extraction->name, extraction->xpath, place);
    xmlXPathFreeObject(object);
    xmlXPathFreeCompExpr(compiled);
    xmlXPathFreeContext(context);
    xmlFreeDoc(doc);
    return rc;
}

int extraction_from_option(struct extraction *extraction, const char *option,
                           struct thresh_error *error)
{
    const char *equals = strchr(option, '=');
    extraction->name = strndup(option, (size_t)(equals - option));
    extraction->xpath = strdup(equals + 1);
    return extraction->name && extraction->xpath ? 0 : error_no_memory(error);
}

int extraction_compile(struct extraction *extraction, const struct xpath_prefixes *prefixes,
                       struct thresh_error *error)
{
    if (check_prefixes(extraction, prefixes, error) < 0 ||
        try_out(extraction, prefixes, error) < 0)
        return -1;
    extraction->query = xpath_query_compile(extraction->xpath, prefixes);
    return 0;
}

void extraction_free(struct extraction *extraction)
{
    free(extraction->name);
    free(extraction->xpath);
    xpath_query_free(extraction->query);
}
