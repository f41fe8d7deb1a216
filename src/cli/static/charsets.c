/* SPDX-License-Identifier: MIT
 *
 * iconv, to UTF-8, where glibc finds none of its modules: beside a program for any Linux lie
 * those of another version, or none. The table has what glibc's own make of the encodings that
 * XML is met in (charsets.py); linked with --wrap, all that the program is made of asks here
 * first.
 */
#include "base/utf8.h"
#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What an entry of a node is, by its highest bits; 0: no text has these bytes. */
#define CHARACTER (UINT32_C(1) << 31) /* of this code point */
#define NODE      (UINT32_C(1) << 30) /* the bytes go on in the node at this place */
#define FOUR      (UINT32_C(1) << 29) /* GB18030: the first character of four such bytes */
#define PAIR      (UINT32_C(1) << 28) /* two characters, at this place */
#define LOW_BITS  (PAIR - 1)

/* What iconv_open gives: one of these is set. */
struct converter {
    const struct charset *charset;
    iconv_t glibc_s;
};

iconv_t __real_iconv_open(const char *to, const char *from);
size_t __real_iconv(iconv_t converter, char **in, size_t *in_left, char **out, size_t *room);
int __real_iconv_close(iconv_t converter);
iconv_t __wrap_iconv_open(const char *to, const char *from);
size_t __wrap_iconv(iconv_t converter, char **in, size_t *in_left, char **out, size_t *room);
int __wrap_iconv_close(iconv_t converter);

static bool is_name(const char *given, const char *name)
{
    size_t len = strlen(name);
    return strncasecmp(given, name, len) == 0 &&
           (!given[len] || strcmp(given + len, "//") == 0);
}

iconv_t __wrap_iconv_open(const char *to, const char *from)
{
    struct converter *converter = calloc(1, sizeof *converter);
    if (!converter)
        return (iconv_t)-1;
    enum { CHARSETS = sizeof charsets / sizeof *charsets };
    for (size_t i = 0; is_name(to, "UTF-8") && i < CHARSETS && !converter->charset; i++)
        if (is_name(from, charsets[i].name))
            converter->charset = &charsets[i];
    if (converter->charset)
        return (iconv_t)converter;
    converter->glibc_s = __real_iconv_open(to, from);
    if (converter->glibc_s != (iconv_t)-1)
        return (iconv_t)converter;
    free(converter);
    return (iconv_t)-1;
}

int __wrap_iconv_close(iconv_t given)
{
    struct converter *converter = (struct converter *)given;
    int rc = converter->charset ? 0 : __real_iconv_close(converter->glibc_s);
    free(converter);
    return rc;
}

static uint32_t entry_of(uint32_t node, unsigned char byte)
{
    uint32_t first = table[node] & 0xff, n = table[node] >> 8;
    return byte >= first && byte - first < n ? table[node + 1 + byte - first] : 0;
}

/* Of GB18030's four bytes; 0: they are none. */
static uint32_t character_of_four(uint32_t first, const unsigned char *byte)
{
    if (byte[1] < 0x30 || byte[1] > 0x39 || byte[2] < 0x81 || byte[2] > 0xfe ||
        byte[3] < 0x30 || byte[3] > 0x39)
        return 0;
    uint32_t c =
        first + (uint32_t)(((byte[1] - 0x30) * 126 + byte[2] - 0x81) * 10 + byte[3] - 0x30);
    return c <= 0x10ffff ? c : 0;
}

/* One character, or two that belong together: how many bytes it has, 0 with errno where these
 * are none. */
static size_t decode(uint32_t node, const unsigned char *bytes, size_t len, uint32_t c[2])
{
    size_t taken = 1;
    uint32_t entry = entry_of(node, bytes[0]);
    while ((entry & (NODE | CHARACTER)) == NODE && taken < len)
        entry = entry_of(entry & LOW_BITS, bytes[taken++]);
    bool is_cut = (entry & (NODE | CHARACTER)) == NODE || (entry & FOUR && len < 4);
    errno = is_cut ? EINVAL : EILSEQ;
    if (!entry || is_cut)
        return 0;
    c[0] = entry & LOW_BITS, c[1] = 0;
    if (entry & FOUR)
        return (c[0] = character_of_four(c[0], bytes)) ? 4 : 0;
    if (entry & PAIR)
        memcpy(c, table + (entry & LOW_BITS), 2 * sizeof *c);
    /* A letter, and the marks that become one character with it. */
    while (entry & NODE) {
        uint32_t letter = entry & LOW_BITS;
        c[0] = table[letter];
        entry = taken < len ? entry_of(letter + 1, bytes[taken]) : 0;
        if (entry) {
            taken++;
            c[0] = entry & LOW_BITS;
        }
    }
    return taken;
}

size_t __wrap_iconv(iconv_t given, char **in, size_t *in_left, char **out, size_t *room)
{
    const struct converter *converter = (const struct converter *)given;
    if (!converter->charset)
        return __real_iconv(converter->glibc_s, in, in_left, out, room);
    while (in && *in && *in_left) {
        uint32_t c[2];
        unsigned char utf8[8];
        size_t taken = decode(converter->charset->root, (unsigned char *)*in, *in_left, c);
        if (!taken)
            return (size_t)-1;
        size_t len = utf8_write(c[0], utf8);
        if (c[1])
            len += utf8_write(c[1], utf8 + len);
        if (len > *room) {
            errno = E2BIG;
            return (size_t)-1;
        }
        memcpy(*out, utf8, len);
        *out += len, *room -= len;
        *in += taken, *in_left -= taken;
    }
    return 0;
}
