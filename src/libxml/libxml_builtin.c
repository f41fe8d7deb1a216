/* SPDX-License-Identifier: MIT
 *
 * The schemas that many others import, so that nobody needs to fetch them: written from the
 * Recommendations, linked in as they lie in src/libxml/builtin.
 */
#include "libxml/libxml_loader.h"

#include <stddef.h>
#include <string.h>

/* The assembler reads the file: no generator, no copy in C syntax. */
#define TEXT(name, file)                                                                       \
    extern const char name[];                                                                  \
    __asm__(".section .rodata\n.global " #name "\n.hidden " #name "\n" #name                   \
            ":\n.incbin \"" THRESH_SOURCE_DIR "/src/libxml/builtin/" file                      \
            "\"\n.byte 0\n.previous\n")

TEXT(libxml_builtin_xml, "xml.xsd");
TEXT(libxml_builtin_xlink, "xlink.xsd");
TEXT(libxml_builtin_xmldsig, "xmldsig.xsd");

const char *libxml_builtin_schema(const char *address)
{
    static const struct {
        const char *address; /* without the scheme */
        const char *text;
    } rows[] = {
        {"www.w3.org/2001/xml.xsd", libxml_builtin_xml},
        {"www.w3.org/2001/03/xml.xsd", libxml_builtin_xml},
        {"www.w3.org/2005/08/xml.xsd", libxml_builtin_xml},
        {"www.w3.org/2009/01/xml.xsd", libxml_builtin_xml},
        {"www.w3.org/XML/1998/namespace.xsd", libxml_builtin_xml},
        {"www.w3.org/1999/xlink.xsd", libxml_builtin_xlink},
        {"www.w3.org/XML/2008/06/xlink.xsd", libxml_builtin_xlink},
        {"www.w3.org/TR/xmldsig-core/xmldsig-core-schema.xsd", libxml_builtin_xmldsig},
        {"www.w3.org/TR/2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd",
         libxml_builtin_xmldsig},
        {"www.w3.org/TR/2008/REC-xmldsig-core-20080610/xmldsig-core-schema.xsd",
         libxml_builtin_xmldsig},
        {"www.w3.org/2000/09/xmldsig", libxml_builtin_xmldsig},
    };
    const char *rest = strstr(address, "://");
    for (size_t i = 0; rest && i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rest + 3, rows[i].address) == 0)
            return rows[i].text;
    return NULL;
}
