/* SPDX-License-Identifier: MIT */
#include "document/encoding.h"

#include "base/swar.h"
#include <stdbool.h>
#include <string.h>

enum encoding { ENCODING_OTHER, ENCODING_UTF_8, ENCODING_LATIN_1 };

/* What libxml2 would take the bytes for, by how they begin and what the XML declaration says.
 * Where that is not certain: other. */
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

/* Each byte is a code point. Bytes that are ASCII are copied as many as there are at a time. */
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

bool encoding_utf8(const char *bytes, size_t len, struct buf *converted,
                   struct utf8_bytes *utf8)
{
    enum encoding encoding = encoding_of(bytes, len);
    *utf8 = (struct utf8_bytes){bytes, len};
    if (encoding != ENCODING_LATIN_1)
        return encoding == ENCODING_UTF_8;
    if (latin_1_to_utf8(converted, bytes, len) < 0)
        return false; /* no memory: libxml2, which converts piece by piece, may have enough */
    *utf8 = (struct utf8_bytes){converted->data, converted->len};
    return true;
}
