/* SPDX-License-Identifier: MIT
 *
 * The encodings that the C library converts for libxml2 are modules, loaded from files when a
 * document first asks for one. A worker that may open nothing must find them loaded.
 */
#ifndef THRESH_ENCODINGS_H
#define THRESH_ENCODINGS_H

struct encodings; /* keeps them loaded */

struct encodings *encodings_open(void); /* NULL: no memory */
void encodings_close(struct encodings *encodings);

#endif
