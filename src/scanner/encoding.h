/* SPDX-License-Identifier: MIT
 *
 * From the bytes of a document, or of an external entity, to its text. Which encoding it is in,
 * it says itself: by a byte order mark, by how its first bytes lie, by its XML declaration or
 * text declaration, and by nothing else; what says nothing is in UTF-8. Most are, and can be
 * read where they lie.
 */
#ifndef THRESH_SCANNER_ENCODING_H
#define THRESH_SCANNER_ENCODING_H

#include "base/buf.h"
#include <stdbool.h>
#include <stddef.h>

/* A document in UTF-8, or the beginning of one. */
struct utf8_document {
    const char *bytes; /* a NUL byte follows */
    size_t len;
    /* What is wrong with the bytes behind these, which are no text. NULL: nothing is behind. */
    const char *undecoded;
    const char *undecoded_code;
};

/* One worker's converters, used for one document after another. */
struct encoding;

struct encoding *encoding_new(void); /* NULL: no memory */
void encoding_free(struct encoding *encoding);

enum encoding_result { ENCODING_DONE, ENCODING_TOO_LARGE, ENCODING_NO_MEMORY };

/* `bytes` are followed by a NUL byte. What is in UTF-8 is not looked at further: not all of it
 * need be UTF-8. The document's parts are valid until the next call, and as long as `bytes`.
 * Too large: it would be over 2 GiB. */
enum encoding_result encoding_to_utf8(struct encoding *encoding, const char *bytes, size_t len,
                                      struct utf8_document *document);
/* The same with an external entity. */
enum encoding_result encoding_entity_to_utf8(struct encoding *encoding, const char *bytes,
                                             size_t len, struct utf8_document *entity);
/* Whether the last text is what it is because of what this process can load: another one, or
 * one that is isolated, may not know that encoding, or may. */
bool encoding_is_of_process(const struct encoding *encoding);

#endif
