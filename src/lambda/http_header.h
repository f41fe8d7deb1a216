/* SPDX-License-Identifier: MIT */
#ifndef THRESH_LAMBDA_HTTP_HEADER_H
#define THRESH_LAMBDA_HTTP_HEADER_H

#include <stdbool.h>
#include <stddef.h>

/* True if line[0..len), as libcurl hands a header over, is the header `name`, whose case does
 * not matter (RFC 9110, section 5.1). Then `value` is its text without the white space around
 * it, or "" where that does not fit into `room` bytes; else it is left alone. */
bool http_header_is(const char *line, size_t len, const char *name, char *value, size_t room);

#endif
