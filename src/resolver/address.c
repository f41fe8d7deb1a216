/* SPDX-License-Identifier: MIT */
#include "resolver/address.h"

#include "libxml/libxml_memory.h"
#include "resolver/local_file.h"
#include <ctype.h>
#include <libxml/uri.h>
#include <libxml/xmlmemory.h>
#include <stdlib.h>
#include <string.h>

bool address_is_remote(const char *address)
{
    /* RFC 3986, 3.1. */
    size_t len = strspn(address, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789+-.");
    bool has_scheme = len > 1 && address[len] == ':' && isalpha((unsigned char)*address);
    return has_scheme && strncasecmp(address, "file:", 5) != 0;
}

/* -- In an archive -------------------------------------------------------------------- */

/* How much of the base is an archive that it lies in, "a.zip!"; 0: it lies in none, though a
 * directory may be called so. */
static size_t archive_len(const char *base)
{
    for (const char *mark = base; (mark = strstr(mark, "!/")); mark++) {
        char *name = strndup(base, (size_t)(mark - base)), *path = NULL;
        struct stat facts;
        bool is_file = name && local_file_path(name, &path) == 0 && stat(path, &facts) == 0 &&
                       S_ISREG(facts.st_mode);
        free(path);
        free(name);
        if (is_file)
            return (size_t)(mark + 1 - base);
    }
    return 0;
}

/* Of a file's address; others are as they are. */
static const char *path_part(const char *reference)
{
    if (strncasecmp(reference, "file:", 5) != 0)
        return reference;
    reference += 5;
    if (strncmp(reference, "//", 2) == 0)
        reference += 2 + strcspn(reference + 2, "/");
    return *reference ? reference : "/";
}

/* An archive is all the files there are to what lies in it: its root is the root, and `..` ends
 * there. NULL: it is no URI, or no memory. */
static xmlChar *resolve_inside(const char *base, size_t archive, const char *reference)
{
    xmlChar *inside =
        xmlBuildURI((const xmlChar *)path_part(reference), (const xmlChar *)base + archive);
    xmlChar *whole = inside ? xmlStrndup((const xmlChar *)base, (int)archive) : NULL;
    if (whole)
        whole = xmlStrcat(whole, inside);
    xmlFree(inside);
    return whole;
}

/* -- All ------------------------------------------------------------------------------ */

int address_resolve(const char *base, const char *reference, char **address)
{
    xmlChar *escaped =
        xmlURIEscapeStr((const xmlChar *)reference, (const xmlChar *)"%#;/?:@&=+$,[]");
    size_t archive =
        escaped && base && !address_is_remote((const char *)escaped) ? archive_len(base) : 0;
    xmlChar *whole = !escaped  ? NULL
                     : archive ? resolve_inside(base, archive, (const char *)escaped)
                               : xmlBuildURI(escaped, (const xmlChar *)base);
    bool is_memory_short = libxml_memory_refused() || !escaped;
    *address = (char *)whole;
    xmlFree(escaped);
    if (*address && !is_memory_short)
        return 0;
    xmlFree(*address);
    *address = NULL;
    return is_memory_short ? -1 : 1;
}
