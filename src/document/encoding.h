/* SPDX-License-Identifier: MIT
 *
 * Most documents are in UTF-8 and can be read where they lie. Latin 1, which is common too, is
 * converted here in an eighth of the time that libxml2 takes. All else is left to libxml2.
 */
#ifndef THRESH_DOCUMENT_ENCODING_H
#define THRESH_DOCUMENT_ENCODING_H

#include "base/buf.h"

struct utf8_bytes {
    const char *bytes; /* a NUL byte follows */
    size_t len;
};

/* The document in UTF-8: as it lies, or converted from Latin 1 into `converted`. `bytes` are
 * followed by a NUL byte. False: it is, or may be, in another encoding. */
bool encoding_utf8(const char *bytes, size_t len, struct buf *converted,
                   struct utf8_bytes *utf8);

#endif
