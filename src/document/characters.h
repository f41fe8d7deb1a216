/* SPDX-License-Identifier: MIT
 *
 * The characters of XML 1.0 (fifth edition) in UTF-8: which may stand where, and how to skip
 * them. Numbers in brackets are productions of https://www.w3.org/TR/xml/.
 *
 * Bytes have a NUL behind them, which is in no class, so that nothing reads past it. A function
 * returns where it came to, or NULL where the bytes are not what it is for.
 */
#ifndef THRESH_CHARACTERS_H
#define THRESH_CHARACTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef unsigned char byte;

/* What an ASCII character can be, as it stands: */
enum {
    SPACE = 1,      /* [3] */
    NAME_START = 2, /* in front of a name, the colon too [4] */
    NAME = 4,       /* in a name [4a] */
    TEXT = 8,       /* in text */
    VALUE = 16,     /* in the value of an attribute, whatever its quotes */
    INERT = 32,     /* in comments, processing instructions and CDATA sections */
};
extern const byte byte_classes[256];

static inline bool is(const byte *c, unsigned class)
{
    return byte_classes[*c] & class;
}

static inline const byte *skip(const byte *c, unsigned class)
{
    while (is(c, class))
        c++;
    return c;
}

/* Behind the string that is to stand at c. */
const byte *skip_string(const byte *c, const char *string);
/* Characters beyond ASCII, as many as there are, none included. */
const byte *skip_wide(const byte *c, const byte *end);
/* Text, up to what may be markup or is not ASCII; never NULL. */
const byte *skip_text(const byte *c, const byte *end);
/* What means nothing inside comments, processing instructions and CDATA sections. */
const byte *skip_inert(const byte *c, const byte *end);
/* Whether a character that ends skip_inert may still mean nothing. */
bool is_idle(const byte *c);
/* The characters of a name, colons included; c itself where there is none. */
const byte *skip_name(const byte *c, const byte *end);

/* How many line feeds there are. */
uint64_t count_lines(const byte *c, const byte *end);

/* [66] [68]: a character's number, or one of the five entities that need no declaration, from
 * its `&` on. */
const byte *read_reference(const byte *c, uint32_t *code_point);

#endif
