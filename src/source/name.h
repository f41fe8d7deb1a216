/* SPDX-License-Identifier: MIT
 *
 * Names as archives and file systems hold them, made fit to be shown: always valid UTF-8,
 * otherwise unchanged. They are shown and compared, never used to open anything out of an
 * archive.
 */
#ifndef THRESH_NAME_H
#define THRESH_NAME_H

#include "buf.h"

bool name_is_utf8(const char *name, size_t len);

/* Appends the name with every byte that is not UTF-8 replaced by U+FFFD. */
int name_append_utf8(struct buf *buf, const char *name, size_t len);
/* Appends the name read as code page 437, which is what ZIP means by an unflagged name. */
int name_append_cp437(struct buf *buf, const char *name, size_t len);

/* Absolute, with a `..` component, a backslash or a control character: harmless here, for
 * nothing is unpacked, but not where the archive goes next. */
bool name_is_unsafe(const char *name, size_t len);

/* ASCII case does not matter. */
bool name_ends_with(const char *name, size_t len, const char *suffix);

#endif
