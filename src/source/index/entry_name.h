/* SPDX-License-Identifier: MIT
 *
 * Names as archives and file systems hold them, made fit to be shown: always valid UTF-8,
 * otherwise unchanged. They are shown and compared, never used to open anything out of an
 * archive.
 */
#ifndef THRESH_SOURCE_INDEX_ENTRY_NAME_H
#define THRESH_SOURCE_INDEX_ENTRY_NAME_H

#include "base/buf.h"

/* Appends the name read as code page 437, which is what ZIP means by an unflagged name. */
int entry_name_append_cp437(struct buf *buf, const char *name, size_t len);

/* Absolute, with a `..` component, a backslash or a control character: harmless here, for
 * nothing is unpacked, but not where the archive goes next. */
bool entry_name_is_unsafe(const char *name, size_t len);

/* ASCII case does not matter. */
bool entry_name_ends_with(const char *name, size_t len, const char *suffix);

#endif
