/* SPDX-License-Identifier: MIT
 *
 * glibc loads the module that converts an encoding from a file when a document first needs
 * it. A worker that may open no files must find the modules loaded.
 */
#ifndef THRESH_SCANNER_ENCODING_MODULES_H
#define THRESH_SCANNER_ENCODING_MODULES_H

#include <stdbool.h>

struct encoding_modules; /* keeps the modules loaded */

struct encoding_modules *encoding_modules_open(void); /* NULL: no memory */
void encoding_modules_close(struct encoding_modules *modules);

/* Whether the encoding is among them, by the name that is used for it there. */
bool encoding_modules_have(const char *name);

#endif
