/* SPDX-License-Identifier: MIT
 *
 * Where XML comes from while schemas are read: files, a catalog, built-in copies; never a
 * network. While documents are read it comes from nowhere: what a document refers to is not
 * read.
 *
 * libxml2 has one external entity loader for the process and gives it no context, so the
 * loader's state is static. Main thread only, before there are workers.
 */
#ifndef THRESH_LIBXML_LIBXML_LOADER_H
#define THRESH_LIBXML_LIBXML_LOADER_H

#include "base/error.h"

/* From here on schemas load. `catalog` is the file of an OASIS XML catalog, or NULL. 0, or
 * -1 with an error; the loader is to be closed in either case. */
int libxml_loader_open(const char *catalog, struct thresh_error *error);

/* After a schema was read: 0, or -1 with an error that names the addresses which it asked
 * for and did not get, and the remedy. */
int libxml_loader_check(const char *schema, struct thresh_error *error);

/* What was asked for so far, and is not there, is not needed. */
void libxml_loader_forget(void);

/* Keeps libxml2 from printing what it also reports. Each thread calls it for itself. */
void libxml_loader_quiet(void);

/* From here on nothing loads. */
void libxml_loader_close(void);

/* The text of the built-in copy for an address, or NULL. */
const char *libxml_builtin_schema(const char *address);

#endif
