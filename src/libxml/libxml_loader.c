/* SPDX-License-Identifier: MIT
 *
 * The external entity loader: by the catalog, else from the file, else a built-in copy. Other
 * addresses are refused and noted as missing.
 */
#include "libxml/libxml_loader.h"

#include "base/buf.h"
#include "libxml/libxml_memory.h"
#include <libxml/catalog.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/uri.h>
#include <libxml/xmlIO.h>
#include <string.h>
#include <unistd.h>

static struct {
    xmlCatalogPtr catalog;
    struct buf missing; /* addresses, a NUL behind each */
} loader;

static void missing_add(const char *address)
{
    for (size_t at = 0; at < loader.missing.len; at += strlen(loader.missing.data + at) + 1)
        if (strcmp(loader.missing.data + at, address) == 0)
            return;
    buf_append(&loader.missing, address, strlen(address) + 1);
}

/* The path of a local file, to be freed, or NULL: "file:///a%20b.xsd" and "a b.xsd" have
 * one, an address with another scheme has none. */
static char *local_path(const char *address)
{
    if (strncmp(address, "file:", 5) == 0) {
        address += 5;
        if (strncmp(address, "//localhost/", 12) == 0)
            address += 11;
        else if (strncmp(address, "///", 3) == 0)
            address += 2;
        return xmlURIUnescapeString(address, 0, NULL);
    }
    if (strstr(address, "://"))
        return NULL;
    if (access(address, R_OK) == 0)
        return (char *)xmlStrdup((const xmlChar *)address);
    return xmlURIUnescapeString(address, 0, NULL);
}

static xmlParserInputPtr load_text(const char *text, const char *address, xmlParserCtxtPtr ctxt)
{
    xmlParserInputPtr input = xmlNewStringInputStream(ctxt, (const xmlChar *)text);
    if (input)
        input->filename = (const char *)xmlStrdup((const xmlChar *)address);
    return input;
}

static xmlParserInputPtr load(const char *address, const char *public_id, xmlParserCtxtPtr ctxt)
{
    xmlParserInputPtr input = NULL;
    xmlChar *mapped = NULL;
    if (!address)
        return NULL;
    if (loader.catalog) {
        mapped = xmlACatalogResolve(loader.catalog, (const xmlChar *)public_id,
                                    (const xmlChar *)address);
        if (!mapped)
            mapped = xmlACatalogResolveURI(loader.catalog, (const xmlChar *)address);
    }
    char *path = local_path(mapped ? (const char *)mapped : address);
    if (path && access(path, R_OK) == 0)
        input = xmlNewInputFromFile(ctxt, path);
    if (!input && !path) {
        const char *text = libxml_builtin_schema(address);
        input = text ? load_text(text, address, ctxt) : NULL;
    }
    if (!input)
        missing_add(address);
    if (path)
        xmlFree(path);
    if (mapped)
        xmlFree(mapped);
    return input;
}

static void say_nothing(void *context, const char *format, ...)
{
    (void)context, (void)format;
}

static xmlParserInputPtr refuse(const char *address, const char *public_id,
                                xmlParserCtxtPtr ctxt)
{
    (void)address, (void)public_id, (void)ctxt;
    return NULL;
}

void libxml_loader_quiet(void)
{
    xmlSetGenericErrorFunc(NULL, say_nothing);
}

int libxml_loader_open(const char *catalog, struct thresh_error *error)
{
    libxml_memory_watch();
    xmlInitParser();
    if (libxml_memory_refused())
        return error_no_memory(error);
    /* No document may name a catalog: libxml2 would not read it, but would keep its name. */
    xmlCatalogSetDefaults(XML_CATA_ALLOW_NONE);
    libxml_loader_quiet();
    /* A catalog may name further catalogs, which libxml2 reads by these callbacks: from files
     * only, not over HTTP or FTP. */
    xmlCleanupInputCallbacks();
    if (xmlRegisterInputCallbacks(xmlFileMatch, xmlFileOpen, xmlFileRead, xmlFileClose) < 0)
        return error_no_memory(error);
    if (catalog) {
        if (access(catalog, R_OK) != 0)
            return error_set(error, "%s: the catalog cannot be read; check --catalog", catalog);
        loader.catalog = xmlLoadACatalog(catalog);
        if (!loader.catalog)
            return error_set(error, "%s: not an OASIS XML catalog", catalog);
    }
    xmlSetExternalEntityLoader(load);
    return 0;
}

void libxml_loader_forget(void)
{
    buf_clear(&loader.missing);
}

int libxml_loader_check(const char *schema, struct thresh_error *error)
{
    if (libxml_memory_refused())
        return error_no_memory(error);
    if (!loader.missing.len)
        return 0;
    const char *address = loader.missing.data;
    bool local = !strstr(address, "://") || strncmp(address, "file:", 5) == 0;
    if (local)
        error_set(error,
                  "%s: asks for '%s', which is not there; put the file in place, or map it "
                  "with --catalog",
                  schema, address);
    else
        error_set(error,
                  "%s: asks for %s, and nothing is fetched; save it beside the schema and "
                  "give --catalog FILE with the line <uri name=\"%s\" uri=\"LOCAL-FILE\"/> "
                  "and <system systemId=\"%s\" uri=\"LOCAL-FILE\"/>",
                  schema, address, address, address);
    size_t more = 0;
    for (size_t at = strlen(address) + 1; at < loader.missing.len;
         at += strlen(loader.missing.data + at) + 1)
        more++;
    size_t len = strlen(error->text);
    for (size_t at = strlen(address) + 1; more && at < loader.missing.len;
         at += strlen(loader.missing.data + at) + 1) {
        snprintf(error->text + len, sizeof error->text - len, "; also %s",
                 loader.missing.data + at);
        len = strlen(error->text);
    }
    return -1;
}

void libxml_loader_close(void)
{
    xmlSetExternalEntityLoader(refuse);
    if (loader.catalog)
        xmlFreeCatalog(loader.catalog);
    loader.catalog = NULL;
    buf_free(&loader.missing);
}
