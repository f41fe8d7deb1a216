/* SPDX-License-Identifier: MIT */
#include "document/tree_builder.h"

#include "base/buf.h"
#include <stdlib.h>
#include <string.h>

/* Names are kept in a dictionary that the trees of one worker share, up to so many. */
enum { DICT_NAMES_MAX = 50000 };

struct tree_builder {
    xmlDict *dict;
    xmlDoc *doc;
    xmlNode *open;   /* the innermost open element; the document: none is */
    struct buf text; /* since the last node */
    uint64_t elements;
    bool no_memory;
};

struct tree_builder *tree_builder_new(void)
{
    return calloc(1, sizeof(struct tree_builder));
}

void tree_builder_free(struct tree_builder *builder)
{
    if (!builder)
        return;
    xmlFreeDoc(builder->doc);
    xmlDictFree(builder->dict);
    buf_free(&builder->text);
    free(builder);
}

/* -- An element's number and place ---------------------------------------------------- */

/* Both in _private, of 32 bits each: a document is shorter than that. */
static void *number_and_place(uint64_t number, uint64_t place)
{
    return (void *)(uintptr_t)(place << 32 | (number & UINT32_MAX));
}

uint64_t tree_builder_element(const xmlNode *node)
{
    return (uint64_t)(uintptr_t)node->_private & UINT32_MAX;
}

uint64_t tree_builder_place(const xmlNode *node)
{
    return (uint64_t)(uintptr_t)node->_private >> 32;
}

/* -- Nodes ---------------------------------------------------------------------------- */

/* Puts a node, which may be NULL for lost memory, behind all that is there. */
static xmlNode *append(struct tree_builder *builder, xmlNode *node)
{
    xmlNode *parent = builder->open;
    if (!node) {
        builder->no_memory = true;
        return NULL;
    }
    node->parent = parent;
    node->prev = parent->last;
    if (parent->last)
        parent->last->next = node;
    else
        parent->children = node;
    parent->last = node;
    return node;
}

static const xmlChar *keep(struct tree_builder *builder, const xmlChar *name)
{
    const xmlChar *kept = xmlDictLookup(builder->dict, name, -1);
    builder->no_memory |= !kept;
    return kept;
}

static void end_text(struct tree_builder *builder)
{
    struct buf *text = &builder->text;
    if (text->len)
        append(builder,
               xmlNewDocTextLen(builder->doc, (const xmlChar *)text->data, (int)text->len));
    builder->no_memory |= text->failed;
    buf_clear(text);
}

/* The declaration in force, from the innermost element out. */
static xmlNs *find_namespace(struct tree_builder *builder, xmlNode *node, const xmlChar *prefix)
{
    xmlNs *ns = xmlSearchNs(builder->doc, node, prefix);
    builder->no_memory |= !ns;
    return ns;
}

static void declare(struct tree_builder *builder, xmlNode *node, int n,
                    const xmlChar **namespaces)
{
    xmlNs **last = &node->nsDef;
    for (int i = 0; i < n && !builder->no_memory; i++) {
        /* Not with the node: that would look for one of the same prefix, each time. */
        *last = xmlNewNs(NULL, namespaces[2 * i + 1], namespaces[2 * i]);
        if (!*last)
            builder->no_memory = true;
        else
            last = &(*last)->next;
    }
}

/* As xmlNewNsProp would, which walks past all attributes before it and so takes the square of
 * their number. */
static xmlAttr *add_attribute(struct tree_builder *builder, xmlNode *node, xmlAttr *last,
                              const xmlChar **attribute)
{
    xmlAttr *attr = xmlMalloc(sizeof *attr);
    if (!attr) {
        builder->no_memory = true;
        return last;
    }
    *attr = (xmlAttr){.type = XML_ATTRIBUTE_NODE,
                      .name = keep(builder, attribute[0]),
                      .parent = node,
                      .doc = builder->doc,
                      .prev = last};
    if (last)
        last->next = attr;
    else
        node->properties = attr;
    if (attribute[2])
        attr->ns = find_namespace(builder, node, attribute[1]);
    xmlNode *value =
        xmlNewDocTextLen(builder->doc, attribute[3], (int)(attribute[4] - attribute[3]));
    builder->no_memory |= !value;
    attr->children = attr->last = value;
    if (value)
        value->parent = (xmlNode *)attr;
    return attr;
}

static void add_id(struct tree_builder *builder, xmlAttr *attr)
{
    if (attr->children)
        xmlAddID(NULL, builder->doc, attr->children->content, attr);
}

static bool is_xml_id(const xmlChar **attribute)
{
    return attribute[1] && strcmp((const char *)attribute[0], "id") == 0 &&
           strcmp((const char *)attribute[1], "xml") == 0;
}

static void add_attributes(struct tree_builder *builder, xmlNode *node, int n,
                           const xmlChar **attributes, int id_attribute)
{
    xmlAttr *last = NULL;
    for (int i = 0; i < n && !builder->no_memory; i++) {
        last = add_attribute(builder, node, last, attributes + 5 * i);
        if (last && !builder->no_memory && (i == id_attribute || is_xml_id(attributes + 5 * i)))
            add_id(builder, last);
    }
}

/* -- Events --------------------------------------------------------------------------- */

void tree_builder_begin(struct tree_builder *builder)
{
    xmlFreeDoc(builder->doc);
    buf_clear(&builder->text);
    builder->elements = 0;
    builder->no_memory = false;
    if (builder->dict && xmlDictSize(builder->dict) > DICT_NAMES_MAX) {
        xmlDictFree(builder->dict);
        builder->dict = NULL;
    }
    if (!builder->dict)
        builder->dict = xmlDictCreate();
    builder->doc = builder->dict ? xmlNewDoc((const xmlChar *)"1.0") : NULL;
    builder->no_memory = !builder->doc;
    builder->open = (xmlNode *)builder->doc;
    if (builder->doc) {
        builder->doc->dict = builder->dict;
        xmlDictReference(builder->dict);
    }
}

void tree_builder_start(struct tree_builder *builder, uint64_t place, const xmlChar *localname,
                        const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
                        const xmlChar **namespaces, int n_attributes,
                        const xmlChar **attributes, int id_attribute)
{
    if (builder->no_memory)
        return;
    end_text(builder);
    const xmlChar *name = keep(builder, localname);
    xmlNode *node =
        name ? append(builder, xmlNewDocNodeEatName(builder->doc, NULL, (xmlChar *)name, NULL))
             : NULL;
    if (!node)
        return;
    builder->open = node;
    node->_private = number_and_place(++builder->elements, place);
    declare(builder, node, n_namespaces, namespaces);
    if (uri && !builder->no_memory)
        node->ns = find_namespace(builder, node, prefix);
    add_attributes(builder, node, n_attributes, attributes, id_attribute);
}

void tree_builder_text(struct tree_builder *builder, const xmlChar *text, int len)
{
    if (!builder->no_memory)
        buf_append(&builder->text, text, (size_t)len);
}

void tree_builder_end(struct tree_builder *builder)
{
    if (builder->no_memory)
        return;
    end_text(builder);
    builder->open = builder->open->parent;
}

void tree_builder_comment(struct tree_builder *builder, const xmlChar *text)
{
    if (builder->no_memory)
        return;
    end_text(builder);
    append(builder, xmlNewDocComment(builder->doc, text));
}

void tree_builder_instruction(struct tree_builder *builder, const xmlChar *target,
                              const xmlChar *data)
{
    if (builder->no_memory)
        return;
    end_text(builder);
    append(builder, xmlNewDocPI(builder->doc, target, data));
}

xmlDoc *tree_builder_finish(struct tree_builder *builder)
{
    xmlDoc *doc = builder->doc;
    if (builder->no_memory)
        return NULL;
    builder->doc = NULL;
    return doc;
}
