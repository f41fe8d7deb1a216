/* SPDX-License-Identifier: MIT
 *
 * What the name of an entry promises. The bytes decide what it is; the name tells how to take
 * bytes that say little, and bytes that are not what it promises.
 */
#ifndef THRESH_SOURCE_INDEX_NAME_PROMISE_H
#define THRESH_SOURCE_INDEX_NAME_PROMISE_H

#include "source/index/entry_name.h"

/* .xml, and not the ._NAME.xml in which macOS keeps what it knows of NAME.xml. */
bool name_promises_document(const struct entry_name *name);
/* A format that is XML: .svg, .xsd, .gpx. */
bool name_promises_xml(const struct entry_name *name);
/* A format that has tags and is no XML: .html, .php, .md. */
bool name_promises_markup(const struct entry_name *name);
/* .html, .htm */
bool name_promises_html(const struct entry_name *name);
/* An archive, or a format that is one: .zip, .epub, .tgz. */
bool name_promises_archive(const struct entry_name *name);
/* Of these, a tar, compressed or not. */
bool name_promises_tar(const struct entry_name *name);
/* An archive, or something compressed. */
bool name_promises_packed(const struct entry_name *name);
/* One of several files of an archive: a.7z.001, a.z01, a.r00. */
bool name_promises_volume(const struct entry_name *name);
/* What the name says of a format that cannot be read here and whose bytes tell it too far from
 * their beginning: "an ISO 9660 image". NULL if it says none. */
const char *name_promises_foreign(const struct entry_name *name);

#endif
