/* SPDX-License-Identifier: MIT
 *
 * What the first bytes of a file or an entry say it is. A name is only a hint; the bytes
 * decide.
 */
#ifndef THRESH_SOURCE_INDEX_SNIFF_H
#define THRESH_SOURCE_INDEX_SNIFF_H

#include <stdbool.h>
#include <stddef.h>

#define SNIFF_BYTES 512 /* as many as are looked at: a tar header's length */

enum sniff {
    SNIFF_OTHER,
    SNIFF_EMPTY,
    SNIFF_XML,
    SNIFF_HTML, /* and no XML declaration */
    SNIFF_ZIP,
    SNIFF_SEVENZIP,
    SNIFF_TAR,
    SNIFF_GZIP,
    SNIFF_XZ,
    SNIFF_ZSTD,
    SNIFF_BZIP2,
    SNIFF_FOREIGN, /* packed in a way that cannot be read here */
};

enum sniff sniff_bytes(const void *bytes, size_t len);

/* Archives and compressed files: something to be looked into. */
bool sniff_is_packed(enum sniff sniff);
/* What SNIFF_FOREIGN is, for people: "a RAR archive". */
const char *sniff_foreign(const void *bytes, size_t len);

#endif
