/* SPDX-License-Identifier: MIT
 *
 * Schema documents: read once, kept as nodes, and shared by all schemas that are compiled with
 * the same struct xsd_documents.
 */
#ifndef THRESH_XSD_COMPILE_SCHEMA_DOCUMENT_H
#define THRESH_XSD_COMPILE_SCHEMA_DOCUMENT_H

#include "resolver/external_entities.h"
#include "resolver/xml_reader.h"
#include "xsd/compile/compiler.h"

#include <libxml/hash.h>

struct xsd_documents {
    xmlHashTable *texts;       /* struct schema_text, by address and by place */
    struct arena arena;        /* of all nodes */
    struct names names;        /* of components, as the documents have them */
    struct resolver *resolver; /* the caller's */
    struct buf notes;
    struct names told;  /* the lines of notes */
    struct buf missing; /* as xsd_documents_missing has it */

    /* the document being read */
    struct resource resource;
    const char *uri;
    const char *rule; /* that it breaks if it is not well-formed */
    struct buf bytes;
    struct xml_reader reader;
    struct external_entities entities;
};

/* A document, read. What stands in appinfo and documentation is not there. */
struct schema_text {
    const struct node *root;
    const char *place; /* where it was found: one for a file, by whatever address, catalog or
                          link */
};

/* The document at `uri`; NULL where there is nothing to read. One that is not well-formed
 * breaks `rule`. */
const struct schema_text *schema_document_read(struct xsd_compiler *c, const char *uri,
                                               const char *rule);
/* Whether there is a file at `uri`; a built-in copy is none. */
bool schema_document_is_file(struct xsd_compiler *c, const char *uri);
/* Keeps an address that nothing maps, once. */
void schema_document_miss(struct xsd_compiler *c, const char *uri);
/* As if none of these had been kept. */
void schema_documents_forget_notes(struct xsd_documents *documents);
/* Keeps a line for people, once. */
void schema_document_note(struct xsd_compiler *c, const char *line);

#endif
