/* SPDX-License-Identifier: MIT
 *
 * JSON without gaps: Jansson reads and copies on where it is refused memory, and leaves out
 * what it has no room for.
 */
#ifndef THRESH_LAMBDA_JSON_WHOLE_H
#define THRESH_LAMBDA_JSON_WHOLE_H

#include "base/error.h"
#include <jansson.h>

/* Has Jansson's memory watched; to be called before anything else of it is. */
void json_whole_watch_memory(void);

/* What `text` holds, without members that come twice; `what` is what to call it. The caller's
 * to release; NULL with the error filled in. */
json_t *json_whole_read(const char *text, size_t len, const char *what,
                        struct thresh_error *error);

/* A deep copy, the caller's to release; NULL without memory, or where `json` is NULL. */
json_t *json_whole_copy(const json_t *json);

#endif
