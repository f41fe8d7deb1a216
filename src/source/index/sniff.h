/* SPDX-License-Identifier: MIT
 *
 * What the first bytes of a file or an entry say it is. A name is only a hint: the bytes
 * decide.
 *
 * Most formats have a signature (sniff_magic.h); tar is told by the checksum of POSIX ustar,
 * bzip2 by its source, and XML by appendix F of XML 1.0 and its productions (sniff_markup.h).
 */
#ifndef THRESH_SOURCE_INDEX_SNIFF_H
#define THRESH_SOURCE_INDEX_SNIFF_H

#include "source/codec.h"

#include <stdbool.h>
#include <stddef.h>

/* How many bytes at most decide: as many as a tar header has. */
#define SNIFF_BYTES 512

enum sniff {
    SNIFF_OTHER,
    SNIFF_EMPTY,
    SNIFF_XML,         /* it has an XML declaration */
    SNIFF_XML_LIKE,    /* it has none, and begins as a document */
    SNIFF_MARKUP,      /* it begins with `<`, and is no XML: a DTD, SGML, PHP, Markdown */
    SNIFF_HTML,        /* without an XML declaration */
    SNIFF_APPLEDOUBLE, /* what macOS knows of another file */
    SNIFF_OLE2,        /* an old Office document, or a new one with a password */
    SNIFF_ZIP,
    SNIFF_SEVENZIP,
    SNIFF_TAR,
    SNIFF_CPIO,
    SNIFF_GZIP,
    SNIFF_XZ,
    SNIFF_ZSTD,
    SNIFF_BZIP2,
    SNIFF_LZIP,
    SNIFF_LZ4,
    SNIFF_LZW,     /* of compress(1), .Z */
    SNIFF_FOREIGN, /* packed in a way that cannot be read here */
};

/* `bytes` are the first SNIFF_BYTES, or all if there are fewer. */
enum sniff sniff_bytes(const void *bytes, size_t len);

/* Archives and compressed files: there is something in them to be listed. */
bool sniff_is_packed(enum sniff sniff);
/* Of these, the archives. */
bool sniff_is_archive(enum sniff sniff);
/* Of these, what a compressed file is compressed with; CODEC_NONE for all others. */
enum codec sniff_codec(enum sniff sniff);

/* What the bytes are that sniff_bytes calls SNIFF_FOREIGN, for people: "a RAR archive". NULL
 * for all others. */
const char *sniff_foreign(const void *bytes, size_t len);

#endif
