/* SPDX-License-Identifier: MIT */
#include "xpath/xpath_functions.h"

#include "base/near_name.h"
#include "base/utf8.h"
#include "base/xml_chars.h"
#include "xpath/xpath_number.h"
#include <limits.h>
#include <math.h>
#include <string.h>

static int done(const struct xpath_value *result)
{
    return result->string.failed ? -1 : 0;
}

/* Of an argument: never NULL, for buf_string was asked when it was made. */
static const char *string_of(const struct xpath_value *argument)
{
    return argument->string.data ? argument->string.data : "";
}

/* The string that was given, or that of the context node. NULL: no memory. */
static const char *string_or_focus(const struct xpath_call *call, struct buf *scratch)
{
    return call->n ? string_of(&call->arguments[0])
                   : xpath_node_text(call->focus->node, scratch);
}

/* -- Of node-sets (4.1) --------------------------------------------------------------- */

static int call_last(const struct xpath_call *call, struct xpath_value *result)
{
    result->number = (double)call->focus->size;
    return 0;
}

static int call_position(const struct xpath_call *call, struct xpath_value *result)
{
    result->number = (double)call->focus->position;
    return 0;
}

static int call_count(const struct xpath_call *call, struct xpath_value *result)
{
    result->number = (double)call->arguments[0].nodes.n;
    return 0;
}

/* The elements whose IDs are named, white space between the names. */
static int add_by_id(const xmlDoc *doc, const char *names, struct xpath_nodes *nodes)
{
    struct buf name = {0};
    int rc = 0;
    for (const char *c = names; rc == 0 && *c;) {
        size_t space = strspn(c, " \t\r\n"), len = strcspn(c + space, " \t\r\n");
        buf_clear(&name);
        buf_append(&name, c + space, len);
        c += space + len;
        const xmlChar *id = (const xmlChar *)buf_string(&name);
        const xmlAttr *attr = id && len ? xmlGetID((xmlDoc *)(uintptr_t)doc, id) : NULL;
        if (attr && attr->type == XML_ATTRIBUTE_NODE)
            rc = xpath_nodes_add(nodes, (struct xpath_node){attr->parent, NULL});
        rc = id ? rc : -1;
    }
    buf_free(&name);
    return rc;
}

static int call_id(const struct xpath_call *call, struct xpath_value *result)
{
    const xmlDoc *doc = call->focus->node.node->doc;
    int rc = 0;
    if (call->arguments[0].type == XPATH_TYPE_STRING)
        rc = add_by_id(doc, string_of(&call->arguments[0]), &result->nodes);
    for (size_t i = 0; i < call->arguments[0].nodes.n && rc == 0; i++) {
        struct buf scratch = {0};
        const char *names = xpath_node_text(call->arguments[0].nodes.items[i], &scratch);
        rc = names ? add_by_id(doc, names, &result->nodes) : -1;
        buf_free(&scratch);
    }
    xpath_nodes_order(&result->nodes);
    return rc;
}

/* The node that a function of names is asked of: node NULL where the set is empty. */
static struct xpath_node first_or_focus(const struct xpath_call *call)
{
    const struct xpath_value *argument = &call->arguments[0];
    if (!call->n)
        return call->focus->node;
    return argument->nodes.n ? argument->nodes.items[0] : (struct xpath_node){0};
}

static int call_local_name(const struct xpath_call *call, struct xpath_value *result)
{
    struct xpath_node node = first_or_focus(call);
    buf_append_string(&result->string, node.node ? xpath_node_local_name(node) : "");
    return done(result);
}

static int call_namespace_uri(const struct xpath_call *call, struct xpath_value *result)
{
    struct xpath_node node = first_or_focus(call);
    buf_append_string(&result->string, node.node ? xpath_node_namespace(node) : "");
    return done(result);
}

static int call_name(const struct xpath_call *call, struct xpath_value *result)
{
    struct xpath_node node = first_or_focus(call);
    const char *prefix = node.node ? xpath_node_prefix(node) : "";
    buf_append_string(&result->string, prefix);
    buf_append_string(&result->string, *prefix ? ":" : "");
    buf_append_string(&result->string, node.node ? xpath_node_local_name(node) : "");
    return done(result);
}

/* -- Of strings (4.2) ----------------------------------------------------------------- */

static int call_string(const struct xpath_call *call, struct xpath_value *result)
{
    struct buf scratch = {0};
    const char *string = string_or_focus(call, &scratch);
    int rc = string ? buf_append_string(&result->string, string) : -1;
    buf_free(&scratch);
    return rc;
}

static int call_concat(const struct xpath_call *call, struct xpath_value *result)
{
    for (size_t i = 0; i < call->n; i++)
        buf_append_string(&result->string, string_of(&call->arguments[i]));
    return done(result);
}

static int call_starts_with(const struct xpath_call *call, struct xpath_value *result)
{
    const char *start = string_of(&call->arguments[1]);
    result->boolean = strncmp(string_of(&call->arguments[0]), start, strlen(start)) == 0;
    return 0;
}

static int call_contains(const struct xpath_call *call, struct xpath_value *result)
{
    result->boolean = strstr(string_of(&call->arguments[0]), string_of(&call->arguments[1]));
    return 0;
}

static int call_substring_before(const struct xpath_call *call, struct xpath_value *result)
{
    const char *string = string_of(&call->arguments[0]);
    const char *found = strstr(string, string_of(&call->arguments[1]));
    buf_append(&result->string, string, found ? (size_t)(found - string) : 0);
    return done(result);
}

static int call_substring_after(const struct xpath_call *call, struct xpath_value *result)
{
    const char *part = string_of(&call->arguments[1]);
    const char *found = strstr(string_of(&call->arguments[0]), part);
    buf_append_string(&result->string, found ? found + strlen(part) : "");
    return done(result);
}

/* Behind the character at c, which is UTF-8. */
static const char *next_character(const char *c)
{
    do
        c++;
    while ((*c & 0xc0) == 0x80);
    return c;
}

/* Round (4.4): to the nearest integer, of two the greater. */
static double nearest(double number)
{
    double below = floor(number), rounded = number - below < 0.5 ? below : below + 1;
    return rounded == 0 ? copysign(0, number) : rounded;
}

static int call_substring(const struct xpath_call *call, struct xpath_value *result)
{
    double first = nearest(call->arguments[1].number), place = 1;
    double end = call->n > 2 ? first + nearest(call->arguments[2].number) : INFINITY;
    for (const char *c = string_of(&call->arguments[0]), *next; *c; c = next, place++) {
        next = next_character(c);
        if (place >= first && place < end) /* not where either is NaN */
            buf_append(&result->string, c, (size_t)(next - c));
    }
    return done(result);
}

static int call_string_length(const struct xpath_call *call, struct xpath_value *result)
{
    struct buf scratch = {0};
    const char *string = string_or_focus(call, &scratch);
    result->number = string ? (double)utf8_length(string, strlen(string)) : 0;
    buf_free(&scratch);
    return string ? 0 : -1;
}

static int call_normalize_space(const struct xpath_call *call, struct xpath_value *result)
{
    struct buf scratch = {0};
    const char *c = string_or_focus(call, &scratch);
    int rc = c ? 0 : -1;
    while (c && *c) {
        size_t space = strspn(c, " \t\r\n"), len = strcspn(c + space, " \t\r\n");
        buf_append_string(&result->string, len && result->string.len ? " " : "");
        buf_append(&result->string, c + space, len);
        c += space + len;
    }
    buf_free(&scratch);
    return rc < 0 ? rc : done(result);
}

/* Where the character at c, of so many bytes, stands in a string; NULL: nowhere. The `nth` is
 * how many characters are before it. */
static const char *find_character(const char *string, const char *c, size_t len, size_t *nth)
{
    for (*nth = 0; *string; string = next_character(string), ++*nth)
        if (strncmp(string, c, len) == 0)
            return string;
    return NULL;
}

static int call_translate(const struct xpath_call *call, struct xpath_value *result)
{
    const char *from = string_of(&call->arguments[1]);
    for (const char *c = string_of(&call->arguments[0]), *next; *c; c = next) {
        next = next_character(c);
        size_t nth;
        const char *to = string_of(&call->arguments[2]), *with = c, *with_end = next;
        if (find_character(from, c, (size_t)(next - c), &nth)) {
            for (with = to; *with && nth; nth--)
                with = next_character(with);
            with_end = *with ? next_character(with) : with;
        }
        buf_append(&result->string, with, (size_t)(with_end - with));
    }
    return done(result);
}

/* -- Of booleans (4.3) ---------------------------------------------------------------- */

static int call_boolean(const struct xpath_call *call, struct xpath_value *result)
{
    result->boolean = call->arguments[0].boolean;
    return 0;
}

/* What is not filled in is false. */
static int call_false(const struct xpath_call *call, struct xpath_value *result)
{
    (void)call, (void)result;
    return 0;
}

static int call_true(const struct xpath_call *call, struct xpath_value *result)
{
    (void)call;
    result->boolean = true;
    return 0;
}

static int call_not(const struct xpath_call *call, struct xpath_value *result)
{
    result->boolean = !call->arguments[0].boolean;
    return 0;
}

/* The xml:lang that holds for the node, and whether it is that language or part of it. */
static int call_lang(const struct xpath_call *call, struct xpath_value *result)
{
    const char *asked = string_of(&call->arguments[0]);
    size_t len = strlen(asked);
    const xmlNode *node = call->focus->node.node;
    if (!call->focus->node.ns && node->type != XML_ELEMENT_NODE)
        node = node->parent;
    for (; node && node->type == XML_ELEMENT_NODE; node = node->parent) {
        const xmlAttr *attr = xmlHasNsProp((xmlNode *)(uintptr_t)node, (const xmlChar *)"lang",
                                           XML_XML_NAMESPACE);
        if (!attr)
            continue;
        struct buf scratch = {0};
        const char *lang =
            xpath_node_text((struct xpath_node){(const xmlNode *)attr, NULL}, &scratch);
        result->boolean =
            lang &&
            xmlStrncasecmp((const xmlChar *)lang, (const xmlChar *)asked, (int)len) == 0 &&
            (lang[len] == '\0' || lang[len] == '-');
        buf_free(&scratch);
        return lang ? 0 : -1;
    }
    return 0;
}

/* -- Of numbers (4.4) ----------------------------------------------------------------- */

static int call_number(const struct xpath_call *call, struct xpath_value *result)
{
    struct buf scratch = {0};
    const char *text = call->n ? "" : xpath_node_text(call->focus->node, &scratch);
    result->number = call->n ? call->arguments[0].number
                     : text  ? xpath_number_of_text(text)
                             : 0;
    buf_free(&scratch);
    return text ? 0 : -1;
}

static int call_sum(const struct xpath_call *call, struct xpath_value *result)
{
    struct buf scratch = {0};
    int rc = 0;
    result->number = 0;
    for (size_t i = 0; i < call->arguments[0].nodes.n && rc == 0; i++) {
        const char *text = xpath_node_text(call->arguments[0].nodes.items[i], &scratch);
        rc = text ? 0 : -1;
        result->number += text ? xpath_number_of_text(text) : 0;
    }
    buf_free(&scratch);
    return rc;
}

static int call_floor(const struct xpath_call *call, struct xpath_value *result)
{
    result->number = floor(call->arguments[0].number);
    return 0;
}

static int call_ceiling(const struct xpath_call *call, struct xpath_value *result)
{
    result->number = ceil(call->arguments[0].number);
    return 0;
}

static int call_round(const struct xpath_call *call, struct xpath_value *result)
{
    result->number = nearest(call->arguments[0].number);
    return 0;
}

/* -- The table ------------------------------------------------------------------------ */

#define NODES   XPATH_TYPE_NODES
#define BOOLEAN XPATH_TYPE_BOOLEAN
#define NUMBER  XPATH_TYPE_NUMBER
#define STRING  XPATH_TYPE_STRING
#define ANY     UINT_MAX

static const struct xpath_function functions[] = {
    {"last", NUMBER, 0, 0, {0}, .call = call_last, .is_of_position = true},
    {"position", NUMBER, 0, 0, {0}, .call = call_position, .is_of_position = true},
    {"count", NUMBER, 1, 1, {NODES}, .call = call_count},
    {"id", NODES, 1, 1, {STRING}, .call = call_id, .takes_nodes_too = true},
    {"local-name", STRING, 0, 1, {NODES}, .call = call_local_name},
    {"namespace-uri", STRING, 0, 1, {NODES}, .call = call_namespace_uri},
    {"name", STRING, 0, 1, {NODES}, .call = call_name},
    {"string", STRING, 0, 1, {STRING}, .call = call_string},
    {"concat", STRING, 2, ANY, {STRING, STRING, STRING}, .call = call_concat},
    {"starts-with", BOOLEAN, 2, 2, {STRING, STRING}, .call = call_starts_with},
    {"contains", BOOLEAN, 2, 2, {STRING, STRING}, .call = call_contains},
    {"substring-before", STRING, 2, 2, {STRING, STRING}, .call = call_substring_before},
    {"substring-after", STRING, 2, 2, {STRING, STRING}, .call = call_substring_after},
    {"substring", STRING, 2, 3, {STRING, NUMBER, NUMBER}, .call = call_substring},
    {"string-length", NUMBER, 0, 1, {STRING}, .call = call_string_length},
    {"normalize-space", STRING, 0, 1, {STRING}, .call = call_normalize_space},
    {"translate", STRING, 3, 3, {STRING, STRING, STRING}, .call = call_translate},
    {"boolean", BOOLEAN, 1, 1, {BOOLEAN}, .call = call_boolean},
    {"not", BOOLEAN, 1, 1, {BOOLEAN}, .call = call_not},
    {"true", BOOLEAN, 0, 0, {0}, .call = call_true},
    {"false", BOOLEAN, 0, 0, {0}, .call = call_false},
    {"lang", BOOLEAN, 1, 1, {STRING}, .call = call_lang},
    {"number", NUMBER, 0, 1, {NUMBER}, .call = call_number},
    {"sum", NUMBER, 1, 1, {NODES}, .call = call_sum},
    {"floor", NUMBER, 1, 1, {NUMBER}, .call = call_floor},
    {"ceiling", NUMBER, 1, 1, {NUMBER}, .call = call_ceiling},
    {"round", NUMBER, 1, 1, {NUMBER}, .call = call_round},
};

const struct xpath_function *xpath_function_find(const char *name, size_t len,
                                                 const char **near)
{
    struct near_name nearest_name = near_name_of(name, len);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (strlen(functions[i].name) == len && memcmp(functions[i].name, name, len) == 0)
            return &functions[i];
        near_name_offer(&nearest_name, functions[i].name);
    }
    *near = nearest_name.best;
    return NULL;
}
