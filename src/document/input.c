/* SPDX-License-Identifier: MIT */
#include "input.h"

#include <libxml/parserInternals.h>
#include <stdbool.h>
#include <string.h>

/* libxml2 before 2.14 takes UTF-32 for big-endian, and its byte order mark for that of UTF-16.
 */
static const char *utf32(const char *bytes, size_t len)
{
    if (len >= 4 && memcmp(bytes, "<\0\0", 4) == 0)
        return "UTF-32LE";
    if (len >= 4 &&
        (memcmp(bytes, "\xff\xfe\0", 4) == 0 || memcmp(bytes, "\0\0\xfe\xff", 4) == 0))
        return "UTF-32";
    return NULL;
}

static xmlDoc *parse_copy(xmlParserCtxt *ctxt, const char *bytes, size_t len, int options)
{
    const char *encoding = utf32(bytes, len);
    if (encoding)
        options |= XML_PARSE_IGNORE_ENC;
    return xmlCtxtReadMemory(ctxt, bytes, (int)len, NULL, encoding, options);
}

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
    ctxt->options = 0; /* some that were on for the last document would stay so */
    if (is_utf8(bytes, len))
        return parse_in_place(ctxt, bytes, len, options);
    return parse_copy(ctxt, bytes, len, options);
}

#else

xmlDoc *input_parse(xmlParserCtxt *ctxt, const char *bytes, size_t len, int options)
{
    ctxt->options = 0;
    return parse_copy(ctxt, bytes, len, options);
}

#endif
