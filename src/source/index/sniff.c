/* SPDX-License-Identifier: MIT */
#include "source/index/sniff.h"

#include "source/index/sniff_magic.h"
#include "source/index/sniff_markup.h"

#include <string.h>

static bool is_bzip2(const unsigned char *s, size_t len)
{
    return len >= 10 && memcmp(s, "BZh", 3) == 0 && s[3] >= '1' && s[3] <= '9' &&
           (memcmp(s + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0 ||
            memcmp(s + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

/* Tar has no signature that all its writers agree on, but the header has a checksum, of which
 * some old writers took the bytes as signed. */
static bool is_tar(const unsigned char *s, size_t len)
{
    if (len < 512 || !s[0])
        return false;
    unsigned long stated = 0;
    size_t i = 148;
    while (i < 156 && s[i] == ' ')
        i++;
    size_t first = i;
    for (; i < 156 && s[i] >= '0' && s[i] <= '7'; i++)
        stated = stated * 8 + (unsigned long)(s[i] - '0');
    if (i == first)
        return false;
    unsigned long sum = 0;
    long signed_sum = 0;
    for (i = 0; i < 512; i++) {
        unsigned char c = i >= 148 && i < 156 ? ' ' : s[i];
        sum += c;
        signed_sum += (signed char)c;
    }
    return stated == sum || (long)stated == signed_sum;
}

/* The number of bytes of one character: 1, 2 or 4. Sets *low to where in a character its lowest
 * byte is, and *start to where the text begins, after a byte order mark. */
static size_t character_width(const unsigned char *s, size_t len, size_t *low, size_t *start)
{
    *low = *start = 0;
    if (len >= 4 && (memcmp(s, "\0\0\xfe\xff", 4) == 0 || memcmp(s, "\0\0\0<", 4) == 0)) {
        *low = 3;
        *start = s[3] == '<' ? 0 : 4;
        return 4;
    }
    if (len >= 4 && (memcmp(s, "\xff\xfe\0\0", 4) == 0 || memcmp(s, "<\0\0\0", 4) == 0)) {
        *start = s[0] == '<' ? 0 : 4;
        return 4;
    }
    if (len >= 2 && ((s[0] == 0xfe && s[1] == 0xff) || (s[0] == 0 && s[1]))) {
        *low = 1;
        *start = s[0] ? 2 : 0;
        return 2;
    }
    if (len >= 2 && ((s[0] == 0xff && s[1] == 0xfe) || (s[0] && s[1] == 0))) {
        *start = s[0] == 0xff ? 2 : 0;
        return 2;
    }
    if (len >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
        *start = 3;
    return 1;
}

/* The text as ASCII, which is all that decides; other characters become 0x80. Returns its
 * length. */
static size_t to_ascii(const unsigned char *s, size_t len, char *out, size_t max)
{
    size_t low, at, n = 0;
    size_t width = character_width(s, len, &low, &at);
    for (; at + width <= len && n < max; at += width) {
        unsigned char c = s[at + low];
        for (size_t i = 0; i < width; i++)
            if (i != low && s[at + i])
                c = 0x80;
        out[n++] = (char)c;
    }
    return n;
}

enum sniff sniff_bytes(const void *bytes, size_t len)
{
    const unsigned char *s = bytes;
    if (!len)
        return SNIFF_EMPTY;
    enum sniff magic = sniff_magic(s, len, NULL);
    if (magic != SNIFF_OTHER)
        return magic;
    if (is_bzip2(s, len))
        return SNIFF_BZIP2;
    if (len >= 4 && memcmp(s, "\x4c\x6f\xa7\x94", 4) == 0) /* <?xm in EBCDIC */
        return SNIFF_XML;
    /* Before text, for a tar may begin with any name, even one like <a>. Its checksum does not
     * come right by chance. */
    if (is_tar(s, len))
        return SNIFF_TAR;
    char text[SNIFF_BYTES];
    return sniff_markup(text, to_ascii(s, len, text, sizeof text));
}

bool sniff_is_packed(enum sniff sniff)
{
    return sniff_is_archive(sniff) || sniff_codec(sniff) != CODEC_NONE;
}

bool sniff_is_archive(enum sniff sniff)
{
    return sniff == SNIFF_ZIP || sniff == SNIFF_SEVENZIP || sniff == SNIFF_TAR ||
           sniff == SNIFF_CPIO;
}

enum codec sniff_codec(enum sniff sniff)
{
    switch (sniff) {
    case SNIFF_GZIP:
        return CODEC_GZIP;
    case SNIFF_XZ:
        return CODEC_XZ;
    case SNIFF_ZSTD:
        return CODEC_ZSTD;
    case SNIFF_BZIP2:
        return CODEC_BZIP2;
    case SNIFF_LZIP:
        return CODEC_LZIP;
    case SNIFF_LZ4:
        return CODEC_LZ4;
    case SNIFF_LZW:
        return CODEC_LZW;
    default:
        return CODEC_NONE;
    }
}

const char *sniff_foreign(const void *bytes, size_t len)
{
    const char *foreign;
    sniff_magic(bytes, len, &foreign);
    return foreign;
}
