/* SPDX-License-Identifier: MIT
 *
 * How large entities are once the references in them are replaced: a few lines of DTD can stand
 * for terabytes. A size is in bytes of text, and is kept in the _private of its entity.
 */
#ifndef THRESH_DOCUMENT_ENTITIES_H
#define THRESH_DOCUMENT_ENTITIES_H

#include <libxml/parser.h>
#include <stdbool.h>
#include <stdint.h>

/* Measures the entity just declared, by what is declared so far, which is all that a parameter
 * entity can refer to. Returns its size. */
uint64_t entities_measure(xmlParserCtxt *ctxt, const xmlChar *name, int type,
                          const xmlChar *content);

/* Measures all general entities of the DTD anew, in whatever order they refer to each other.
 * Returns the largest size. Entities that refer to themselves, which the parser refuses, may
 * come out large. */
uint64_t entities_measure_all(xmlParserCtxt *ctxt);

/* As measured; 0: not yet. */
uint64_t entities_size(const xmlEntity *entity);

/* Whether the document, if there is one, declares an unparsed entity of that name. */
bool entities_has_unparsed(const xmlDoc *doc, const char *name, size_t len);

/* Whether an entity refers to itself, perhaps by way of others: its size then grows each
 * time it is measured. One that is forty levels deep counts, too. */
bool entities_have_loop(xmlParserCtxt *ctxt);

/* The bytes of an element's default attributes. A default is in the DTD once, but in the
 * document as often as there are elements. */
uint64_t entities_default_bytes(int n_attributes, int n_defaulted, const xmlChar **attributes);

/* Writes the message of a fault: a reference to an entity that is not read. */
void entities_external_message(const xmlEntity *entity, char *message, size_t size);

#endif
