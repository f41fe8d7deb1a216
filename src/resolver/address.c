/* SPDX-License-Identifier: MIT */
#include "resolver/address.h"

#include "libxml/libxml_memory.h"
#include "resolver/local_file.h"
#include <ctype.h>
#include <libxml/uri.h>
#include <libxml/xmlmemory.h>
#include <stdio.h>
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

/* -- RFC 3986, 5.2 -------------------------------------------------------------------- */

/* Takes `.`, `..` and empty names out (5.2.4). A relative path keeps those `..` that lead away
 * from its start. */
static void remove_dots(char *path)
{
    bool is_absolute = *path == '/';
    char *start = path + is_absolute, *out = start;
    size_t names = 0; /* of those in front of `out`, without `..` */
    for (const char *in = start; *in;) {
        size_t len = strcspn(in, "/"), size = len + (in[len] == '/');
        bool is_up = len == 2 && memcmp(in, "..", 2) == 0;
        if (is_up && names) {
            do
                out--;
            while (out > start && out[-1] != '/');
            names--;
        } else if (len > 0 && !(is_up && is_absolute) && !(len == 1 && *in == '.')) {
            memmove(out, in, size);
            out += size;
            names += !is_up;
        }
        in += size;
    }
    *out = '\0';
}

/* The path where the base's last segment was. NULL: no memory. */
static char *merge(const xmlURI *base, const char *path)
{
    const char *slash = base->path ? strrchr(base->path, '/') : NULL;
    size_t folder = slash ? (size_t)(slash + 1 - base->path) : 0;
    const char *root = !folder && (base->server || base->authority) ? "/" : "";
    size_t size = folder + strlen(root) + strlen(path) + 1;
    char *whole = xmlMalloc(size);
    if (whole) {
        snprintf(whole, size, "%.*s%s%s", (int)folder, base->path ? base->path : "", root,
                 path);
        remove_dots(whole);
    }
    return whole;
}

static void take(char **to, char **from)
{
    *to = *from;
    *from = NULL;
}

/* What a reference without a scheme lacks, from the base. False: no memory. */
static bool complete(xmlURI *reference, xmlURI *base)
{
    take(&reference->scheme, &base->scheme);
    if (reference->authority || reference->server || reference->port != 0)
        return true;
    char *path = reference->path;
    if (!path) {
        take(&reference->path, &base->path);
        if (!reference->query && !reference->query_raw) {
            take(&reference->query, &base->query);
            take(&reference->query_raw, &base->query_raw);
        }
    } else if (*path != '/') {
        reference->path = merge(base, path);
        xmlFree(path);
    }
    take(&reference->authority, &base->authority);
    take(&reference->server, &base->server);
    take(&reference->user, &base->user);
    reference->port = base->port;
    return !path || reference->path;
}

/* NULL: it is no URI, or no memory. xmlBuildURI takes a base without a scheme for the path of a
 * file from libxml2 2.13 on, and unescapes what it gives. */
static xmlChar *build(const char *reference, const char *base)
{
    xmlURI *parts = xmlParseURI(reference), *start = base ? xmlParseURI(base) : NULL;
    xmlChar *whole = NULL;
    if (parts && parts->scheme)
        whole = xmlStrdup((const xmlChar *)reference);
    else if (parts && (!start || complete(parts, start)))
        whole = xmlSaveUri(parts);
    xmlFreeURI(parts);
    xmlFreeURI(start);
    return whole;
}

/* -- In an archive -------------------------------------------------------------------- */

/* How much of the base is an archive that it lies in, "a.zip!"; *len is 0 where it lies in
 * none, though a directory may be called so. 0, or -1 without memory. */
static int find_archive(const char *base, size_t *len)
{
    *len = 0;
    for (const char *mark = base; !*len && (mark = strstr(mark, "!/")); mark++) {
        char *name = strndup(base, (size_t)(mark - base)), *path = NULL;
        struct stat facts;
        int rc = name ? local_file_path(name, &path) : -1;
        if (rc == 0 && stat(path, &facts) == 0 && S_ISREG(facts.st_mode))
            *len = (size_t)(mark + 1 - base);
        free(path);
        free(name);
        if (rc < 0)
            return -1;
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
    xmlChar *inside = build(path_part(reference), base + archive);
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
    size_t archive = 0;
    bool is_lost = !escaped || (base && !address_is_remote((const char *)escaped) &&
                                find_archive(base, &archive) < 0);
    xmlChar *whole = is_lost   ? NULL
                     : archive ? resolve_inside(base, archive, (const char *)escaped)
                               : build((const char *)escaped, base);
    bool is_memory_short = libxml_memory_refused() || is_lost;
    *address = (char *)whole;
    xmlFree(escaped);
    if (*address && !is_memory_short)
        return 0;
    xmlFree(*address);
    *address = NULL;
    return is_memory_short ? -1 : 1;
}

void address_append_catalog_line(struct buf *out, const char *address)
{
    buf_append_string(out, "<uri name=\"");
    for (; *address; address++)
        if (*address == '&')
            buf_append_string(out, "&amp;");
        else
            buf_append_char(out, *address);
    buf_append_string(out, "\" uri=\"LOCAL-FILE\"/>");
}
