/* SPDX-License-Identifier: MIT */
#include "rules/relaxng_schema.h"

#include "libxml/libxml_errors.h"
#include "rules/relaxng_include.h"
#include <libxml/xmlschemastypes.h>
#include <stdbool.h>
#include <string.h>
#include <threads.h>
#include <unistd.h>

/* The first message of libxml2's compiler. */
struct first_message {
    const char *file; /* where the message is about no element */
    struct thresh_error error;
};

static void keep_first(void *context, libxml_error_argument from)
{
    struct first_message *first = context;
    const char *text = from->message ? from->message : "";
    const char *file = from->node ? relaxng_file_of(from->node) : NULL;
    int len = (int)strcspn(text, "\n");
    long line = file ? xmlGetLineNo(from->node) : 0;
    if (first->error.text[0] || from->level < XML_ERR_ERROR)
        return;
    if (line > 0)
        error_set(&first->error, "%s:%ld: %.*s", file, line, len, text);
    else
        error_set(&first->error, "%s: %.*s", file ? file : first->file, len, text);
}

/* libxml2 makes the tables of its datatypes when they are first asked for, without a lock: so
 * they are asked for here, and schemas compile side by side. A trial's process has one thread,
 * and may have got the lock closed by another that it lacks. */
static mtx_t one_at_a_time;
static pid_t shared_by;

static void make_lock(void)
{
    mtx_init(&one_at_a_time, mtx_plain);
    shared_by = getpid();
}

static void make_types(bool of_schemas)
{
    static once_flag once = ONCE_FLAG_INIT;
    call_once(&once, make_lock);
    bool is_shared = getpid() == shared_by;
    if (is_shared)
        mtx_lock(&one_at_a_time);
    if (of_schemas)
        xmlSchemaInitTypes();
    xmlRelaxNGInitTypes();
    if (is_shared)
        mtx_unlock(&one_at_a_time);
}

/* Whether the schema uses the datatypes of XML Schema. Without memory for their table libxml2
 * 2.9 follows NULL, so that it is made for no other. */
static bool names_types(const xmlNode *root)
{
    const xmlNode *node = root;
    while (node) {
        if (node->type == XML_ELEMENT_NODE &&
            xmlHasProp(node, (const xmlChar *)"datatypeLibrary"))
            return true;
        const xmlNode *next = node->type == XML_ELEMENT_NODE ? node->children : NULL;
        while (!next && node != root && !node->next)
            node = node->parent;
        if (!next && node == root)
            return false;
        node = next ? next : node->next;
    }
    return false;
}

int relaxng_schema_compile(xmlRelaxNG **relaxng, const char *file, struct resolver *resolver,
                           struct thresh_error *error)
{
    struct first_message first = {.file = file};
    xmlDoc *doc = relaxng_include_all(file, resolver, error);
    if (!doc)
        return -1;
    bool has_types = names_types(xmlDocGetRootElement(doc));
    xmlRelaxNGParserCtxt *ctxt = xmlRelaxNGNewDocParserCtxt(doc);
    xmlFreeDoc(doc);
    if (!ctxt)
        return error_no_memory(error);
    xmlRelaxNGSetParserStructuredErrors(ctxt, (xmlStructuredErrorFunc)keep_first, &first);
    make_types(has_types);
    *relaxng = xmlRelaxNGParse(ctxt);
    xmlRelaxNGFreeParserCtxt(ctxt);
    if (*relaxng)
        return 0;
    return error_set(error, "%s; the schema cannot be used until this is mended",
                     first.error.text[0] ? first.error.text : file);
}
