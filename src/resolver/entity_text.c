/* SPDX-License-Identifier: MIT */
#include "resolver/entity_text.h"

#include "base/utf8.h"
#include "base/xml_chars.h"
#include "resolver/resolver.h"
#include "scanner/encoding.h"
#include "scanner/xml_declaration.h"
#include <string.h>

/* Without what is no part of the replacement text: the byte order mark and the text
 * declaration. NULL: that is not as it should be. */
static const char *skip_head(const char *bytes)
{
    struct xml_declaration declaration;
    const uint8_t *c = (const uint8_t *)bytes;
    const uint8_t *marked = xml_skip_string(c, "\xef\xbb\xbf");
    c = marked ? marked : c;
    return (const char *)(xml_declaration_read_text(c, &declaration) ? declaration.end : c);
}

/* A line ends with a line feed, however it was written (2.11). */
static void append_lines(struct buf *text, const char *c, const char *end)
{
    while (c < end) {
        const char *line = memchr(c, '\r', (size_t)(end - c)), *to = line ? line : end;
        buf_append(text, c, (size_t)(to - c));
        c = to;
        if (line && *++c != '\n')
            buf_append_char(text, '\n');
    }
}

static int append(struct buf *text, const struct utf8_document *entity)
{
    const char *from = entity->undecoded ? NULL : skip_head(entity->bytes);
    const char *end = entity->bytes + entity->len;
    if (!from || !utf8_is_valid(from, (size_t)(end - from)))
        return 1;
    append_lines(text, from, end);
    return text->failed ? -1 : 0;
}

static int decode(struct encoding *encoding, const struct buf *bytes, struct buf *text)
{
    struct utf8_document entity;
    switch (encoding_entity_to_utf8(encoding, bytes->data, bytes->len, &entity)) {
    case ENCODING_DONE:
        return append(text, &entity);
    case ENCODING_TOO_LARGE:
        return 1;
    default:
        return -1;
    }
}

int entity_text(struct buf *bytes, struct buf *text)
{
    struct encoding *encoding = encoding_new();
    int rc = encoding && buf_string(bytes) ? decode(encoding, bytes, text) : -1;
    encoding_free(encoding);
    return rc;
}

int entity_text_find(struct resolver *resolver, const char *public_id, const char *address,
                     struct buf *text)
{
    struct thresh_error error = {{0}};
    struct resource resource;
    struct buf bytes = {0};
    int rc = resolver_find(resolver, public_id, address, &resource);
    if (rc != 0)
        return rc;
    rc = resolver_read(resolver, &resource, &bytes, &error);
    if (rc == 0)
        rc = entity_text(&bytes, text);
    else
        rc = error_is_no_memory(&error) ? -1 : 1;
    buf_free(&bytes);
    resource_close(&resource);
    return rc;
}
