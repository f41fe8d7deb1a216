/* SPDX-License-Identifier: MIT */
#ifndef THRESH_XSD_REGEX_PATTERN_PARSER_H
#define THRESH_XSD_REGEX_PATTERN_PARSER_H

#include "base/error.h"
#include "xsd/regex/program.h"

/* Writes a program that matches what any of the sources matches; pattern.h says what an oddity
 * is. 0, or -1 with the error filled in. */
int pattern_parse(struct program *program, const char *const *sources, size_t n,
                  struct thresh_error *oddity, struct thresh_error *error);

#endif
