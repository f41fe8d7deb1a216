/* SPDX-License-Identifier: MIT
 *
 * The scanner's state and how its parts stand on each other: scanner.c reads a document,
 * scanner_prolog.c what is before its root, scanner_content.c the content of its root,
 * scanner_tag.c tags, scanner_attribute.c their attributes, scanner_names.c names,
 * scanner_namespaces.c what they stand for, scanner_entity.c references; dtd_read.h is for the
 * internal subset.
 *
 * Numbers in brackets are productions of XML 1.0 (fifth edition), https://www.w3.org/TR/xml/. A
 * function that reads takes a place in the text and returns the place behind what it read, or
 * NULL where the document ends, because of a fault that was told, a stop, or lost memory. The
 * NUL behind the text is in no class of characters, so nothing reads past it.
 */
#ifndef THRESH_SCANNER_SCANNER_STATE_H
#define THRESH_SCANNER_SCANNER_STATE_H

#include "base/array.h"
#include "base/buf.h"
#include "base/xml_chars.h"
#include "scanner/dictionary.h"
#include "scanner/dtd.h"
#include "scanner/scanner.h"

struct scanned_attribute {
    struct dictionary_entry *name;
    const xmlChar *value; /* NULL: in the scanner's `values`, */
    size_t from;          /* from here on */
    size_t len;
};

struct open_element {
    struct dictionary_entry *name;
    size_t n_shadowed; /* before its own declarations */
    const uint8_t *at; /* its start tag, behind the `<` */
};

/* What a prefix stood for outside of the element that declares it anew. */
struct shadowed_binding {
    struct dictionary_entry *prefix;
    const xmlChar *binding;
};

/* Two names of one tag with different prefixes may still be one name. */
struct expanded_name {
    const xmlChar *local, *uri;
    uint64_t tag; /* that has it */
};

/* Where the scanner was when it went into an entity. */
struct outer_text {
    struct dtd_entity *entity;   /* that it went into */
    const uint8_t *reference;    /* to it */
    const uint8_t *behind, *end; /* behind the reference; of the text around it */
};

enum { SCANNER_ENTITY_DEPTH = 64 }; /* of entities in entities */

struct scanner {
    struct scanner_limits limits;
    ptrdiff_t max_name_bytes;
    struct dictionary strings;
    uint64_t epoch; /* of the strings */
    struct dictionary_entry *xmlns;
    struct dictionary_entry *xml_uri, *xmlns_uri; /* reserved: no other prefix may have them */
    struct dictionary_entry *no_prefix;       /* bound to the default namespace; its string is a
                                         * space, which is no name */
    struct dictionary_entry *misplaced_colon; /* the prefix of what is no QName; never bound */
    struct open_element *open;
    size_t depth, cap_open;
    struct shadowed_binding *shadowed;
    size_t n_shadowed, cap_shadowed;
    uint64_t tags; /* with attributes, so far */

    /* the tag at hand */
    struct buf values; /* those that differ from their bytes in the document */
    bool in_value;     /* one of them is being copied */
    bool is_behind_root;
    size_t n_attributes, cap_attributes;
    struct scanned_attribute *attributes;
    bool resolves; /* one of them has a prefix, declares one, or lies in `values` */
    struct expanded_name *expanded; /* a hash table */
    size_t cap_expanded;            /* a power of two */

    const uint8_t *tag; /* where it begins, behind its `<` */

    /* the same as events have it */
    struct scanner_leaf leaf;
    const xmlChar **event_attributes;
    const xmlChar **event_namespaces;

    /* the document at hand */
    const struct scanner_events *events;
    const struct utf8_document *document;
    const uint8_t *begin;          /* behind a byte order mark */
    const uint8_t *end;            /* of the text at hand: the document's, or an entity's */
    const uint8_t *now;            /* where the event ends */
    struct dictionary_guess *next; /* what the next start tag is likely to be */
    bool stopped;
    bool no_memory;
    uint64_t line; /* of line_at, the last place whose line was asked for */
    const uint8_t *line_at;
    struct {
        const uint8_t *at;
        uint64_t line, column;
    } fault_place; /* of the last fault told */

    struct dtd dtd;
    struct outer_text outer[SCANNER_ENTITY_DEPTH]; /* around the text at hand */
    size_t n_outer;
    uint64_t expanded_bytes; /* of entities, so far */
    uint64_t default_bytes;  /* of attributes that are there by default, so far */
};

/* -- scanner_fault.c ------------------------------------------------------------------ */

/* The document is not well-formed at c, where the caller misses something. Bytes there that are
 * no character are told in its place; and that the document ends there, if it does. */
__attribute__((format(printf, 4, 5), cold)) const uint8_t *
scanner_fail(struct scanner *s, const uint8_t *c, const char *code, const char *format, ...);
/* The same at the first place from c on that is no character. */
__attribute__((format(printf, 4, 5), cold)) const uint8_t *
scanner_fail_behind(struct scanner *s, const uint8_t *c, const char *code, const char *format,
                    ...);
/* Behind the root another document begins: registers publish files of many, one behind the
 * other. */
__attribute__((cold)) const uint8_t *scanner_fail_at_second(struct scanner *s,
                                                            const uint8_t *c);
/* A limit is passed. */
__attribute__((cold)) const uint8_t *scanner_fail_at_limit(struct scanner *s, const uint8_t *c,
                                                           const char *code,
                                                           const char *message);
/* Tells a fault of any kind, as it is. */
__attribute__((format(printf, 5, 6), cold)) void
scanner_tell(struct scanner *s, const uint8_t *c, enum scanner_fault_kind kind,
             const char *code, const char *format, ...);
/* Something in the start tag at hand is against Namespaces in XML. */
__attribute__((format(printf, 4, 5), cold)) void scanner_tell_in_tag(struct scanner *s,
                                                                     const uint8_t *c,
                                                                     const char *code,
                                                                     const char *format, ...);
/* Memory ended. */
__attribute__((cold)) const uint8_t *scanner_fail_without_memory(struct scanner *s);

/* A new innermost element. NULL without memory. */
static inline struct open_element *scanner_push(struct scanner *s)
{
    struct open_element *open = array_room(s->open, &s->cap_open, s->depth + 1, sizeof *open);
    if (!open) {
        scanner_fail_without_memory(s);
        return NULL;
    }
    s->open = open;
    return &s->open[s->depth++];
}

/* -- scanner_names.c ------------------------------------------------------------------ */

/* Before a document: forgets the strings if they have become many. False without memory. */
bool scanner_prepare_strings(struct scanner *s);

/* A string's entry, or NULL without memory. */
struct dictionary_entry *scanner_keep(struct scanner *s, const void *string, size_t len);

/* [5]: a Name. */
const uint8_t *scanner_read_name(struct scanner *s, const uint8_t *c,
                                 struct dictionary_entry **name);
/* Whether this name stands at c, whatever is behind it. */
__attribute__((always_inline)) static inline bool
scanner_name_stands(const struct scanner *s, const uint8_t *c,
                    const struct dictionary_entry *name)
{
    if (name->len <= DICTIONARY_SHORT && s->end - c > DICTIONARY_SHORT)
        return dictionary_entry_begins(name, c);
    return (size_t)(s->end - c) > name->len && dictionary_entry_is(name, c, name->len);
}
/* A name that Namespaces in XML allows no colon in; what kind is told where it has one. */
const uint8_t *scanner_read_ncname(struct scanner *s, const uint8_t *c, const char *kind,
                                   struct dictionary_entry **name);
/* The same, as a QName by Namespaces in XML 1.0 [7]. */
const uint8_t *scanner_read_qname(struct scanner *s, const uint8_t *c,
                                  struct dictionary_entry **name);
/* The same, where documents repeat themselves: what stood in such a place is tried first, and
 * the name is guess->last. */
const uint8_t *scanner_read_unguessed(struct scanner *s, const uint8_t *c,
                                      struct dictionary_guess *guess);
static inline bool scanner_guess_holds(const struct scanner *s, const uint8_t *c,
                                       const struct dictionary_entry *guess)
{
    if (!guess || !scanner_name_stands(s, c, guess))
        return false;
    uint8_t behind = c[guess->len];
    return behind == '>' || (behind < 0x80 && !xml_char_is(c + guess->len, XML_NAME));
}
static inline const uint8_t *scanner_read_repeated(struct scanner *s, const uint8_t *c,
                                                   struct dictionary_guess *guess)
{
    return scanner_guess_holds(s, c, guess->last) ? c + guess->last->len
                                                  : scanner_read_unguessed(s, c, guess);
}

/* -- scanner_namespaces.c ------------------------------------------------------------- */

/* Binds the prefixes that the tag's attributes declare. False without memory. */
bool scanner_bind_prefixes(struct scanner *s, const uint8_t *c, int *n_namespaces);
/* Fills in the event's attributes. False without memory. */
bool scanner_resolve_attributes(struct scanner *s, const uint8_t *c,
                                const struct dictionary_entry *element, int *n_attributes);
/* A name whose prefix is not declared. */
void scanner_tell_unbound(struct scanner *s, const uint8_t *c,
                          const struct dictionary_entry *element,
                          const struct dictionary_entry *name);
/* Takes back declarations, until `n` bindings are shadowed. */
void scanner_unbind(struct scanner *s, size_t n);

/* -- scanner_attribute.c -------------------------------------------------------------- */

/* [10], from its quote on: appended to s->values, with white space and references replaced
 * (3.3.3). */
const uint8_t *scanner_copy_value(struct scanner *s, const uint8_t *c);
/* Room for another attribute of the tag at c. NULL where there is none, or no memory. */
struct scanned_attribute *scanner_add_attribute(struct scanner *s, const uint8_t *c);
/* [41], as many as there are, to the end of the tag. `first`: at the first one. */
const uint8_t *scanner_read_attributes(struct scanner *s, const uint8_t *c,
                                       struct dictionary_guess *first);

/* -- scanner_tag.c -------------------------------------------------------------------- */

/* [40] [44], behind the `<`. */
const uint8_t *scanner_read_start_tag(struct scanner *s, const uint8_t *c);
/* [42], behind the `</`. */
const uint8_t *scanner_read_end_tag(struct scanner *s, const uint8_t *c);

/* -- scanner_content.c ---------------------------------------------------------------- */

/* [39]: the root, from its `<` on. */
const uint8_t *scanner_read_root(struct scanner *s, const uint8_t *c);

/* -- scanner_misc.c ------------------------------------------------------------------- */

/* [15], behind the `<!--`. */
const uint8_t *scanner_read_comment(struct scanner *s, const uint8_t *c);
/* [16], behind the `<?`. */
const uint8_t *scanner_read_instruction(struct scanner *s, const uint8_t *c);
/* [27]: comments, processing instructions and white space around the root. */
const uint8_t *scanner_read_misc(struct scanner *s, const uint8_t *c);

/* -- scanner_entity.c ----------------------------------------------------------------- */

/* Goes into an entity, whose reference is from `reference` to `behind`. Returns where its text
 * begins. */
const uint8_t *scanner_enter_entity(struct scanner *s, struct dtd_entity *entity,
                                    const uint8_t *reference, const uint8_t *behind);
/* At the end of its text: returns where the scanner was. */
const uint8_t *scanner_leave_entity(struct scanner *s);
/* Reads an entity that lies outside, where that is wanted. False: it has no text. */
bool scanner_read_external(struct scanner *s, struct dtd_entity *entity);
/* [68], from its `&` on; also says what is wrong with a reference to a character. */
const uint8_t *scanner_read_reference(struct scanner *s, const uint8_t *c,
                                      struct dictionary_entry **name);
/* The same, and looks the entity up: NULL for one that is not read, and that was told. */
const uint8_t *scanner_find_entity(struct scanner *s, const uint8_t *c,
                                   struct dtd_entity **entity);
/* In place of an open element, where the text of an entity begins. */
extern const struct dictionary_entry scanner_no_element;

#endif
