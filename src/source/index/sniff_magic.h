/* SPDX-License-Identifier: MIT
 *
 * Formats that are told by a signature: those that are read here, and those that are not,
 * which are named, so that nothing packed passes unread.
 *
 * The signatures are those of APPNOTE.TXT 4.3 (ZIP), 7zFormat.txt (7z), RFC 1952 (gzip), the
 * .xz file format 2.1.1, RFC 8878 3.1 (Zstandard), RFC 1740 (AppleDouble), [MS-CFB] 2.2
 * (OLE2), and of the foreign formats the ones that libarchive and file(1) know them by. */
#ifndef THRESH_SOURCE_INDEX_SNIFF_MAGIC_H
#define THRESH_SOURCE_INDEX_SNIFF_MAGIC_H

#include "source/index/sniff.h"

/* SNIFF_OTHER if the bytes have no signature that is known. *foreign, which may be NULL, is
 * set to what they are, for people, if that is SNIFF_FOREIGN: "a RAR archive"; else to NULL. */
enum sniff sniff_magic(const unsigned char *s, size_t len, const char **foreign);

#endif
