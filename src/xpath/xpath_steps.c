/* SPDX-License-Identifier: MIT */
#include "xpath/xpath_steps.h"

#include "base/utf8.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *xpath_prefixes_find(const struct xpath_prefixes *prefixes, const char *prefix,
                                size_t len)
{
    if (len == 3 && memcmp(prefix, "xml", 3) == 0)
        return (const char *)XML_XML_NAMESPACE;
    for (size_t i = 0; i < prefixes->n; i++)
        if (strlen(prefixes->items[i].prefix) == len &&
            memcmp(prefixes->items[i].prefix, prefix, len) == 0)
            return prefixes->items[i].uri;
    return NULL;
}

/* -- Tokens --------------------------------------------------------------------------- */

void *xpath_compiler_alloc(struct xpath_compiler *compiler, size_t size)
{
    return arena_alloc(compiler->arena, size);
}

const char *xpath_compiler_keep(struct xpath_compiler *compiler, const char *text, size_t len)
{
    char *kept = arena_alloc(compiler->arena, len + 1);
    return kept ? memcpy(kept, text, len) : NULL;
}

bool xpath_compiler_fail(struct xpath_compiler *compiler, const char *format, ...)
{
    if (xpath_compiler_has_failed(compiler))
        return false;
    size_t before = (size_t)(compiler->at - compiler->text);
    compiler->error->character = utf8_length(compiler->text, before) + 1;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(compiler->error->text, sizeof compiler->error->text, format, arguments);
    va_end(arguments);
    return false;
}

bool xpath_compiler_has_failed(const struct xpath_compiler *compiler)
{
    return compiler->error->text[0];
}

const char *xpath_compiler_skip_space(struct xpath_compiler *compiler)
{
    compiler->at = (const char *)xml_skip((const uint8_t *)compiler->at, XML_SPACE);
    return compiler->at;
}

bool xpath_compiler_take(struct xpath_compiler *compiler, const char *token)
{
    const char *at = xpath_compiler_skip_space(compiler);
    if (strncmp(at, token, strlen(token)) != 0)
        return false;
    compiler->at += strlen(token);
    return true;
}

bool xpath_compiler_expect(struct xpath_compiler *compiler, const char *token)
{
    return xpath_compiler_take(compiler, token) ||
           xpath_compiler_fail(compiler, "'%s' is expected", token);
}

size_t xpath_compiler_name_length(const char *at)
{
    const uint8_t *begin = (const uint8_t *)at;
    const uint8_t *end = xml_skip_name(begin, begin + strlen(at));
    const uint8_t *colon = memchr(begin, ':', (size_t)(end - begin));
    return (size_t)((colon ? colon : end) - begin);
}

bool xpath_compiler_is_node_type(const char *name, size_t len)
{
    static const char *const types[] = {"comment", "text", "processing-instruction", "node"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strlen(types[i]) == len && memcmp(types[i], name, len) == 0)
            return true;
    return false;
}

/* -- Node tests ----------------------------------------------------------------------- */

static bool read_node_type(struct xpath_compiler *compiler, struct xpath_step *step, size_t len)
{
    const char *name = compiler->at;
    step->test = *name == 'c'   ? XPATH_TEST_COMMENT
                 : *name == 't' ? XPATH_TEST_TEXT
                 : *name == 'p' ? XPATH_TEST_INSTRUCTION
                                : XPATH_TEST_NODE;
    compiler->at += len;
    xpath_compiler_take(compiler, "(");
    char quote = *xpath_compiler_skip_space(compiler);
    const char *end = NULL;
    if (step->test == XPATH_TEST_INSTRUCTION && (quote == '"' || quote == '\''))
        end = strchr(compiler->at + 1, quote);
    if (end) {
        const char *target = compiler->at + 1;
        if (!(step->local = xpath_compiler_keep(compiler, target, (size_t)(end - target))))
            return false;
        compiler->at = end + 1;
    }
    return xpath_compiler_expect(compiler, ")");
}

static bool read_prefix(struct xpath_compiler *compiler, struct xpath_step *step, size_t len)
{
    const char *prefix = compiler->at;
    int shown = len > 60 ? 60 : (int)len;
    step->uri = xpath_prefixes_find(compiler->prefixes, prefix, len);
    if (!step->uri)
        return xpath_compiler_fail(compiler,
                                   "the prefix '%.*s' is not bound; add --namespace %.*s=URI",
                                   shown, prefix, shown, prefix);
    compiler->at += len + 1;
    return true;
}

/* Keeps where the name of an element stands, for xpath_names. */
static bool note_name(struct xpath_compiler *compiler, const struct xpath_step *step,
                      const char *begin, const char *local)
{
    if (step->axis == XPATH_AXIS_ATTRIBUTE || step->axis == XPATH_AXIS_NAMESPACE ||
        step->any_uri)
        return true;
    struct xpath_name_place *place = xpath_compiler_alloc(compiler, sizeof *place);
    if (!place)
        return false;
    place->begin = (size_t)(begin - compiler->text);
    place->local = (size_t)(local - compiler->text);
    place->end = (size_t)(compiler->at - compiler->text);
    place->uri = step->uri;
    *compiler->end_of_names = place;
    compiler->end_of_names = &place->next;
    return true;
}

/* [37] *, p:*, p:name or name; and *:name, in whatever namespace, which XPath 2.0 added. */
static bool read_name_test(struct xpath_compiler *compiler, struct xpath_step *step)
{
    const char *at = xpath_compiler_skip_space(compiler), *const begin = at;
    size_t len = xpath_compiler_name_length(at);
    step->uri = "";
    if (xpath_compiler_take(compiler, "*")) {
        step->any_uri = true;
        if (at[1] != ':' || at[2] == ':')
            return true;
        at += 2;
        compiler->at = at;
        len = xpath_compiler_name_length(at);
    } else if (len && at[len] == ':' && at[len + 1] != ':') {
        if (!read_prefix(compiler, step, len))
            return false;
        at = compiler->at;
        if (*at == '*') {
            compiler->at++;
            return note_name(compiler, step, begin, at);
        }
        len = xpath_compiler_name_length(at);
    }
    if (!len)
        return xpath_compiler_fail(compiler, "a step of a path is expected");
    compiler->at += len;
    step->local = xpath_compiler_keep(compiler, at, len);
    return step->local && note_name(compiler, step, begin, at);
}

static bool read_node_test(struct xpath_compiler *compiler, struct xpath_step *step)
{
    const char *at = xpath_compiler_skip_space(compiler);
    size_t len = xpath_compiler_name_length(at);
    if (len && *xml_skip((const uint8_t *)at + len, XML_SPACE) == '(')
        return xpath_compiler_is_node_type(at, len)
                   ? read_node_type(compiler, step, len)
                   : xpath_compiler_fail(compiler, "a function is no step of a path");
    step->test = XPATH_TEST_NAME;
    return read_name_test(compiler, step);
}

/* -- Steps ---------------------------------------------------------------------------- */

static const char *const axis_names[] = {
    [XPATH_AXIS_ANCESTOR] = "ancestor",
    [XPATH_AXIS_ANCESTOR_OR_SELF] = "ancestor-or-self",
    [XPATH_AXIS_ATTRIBUTE] = "attribute",
    [XPATH_AXIS_CHILD] = "child",
    [XPATH_AXIS_DESCENDANT] = "descendant",
    [XPATH_AXIS_DESCENDANT_OR_SELF] = "descendant-or-self",
    [XPATH_AXIS_FOLLOWING] = "following",
    [XPATH_AXIS_FOLLOWING_SIBLING] = "following-sibling",
    [XPATH_AXIS_NAMESPACE] = "namespace",
    [XPATH_AXIS_PARENT] = "parent",
    [XPATH_AXIS_PRECEDING] = "preceding",
    [XPATH_AXIS_PRECEDING_SIBLING] = "preceding-sibling",
    [XPATH_AXIS_SELF] = "self",
};

static bool read_axis(struct xpath_compiler *compiler, struct xpath_step *step)
{
    const char *at = xpath_compiler_skip_space(compiler);
    size_t len = xpath_compiler_name_length(at);
    const uint8_t *behind = xml_skip((const uint8_t *)at + len, XML_SPACE);
    step->axis = XPATH_AXIS_CHILD;
    if (!len || behind[0] != ':' || behind[1] != ':') {
        if (xpath_compiler_take(compiler, "@"))
            step->axis = XPATH_AXIS_ATTRIBUTE;
        return true;
    }
    for (size_t i = 0; i < sizeof axis_names / sizeof *axis_names; i++)
        if (strlen(axis_names[i]) == len && memcmp(axis_names[i], at, len) == 0) {
            step->axis = (enum xpath_axis)i;
            compiler->at = (const char *)behind + 2;
            return true;
        }
    return xpath_compiler_fail(compiler, "there is no axis of this name");
}

bool xpath_compiler_predicates(struct xpath_compiler *compiler, struct xpath_expr *path,
                               struct xpath_expr **predicates)
{
    while (xpath_compiler_take(compiler, "[")) {
        struct xpath_expr *predicate = compiler->read_expr(compiler);
        if (!predicate || !xpath_compiler_expect(compiler, "]"))
            return false;
        if (predicate->height >= path->height)
            path->height = predicate->height + 1;
        *predicates = predicate;
        predicates = &predicate->next;
    }
    return true;
}

static struct xpath_step *new_step(struct xpath_compiler *compiler, enum xpath_axis axis)
{
    struct xpath_step *step = xpath_compiler_alloc(compiler, sizeof *step);
    if (!step)
        return NULL;
    step->axis = axis;
    step->test = XPATH_TEST_NODE;
    return step;
}

/* NULL: it is wrong, or there is no memory. */
static struct xpath_step *read_step(struct xpath_compiler *compiler, struct xpath_expr *path)
{
    if (xpath_compiler_take(compiler, ".."))
        return new_step(compiler, XPATH_AXIS_PARENT);
    if (xpath_compiler_take(compiler, "."))
        return new_step(compiler, XPATH_AXIS_SELF);
    struct xpath_step *step = new_step(compiler, XPATH_AXIS_CHILD);
    if (!step || !read_axis(compiler, step) || !read_node_test(compiler, step) ||
        !xpath_compiler_predicates(compiler, path, &step->predicates))
        return NULL;
    return step;
}

static bool begins_step(const char *at)
{
    return *at == '.' || *at == '@' || *at == '*' || xpath_compiler_name_length(at);
}

static bool has_place_predicate(const struct xpath_step *step)
{
    for (const struct xpath_expr *each = step->predicates; each; each = each->next)
        if (xpath_expr_is_of_position(each))
            return true;
    return false;
}

/* //a is /descendant-or-self::node()/child::a (2.5), and that is /descendant::a unless it asks
 * for the place of an a among its siblings. */
static bool append_step(struct xpath_compiler *compiler, struct xpath_step ***end, bool twice,
                        struct xpath_step *step)
{
    if (twice && step->axis == XPATH_AXIS_CHILD && !has_place_predicate(step)) {
        step->axis = XPATH_AXIS_DESCENDANT;
    } else if (twice) {
        **end = new_step(compiler, XPATH_AXIS_DESCENDANT_OR_SELF);
        if (!**end)
            return false;
        *end = &(**end)->next;
    }
    **end = step;
    *end = &step->next;
    return true;
}

bool xpath_compiler_steps(struct xpath_compiler *compiler, struct xpath_expr *path)
{
    struct xpath_step **end = &path->steps;
    bool slash = xpath_compiler_take(compiler, "/");
    for (;;) {
        bool twice = slash && *compiler->at == '/';
        compiler->at += twice;
        bool is_root = slash && !twice && path->is_absolute && end == &path->steps;
        if (is_root && !begins_step(xpath_compiler_skip_space(compiler)))
            return true;
        struct xpath_step *step = read_step(compiler, path);
        if (!step || !append_step(compiler, &end, twice, step))
            return false;
        slash = xpath_compiler_take(compiler, "/");
        if (!slash)
            return true;
    }
}
