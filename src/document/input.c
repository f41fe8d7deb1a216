/* SPDX-License-Identifier: MIT */
#include "input.h"

#include <libxml/parserInternals.h>
#include <stdbool.h>
#include <string.h>

#if LIBXML_VERSION < 21400

/* Whether the parser will take the bytes for UTF-8: no other byte order mark or pattern at the
 * start, and no other encoding in the XML declaration. Where in doubt, no. */
static bool is_utf8(const char *bytes, size_t len)
{
    if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        bytes += 3;
        len -= 3;
    }
    if (len < 4 || bytes[0] != '<' || !bytes[1] || !bytes[2] || !bytes[3])
        return false;
    if (memcmp(bytes, "<?xm", 4) != 0)
        return true;
    const char *end = memchr(bytes, '>', len < 256 ? len : 256);
    if (!end)
        return false;
    const char *name = memmem(bytes, (size_t)(end - bytes), "encoding", 8);
    if (!name)
        return true;
    for (name += 8; name < end && strchr(" \t\r\n=", *name);)
        name++;
    return end - name > 7 && strncasecmp(name + 1, "utf-8", 5) == 0 && name[6] == name[0];
}

/* libxml2 copies what it is given, and then asks again and again whether there is more. An
 * input without a buffer behind it has neither cost; it cannot be converted, so it must be
 * UTF-8. */
static xmlDoc *parse_in_place(xmlParserCtxt *ctxt, const char *bytes, size_t len, int options)
{
    xmlCtxtReset(ctxt);
    xmlParserInput *input = xmlNewInputStream(ctxt);
    if (!input)
        return NULL;
    input->base = input->cur = (const xmlChar *)bytes;
    input->end = input->base + len;
    if (inputPush(ctxt, input) < 0) {
        xmlFreeInputStream(input);
        return NULL;
    }
    xmlCtxtUseOptions(ctxt, options);
    xmlParseDocument(ctxt);
    xmlDoc *doc = ctxt->myDoc;
    ctxt->myDoc = NULL;
    if (doc && !ctxt->wellFormed) {
        xmlFreeDoc(doc);
        doc = NULL;
    }
    return doc;
}

xmlDoc *input_parse(xmlParserCtxt *ctxt, const char *bytes, size_t len, int options)
{
    if (is_utf8(bytes, len))
        return parse_in_place(ctxt, bytes, len, options);
    return xmlCtxtReadMemory(ctxt, bytes, (int)len, NULL, NULL, options);
}

#else

xmlDoc *input_parse(xmlParserCtxt *ctxt, const char *bytes, size_t len, int options)
{
    return xmlCtxtReadMemory(ctxt, bytes, (int)len, NULL, NULL, options);
}

#endif
