/* SPDX-License-Identifier: MIT */
#ifndef THRESH_LAMBDA_JSON_TEXT_H
#define THRESH_LAMBDA_JSON_TEXT_H

#include <jansson.h>

/* A JSON string of `text`. Text that is not UTF-8, which a JSON string cannot hold, has each
 * byte above ASCII replaced by '?'. The caller's to release; NULL without memory. */
json_t *json_text(const char *text);

#endif
