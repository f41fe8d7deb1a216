/* SPDX-License-Identifier: MIT
 *
 * How large an entity grows when all it refers to is put in its place: a few lines of DTD can
 * stand for terabytes. Sizes are kept with the entities, in bytes of their text.
 */
#ifndef THRESH_DOCUMENT_ENTITIES_H
#define THRESH_DOCUMENT_ENTITIES_H

#include <libxml/parser.h>
#include <stdbool.h>
#include <stdint.h>

/* Sizes the entity just declared, by what is declared so far: a parameter entity can refer to
 * nothing else. Returns the size. */
uint64_t entities_declare(xmlParserCtxt *ctxt, const xmlChar *name, int type,
                          const xmlChar *content);

/* Sizes all general entities of the DTD, whichever way they refer to each other. Returns the
 * largest size; that of a loop is the parser's to refuse, and may come out large. */
uint64_t entities_settle(xmlParserCtxt *ctxt);

/* The size of an entity found by name. */
uint64_t entities_size(const xmlEntity *entity);

/* Whether some entity refers to itself in the end: its size then grows with every round of
 * settling. (One that is declared some forty levels before what it is made of looks the same.)
 */
bool entities_loop(xmlParserCtxt *ctxt);

/* A default stands in the DTD once and in the document as often as there are elements: the
 * bytes of those among the attributes of one. */
uint64_t entities_defaults(int n_attributes, int n_defaulted, const xmlChar **attributes);

/* What is told of a reference to an entity that is not read. */
void entities_say_external(const xmlEntity *entity, char *message, size_t size);

#endif
