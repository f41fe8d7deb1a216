/* SPDX-License-Identifier: MIT */
#include "resolver/address.h"

#include "libxml/libxml_memory.h"
#include <libxml/uri.h>
#include <libxml/xmlmemory.h>

int address_resolve(const char *base, const char *reference, char **address)
{
    xmlChar *escaped =
        xmlURIEscapeStr((const xmlChar *)reference, (const xmlChar *)"%#;/?:@&=+$,[]");
    *address = escaped ? (char *)xmlBuildURI(escaped, (const xmlChar *)base) : NULL;
    bool is_memory_short = libxml_memory_refused() || !escaped;
    xmlFree(escaped);
    if (*address && !is_memory_short)
        return 0;
    xmlFree(*address);
    *address = NULL;
    return is_memory_short ? -1 : 1;
}
