/* SPDX-License-Identifier: MIT */
#include "rules/xpath_query.h"

#include "base/xml_chars.h"
#include <stdlib.h>
#include <string.h>

enum { EXPRESSION_BYTES = 4096 };

struct query_compiler {
    struct xpath_query *query;
    char *string; /* the place for the next name or value */
    const struct xpath_prefixes *prefixes;
};

const char *xpath_prefixes_find(const struct xpath_prefixes *prefixes, const char *prefix,
                                size_t len)
{
    if (len == 3 && memcmp(prefix, "xml", 3) == 0)
        return "http://www.w3.org/XML/1998/namespace";
    for (size_t i = 0; i < prefixes->n; i++)
        if (strlen(prefixes->items[i].prefix) == len &&
            memcmp(prefixes->items[i].prefix, prefix, len) == 0)
            return prefixes->items[i].uri;
    return NULL;
}

static const uint8_t *skip_space(const uint8_t *c)
{
    return xml_skip(c, XML_SPACE);
}

static const char *keep(struct query_compiler *compiler, const uint8_t *string,
                        const uint8_t *end)
{
    char *kept = compiler->string;
    size_t len = (size_t)(end - string);
    memcpy(kept, string, len);
    kept[len] = '\0';
    compiler->string += len + 1;
    return kept;
}

static const uint8_t *name_end(const uint8_t *c)
{
    const uint8_t *end = xml_skip_name(c, c + strlen((const char *)c));
    return end && end > c ? end : NULL;
}

/* XPath 1.0 [37]: *, p:*, p:name or name. */
static const uint8_t *read_test(struct query_compiler *compiler, const uint8_t *c,
                                struct xpath_name_test *test)
{
    test->uri = "";
    if (*c == '*') {
        test->any_uri = true;
        return c + 1;
    }
    const uint8_t *end = name_end(c);
    if (!end)
        return NULL;
    const uint8_t *colon = memchr(c, ':', (size_t)(end - c));
    if (colon) {
        test->uri =
            xpath_prefixes_find(compiler->prefixes, (const char *)c, (size_t)(colon - c));
        c = colon + 1;
        if (!test->uri || memchr(c, ':', (size_t)(end - c)))
            return NULL;
        if (c == end)
            return *c == '*' ? c + 1 : NULL;
    }
    test->local = keep(compiler, c, end);
    return *skip_space(end) == '(' ? NULL : end;
}

/* Behind the [ of [@name] or [@name='value']. */
static const uint8_t *read_predicate(struct query_compiler *compiler, const uint8_t *c)
{
    struct xpath_query *query = compiler->query;
    c = skip_space(c);
    if (*c != '@' || query->n_predicates == QUERY_PREDICATES)
        return NULL;
    struct xpath_predicate *predicate = &query->predicates[query->n_predicates++];
    if (!(c = read_test(compiler, skip_space(c + 1), &predicate->test)))
        return NULL;
    c = skip_space(c);
    if (*c == '=') {
        c = skip_space(c + 1);
        const char *quote = *c == '"' || *c == '\'' ? strchr((const char *)c + 1, *c) : NULL;
        if (!quote)
            return NULL;
        predicate->value = keep(compiler, c + 1, (const uint8_t *)quote);
        c = skip_space((const uint8_t *)quote + 1);
    }
    return *c == ']' ? skip_space(c + 1) : NULL;
}

static const uint8_t *read_step(struct query_compiler *compiler, const uint8_t *c,
                                struct xpath_step *step)
{
    step->first_predicate = (uint8_t)compiler->query->n_predicates;
    step->attribute = *c == '@';
    c = read_test(compiler, skip_space(c + step->attribute), &step->test);
    c = c ? skip_space(c) : NULL;
    while (c && *c == '[' && !step->attribute) {
        c = read_predicate(compiler, c + 1);
        step->n_predicates++;
    }
    return c;
}

/* A path, with the slash that it may begin with. */
static const uint8_t *read_path(struct query_compiler *compiler, const uint8_t *c)
{
    struct xpath_query *query = compiler->query;
    bool leading = true;
    if (*c == '.' && c[1] == '/')
        c++;
    for (;; leading = false) {
        c = skip_space(c);
        bool slash = *c == '/', twice = slash && c[1] == '/';
        if (!slash && !leading)
            return c;
        c = skip_space(c + slash + twice);
        if (query->n == QUERY_STEPS)
            return NULL;
        if (leading)
            query->first |= UINT64_C(1) << query->n;
        else if (query->steps[query->n - 1].attribute)
            return NULL;
        else
            query->steps[query->n - 1].last = false;
        struct xpath_step *step = &query->steps[query->n++];
        step->descendant = twice;
        step->last = true;
        if (!(c = read_step(compiler, c, step)))
            return NULL;
    }
}

static const uint8_t *read_union(struct query_compiler *compiler, const uint8_t *c)
{
    for (;; c++) {
        c = read_path(compiler, skip_space(c));
        if (!c || *c != '|')
            return c;
    }
}

static bool read_expression(struct query_compiler *compiler, const uint8_t *c)
{
    static const struct {
        const char *name;
        enum xpath_query_result result;
    } functions[] = {{"count", QUERY_COUNT},
                     {"string", QUERY_STRING},
                     {"boolean", QUERY_BOOLEAN},
                     {"number", QUERY_NUMBER},
                     {"sum", QUERY_SUM}};
    bool called = false;
    c = skip_space(c);
    for (size_t i = 0; i < sizeof functions / sizeof *functions && !called; i++) {
        const uint8_t *behind = xml_skip_string(c, functions[i].name);
        behind = behind ? skip_space(behind) : NULL;
        called = behind && *behind == '(';
        if (called) {
            compiler->query->result = functions[i].result;
            c = behind + 1;
        }
    }
    c = read_union(compiler, c);
    if (called)
        c = c && *c == ')' ? skip_space(c + 1) : NULL;
    return c && !*c;
}

struct xpath_query *xpath_query_compile(const char *xpath,
                                        const struct xpath_prefixes *prefixes)
{
    size_t len = strlen(xpath);
    if (len > EXPRESSION_BYTES)
        return NULL;
    /* Each string takes its length and a NUL, and in the expression at least as much: something
     * stands between two of them. */
    struct xpath_query *query = calloc(1, sizeof *query + len + 2);
    if (!query)
        return NULL;
    struct query_compiler compiler = {query, query->strings, prefixes};
    if (read_expression(&compiler, (const uint8_t *)xpath))
        return query;
    free(query);
    return NULL;
}

void xpath_query_free(struct xpath_query *query)
{
    free(query);
}
