/* SPDX-License-Identifier: MIT
 *
 * Names as archives and file systems hold them, made fit to be shown: always valid UTF-8, and
 * the same where they were that before. They are shown and compared; nothing in an archive is
 * ever opened by its name.
 */
#ifndef THRESH_SOURCE_INDEX_ENTRY_NAME_H
#define THRESH_SOURCE_INDEX_ENTRY_NAME_H

#include "base/buf.h"

/* A name fit to be shown, and the bytes that it was before, if they differ. Neither ends with a
 * NUL. Whoever makes one owns the bytes. */
struct entry_name {
    const char *shown; /* UTF-8 */
    size_t shown_len;
    const char *raw; /* NULL: the same as shown */
    size_t raw_len;
};

/* Appends the name, read as code page 437, which is what a name in a ZIP archive is that is not
 * said to be UTF-8 (APPNOTE appendix D). 0, or -1 without memory. */
int entry_name_append_cp437(struct buf *buf, const char *name, size_t len);

/* Absolute, or with a `..` component or a control character; a backslash is a slash, as Windows
 * has it. That is harmless here, where nothing is unpacked, but may not be where the archive
 * goes next. */
bool entry_name_is_unsafe(const char *name, size_t len);

/* Whatever the case of ASCII letters. */
bool entry_name_ends_with(const char *name, size_t len, const char *suffix);

#endif
