/* SPDX-License-Identifier: MIT
 *
 * The characters of XML 1.0 (fifth edition) in UTF-8: which may stand where, and how to skip
 * them. Numbers in brackets are productions of https://www.w3.org/TR/xml/.
 *
 * Bytes have a NUL behind them, which is in no class, so that nothing reads past it. A function
 * returns where it came to, or NULL where the bytes are not what it is for.
 */
#ifndef THRESH_BASE_XML_CHARS_H
#define THRESH_BASE_XML_CHARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef unsigned char byte;

/* From `first` to `last`, both among them. */
struct code_range {
    uint32_t first;
    uint32_t last;
};

/* What a name may begin with [4], and what else it may go on with [4a]; in rising order, behind
 * the last a range of zeros. */
extern const struct code_range xml_name_start_ranges[];
extern const struct code_range xml_name_more_ranges[];

bool xml_is_name_start(uint32_t code_point);
bool xml_is_name_char(uint32_t code_point);

/* What an ASCII character can be, as it stands: */
enum {
    XML_SPACE = 1,      /* [3] */
    XML_NAME_START = 2, /* in front of a name, the colon too [4] */
    XML_NAME = 4,       /* in a name [4a] */
    XML_TEXT = 8,       /* in text */
    XML_VALUE = 16,     /* in the value of an attribute, whatever its quotes */
    XML_INERT = 32,     /* in comments, processing instructions and CDATA sections */
};
extern const byte xml_char_classes[256];

static inline bool xml_char_is(const byte *c, unsigned class)
{
    return xml_char_classes[*c] & class;
}

static inline const byte *xml_skip(const byte *c, unsigned class)
{
    while (xml_char_is(c, class))
        c++;
    return c;
}

/* Behind the string that is to stand at c. */
const byte *xml_skip_string(const byte *c, const char *string);
/* Characters beyond ASCII, as many as there are, none included. */
const byte *xml_skip_wide(const byte *c, const byte *end);
/* Text, up to what may be markup or is not ASCII; never NULL. */
const byte *xml_skip_text(const byte *c, const byte *end);
/* What means nothing inside comments, processing instructions and CDATA sections. */
const byte *xml_skip_inert(const byte *c, const byte *end);
/* Whether a character that ends skip_inert may still mean nothing. */
bool xml_is_idle(const byte *c);
/* The characters of a name, colons included; c itself where there is none. */
const byte *xml_skip_name(const byte *c, const byte *end);

/* How many line feeds there are. */
uint64_t xml_count_lines(const byte *c, const byte *end);

/* [66] [68]: a character's number, or one of the five entities that need no declaration, from
 * its `&` on. */
const byte *xml_read_reference(const byte *c, uint32_t *code_point);

#endif
