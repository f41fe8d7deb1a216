/* SPDX-License-Identifier: MIT
 *
 * Text that begins with `<` is XML, HTML, or something else that has tags, too: a DTD, SGML,
 * PHP, Markdown, mail. The productions of XML 1.0 tell, as far as the first bytes go. */
#ifndef THRESH_SOURCE_INDEX_SNIFF_MARKUP_H
#define THRESH_SOURCE_INDEX_SNIFF_MARKUP_H

#include "source/index/sniff.h"

/* Of the first bytes of a text as ASCII, without a byte order mark, at most SNIFF_BYTES:
 * SNIFF_XML if there is an XML declaration, SNIFF_XML_LIKE if not and it may be XML all the
 * same, SNIFF_HTML, SNIFF_MARKUP if it cannot be XML, or SNIFF_OTHER if it does not begin with
 * a tag. */
enum sniff sniff_markup(const char *text, size_t len);

#endif
