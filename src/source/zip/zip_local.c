/* SPDX-License-Identifier: MIT
 *
 * Local headers of a ZIP archive (APPNOTE 4.3.7), and the methods that its members are
 * compressed by.
 */
#include "base/swar.h"
#include "source/zip/zip_end.h"

#include <string.h>

static int mismatch(struct entry_fault *fault, const char *what)
{
    return entry_fault_set(fault, ENTRY_CODE_MISMATCH,
                           "the archive's list of entries and the entry itself "
                           "disagree about its %s; pack it again",
                           what);
}

/* Zero says that sizes and CRC follow behind the data (APPNOTE 4.3.9), all ones that they are
 * in a ZIP64 field. */
static bool agrees(uint64_t local, uint64_t claimed)
{
    return local == 0 || local == 0xffffffff || local == claimed;
}

int zip_locate(struct window *window, const struct zip_claim *claim, size_t want,
               struct slice *member, struct entry_fault *fault)
{
    const unsigned char *s;
    size_t have, need = ZIP_LOCAL_BYTES + claim->name_len;
    struct slice header = *member;
    /* With the data and a usual extra field, so that a small member takes one read. */
    header.len = need + 64 + want < WINDOW_BYTES ? need + 64 + want : need;
    if (window_get(window, &header, &s, &have) < 0)
        return -1;
    if (have < ZIP_LOCAL_BYTES)
        return entry_fault_set(fault, ENTRY_CODE_TRUNCATED,
                               "the archive ends before this entry does; get "
                               "it again");
    if (!zip_is_signature(s, 3, 4))
        return mismatch(fault, "place");
    if (have < need)
        return entry_fault_set(fault, ENTRY_CODE_TRUNCATED,
                               "the archive ends in this entry's name; get it "
                               "again");
    if (swar_le16(s + 26) != claim->name_len ||
        memcmp(s + ZIP_LOCAL_BYTES, claim->name, claim->name_len))
        return mismatch(fault, "name");
    if (swar_le16(s + 6) & 1)
        return entry_fault_set(fault, ENTRY_CODE_ENCRYPTED,
                               "the entry is encrypted; decrypt the archive "
                               "first");
    if (swar_le16(s + 8) != claim->method)
        return mismatch(fault, "method of compression");
    if (!agrees(swar_le32(s + 18), member->len) || !agrees(swar_le32(s + 22), claim->size))
        return mismatch(fault, "size");
    if (swar_le32(s + 14) && swar_le32(s + 14) != claim->crc)
        return mismatch(fault, "CRC-32");
    member->at += need + swar_le16(s + 28);
    return 0;
}

enum codec zip_method_codec(unsigned method)
{
    switch (method) {
    case 9:
        return CODEC_DEFLATE64;
    case 12:
        return CODEC_BZIP2;
    case 14:
        return CODEC_ZIP_LZMA;
    case 20: /* Zstandard's first number */
    case 93:
        return CODEC_ZSTD;
    case 95:
        return CODEC_XZ;
    default:
        return CODEC_NONE;
    }
}

const char *zip_method_name(unsigned method)
{
    static const struct {
        unsigned method;
        const char *name;
    } names[] = {
        {1, "Shrunk"},   {2, "Reduced"},   {3, "Reduced"}, {4, "Reduced"},    {5, "Reduced"},
        {6, "Imploded"}, {9, "Deflate64"}, {10, "DCL"},    {12, "bzip2"},     {14, "LZMA"},
        {16, "CMPSC"},   {18, "TERSE"},    {19, "LZ77"},   {20, "Zstandard"}, {93, "Zstandard"},
        {94, "MP3"},     {95, "XZ"},       {96, "JPEG"},   {97, "WavPack"},   {98, "PPMd"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].method == method)
            return names[i].name;
    return "";
}
