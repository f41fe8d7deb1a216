/* SPDX-License-Identifier: MIT */
#include "source/index/sniff_magic.h"

#include "base/swar.h"

#include <string.h>

struct magic {
    const char *bytes;
    size_t len;
    enum sniff sniff;
    const char *foreign;
    size_t at;
};

static const struct magic magics[] = {
    {"PK\003\004", 4, SNIFF_ZIP, NULL, 0},
    {"PK\005\006", 4, SNIFF_ZIP, NULL, 0},
    {"PK\007\010", 4, SNIFF_ZIP, NULL, 0},
    {"PK00PK\003\004", 8, SNIFF_ZIP, NULL, 0},
    {"\x1f\x8b\x08", 3, SNIFF_GZIP, NULL, 0},
    {"\xfd"
     "7zXZ",
     6, SNIFF_XZ, NULL, 0},
    {"\x28\xb5\x2f\xfd", 4, SNIFF_ZSTD, NULL, 0},
    {"LZIP\x01", 5, SNIFF_LZIP, NULL, 0},
    {"\x04\x22\x4d\x18", 4, SNIFF_LZ4, NULL, 0},
    {"\x1f\x9d", 2, SNIFF_LZW, NULL, 0},
    {"7z\xbc\xaf\x27\x1c", 6, SNIFF_SEVENZIP, NULL, 0},
    {"\0\x05\x16\x07", 4, SNIFF_APPLEDOUBLE, NULL, 0},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, SNIFF_OLE2, NULL, 0},
    /* Archives. */
    {"Rar!\x1a\x07", 6, SNIFF_FOREIGN, "a RAR archive", 0},
    {"RE~^", 4, SNIFF_FOREIGN, "a RAR archive", 0},
    {"MSCF\0\0\0\0", 8, SNIFF_FOREIGN, "a Cabinet archive", 0},
    {"ISc(", 4, SNIFF_FOREIGN, "an InstallShield cabinet", 0},
    {"\xed\xab\xee\xdb", 4, SNIFF_FOREIGN, "an RPM package", 0},
    {"!<arch>\n", 8, SNIFF_FOREIGN, "an ar archive or Debian package", 0},
    {"!<thin>\n", 8, SNIFF_FOREIGN, "an ar archive", 0},
    {"070701", 6, SNIFF_CPIO, NULL, 0},
    {"070702", 6, SNIFF_FOREIGN, "a cpio archive with check sums", 0},
    {"070707", 6, SNIFF_CPIO, NULL, 0},
    {"xar!", 4, SNIFF_FOREIGN, "an xar archive", 0},
    {"MSWIM\0\0\0", 8, SNIFF_FOREIGN, "a Windows image (WIM)", 0},
    {"\xdc\xa7\xc4\xfd", 4, SNIFF_FOREIGN, "a zoo archive", 20},
    {"**ACE**", 7, SNIFF_FOREIGN, "an ACE archive", 7},
    {"SIT!", 4, SNIFF_FOREIGN, "a StuffIt archive", 0},
    {"StuffIt ", 8, SNIFF_FOREIGN, "a StuffIt archive", 0},
    {"ALZ\001", 4, SNIFF_FOREIGN, "an ALZip archive", 0},
    {"EGGA", 4, SNIFF_FOREIGN, "an EGG archive", 0},
    {"7kSt", 4, SNIFF_FOREIGN, "a zpaq archive", 0},
    {"zPQ\001", 4, SNIFF_FOREIGN, "a zpaq archive", 0},
    {"zPQ\002", 4, SNIFF_FOREIGN, "a zpaq archive", 0},
    {"pbzx", 4, SNIFF_FOREIGN, "a pbzx archive", 0},
    {"WARC/", 5, SNIFF_FOREIGN, "a WARC archive", 0},
    {"hsqs", 4, SNIFF_FOREIGN, "a SquashFS image", 0},
    {"sqsh", 4, SNIFF_FOREIGN, "a SquashFS image", 0},
    {"\x45\x3d\xcd\x28", 4, SNIFF_FOREIGN, "a cramfs image", 0},
    {"\x28\xcd\x3d\x45", 4, SNIFF_FOREIGN, "a cramfs image", 0},
    /* Compressed files. */
    {"LZIP", 4, SNIFF_FOREIGN, "compressed with an lzip of another version", 0},
    {"\x02\x21\x4c\x18", 4, SNIFF_FOREIGN, "compressed with lz4's legacy format", 0},
    {"\x1f\xa0", 2, SNIFF_FOREIGN, "compressed with compress -H (.Z)", 0},
    {"\x1f\x1e", 2, SNIFF_FOREIGN, "compressed with pack (.z)", 0},
    {"\x89LZO\0\r\n\x1a\n", 9, SNIFF_FOREIGN, "compressed with lzop", 0},
    {"LRZI", 4, SNIFF_FOREIGN, "compressed with lrzip", 0},
    {"RZIP", 4, SNIFF_FOREIGN, "compressed with rzip", 0},
    {"GRZipII\0", 8, SNIFF_FOREIGN, "compressed with grzip", 0},
    {"bvx1", 4, SNIFF_FOREIGN, "compressed with lzfse", 0},
    {"bvx2", 4, SNIFF_FOREIGN, "compressed with lzfse", 0},
    {"\xff\x06\0\0sNaPpY", 10, SNIFF_FOREIGN, "compressed with Snappy", 0},
    {"SZDD\x88\xf0\x27\x33", 8, SNIFF_FOREIGN, "compressed with Microsoft's compress", 0},
    {"KWAJ\x88\xf0\x27\xd1", 8, SNIFF_FOREIGN, "compressed with Microsoft's compress", 0},
};

/* Skippable frames, of zstd and of lz4, hold no data: what follows them tells. One that reaches
 * out of what is at hand is taken for zstd's, which is where they are in use. */
static enum sniff judge_frames(const unsigned char *s, size_t len, const char **foreign)
{
    size_t at = 0;
    while (len - at >= 8 && (swar_le32(s + at) & 0xfffffff0) == 0x184d2a50) {
        uint32_t skip = swar_le32(s + at + 4);
        if (skip >= len - at - 8)
            return SNIFF_ZSTD;
        at += 8 + skip;
    }
    return at ? sniff_magic(s + at, len - at, foreign) : SNIFF_OTHER;
}

/* What lzma(1) writes is not read, for it has no check sum. Nor has it a signature, but its
 * header says little that is likely by chance: properties, the size of the dictionary, that of
 * the data, and a zero (LZMA SDK, lzma-specification.txt). */
static bool is_lzma(const unsigned char *s, size_t len)
{
    if (len < 14 || s[0] >= 9 * 5 * 5 || s[13])
        return false;
    uint32_t dictionary = swar_le32(s + 1);
    uint64_t size = swar_load_8(s + 5);
    /* 2^n or 2^n + 2^(n-1) */
    uint32_t low = dictionary & -dictionary, high = dictionary - low;
    bool is_usual = dictionary >= 4096 && (high == 0 || high == low << 1);
    return is_usual && (size == UINT64_MAX || (size && size < UINT64_C(1) << 38));
}

/* LHA has the name of the method in its header, "-lh5-". */
static bool is_lha(const unsigned char *s, size_t len)
{
    return len >= 22 && s[2] == '-' && s[3] == 'l' && (s[4] == 'h' || s[4] == 'z') &&
           s[6] == '-';
}

/* The signature has but two bytes: the length of the header has to fit, too. */
static bool is_arj(const unsigned char *s, size_t len)
{
    return len >= 4 && s[0] == 0x60 && s[1] == 0xea && swar_le16(s + 2) >= 30 &&
           swar_le16(s + 2) <= 2600;
}

/* The same of the old binary cpio, in either byte order, with the length of the name. */
static bool is_binary_cpio(const unsigned char *s, size_t len)
{
    if (len < 26)
        return false;
    size_t little = swar_le16(s + 20), big = (size_t)s[20] << 8 | s[21];
    return (s[0] == 0xc7 && s[1] == 0x71 && little - 1 < 1024) ||
           (s[0] == 0x71 && s[1] == 0xc7 && big - 1 < 1024);
}

enum sniff sniff_magic(const unsigned char *s, size_t len, const char **foreign)
{
    if (foreign)
        *foreign = NULL;
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        const struct magic *magic = &magics[i];
        if (len < magic->at + magic->len || memcmp(s + magic->at, magic->bytes, magic->len))
            continue;
        if (foreign)
            *foreign = magic->foreign;
        return magic->sniff;
    }
    if (is_binary_cpio(s, len))
        return SNIFF_CPIO;
    const char *name = is_lzma(s, len)  ? "compressed with lzma"
                       : is_lha(s, len) ? "an LHA archive"
                       : is_arj(s, len) ? "an ARJ archive"
                                        : NULL;
    if (!name)
        return judge_frames(s, len, foreign);
    if (foreign)
        *foreign = name;
    return SNIFF_FOREIGN;
}
