/* SPDX-License-Identifier: MIT
 *
 * The encodings that the C library converts for libxml2 are modules, loaded from files when a
 * document first asks for one. A worker that may open nothing must find them loaded.
 */
#ifndef THRESH_LIBXML_LIBXML_ENCODINGS_H
#define THRESH_LIBXML_LIBXML_ENCODINGS_H

struct libxml_encodings; /* keeps them loaded */

struct libxml_encodings *libxml_encodings_open(void); /* NULL: no memory */
void libxml_encodings_close(struct libxml_encodings *encodings);

#endif
