/* SPDX-License-Identifier: MIT
 *
 * Elements of a schema document: their tags, their attributes, their children in the order that
 * the schema for schemas asks for, and the small languages in attribute values.
 */
#include "compile.h"

#include <stdlib.h>
#include <string.h>

struct word {
    const char *text;
    int number;
};

static const struct word TAGS[] = {
    {"all", TAG_ALL},
    {"annotation", TAG_ANNOTATION},
    {"any", TAG_ANY},
    {"anyAttribute", TAG_ANY_ATTRIBUTE},
    {"appinfo", TAG_APPINFO},
    {"attribute", TAG_ATTRIBUTE},
    {"attributeGroup", TAG_ATTRIBUTE_GROUP},
    {"choice", TAG_CHOICE},
    {"complexContent", TAG_COMPLEX_CONTENT},
    {"complexType", TAG_COMPLEX_TYPE},
    {"documentation", TAG_DOCUMENTATION},
    {"element", TAG_ELEMENT},
    {"enumeration", TAG_ENUMERATION},
    {"extension", TAG_EXTENSION},
    {"field", TAG_FIELD},
    {"fractionDigits", TAG_FRACTION_DIGITS},
    {"group", TAG_GROUP},
    {"import", TAG_IMPORT},
    {"include", TAG_INCLUDE},
    {"key", TAG_KEY},
    {"keyref", TAG_KEYREF},
    {"length", TAG_LENGTH},
    {"list", TAG_LIST},
    {"maxExclusive", TAG_MAX_EXCLUSIVE},
    {"maxInclusive", TAG_MAX_INCLUSIVE},
    {"maxLength", TAG_MAX_LENGTH},
    {"minExclusive", TAG_MIN_EXCLUSIVE},
    {"minInclusive", TAG_MIN_INCLUSIVE},
    {"minLength", TAG_MIN_LENGTH},
    {"notation", TAG_NOTATION},
    {"pattern", TAG_PATTERN},
    {"redefine", TAG_REDEFINE},
    {"restriction", TAG_RESTRICTION},
    {"schema", TAG_SCHEMA},
    {"selector", TAG_SELECTOR},
    {"sequence", TAG_SEQUENCE},
    {"simpleContent", TAG_SIMPLE_CONTENT},
    {"simpleType", TAG_SIMPLE_TYPE},
    {"totalDigits", TAG_TOTAL_DIGITS},
    {"union", TAG_UNION},
    {"unique", TAG_UNIQUE},
    {"whiteSpace", TAG_WHITE_SPACE},
};

static const struct word ATTRIBUTES[] = {
    {"abstract", A_ABSTRACT},
    {"attributeFormDefault", A_ATTRIBUTE_FORM},
    {"base", A_BASE},
    {"block", A_BLOCK},
    {"blockDefault", A_BLOCK_DEFAULT},
    {"default", A_DEFAULT},
    {"elementFormDefault", A_ELEMENT_FORM},
    {"final", A_FINAL},
    {"finalDefault", A_FINAL_DEFAULT},
    {"fixed", A_FIXED},
    {"form", A_FORM},
    {"id", A_ID},
    {"itemType", A_ITEM_TYPE},
    {"maxOccurs", A_MAX_OCCURS},
    {"memberTypes", A_MEMBER_TYPES},
    {"minOccurs", A_MIN_OCCURS},
    {"mixed", A_MIXED},
    {"name", A_NAME},
    {"namespace", A_NAMESPACE},
    {"nillable", A_NILLABLE},
    {"processContents", A_PROCESS_CONTENTS},
    {"public", A_PUBLIC},
    {"ref", A_REF},
    {"refer", A_REFER},
    {"schemaLocation", A_SCHEMA_LOCATION},
    {"source", A_SOURCE},
    {"substitutionGroup", A_SUBSTITUTION_GROUP},
    {"system", A_SYSTEM},
    {"targetNamespace", A_TARGET_NAMESPACE},
    {"type", A_TYPE},
    {"use", A_USE},
    {"value", A_VALUE},
    {"version", A_VERSION},
    {"xpath", A_XPATH},
};

static int compare_words(const void *key, const void *word)
{
    return strcmp(key, ((const struct word *)word)->text);
}

enum tag tag_of_name(const char *name)
{
    const struct word *word =
        bsearch(name, TAGS, sizeof TAGS / sizeof *TAGS, sizeof *TAGS, compare_words);
    return word ? (enum tag)word->number : TAG_UNKNOWN;
}

static int attribute_of_name(const char *name)
{
    const struct word *word = bsearch(name, ATTRIBUTES, sizeof ATTRIBUTES / sizeof *ATTRIBUTES,
                                      sizeof *ATTRIBUTES, compare_words);
    return word ? word->number : -1;
}

enum tag tag_of(const xmlNode *node)
{
    return node->type == XML_ELEMENT_NODE ? (enum tag)(uintptr_t)node->_private : TAG_NONE;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Attribute values are as the document has them; most need no collapsing. */
static const char *collapse(struct compiler *c, const char *text)
{
    size_t len = strlen(text);
    if (!len || (!is_space(text[0]) && !is_space(text[len - 1])))
        return text;
    while (len && is_space(*text))
        text++, len--;
    while (len && is_space(text[len - 1]))
        len--;
    return make_string(c, text, len);
}

static const char *attribute_text(struct compiler *c, const xmlAttr *attribute)
{
    const xmlNode *child = attribute->children;
    if (!child)
        return "";
    if (!child->next && child->type == XML_TEXT_NODE)
        return child->content ? (const char *)child->content : "";
    buf_clear(&c->text);
    for (; child; child = child->next)
        if (child->content)
            buf_append_string(&c->text, (const char *)child->content);
    const char *text = buf_string(&c->text);
    if (!text)
        fail_no_memory(c);
    return make_string(c, text, c->text.len);
}

/* An element's attributes may be read more than once. */
static void check_id(struct compiler *c, const struct place *place, const char *id)
{
    if (!is_whole_ncname(id, strlen(id)))
        fail(c, place, "id '%s' is not an NCName", id);
    struct arena *arena = &c->xsd->arena;
    if (names_add_ns(&c->ids, arena, "") == NS_UNKNOWN)
        fail_no_memory(c);
    buf_clear(&c->text);
    buf_append_format(&c->text, "%u %s", place->document->number, id);
    const char *key = buf_string(&c->text);
    const struct symbol *symbol = key ? names_add(&c->ids, arena, key, c->text.len, 0) : NULL;
    if (!symbol)
        fail_no_memory(c);
    if (symbol->id > c->id_nodes.n)
        list_add(c, &c->id_nodes, place->node);
    else if (c->id_nodes.items[symbol->id - 1] != place->node)
        fail(c, place, "a second element with the id '%s'", id);
}

void read_attrs(struct compiler *c, const struct place *place, uint64_t allowed,
                struct attrs *attrs)
{
    memset(attrs, 0, sizeof *attrs);
    for (const xmlAttr *a = place->node->properties; a; a = a->next) {
        const char *name = (const char *)a->name;
        if (a->ns && a->ns->href) {
            if (!strcmp((const char *)a->ns->href, XSD_NAMESPACE))
                fail(c, place, "attribute '%s' of the schema namespace", name);
            continue;
        }
        int number = attribute_of_name(name);
        if (number < 0 || !((allowed | ALLOW(A_ID)) >> number & 1))
            fail(c, place, "element '%s' must not have the attribute '%s'",
                 (const char *)place->node->name, name);
        const char *text = attribute_text(c, a);
        bool as_is = number == A_VALUE || number == A_DEFAULT || number == A_FIXED;
        attrs->value[number] = as_is ? text : collapse(c, text);
    }
    if (attrs->value[A_ID])
        check_id(c, place, attrs->value[A_ID]);
}

static xmlNode *skip_to_element(struct compiler *c, const struct place *place, xmlNode *node)
{
    for (; node; node = node->next) {
        if (node->type == XML_ELEMENT_NODE) {
            if (tag_of(node) == TAG_NONE || tag_of(node) == TAG_UNKNOWN)
                fail(c, &(struct place){place->document, node},
                     "element '%s' is not one of a schema", (const char *)node->name);
            return node;
        }
        if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
            fail(c, place, "text in element '%s'", (const char *)place->node->name);
    }
    return NULL;
}

static void check_annotation(struct compiler *c, const struct place *place, xmlNode *node)
{
    struct place at = {place->document, node};
    struct attrs attrs;
    read_attrs(c, &at, 0, &attrs);
    for (xmlNode *child = skip_to_element(c, &at, node->children); child;
         child = skip_to_element(c, &at, child->next)) {
        struct place inner = {place->document, child};
        if (tag_of(child) != TAG_APPINFO && tag_of(child) != TAG_DOCUMENTATION)
            fail(c, &inner, "element '%s' in an annotation", (const char *)child->name);
        read_attrs(c, &inner, ALLOW(A_SOURCE), &attrs);
    }
}

xmlNode *first_child(struct compiler *c, const struct place *place)
{
    xmlNode *child = skip_to_element(c, place, place->node->children);
    if (child && tag_of(child) == TAG_ANNOTATION) {
        check_annotation(c, place, child);
        child = skip_to_element(c, place, child->next);
    }
    if (child && tag_of(child) == TAG_ANNOTATION && tag_of(place->node) != TAG_SCHEMA &&
        tag_of(place->node) != TAG_REDEFINE)
        no_more_children(c, place, child);
    return child;
}

xmlNode *next_child(struct compiler *c, const struct place *place, const xmlNode *child)
{
    xmlNode *next = skip_to_element(c, place, child->next);
    if (next && tag_of(next) == TAG_ANNOTATION) {
        if (tag_of(place->node) != TAG_SCHEMA && tag_of(place->node) != TAG_REDEFINE)
            no_more_children(c, place, next);
        check_annotation(c, place, next);
    }
    return next;
}

void no_more_children(struct compiler *c, const struct place *place, const xmlNode *child)
{
    if (child)
        fail(c, &(struct place){place->document, (xmlNode *)child},
             "element '%s' is out of place in '%s'", (const char *)child->name,
             (const char *)place->node->name);
}

bool read_boolean(struct compiler *c, const struct place *place, const char *text,
                  bool otherwise)
{
    if (!text)
        return otherwise;
    if (!strcmp(text, "true") || !strcmp(text, "1"))
        return true;
    if (strcmp(text, "false") && strcmp(text, "0"))
        fail(c, place, "'%s' is not a boolean", text);
    return false;
}

bool next_item(struct compiler *c, const char **list, char **item)
{
    const char *start = *list;
    while (is_space(*start))
        start++;
    const char *end = start;
    while (*end && !is_space(*end))
        end++;
    *list = end;
    if (end == start)
        return false;
    *item = make_string(c, start, (size_t)(end - start));
    return true;
}

unsigned read_methods(struct compiler *c, const struct place *place, const char *text,
                      unsigned allowed)
{
    static const struct word METHODS[] = {{"extension", BY_EXTENSION},
                                          {"restriction", BY_RESTRICTION},
                                          {"substitution", BY_SUBSTITUTION},
                                          {"list", BY_LIST},
                                          {"union", BY_UNION}};
    if (!strcmp(text, "#all"))
        return allowed;
    unsigned methods = 0;
    for (char *item; next_item(c, &text, &item);) {
        unsigned method = 0;
        for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++)
            if (!strcmp(item, METHODS[i].text))
                method = (unsigned)METHODS[i].number & allowed;
        if (!method)
            fail(c, place, "'%s' is no method of derivation here", item);
        methods |= method;
    }
    return methods;
}

bool is_whole_ncname(const char *name, size_t len)
{
    return len && !memchr(name, ':', len) && strlen(name) == len &&
           xmlValidateNCName((const xmlChar *)name, 0) == 0;
}

struct symbol *read_name(struct compiler *c, const struct place *place, const char *name,
                         uint32_t ns)
{
    if (!name)
        fail(c, place, "element '%s' needs a name", (const char *)place->node->name);
    if (!is_whole_ncname(name, strlen(name)))
        fail(c, place, "'%s' is not an NCName", name);
    return symbol_of(c, name, strlen(name), ns);
}

static const char *find_prefix(const xmlNode *node, const char *prefix, size_t len)
{
    if (len == 3 && !memcmp(prefix, "xml", 3))
        return (const char *)XML_XML_NAMESPACE;
    for (; node && node->type == XML_ELEMENT_NODE; node = node->parent)
        for (const xmlNs *ns = node->nsDef; ns; ns = ns->next) {
            const char *declared = ns->prefix ? (const char *)ns->prefix : "";
            if (strlen(declared) == len && !memcmp(declared, prefix, len))
                return ns->href ? (const char *)ns->href : "";
        }
    return len ? NULL : "";
}

static const char *prefix_in_tree(void *node, const char *prefix, size_t len)
{
    return find_prefix(node, prefix, len);
}

struct prefixes place_prefixes(const struct place *place)
{
    return (struct prefixes){prefix_in_tree, place->node};
}

uint32_t prefix_ns(struct compiler *c, const struct place *place, const char *prefix,
                   size_t len)
{
    const char *uri = find_prefix(place->node, prefix, len);
    if (!uri)
        fail(c, place, "prefix '%.*s' is not declared", (int)len, prefix);
    return ns_of(c, uri);
}

struct symbol *read_qname(struct compiler *c, const struct place *place, const char *name)
{
    const char *colon = strchr(name, ':');
    const char *local = colon ? colon + 1 : name;
    if (!is_whole_ncname(local, strlen(local)) ||
        (colon && xmlValidateQName((const xmlChar *)name, 0) != 0))
        fail(c, place, "'%s' is not a QName", name);
    uint32_t ns = prefix_ns(c, place, name, colon ? (size_t)(colon - name) : 0);
    if (ns == 0 && place->document->chameleon)
        ns = place->document->ns;
    return symbol_of(c, local, strlen(local), ns);
}
