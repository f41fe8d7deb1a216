/* SPDX-License-Identifier: MIT
 *
 * XML Schema 1.0 (Part 1: Structures, Second Edition) as tables and a validator that runs along
 * a document's SAX2 events, in one pass, without a tree.
 *
 * A schema is compiled once, never changes, and is shared by all workers. One that cannot be
 * run as it is, or goes beyond this engine, is refused; one that breaks a rule and can be run
 * is, and xsd_warnings() says how: xsd_compile never guesses in silence.
 */
#ifndef THRESH_XSD_XSD_H
#define THRESH_XSD_XSD_H

#include "base/buf.h"
#include "base/error.h"
#include "scanner/scanner.h"
#include <libxml/xmlstring.h>
#include <stdbool.h>

struct xsd;

/* The schema documents that a resolver found so far, kept for the next schema that includes or
 * imports them. */
struct resolver;
struct xsd_documents;
struct xsd_documents *xsd_documents_new(struct resolver *resolver); /* NULL: no memory */
void xsd_documents_free(struct xsd_documents *documents);
/* The imports whose documents are not there, a line each: "a.xsd:7: the import of urn:x is left
 * out, ..."; "" if none. */
const char *xsd_documents_notes(const struct xsd_documents *documents);

/* What a catalog is to have for the addresses that nothing maps: <uri .../> for each, "" if
 * there are none. */
const char *xsd_documents_missing(const struct xsd_documents *documents);

/* What compiling one schema may take, and what an error says is to be raised. */
struct xsd_limits {
    uint64_t ms; /* 0: no limit */
    uint64_t memory_bytes;
    const char *ms_remedy;
    const char *memory_remedy;
};

/* Compiles the schema document at `uri` and all that it includes, imports and redefines, found
 * in `documents` or by their resolver.
 * 0: compiled. 1: wrong, or beyond what this engine takes: *error is "FILE:LINE: RULE: TEXT" or
 * "FILE:LINE: not covered: TEXT" (docs/xsd.md). 2: over a limit, and
 * *error is all that is to be said. -1: out of memory. `limits`: NULL for none.
 * One thread at a time for the same documents. */
int xsd_compile(struct xsd **xsd, const char *uri, struct xsd_documents *documents,
                const struct xsd_limits *limits, struct thresh_error *error);
/* Compiles several, which share what they have in common; each is for xsd_free. These have to
 * be the first that are compiled of the documents. 1: they have too little in common, or there
 * is something to say of one of them, and each is to be compiled alone; nothing is filled in.
 * 0, or -1 without memory. */
int xsd_compile_together(struct xsd **xsds, const char *const *uris, uint32_t n,
                         struct xsd_documents *documents, const struct xsd_limits *limits,
                         struct thresh_error *error);
void xsd_free(struct xsd *xsd);
/* The memory that it takes, about. */
size_t xsd_bytes(const struct xsd *xsd);
/* Whether it declares an element for a root of this name; "" for no namespace. */
bool xsd_has_root(const struct xsd *xsd, const char *namespace_name, const char *local);
/* The local name of the next root in the namespace that it declares; *at is 0 at first. NULL:
 * there is no more. */
const char *xsd_next_root(const struct xsd *xsd, const char *namespace_name, uint32_t *at);
/* The local name of a root in the namespace that both declare; NULL: there is none. */
const char *xsd_shared_root(const struct xsd *xsd, const struct xsd *other,
                            const char *namespace_name);
/* The constraints that the schema breaks and in spite of which it can be run, a line each:
 * "FILE:LINE: RULE: what is wrong; what is done instead"; "" if there are none. */
const char *xsd_warnings(const struct xsd *xsd);

/* A violation. Strings are valid during the call. */
struct xsd_fault {
    const char *code;    /* the rule broken, as XSD 1.0 names it: "cvc-complex-type.2.4.a" */
    const char *message; /* one sentence, UTF-8 */
    uint64_t element;    /* the element at fault: the n-th start tag of the document, from 1 */
    const char *attribute; /* its attribute at fault (qualified name as written), or NULL */
    uint64_t place; /* where that element started or ended, or the text at fault begins */
};

/* What the validator asks of, and tells, the parser that drives it. */
struct xsd_client {
    void (*fault)(void *context, const struct xsd_fault *fault);
    /* Where the parser is in the document, in numbers of its own: where the event at hand ends,
     * or where these bytes of its text begin. NULL: nowhere. */
    uint64_t (*place)(void *context, const xmlChar *text, int len);
    void *context;
    /* Whether the document declares an unparsed entity of that name, which is not followed by
     * NUL, as values of ENTITY ask. NULL: it declares none. */
    bool (*unparsed_entity)(void *context, const char *name, size_t len);
    /* The start tag at hand is looked at closely: not all that it means was met before. NULL:
     * that is not told. */
    void (*closely)(void *context);
};

struct xsd_validator; /* one worker's: never shared */

struct xsd_validator *xsd_validator_new(const struct xsd *xsd); /* NULL: no memory */
void xsd_validator_free(struct xsd_validator *validator);

/* A document: begin (the client stays until finish), then events as xmlSAXHandler's
 * startElementNs, characters (also cdataBlock and ignorableWhitespace) and endElementNs deliver
 * them, then finish. Arguments are those of startElementNsSAX2Func: `attributes` holds 5
 * pointers each: localname, prefix, URI, value, end. Strings from the parser's dictionary may
 * be compared by pointer while `dict_epoch` stays the same; a caller that gets a new dictionary
 * begins with another number. 0, or -1 where the validator cannot go on (no memory): the
 * verdict then is unknown. */
int xsd_begin(struct xsd_validator *validator, const struct xsd_client *client,
              uint64_t dict_epoch);
int xsd_start(struct xsd_validator *validator, const xmlChar *localname, const xmlChar *prefix,
              const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
              int n_attributes, const xmlChar **attributes);
/* In place of xsd_start, of an element as scanner.h has it. 1: text and end are taken as well.
 * 0: there may be something to say of them, and they are to be told. */
int xsd_leaf(struct xsd_validator *validator, const struct scanner_leaf *leaf);
int xsd_characters(struct xsd_validator *validator, const xmlChar *text, int len);
/* Whether white space means nothing where the document is: it need not be told. */
bool xsd_takes_blank(const struct xsd_validator *validator);
int xsd_end(struct xsd_validator *validator);
/* After the root's end: ID/IDREF (cvc-id.1). Also ends a document given up midway. */
int xsd_finish(struct xsd_validator *validator);

#endif
