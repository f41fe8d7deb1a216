/* SPDX-License-Identifier: MIT */
#include "document/relaxng.h"

#include "document/tree_builder.h"
#include "libxml/libxml_errors.h"
#include <stdio.h>
#include <string.h>

struct relaxng_run {
    const struct xsd_client *client;
    bool has_faults;
};

static void tell(struct relaxng_run *run, const xmlNode *node, const char *attribute,
                 const char *code, const char *message)
{
    const struct xsd_fault fault = {
        .code = code,
        .message = message,
        .attribute = attribute,
        .element = node ? tree_builder_element(node) : 0,
        .place = node ? tree_builder_place(node) : 0,
    };
    run->has_faults = true;
    run->client->fault(run->client->context, &fault);
}

static void on_fault(void *context, libxml_error_argument from)
{
    struct relaxng_run *run = context;
    char message[2048];
    if (from->level < XML_ERR_ERROR)
        return;
    size_t len = from->message ? strcspn(from->message, "\n") : 0;
    snprintf(message, sizeof message, "%.*s", (int)len, from->message ? from->message : "");
    tell(run, from->node, NULL, "relaxng", message);
}

/* -- References ----------------------------------------------------------------------- */

static const xmlNode *next_element(const xmlNode *node)
{
    const xmlNode *next = xmlFirstElementChild((xmlNode *)(uintptr_t)node);
    for (; !next && node; node = node->parent)
        next = xmlNextElementSibling((xmlNode *)(uintptr_t)node);
    return next;
}

/* The attribute's value is one name, or several with white space between them. */
static void tell_dangling_of(struct relaxng_run *run, xmlDoc *doc, const xmlAttr *attr)
{
    xmlChar *value = xmlNodeListGetString(doc, attr->children, 1);
    char *rest = (char *)value, *name;
    while (rest && (name = strtok_r(NULL, " \t\r\n", &rest)))
        if (!xmlGetID(doc, (xmlChar *)name)) {
            char message[300];
            snprintf(message, sizeof message,
                     "attribute '%.100s' refers to the ID '%.100s', which no attribute has",
                     (const char *)attr->name, name);
            tell(run, attr->parent, (const char *)attr->name, "relaxng-idref", message);
        }
    xmlFree(value);
}

/* libxml2 looks whether the IDs are there when all else is right, and says so in no structured
 * error (RELAX NG DTD Compatibility, 5: the soundness of ID and IDREF). */
static void tell_dangling(struct relaxng_run *run, xmlDoc *doc)
{
    const xmlNode *root = xmlDocGetRootElement(doc);
    for (const xmlNode *node = root; node; node = next_element(node))
        for (const xmlAttr *attr = node->properties; attr; attr = attr->next)
            if (attr->atype == XML_ATTRIBUTE_IDREF || attr->atype == XML_ATTRIBUTE_IDREFS)
                tell_dangling_of(run, doc, attr);
    if (!run->has_faults)
        tell(run, root, NULL, "relaxng", "the document does not match the schema");
}

int relaxng_validate(xmlRelaxNGValidCtxt *ctxt, xmlDoc *doc, const struct xsd_client *client)
{
    struct relaxng_run run = {client, false};
    xmlRelaxNGSetValidStructuredErrors(ctxt, (xmlStructuredErrorFunc)on_fault, &run);
    int rc = xmlRelaxNGValidateDoc(ctxt, doc);
    if (rc > 0 && !run.has_faults)
        tell_dangling(&run, doc);
    return rc < 0 ? -1 : 0;
}
