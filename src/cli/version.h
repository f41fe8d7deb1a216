/* SPDX-License-Identifier: MIT
 *
 * --version: of the program, of the libraries it runs with, and what it was built with.
 */
#ifndef THRESH_CLI_VERSION_H
#define THRESH_CLI_VERSION_H

#include "base/buf.h"

/* Fails as appending to a buf does. */
void version_append(struct buf *out);

#endif
