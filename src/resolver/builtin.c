/* SPDX-License-Identifier: MIT
 *
 * The schemas that many others import, so that nobody needs to fetch them: written from the
 * Recommendations, linked in as they lie in src/resolver/builtin.
 */
#include "resolver/builtin.h"

#include <stddef.h>
#include <string.h>

/* The assembler reads the file: no generator, no copy in C syntax. */
#define TEXT(name, file)                                                                       \
    extern const char name[];                                                                  \
    __asm__(".section .rodata\n.global " #name "\n.hidden " #name "\n" #name                   \
            ":\n.incbin \"" THRESH_SOURCE_DIR "/src/resolver/builtin/" file                    \
            "\"\n.byte 0\n.previous\n")

TEXT(builtin_xml, "xml.xsd");
TEXT(builtin_xlink, "xlink.xsd");
TEXT(builtin_xmldsig, "xmldsig.xsd");

static const struct builtin builtins[] = {
    {"http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2001/xml.xsd", builtin_xml},
    {"http://www.w3.org/1999/xlink", "http://www.w3.org/1999/xlink.xsd", builtin_xlink},
    {"http://www.w3.org/2000/09/xmldsig#",
     "http://www.w3.org/TR/2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd",
     builtin_xmldsig},
};
enum { BUILTINS = sizeof builtins / sizeof *builtins };

const struct builtin *builtin_of_namespace(const char *namespace_name)
{
    for (int i = 0; i < BUILTINS; i++)
        if (strcmp(namespace_name, builtins[i].namespace_name) == 0)
            return &builtins[i];
    return NULL;
}

const struct builtin *builtin_at(const char *address)
{
    static const struct {
        const char *address; /* without the scheme */
        const struct builtin *builtin;
    } rows[] = {
        {"www.w3.org/2001/xml.xsd", &builtins[0]},
        {"www.w3.org/2001/03/xml.xsd", &builtins[0]},
        {"www.w3.org/2005/08/xml.xsd", &builtins[0]},
        {"www.w3.org/2009/01/xml.xsd", &builtins[0]},
        {"www.w3.org/XML/1998/namespace.xsd", &builtins[0]},
        {"www.w3.org/1999/xlink.xsd", &builtins[1]},
        {"www.w3.org/XML/2008/06/xlink.xsd", &builtins[1]},
        {"www.w3.org/TR/xmldsig-core/xmldsig-core-schema.xsd", &builtins[2]},
        {"www.w3.org/TR/2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd", &builtins[2]},
        {"www.w3.org/TR/2008/REC-xmldsig-core-20080610/xmldsig-core-schema.xsd", &builtins[2]},
        {"www.w3.org/2000/09/xmldsig", &builtins[2]},
    };
    const char *rest = strstr(address, "://");
    for (size_t i = 0; rest && i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rest + 3, rows[i].address) == 0)
            return rows[i].builtin;
    return NULL;
}
