/* SPDX-License-Identifier: MIT
 *
 * The XML declaration, production [23] of https://www.w3.org/TR/xml/, and the text declaration
 * of an external entity [77]. Both are ASCII, so they can be read before the encoding is known,
 * which they may name.
 */
#ifndef THRESH_SCANNER_XML_DECLARATION_H
#define THRESH_SCANNER_XML_DECLARATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xml_declaration {
    const uint8_t *end;      /* behind it; NULL: something is wrong with it */
    const uint8_t *encoding; /* the name; NULL: none was read */
    size_t encoding_len;
    bool standalone; /* 'yes' */

    /* What is wrong: */
    const uint8_t *at;
    const char *code, *message; /* static */
};

/* Reads the declaration at c; a NUL follows the document. False: there is none. */
bool xml_declaration_read(const uint8_t *c, struct xml_declaration *declaration);
/* The same with a text declaration. */
bool xml_declaration_read_text(const uint8_t *c, struct xml_declaration *declaration);

#endif
