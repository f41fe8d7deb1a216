/* SPDX-License-Identifier: MIT
 *
 * What a document or an archive says is printed, never obeyed: control characters are escaped,
 * so that no name and no value can forge a line or a terminal's control sequence.
 */
#ifndef THRESH_RECORD_ESCAPE_H
#define THRESH_RECORD_ESCAPE_H

#include "base/buf.h"

/* Appends the inside of a JSON string (RFC 8259) that says `bytes`, which are UTF-8. It can be
 * printed on a terminal, too. 0, or -1 without memory. */
int escape_json(struct buf *out, const char *bytes, size_t len);

/* Appends `bytes` for people to read on a terminal. Controls, and those that change the
 * direction of text, are escaped as in JSON; what is not UTF-8 becomes U+FFFD. 0, or -1 without
 * memory. */
int escape_text(struct buf *out, const char *bytes, size_t len);

/* Appends `bytes`, which are as escape_text takes them, as content or an attribute's value of
 * XML 1.0: what no document may hold is escaped as in JSON or becomes U+FFFD. 0, or -1 without
 * memory. */
int escape_xml(struct buf *out, const char *bytes, size_t len);

#endif
