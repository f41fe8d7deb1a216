/* SPDX-License-Identifier: MIT */
#ifndef THRESH_SCANNER_SCANNER_PROLOG_H
#define THRESH_SCANNER_SCANNER_PROLOG_H

#include "scanner/scanner_state.h"

/* [22]: all before the root. */
const uint8_t *scanner_read_prolog(struct scanner *s, const uint8_t *c);

#endif
