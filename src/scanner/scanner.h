/* SPDX-License-Identifier: MIT
 *
 * Reads documents by XML 1.0 (fifth edition) and Namespaces in XML 1.0, as a processor that
 * does not validate: it delivers the events that libxml2's SAX2 interface would, and says what
 * is wrong. It is given the text of one document and opens nothing: of a DTD it reads what lies
 * in the document itself, the internal subset, and goes by its entities and its attribute
 * lists. Entities that lie outside are read only where whoever takes the events has their text.
 */
#ifndef THRESH_SCANNER_SCANNER_H
#define THRESH_SCANNER_SCANNER_H

#include "scanner/encoding.h"
#include <libxml/xmlstring.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scanner; /* one worker's: never shared */

struct scanner_limits {
    uint64_t name_bytes;
    unsigned attributes;       /* of an element, with namespaces and defaults; 0: no limit */
    uint64_t entity_bytes;     /* that the entities and defaults of a document may expand to, */
    const char *entity_remedy; /* and what to do where it is more */
};

enum scanner_fault_kind {
    SCANNER_MALFORMED, /* not well-formed: nothing comes after it */
    SCANNER_NAMESPACE, /* against Namespaces in XML: the scanner goes on */
    SCANNER_UNREAD,    /* an entity that is not read: it goes on */
    SCANNER_LIMIT,     /* over a limit: nothing comes after it */
};

/* Valid during the call. */
struct scanner_fault {
    enum scanner_fault_kind kind;
    const char *code; /* static */
    const char *message;
    uint64_t line, column; /* from 1; of a reference, where an entity is at fault */
    bool in_tag;           /* it is in a start tag that is told next */
};

/* A parsed entity that lies outside, as its declaration has it, */
struct scanner_external {
    const char *public_id; /* NULL: none */
    const char *system_id;
    const char *base; /* the address of the entity that declares it; NULL: the document does */
};
/* and what was found: valid until the document has been read. */
struct scanner_found {
    const uint8_t *text; /* its replacement text, a NUL behind it, with the line ends of XML */
    size_t len;
    const char *address;
};

/* An element that declares no namespaces and has no children, and whose text, perhaps none,
 * stands for itself. */
struct scanner_leaf {
    const xmlChar *localname;
    const xmlChar *prefix;
    const xmlChar *uri;
    const xmlChar **attributes; /* as in start */
    const xmlChar *text;
    int n_attributes;
    int len;
};

/* White space between tags, where those who take the events have nothing to do with it. */
struct scanner_blanks {
    bool counted;   /* it is counted, and not told: they may change this in any event */
    uint64_t bytes; /* so far */
};

/* Arguments are those of startElementNs, characters, comment and processingInstruction in
 * libxml2's xmlSAXHandler; defaults are attributes as others. References and line ends are
 * replaced in text and values. Arrays, values and text are valid during the call. Names,
 * prefixes and URIs are kept once: one string, one pointer, until scanner_epoch changes. */
struct scanner_events {
    void (*start)(void *context, const xmlChar *localname, const xmlChar *prefix,
                  const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                  int n_attributes, const xmlChar **attributes);
    /* In place of start. Returns whether text and end are taken as well; if not, they are told.
     * NULL: all elements are told by start. */
    bool (*leaf)(void *context, const struct scanner_leaf *leaf);
    void (*text)(void *context, const xmlChar *text, int len);
    void (*end)(void *context);
    void (*comment)(void *context, const xmlChar *text); /* may be NULL, as the next */
    void (*instruction)(void *context, const xmlChar *target, const xmlChar *data);
    void (*fault)(void *context, const struct scanner_fault *fault);
    /* Asked for an external entity that is referred to. 0: found, 1: it is not there, -1: no
     * memory. NULL: none is read. */
    int (*external)(void *external_context, const struct scanner_external *entity,
                    struct scanner_found *found);
    void *external_context;
    struct scanner_blanks *blanks; /* NULL: white space is told as other text */
    void *context;
};

struct scanner *scanner_new(const struct scanner_limits *limits); /* NULL: no memory */
void scanner_free(struct scanner *scanner);

/* Reads a document of less than 2 GiB. 1: it is well-formed, whatever may be wrong with its
 * namespaces. 0: it is not, or over a limit, or an event stopped it. -1: memory ended. An event
 * may also leave by a longjmp, and give the document up. */
int scanner_run(struct scanner *scanner, const struct utf8_document *document,
                const struct scanner_events *events);

/* Called within an event: no other comes after it. */
void scanner_stop(struct scanner *scanner);
bool scanner_is_stopped(const struct scanner *scanner);
/* Called within an event: where c, which is told there, is in the document; if c is NULL or a
 * copy, where the event ends. Of what lies in an entity it is the reference. */
uint64_t scanner_place(const struct scanner *scanner, const xmlChar *c);
/* The line of a place of the document at hand, from 1. Takes as long as it is far from the last
 * place that was asked for. */
uint64_t scanner_line(struct scanner *scanner, uint64_t place);
/* Called within an event: the address of the external entity that it lies in, one pointer for
 * each; NULL: it lies in none. Relative addresses start from it (XML Base, 4.2). */
const char *scanner_base(const struct scanner *scanner);
/* Called within start or leaf: how long the tag is. */
uint64_t scanner_tag_bytes(const struct scanner *scanner);
/* Called within start: which of the attributes is declared to be an ID, or -1. */
int scanner_id_attribute(const struct scanner *scanner);
/* Whether the document at hand declares an unparsed entity of that name, which need be none. */
bool scanner_has_unparsed_entity(struct scanner *scanner, const char *name, size_t len);

/* Changes when the strings kept so far are forgotten, which only happens between documents. */
uint64_t scanner_epoch(const struct scanner *scanner);

#endif
