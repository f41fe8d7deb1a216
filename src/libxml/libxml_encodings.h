/* SPDX-License-Identifier: MIT
 *
 * glibc loads the module that converts an encoding from a file when a document first needs
 * it. A worker that may open no files must find the modules loaded.
 */
#ifndef THRESH_LIBXML_LIBXML_ENCODINGS_H
#define THRESH_LIBXML_LIBXML_ENCODINGS_H

struct libxml_encodings; /* keeps the modules loaded */

struct libxml_encodings *libxml_encodings_open(void); /* NULL: no memory */
void libxml_encodings_close(struct libxml_encodings *encodings);

#endif
