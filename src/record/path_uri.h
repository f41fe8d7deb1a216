/* SPDX-License-Identifier: MIT
 *
 * The path of a record as a URI reference (RFC 3986), as SARIF 2.1.0 wants one (3.10).
 */
#ifndef THRESH_RECORD_PATH_URI_H
#define THRESH_RECORD_PATH_URI_H

#include "base/buf.h"

/* Appends the reference: a relative one, unless the path begins at the root. Segments of a
 * file's path that are empty or a dot are left out, and `..` in one from the root is where it
 * leads on this machine, as SARIF has it. Within an archive a slash beside such a segment is
 * %2F: no name there leads to another file. Fails as appending to a buf does. */
void path_uri_append(struct buf *out, const char *path, size_t len);

#endif
