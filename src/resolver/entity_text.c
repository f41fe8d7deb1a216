/* SPDX-License-Identifier: MIT */
#include "resolver/entity_text.h"

#include "base/utf8.h"
#include <libxml/encoding.h>
#include <libxml/tree.h>
#include <limits.h>
#include <string.h>

/* The value of `encoding` in a text declaration, or NULL. */
static char *declared_encoding(const struct buf *bytes, char name[64])
{
    const char *end, *at = bytes->data;
    if (bytes->len < 5 || memcmp(at, "<?xml", 5) != 0)
        return NULL;
    end = memmem(at, bytes->len, "?>", 2);
    at = end ? memmem(at, (size_t)(end - at), "encoding", 8) : NULL;
    if (!at)
        return NULL;
    for (at += 8; memchr(" \t\r\n=", *at, 5);) /* `end` is none of them */
        at++;
    const char *quote = memchr(at + 1, *at, (size_t)(end - at));
    size_t len = quote && (*at == '"' || *at == '\'') ? (size_t)(quote - at - 1) : 0;
    if (!len || len >= 64)
        return NULL;
    memcpy(name, at + 1, len);
    name[len] = '\0';
    return name;
}

static xmlCharEncodingHandler *handler_for(const struct buf *bytes, bool *is_known)
{
    char name[64];
    xmlCharEncoding detected = xmlDetectCharEncoding((const xmlChar *)bytes->data,
                                                     (int)(bytes->len < 4 ? bytes->len : 4));
    *is_known = true;
    if (detected == XML_CHAR_ENCODING_UTF16LE || detected == XML_CHAR_ENCODING_UTF16BE)
        return xmlGetCharEncodingHandler(detected);
    if (!declared_encoding(bytes, name) || strcasecmp(name, "UTF-8") == 0)
        return NULL;
    xmlCharEncodingHandler *handler = xmlFindCharEncodingHandler(name);
    *is_known = handler != NULL;
    return handler;
}

static int convert(xmlCharEncodingHandler *handler, const struct buf *bytes, struct buf *text)
{
    xmlBuffer *in = xmlBufferCreate(), *out = xmlBufferCreate();
    int rc = in && out && bytes->len < INT_MAX &&
                     xmlBufferAdd(in, (const xmlChar *)bytes->data, (int)bytes->len) == 0
                 ? 0
                 : -1;
    while (rc == 0 && xmlBufferLength(in) > 0) {
        int before = xmlBufferLength(in);
        xmlCharEncInFunc(handler, out, in);
        if (xmlBufferLength(in) == before)
            rc = 1;
    }
    if (rc == 0)
        rc = buf_append(text, xmlBufferContent(out), (size_t)xmlBufferLength(out));
    xmlBufferFree(in);
    xmlBufferFree(out);
    return rc;
}

/* The byte order mark and the text declaration, which are no part of the replacement text. */
static void drop_head(struct buf *text, size_t from)
{
    char *start = text->data + from, *end = text->data + text->len, *rest = start;
    if (end - rest >= 3 && memcmp(rest, "\xef\xbb\xbf", 3) == 0)
        rest += 3;
    if (end - rest > 5 && memcmp(rest, "<?xml", 5) == 0 && strchr(" \t\r\n", rest[5])) {
        char *close = memmem(rest, (size_t)(end - rest), "?>", 2);
        rest = close ? close + 2 : rest;
    }
    memmove(start, rest, (size_t)(end - rest));
    text->len -= (size_t)(rest - start);
}

int entity_text(const struct buf *bytes, struct buf *text)
{
    size_t from = text->len;
    bool is_known = true;
    if (!bytes->len)
        return 0;
    xmlCharEncodingHandler *handler = handler_for(bytes, &is_known);
    if (!is_known)
        return 1;
    int rc =
        handler ? convert(handler, bytes, text) : buf_append(text, bytes->data, bytes->len);
    xmlCharEncCloseFunc(handler);
    if (rc != 0)
        return rc;
    drop_head(text, from);
    return utf8_is_valid(text->data + from, text->len - from) ? 0 : 1;
}
