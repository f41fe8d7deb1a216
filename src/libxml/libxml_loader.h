/* SPDX-License-Identifier: MIT
 *
 * Where XML comes from while schemas are read: files, a catalog, built-in copies; never a
 * network. While documents are read it comes from nowhere: what a document points at stays
 * unread.
 *
 * libxml2 has one external entity loader a process and gives it no context, so this is the one
 * module with state of its own. Main thread only, before workers exist.
 */
#ifndef THRESH_LIBXML_LIBXML_LOADER_H
#define THRESH_LIBXML_LIBXML_LOADER_H

#include "base/error.h"

/* Lets schemas load; catalog may be NULL. */
int libxml_loader_open(const char *catalog, struct thresh_error *error);

/* After a schema: -1 with the addresses it asked for that nothing maps, and the remedy. */
int libxml_loader_check(const char *schema, struct thresh_error *error);

/* Keeps libxml2 from printing on standard error what it also reports; each thread for itself.
 */
void libxml_loader_quiet(void);

/* From here on nothing loads. */
void libxml_loader_close(void);

/* The built-in copy for an address, or NULL. */
const char *libxml_builtin_schema(const char *address);

#endif
