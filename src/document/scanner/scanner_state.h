/* SPDX-License-Identifier: MIT
 *
 * The scanner's state and how its parts stand on each other: scanner.c reads a document,
 * scanner_content.c the content of its root, scanner_tag.c tags, scanner_names.c names and
 * namespaces.
 *
 * Numbers in brackets are productions of XML 1.0 (fifth edition), https://www.w3.org/TR/xml/. A
 * function that reads takes a place in the document and returns the place behind what it read,
 * or NULL to decline. The NUL behind the document is in no class of characters, so nothing
 * reads past it.
 */
#ifndef THRESH_DOCUMENT_SCANNER_SCANNER_STATE_H
#define THRESH_DOCUMENT_SCANNER_SCANNER_STATE_H

#include "base/buf.h"
#include "base/xml_chars.h"
#include "document/scanner/dictionary.h"
#include "document/scanner/scanner.h"

enum { SCANNER_ATTRIBUTES = 256 }; /* of one tag; those of a larger one libxml2 reads */

struct scanned_attribute {
    struct dictionary_entry *name;
    const xmlChar *value; /* NULL: in the scanner's `values`, */
    size_t from;          /* from here on */
    size_t len;
};

struct open_element {
    const struct dictionary_entry *name;
    const xmlChar *uri;
    size_t n_shadowed; /* before its own declarations */
};

/* What a prefix stood for outside of the element that declares it anew. */
struct shadowed_binding {
    struct dictionary_entry *prefix;
    const xmlChar *binding;
};

struct scanner {
    ptrdiff_t max_name_bytes;
    struct dictionary strings;
    uint64_t epoch; /* of the strings */
    struct dictionary_entry *xmlns;
    struct dictionary_entry *xml_uri, *xmlns_uri; /* reserved: no other prefix may have them */
    struct dictionary_entry *no_prefix; /* bound to the default namespace; its string is a
                                         * space, which is no name */
    struct open_element *open;
    size_t depth, cap_open;
    struct shadowed_binding *shadowed;
    size_t n_shadowed, cap_shadowed;
    uint64_t tags; /* with attributes, so far */

    /* the tag at hand */
    struct buf values; /* those that differ from their bytes in the document */
    size_t n_attributes;
    struct scanned_attribute attributes[SCANNER_ATTRIBUTES];

    /* the same as startElementNsSAX2Func has it */
    const xmlChar *event_attributes[5 * SCANNER_ATTRIBUTES];
    const xmlChar *event_namespaces[2 * SCANNER_ATTRIBUTES];

    /* the document at hand */
    const struct scanner_events *events;
    const uint8_t *end;
    const uint8_t *now;            /* where the event ends */
    struct dictionary_entry *last; /* the element that began last; no_prefix: none did */
    bool stopped;
    uint64_t line; /* of line_at */
    const uint8_t *line_at;
};

/* -- scanner_names.c ------------------------------------------------------------------ */

/* Before a document: forgets the strings if they have become many. False without memory. */
bool scanner_prepare_strings(struct scanner *s);

/* A QName by Namespaces in XML 1.0 [7]. */
const uint8_t *scanner_read_name(struct scanner *s, const uint8_t *c,
                                 struct dictionary_entry **name);

/* Binds the prefixes that the tag's attributes declare. False: one breaks a constraint. */
bool scanner_bind_prefixes(struct scanner *s, int *n_namespaces);
/* Fills in the event's attributes. False: a prefix is not bound, or a name is there twice. */
bool scanner_resolve_attributes(struct scanner *s, int *n_attributes);
/* Takes back declarations, until `n` bindings are shadowed. */
void scanner_unbind(struct scanner *s, size_t n);

/* -- scanner_tag.c -------------------------------------------------------------------- */

/* [40] [44], behind the `<`. */
const uint8_t *scanner_read_start_tag(struct scanner *s, const uint8_t *c);
/* [42], behind the `</`. */
const uint8_t *scanner_read_end_tag(struct scanner *s, const uint8_t *c);

/* -- scanner_content.c ---------------------------------------------------------------- */

/* [39]: the root, from its `<` on. */
const uint8_t *scanner_read_root(struct scanner *s, const uint8_t *c);
/* [27]: comments, processing instructions and white space around the root. */
const uint8_t *scanner_read_misc(struct scanner *s, const uint8_t *c);

#endif
