/* SPDX-License-Identifier: MIT
 *
 * Names in an encoding that the user names, because their archive does not: cp866, Shift_JIS.
 * All that iconv(3) knows; code page 437 also where the system has none of its tables.
 */
#ifndef THRESH_SOURCE_INDEX_NAME_ENCODING_H
#define THRESH_SOURCE_INDEX_NAME_ENCODING_H

#include "base/buf.h"
#include "base/error.h"

#include <iconv.h>
#include <stdbool.h>

struct name_encoding {
    bool is_cp437;
    iconv_t converter; /* (iconv_t)-1: none */
};

/* `encoding` may be NULL: then no name is decoded. 0, or -1 with *error if it is not known,
 * or none that names of archives can be in. */
int name_encoding_open(struct name_encoding *names, const char *encoding,
                       struct thresh_error *error);
void name_encoding_close(struct name_encoding *names);
/* Makes *decoded be the name in UTF-8. 1; 0 if there is no encoding, or the name is not in it;
 * -1 without memory. */
int name_encoding_decode(struct name_encoding *names, const char *name, size_t len,
                         struct buf *decoded);

#endif
