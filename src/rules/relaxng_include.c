/* SPDX-License-Identifier: MIT */
#include "rules/relaxng_include.h"

#include "resolver/address.h"
#include "resolver/resolver_parse.h"
#include "rules/relaxng_schema.h"
#include <string.h>

/* Elements that begin another document carry its name in an attribute of this namespace, which
 * for RELAX NG is an annotation. */
#define FILE_NAMESPACE "urn:thresh:file"

/* A document being read, and those that lead to it. */
struct relaxng_reading {
    struct resolver *resolver;
    struct thresh_error *error;
    const struct relaxng_reading *outer;
    const char *place;
};

static xmlDoc *read_all(const struct relaxng_reading *outer, const xmlNode *from,
                        const char *address);

/* -- Elements ------------------------------------------------------------------------- */

static bool is_element(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && node->ns && node->ns->href &&
           strcmp((const char *)node->ns->href, RELAXNG_NAMESPACE) == 0 &&
           (!name || strcmp((const char *)node->name, name) == 0);
}

static const char *attribute_of(const xmlNode *node, const char *name)
{
    for (const xmlAttr *a = node->properties; a; a = a->next)
        if (!a->ns && strcmp((const char *)a->name, name) == 0)
            return a->children && a->children->content ? (const char *)a->children->content
                                                       : "";
    return NULL;
}

const char *relaxng_file_of(const xmlNode *node)
{
    for (; node && node->type == XML_ELEMENT_NODE; node = node->parent)
        for (const xmlAttr *a = node->properties; a; a = a->next)
            if (a->ns && a->ns->href && a->children &&
                strcmp((const char *)a->ns->href, FILE_NAMESPACE) == 0)
                return (const char *)a->children->content;
    return NULL;
}

static int mark_file(xmlNode *node, const char *file)
{
    if (relaxng_file_of(node))
        return 0;
    xmlNs *ns = xmlSearchNsByHref(node->doc, node, (const xmlChar *)FILE_NAMESPACE);
    if (!ns)
        ns = xmlNewNs(node, (const xmlChar *)FILE_NAMESPACE, (const xmlChar *)"thresh-file");
    return ns && xmlNewNsProp(node, ns, (const xmlChar *)"name", (const xmlChar *)file) ? 0
                                                                                        : -1;
}

static int fail(const struct relaxng_reading *r, const xmlNode *at, const char *what,
                const char *name)
{
    const char *file = relaxng_file_of(at);
    return error_set(r->error,
                     "%s:%ld: %s '%s'; the schema cannot be used until this is mended",
                     file ? file : "the schema", xmlGetLineNo((xmlNode *)at), what, name);
}

/* Sets an attribute that the element has not itself; NULL: nothing is to be set. */
static int inherit(xmlNode *node, const char *name, const char *value)
{
    return !value || attribute_of(node, name) ||
                   xmlNewProp(node, (const xmlChar *)name, (const xmlChar *)value)
               ? 0
               : -1;
}

/* -- What is put in the place of a reference ------------------------------------------ */

/* A copy of `node` that means what it means where it is: with the namespaces that `parent`
 * declares (NULL: none is lost) and the attributes that hold for it there. */
static xmlNode *copy_of(xmlNode *node, xmlDoc *doc, const xmlNode *parent, const char *ns,
                        const char *library)
{
    const char *file = relaxng_file_of(node);
    xmlNode *copy = xmlDocCopyNode(node, doc, 1);
    if (!copy)
        return NULL;
    for (const xmlNs *from = parent ? parent->nsDef : NULL; from; from = from->next)
        xmlNewNs(copy, from->href, from->prefix); /* none where it declares the prefix anew */
    if (inherit(copy, "ns", ns) == 0 && inherit(copy, "datatypeLibrary", library) == 0 &&
        (!file || mark_file(copy, file) == 0))
        return copy;
    xmlFreeNode(copy);
    return NULL;
}

static int put_before(xmlNode *place, xmlNode *copy)
{
    if (copy && xmlAddPrevSibling(place, copy))
        return 0;
    xmlFreeNode(copy);
    return -1;
}

static int put_children(xmlNode *place, xmlNode *parent, const char *ns, const char *library)
{
    for (xmlNode *child = parent->children; child; child = child->next)
        if (is_element(child, NULL) &&
            put_before(place, copy_of(child, place->doc, parent, ns, library)) < 0)
            return -1;
    return 0;
}

static int put_reference(const struct relaxng_reading *r, xmlNode *place, xmlNode *root)
{
    const char *library = attribute_of(root, "datatypeLibrary");
    xmlNode *copy =
        copy_of(root, place->doc, NULL, attribute_of(place, "ns"), library ? library : "");
    return put_before(place, copy) < 0 ? error_no_memory(r->error) : 0;
}

/* -- Include -------------------------------------------------------------------------- */

static bool is_same_component(const xmlNode *a, const xmlNode *b)
{
    const char *name = attribute_of(a, "name"), *other = attribute_of(b, "name");
    if (is_element(a, "start"))
        return is_element(b, "start");
    return is_element(a, "define") && is_element(b, "define") && name && other &&
           strcmp(name, other) == 0;
}

/* Takes out of a grammar what `component` stands for instead. Whether there was any. */
static bool take_out(xmlNode *grammar, const xmlNode *component)
{
    bool found = false;
    for (xmlNode *child = grammar->children, *next; child; child = next) {
        next = child->next;
        if (is_element(child, "div")) {
            found |= take_out(child, component);
        } else if (is_same_component(component, child)) {
            xmlUnlinkNode(child);
            xmlFreeNode(child);
            found = true;
        }
    }
    return found;
}

/* Whether an earlier component of the include has taken it out. */
static bool is_repeated(const xmlNode *component)
{
    for (const xmlNode *before = component->prev; before; before = before->prev)
        if (is_same_component(component, before))
            return true;
    return false;
}

static int override(const struct relaxng_reading *r, const xmlNode *with, xmlNode *grammar)
{
    for (const xmlNode *child = with->children; child; child = child->next) {
        const char *name = attribute_of(child, "name");
        if (child->type != XML_ELEMENT_NODE)
            continue;
        if (is_element(child, "div")) {
            if (override(r, child, grammar) < 0)
                return -1;
        } else if ((is_element(child, "start") || is_element(child, "define")) &&
                   !take_out(grammar, child) && !is_repeated(child)) {
            return fail(r, child, "what is included has nothing to be overridden by",
                        name ? name : "start");
        }
    }
    return 0;
}

static int put_included(const struct relaxng_reading *r, xmlNode *place, xmlNode *grammar)
{
    const char *ns = attribute_of(grammar, "ns");
    const char *library = attribute_of(grammar, "datatypeLibrary");
    if (!is_element(grammar, "grammar"))
        return fail(r, place, "what is included is no grammar:", (const char *)grammar->name);
    if (override(r, place, grammar) < 0)
        return -1;
    if (put_children(place, grammar, ns ? ns : attribute_of(place, "ns"),
                     library ? library : "") < 0 ||
        put_children(place, place, attribute_of(place, "ns"),
                     attribute_of(place, "datatypeLibrary")) < 0)
        return error_no_memory(r->error);
    return 0;
}

/* -- Documents ------------------------------------------------------------------------ */

static int replace(const struct relaxng_reading *r, xmlNode *place)
{
    const char *href = attribute_of(place, "href");
    if (!href)
        return fail(r, place, "there is no href at", (const char *)place->name);
    xmlChar *base = xmlNodeGetBase(place->doc, place);
    char *address;
    xmlDoc *doc = NULL;
    int rc = address_resolve((const char *)base, href, &address);
    if (rc == 0)
        doc = read_all(r, place, address);
    else if (rc > 0)
        fail(r, place, "this is no address:", href);
    else
        error_no_memory(r->error);
    xmlFree(base);
    xmlFree(address);
    if (!doc)
        return -1;
    xmlNode *root = xmlDocGetRootElement(doc);
    rc = is_element(place, "include") ? put_included(r, place, root)
                                      : put_reference(r, place, root);
    xmlFreeDoc(doc);
    xmlUnlinkNode(place);
    xmlFreeNode(place);
    return rc;
}

static int replace_all(const struct relaxng_reading *r, xmlNode *node)
{
    for (xmlNode *child = node->children, *next; child; child = next) {
        next = child->next;
        if (!is_element(child, NULL))
            continue;
        int rc = is_element(child, "include") || is_element(child, "externalRef")
                     ? replace(r, child)
                     : replace_all(r, child);
        if (rc < 0)
            return -1;
    }
    return 0;
}

static int refuse_circle(const struct relaxng_reading *r, const xmlNode *from)
{
    for (const struct relaxng_reading *outer = r->outer; outer && outer->place;
         outer = outer->outer)
        if (strcmp(outer->place, r->place) == 0)
            return fail(r, from, "a document that includes itself:", r->place);
    return 0;
}

static xmlDoc *read_tree(const struct relaxng_reading *r, const struct resource *resource,
                         const char *name)
{
    const struct parse_wish wish = {0};
    struct parse_fault fault;
    xmlDoc *doc;
    int rc = resolver_parse(r->resolver, resource, &wish, &doc, &fault, r->error);
    if (rc > 0)
        error_set(r->error, "%s:%ld: %s; the schema cannot be used until this is mended", name,
                  fault.line, fault.message);
    if (doc && mark_file(xmlDocGetRootElement(doc), name) < 0) {
        xmlFreeDoc(doc);
        doc = NULL;
        error_no_memory(r->error);
    }
    return doc;
}

static void refuse_absence(const struct relaxng_reading *r, const xmlNode *from,
                           const char *address)
{
    const char *file = from ? relaxng_file_of(from) : address;
    long line = from ? xmlGetLineNo((xmlNode *)from) : 1;
    struct buf remedy = {0};
    resolver_append_remedy(r->resolver, address, &remedy);
    if (!buf_string(&remedy))
        error_no_memory(r->error);
    else
        error_set(r->error, "%s:%ld: asks for '%s', which is not there; %s", file, line,
                  address, remedy.data);
    buf_free(&remedy);
}

/* `from`: the element that asks for it; NULL: the user does. */
static xmlDoc *read_all(const struct relaxng_reading *outer, const xmlNode *from,
                        const char *address)
{
    struct resource resource;
    struct relaxng_reading r = *outer;
    xmlDoc *doc = NULL;
    int rc = resolver_find(r.resolver, NULL, address, &resource);
    if (rc < 0)
        error_no_memory(r.error);
    else if (rc > 0)
        refuse_absence(&r, from, address);
    if (rc != 0)
        return NULL;
    r.outer = outer;
    r.place = resource.place;
    if (!from || refuse_circle(&r, from) == 0)
        doc = read_tree(&r, &resource, address);
    resource_close(&resource);
    xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    if (!root)
        return NULL;
    if (is_element(root, "externalRef") ? replace(&r, root) == 0 : replace_all(&r, root) == 0)
        return doc;
    xmlFreeDoc(doc);
    return NULL;
}

xmlDoc *relaxng_include_all(const char *file, struct resolver *resolver,
                            struct thresh_error *error)
{
    const struct relaxng_reading user = {.resolver = resolver, .error = error};
    return read_all(&user, NULL, file);
}
