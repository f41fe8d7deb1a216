/* SPDX-License-Identifier: MIT
 *
 * What a document's internal subset declares, as far as a processor that does not validate goes
 * by it: entities, and what attributes are by default. dtd_read.h reads it.
 */
#ifndef THRESH_SCANNER_DTD_H
#define THRESH_SCANNER_DTD_H

#include "base/arena.h"
#include "scanner/dictionary.h"

enum dtd_entity_kind { DTD_GENERAL, DTD_PARAMETER, DTD_ENTITY_KINDS };

struct dtd_entity {
    const struct dictionary_entry *name;
    const uint8_t
        *text; /* its replacement text (4.5), a NUL behind it; NULL: it lies outside */
    size_t len;
    const char *system_id; /* of one that lies outside, */
    const char *public_id; /* or NULL, */
    const char *base;      /* the address of the entity that declares it; NULL: the document, */
    const char *address;   /* and its own, once it was read */
    bool is_parameter;
    bool is_unparsed;
    bool in_parameter; /* declared in a parameter entity */
    bool is_open;      /* the scanner is reading it */
};

struct dtd_attribute {
    struct dictionary_entry *name;
    bool is_tokenized;    /* of any type but CDATA (3.3.3) */
    const xmlChar *value; /* its default, as it is told; NULL: none */
    size_t len;
    struct dtd_attribute *next; /* of those with a default */
};

/* The attributes of an element. */
struct dtd_attlist {
    struct dictionary_entry *element;
    const struct dictionary_entry *id; /* the first that is declared to be an ID; NULL: none */
    bool has_tokenized;
    struct dtd_attribute *defaults, **last_default;
    struct dtd_attlist *next; /* of all elements */
};

struct dtd {
    struct arena arena;
    struct dtd_slot *slots; /* a hash table of entities and attributes */
    size_t n, cap;
    struct dtd_attlist *attlists;
    bool is_standalone;
    bool has_external_subset;
    bool has_parameter_references;
    bool is_open;      /* the scanner is reading the subset */
    bool is_overtaken; /* a parameter entity was not read, and may have declared what follows */
};

void dtd_free(struct dtd *dtd);
/* Forgets a document's declarations. The dictionary of their names is still there. */
void dtd_clear(struct dtd *dtd);

/* The first declaration of a name is binding (4.2, 3.3): the functions that add return it where
 * there is one, else one that is zero but for its name. NULL without memory. */
struct dtd_entity *dtd_add_entity(struct dtd *dtd, const struct dictionary_entry *name,
                                  enum dtd_entity_kind kind, bool *is_new);
struct dtd_attlist *dtd_add_attlist(struct dtd *dtd, struct dictionary_entry *element);
struct dtd_attribute *dtd_add_attribute(struct dtd *dtd, struct dtd_attlist *attlist,
                                        struct dictionary_entry *name, bool *is_new);
/* A copy with a NUL behind it, for as long as the declarations. NULL without memory. */
void *dtd_copy(struct dtd *dtd, const void *bytes, size_t len);

/* NULL: not declared. */
struct dtd_entity *dtd_find_entity(const struct dtd *dtd, const struct dictionary_entry *name,
                                   enum dtd_entity_kind kind);
const struct dtd_attribute *dtd_find_attribute(const struct dtd *dtd,
                                               const struct dtd_attlist *attlist,
                                               const struct dictionary_entry *name);

#endif
