/* SPDX-License-Identifier: MIT */
#include "document/document_input.h"

#include "base/swar.h"
#include <libxml/parserInternals.h>
#include <stdbool.h>
#include <string.h>

enum encoding { ENCODING_OTHER, ENCODING_UTF_8, ENCODING_LATIN_1 };

/* What libxml2 would take the bytes for: no other byte order mark or pattern at the start,
 * and what the XML declaration says. Where in doubt, other. */
static enum encoding encoding_of(const char *bytes, size_t len)
{
    bool marked = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0;
    if (marked) {
        bytes += 3;
        len -= 3;
    }
    if (len < 4 || bytes[0] != '<' || !bytes[1] || !bytes[2] || !bytes[3])
        return ENCODING_OTHER;
    if (memcmp(bytes, "<?xm", 4) != 0)
        return ENCODING_UTF_8;
    const char *end = memchr(bytes, '>', len < 256 ? len : 256);
    if (!end)
        return ENCODING_OTHER;
    const char *name = memmem(bytes, (size_t)(end - bytes), "encoding", 8);
    if (!name)
        return ENCODING_UTF_8;
    for (name += 8; name < end && strchr(" \t\r\n=", *name);)
        name++;
    if (end - name > 7 && strncasecmp(name + 1, "utf-8", 5) == 0 && name[6] == name[0])
        return ENCODING_UTF_8;
    if (!marked && end - name > 12 && strncasecmp(name + 1, "iso-8859-1", 10) == 0 &&
        name[11] == name[0])
        return ENCODING_LATIN_1;
    return ENCODING_OTHER;
}

/* Each byte is a code point. A run without any above 0x7f is copied whole. */
static int latin_1_to_utf8(struct buf *out, const char *bytes, size_t len)
{
    const unsigned char *c = (const unsigned char *)bytes, *end = c + len;
    buf_clear(out);
    while (c < end) {
        const unsigned char *ascii = c;
        while (end - c >= 8 && swar_ascii(swar_load_8(c)) == SWAR_EACH(0x80))
            c += 8;
        while (c < end && *c < 0x80)
            c++;
        buf_append(out, ascii, (size_t)(c - ascii));
        if (c < end) {
            const char two[2] = {(char)(0xc0 | *c >> 6), (char)(0x80 | (*c & 0x3f))};
            buf_append(out, two, 2);
            c++;
        }
    }
    return buf_string(out) ? 0 : -1;
}

bool document_input_utf8(const char *bytes, size_t len, struct buf *converted,
                         struct utf8_bytes *utf8)
{
    enum encoding encoding = encoding_of(bytes, len);
    *utf8 = (struct utf8_bytes){bytes, len};
    if (encoding != ENCODING_LATIN_1)
        return encoding == ENCODING_UTF_8;
    if (latin_1_to_utf8(converted, bytes, len) < 0)
        return false; /* no memory for it: libxml2 may find some */
    *utf8 = (struct utf8_bytes){converted->data, converted->len};
    return true;
}

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

/* libxml2 copies what it is given, and then asks again and again whether there is more. An
 * input without a buffer behind it has neither cost; it cannot be converted by the library, so
 * it must be UTF-8. Latin 1, which is common, is converted here: an eighth of the library's
 * time. */
static xmlDoc *parse_in_place(xmlParserCtxt *ctxt, const struct utf8_bytes *utf8, int options)
{
    xmlCtxtReset(ctxt);
    xmlParserInput *input = xmlNewInputStream(ctxt);
    if (!input)
        return NULL;
    input->base = input->cur = (const xmlChar *)utf8->bytes;
    input->end = input->base + utf8->len;
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

xmlDoc *document_input_parse(xmlParserCtxt *ctxt, const char *bytes, size_t len, int options,
                             struct buf *converted)
{
    struct utf8_bytes utf8;
    ctxt->options = 0; /* some that were on for the last document would stay so */
    if (!document_input_utf8(bytes, len, converted, &utf8))
        return parse_copy(ctxt, bytes, len, options);
    return parse_in_place(ctxt, &utf8,
                          utf8.bytes == bytes ? options : options | XML_PARSE_IGNORE_ENC);
}

#else

xmlDoc *document_input_parse(xmlParserCtxt *ctxt, const char *bytes, size_t len, int options,
                             struct buf *converted)
{
    ctxt->options = 0;
    (void)converted;
    return parse_copy(ctxt, bytes, len, options);
}

#endif
