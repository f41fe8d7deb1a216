/* SPDX-License-Identifier: MIT */
#include "source/index/sniff.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

struct magic {
    const char *bytes;
    size_t len;
    enum sniff sniff;
    const char *foreign;
};

static const struct magic magics[] = {
    {"PK\003\004", 4, SNIFF_ZIP, NULL},
    {"PK\005\006", 4, SNIFF_ZIP, NULL},
    {"PK\007\010", 4, SNIFF_ZIP, NULL},
    {"PK00PK\003\004", 8, SNIFF_ZIP, NULL},
    {"\x1f\x8b\x08", 3, SNIFF_GZIP, NULL},
    {"\xfd"
     "7zXZ",
     6, SNIFF_XZ, NULL},
    {"\x28\xb5\x2f\xfd", 4, SNIFF_ZSTD, NULL},
    {"7z\xbc\xaf\x27\x1c", 6, SNIFF_SEVENZIP, NULL},
    {"Rar!\x1a\x07", 6, SNIFF_FOREIGN, "a RAR archive"},
    {"MSCF\0\0\0\0", 8, SNIFF_FOREIGN, "a Cabinet archive"},
    {"\x04\x22\x4d\x18", 4, SNIFF_FOREIGN, "compressed with lz4"},
    {"LZIP\001", 5, SNIFF_FOREIGN, "compressed with lzip"},
    {"\x1f\x9d\x90", 3, SNIFF_FOREIGN, "compressed with compress (.Z)"},
    {"\xed\xab\xee\xdb", 4, SNIFF_FOREIGN, "an RPM package"},
    {"!<arch>\n", 8, SNIFF_FOREIGN, "an ar archive or Debian package"},
    {"070701", 6, SNIFF_FOREIGN, "a cpio archive"},
    {"070707", 6, SNIFF_FOREIGN, "a cpio archive"},
};

static const struct magic *find_magic(const unsigned char *s, size_t len)
{
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (len >= magics[i].len && memcmp(s, magics[i].bytes, magics[i].len) == 0)
            return &magics[i];
    return NULL;
}

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

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
           (unsigned char)c >= 0x80;
}

static bool begins(const char *text, size_t len, const char *word)
{
    size_t n = strlen(word);
    return len >= n && strncasecmp(text, word, n) == 0;
}

static enum sniff sniff_text(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len && (text[i] == ' ' || (text[i] >= '\t' && text[i] <= '\r')))
        i++;
    text += i;
    len -= i;
    if (len < 2 || text[0] != '<')
        return SNIFF_OTHER;
    if (begins(text, len, "<html"))
        return len == 5 || text[5] == '>' || text[5] <= ' ' ? SNIFF_HTML : SNIFF_XML;
    if (begins(text, len, "<!doctype")) {
        for (i = 9; i < len && text[i] > 0 && text[i] <= ' '; i++)
            continue;
        return begins(text + i, len - i, "html") ? SNIFF_HTML : SNIFF_XML;
    }
    if (begins(text, len, "<!--") || text[1] == '?' || is_name_start(text[1]))
        return SNIFF_XML;
    return SNIFF_OTHER;
}

enum sniff sniff_bytes(const void *bytes, size_t len)
{
    const unsigned char *s = bytes;
    if (!len)
        return SNIFF_EMPTY;
    const struct magic *magic = find_magic(s, len);
    if (magic)
        return magic->sniff;
    if (is_bzip2(s, len))
        return SNIFF_BZIP2;
    if (len >= 4 && memcmp(s, "\x4c\x6f\xa7\x94", 4) == 0) /* <?xm in EBCDIC */
        return SNIFF_XML;
    /* Before text, for a tar may begin with any name, even one like <a>. Its checksum does not
     * come right by chance. */
    if (is_tar(s, len))
        return SNIFF_TAR;
    char text[SNIFF_BYTES];
    return sniff_text(text, to_ascii(s, len, text, sizeof text));
}

bool sniff_is_packed(enum sniff sniff)
{
    return sniff_is_archive(sniff) || sniff_codec(sniff) != CODEC_NONE;
}

bool sniff_is_archive(enum sniff sniff)
{
    return sniff == SNIFF_ZIP || sniff == SNIFF_SEVENZIP || sniff == SNIFF_TAR;
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
    default:
        return CODEC_NONE;
    }
}

const char *sniff_foreign(const void *bytes, size_t len)
{
    const struct magic *magic = find_magic(bytes, len);
    return magic ? magic->foreign : NULL;
}
