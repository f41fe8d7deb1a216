/* SPDX-License-Identifier: MIT
 *
 * A compiled schema: the tables that validators read. Made by the compiler (compile/), never
 * changed afterwards, all of it in one arena.
 */
#ifndef THRESH_XSD_MODEL_H
#define THRESH_XSD_MODEL_H

#include "xsd/datatype/datatype.h"
#include "xsd/names.h"
#include "xsd/xsd.h"

#include <stdbool.h>
#include <stdint.h>

#define XSD_UNBOUNDED UINT32_MAX /* maxOccurs */
#define XSD_NONE      UINT32_MAX /* no position, no index */

#define XSD_NAMESPACE          "http://www.w3.org/2001/XMLSchema"
#define XSD_INSTANCE_NAMESPACE "http://www.w3.org/2001/XMLSchema-instance"

/* Bits of block and final, and, one at a time, how a type was made from its base. */
enum derivation {
    DERIVATION_EXTENSION = 1,
    DERIVATION_RESTRICTION = 2,
    DERIVATION_SUBSTITUTION = 4,
    DERIVATION_LIST = 8,
    DERIVATION_UNION = 16,
};

enum wildcard_kind { WILDCARD_ANY, WILDCARD_NOT, WILDCARD_SET };
enum process_contents { PROCESS_STRICT, PROCESS_LAX, PROCESS_SKIP };

struct wildcard {
    enum wildcard_kind kind;
    enum process_contents process_contents;
    uint32_t n; /* WILDCARD_SET: these namespaces; WILDCARD_NOT: all but these; 0 is none */
    const uint32_t *set;
};

/* A default or fixed value, and its key by datatype_key(). */
struct value_constraint {
    const char *text; /* NULL: none */
    size_t len;
    bool fixed; /* else a default */
    const char *key;
    size_t key_len;
};

struct attribute {
    const struct symbol *name;
    const struct type *type;
    struct value_constraint value;
};

struct attribute_use {
    const struct attribute *attribute;
    const struct datatype *datatype; /* that of the attribute's type */
    uint32_t symbol;
    bool required;
    bool takes_anything; /* no text is wrong, and none is fixed */
    bool is_id; /* ID, IDREF, IDREFS or of ENTITY: the document decides on a default, too */
    struct value_constraint value;
};

/* The attributes of a complex type, hashed by symbol. */
struct attributes {
    const struct attribute_use *uses;
    const uint32_t *slots; /* index into uses, or XSD_NONE */
    const struct wildcard *wildcard;
    uint32_t mask;
    uint32_t n;
    uint32_t n_required;
    bool has_id;            /* one is of type ID */
    bool has_idref_default; /* one is_id with a default: it counts where it is absent, too */
};

enum content_kind { CONTENT_EMPTY, CONTENT_SIMPLE, CONTENT_ELEMENTS, CONTENT_MIXED };

struct type {
    const struct symbol *name; /* NULL: anonymous */
    struct type *base;
    const struct datatype *datatype;     /* simple types and simple content */
    const struct model *model;           /* CONTENT_ELEMENTS and CONTENT_MIXED */
    const struct attributes *attributes; /* NULL: a simple type */
    enum content_kind content;
    bool simple;
    bool abstract;
    bool takes_anything; /* simple content in which no text is wrong */
    bool is_id; /* ID, IDREF, IDREFS or of ENTITY: the document decides on a default, too */
    unsigned derivation; /* DERIVATION_...: how it is made from `base` */
    unsigned block;      /* DERIVATION_... */
    unsigned final;
    struct type_source *source; /* only while compiling */
};

struct element {
    const struct symbol *name;
    const struct type *type;
    const struct identity_constraints *constraints; /* NULL: none */
    const struct element *const *heads;   /* what it may be substituted for, nearest first */
    const struct element *const *members; /* what may be substituted for it */
    uint32_t n_heads;
    uint32_t n_members;
    struct value_constraint value;
    bool global;
    bool nillable;
    bool abstract;
    unsigned block;
    unsigned final;
    struct element_source *source; /* only while compiling */
};

/* A content model is a set of positions (the elements and wildcards of the model) and of
 * states. A state is the set of positions that may come next; after a position comes its state
 * `next`. By the rules of XSD (cos-nonambig) a state never has two positions that
 * match one element, but for copies of one particle.
 *
 * A position with bounds of its own counts: after fewer than `min` only itself may come
 * (`low`), after `max` only what follows (`full`). */
struct position {
    const struct element *element; /* NULL: a wildcard */
    const struct wildcard *wildcard;
    uint32_t chain; /* number of the chain it is in */
    uint32_t same; /* the next position of the same symbol, of the next wildcard, or XSD_NONE */
    uint32_t next; /* where the model has moves: behind its first state; XSD_NONE: never met */
    uint32_t low;
    uint32_t full;
    uint32_t min;
    uint32_t max; /* 1: does not count */
};

struct model_slot {
    uint32_t symbol;
    uint32_t position;
};

/* A particle that repeats, in a model in which repetitions are counted and not written out: the
 * positions that are in it, and what of its states belongs to it alone. The sets of states then
 * stay within the innermost counter: that they may end means that one repetition may. */
struct model_counter {
    uint32_t from; /* positions: the first, and the first behind */
    uint32_t to;
    uint32_t min;
    uint32_t max;
    uint32_t outer; /* the counter around it, or XSD_NONE */
    uint32_t depth; /* index of its count in model_walk.counts */
    uint32_t first; /* states: what a repetition may start with, and what may follow the last */
    uint32_t after;
};

struct model {
    const struct position *positions;
    const struct model_slot *slots; /* by symbol; 0 is a free slot */
    const uint64_t *rows;           /* n_states bit sets of `words` words */
    const uint32_t *moves; /* where copies of one particle meet in a state: the next state, by
                              state and chain; else NULL */
    const struct model_counter *counters; /* NULL: repetitions are written out */
    const uint32_t *counter_of;           /* by position: the innermost, or XSD_NONE */
    uint32_t n_counters;
    uint32_t mask;
    uint32_t wildcard; /* first position of a wildcard, or XSD_NONE */
    uint32_t n_positions;
    uint32_t n_chains;
    uint32_t n_states;
    uint32_t words; /* of a row: a bit for each position, then one for "may end here" */
    uint32_t start;
    bool all;      /* xs:all: row 0 has the required positions, and each matches once */
    bool optional; /* xs:all that may be left out as a whole */
};

#define MODEL_DEPTH 8 /* of counters in each other */

/* How far a content model has come. */
struct model_walk {
    uint32_t state;
    uint32_t position;            /* matched last */
    uint32_t count;               /* its matches in a row, where it counts */
    uint32_t counts[MODEL_DEPTH]; /* of the counters that the position is in */
};

struct identity_step {
    enum { IDENTITY_STEP_NAME, IDENTITY_STEP_NAMESPACE, IDENTITY_STEP_ANY } kind;
    uint32_t symbol;
    uint32_t ns;
};

/* One alternative of a selector or field. */
struct identity_path {
    const struct identity_step *steps; /* child steps */
    uint32_t n_steps;
    bool descendant; /* begins with .// */
    bool to_attribute;
    struct identity_step attribute;
};

struct identity_field {
    const struct identity_path *paths;
    uint32_t n_paths;
};

enum identity_kind { IDENTITY_UNIQUE, IDENTITY_KEY, IDENTITY_KEYREF };

struct identity_constraint {
    const struct symbol *name;
    enum identity_kind kind;
    const struct identity_constraint *refer; /* of a keyref; NULL: it is not checked */
    uint32_t id; /* its number in the schema; those of one element follow each other */
    /* The least and the greatest id of the keyrefs that refer to it. */
    uint32_t first_keyref, last_keyref; /* the first is greater: there are none */
    const struct identity_path *selectors;
    uint32_t n_selectors;
    const struct identity_field *fields;
    uint32_t n_fields;
    const uint32_t *own; /* symbols, where all fields are attributes of the selected element */
    uint32_t shape;      /* equal for constraints with equal `own` */
    uint32_t reach; /* levels below the selected element that a field may lie; XSD_NONE: any */
};

/* A selector in the table of an element, under the symbol its last step names. */
struct identity_selector {
    const struct identity_constraint *constraint;
    const struct identity_path *path;
    uint32_t next;   /* of the same symbol, or XSD_NONE */
    bool anywhere;   /* the path is .//name */
    bool has_rivals; /* earlier paths of the constraint may select the same element */
};

struct identity_constraints {
    const struct identity_constraint *const *list;
    uint32_t n;
    uint32_t n_selectors;
    const struct identity_selector *selectors;
    const struct model_slot *slots; /* symbol to selector */
    uint32_t mask;
    uint32_t any; /* selectors whose last step is no name, or XSD_NONE */
    bool has_keyref;
};

struct xsd {
    struct arena arena;
    const char *warnings; /* xsd_warnings() */
    struct names names;
    struct datatypes *datatypes;
    const struct type *any_type;
    const struct type *string_type;
    uint32_t n_constraints;
    bool selects_any; /* the selector of some identity constraint ends in no name */
    uint32_t reach;   /* the greatest of its constraints', those with `own` aside */
    uint32_t xsi_ns;
    uint32_t xsi_type;
    uint32_t xsi_nil;
    uint32_t xsi_schema_location;
    uint32_t xsi_no_namespace_schema_location;
    struct xsd *whole;      /* what it is a view of; NULL: it is none */
    const uint32_t *hidden; /* what of the whole a view does not have, as below */
    uint32_t n_hidden;
    uint32_t n_views; /* of a whole; and the bytes that they take */
    size_t view_bytes;
};

/* Which of a symbol's components are hidden, behind its number. */
enum {
    XSD_HIDES_ELEMENT = 1,
    XSD_HIDES_ATTRIBUTE = 2,
    XSD_HIDES_TYPE = 4,
    XSD_HIDES = 3, /* bits of these */
};
/* Whether it may have one more, which hides so many symbols: each takes an array of all. */
bool xsd_may_have_view(const struct xsd *whole, uint32_t n_hidden);
/* A view of a schema, which has all but what is hidden, and keeps the array. NULL: no memory.
 * view.c */
struct xsd *xsd_view_new(struct xsd *whole, const uint32_t *hidden, uint32_t n_hidden);
void xsd_view_free(struct xsd *view); /* and nothing of the whole; takes NULL */

static inline bool model_bit(const uint64_t *set, uint32_t bit)
{
    return set[bit >> 6] >> (bit & 63) & 1;
}

/* The first bit of a set from `from` on and below `n`, or n. */
static inline uint32_t model_next_bit(const uint64_t *set, uint32_t from, uint32_t n)
{
    while (from < n) {
        uint64_t rest = set[from >> 6] >> (from & 63);
        if (rest)
            return from + (uint32_t)__builtin_ctzll(rest);
        from = (from | 63) + 1;
    }
    return n;
}

static inline const uint64_t *model_row(const struct model *model, uint32_t state)
{
    return model->rows + (size_t)state * model->words;
}

static inline bool wildcard_allows(const struct wildcard *wildcard, uint32_t ns)
{
    if (wildcard->kind == WILDCARD_ANY)
        return true;
    for (uint32_t i = 0; i < wildcard->n; i++)
        if (wildcard->set[i] == ns)
            return wildcard->kind == WILDCARD_SET;
    return wildcard->kind == WILDCARD_NOT;
}

/* model_count.c: whether position p may come in a model with counters; then *next, which may be
 * `walk` itself, is behind it. Whether the content may end. */
bool model_count_step(const struct model *model, const struct model_walk *walk, uint32_t p,
                      struct model_walk *next);
bool model_count_may_end(const struct model *model, const struct model_walk *walk);

/* The attribute use of that symbol, or NULL. */
static inline const struct attribute_use *attributes_find(const struct attributes *attributes,
                                                          uint32_t symbol)
{
    if (!attributes->n)
        return NULL;
    for (uint32_t at = names_slot(symbol);; at++) {
        uint32_t use = attributes->slots[at & attributes->mask];
        if (use == XSD_NONE)
            return NULL;
        if (attributes->uses[use].symbol == symbol)
            return &attributes->uses[use];
    }
}

/* Whether `type` is `ancestor` or derived from it without a method in `block`: Type
 * Derivation OK (cos-ct-derived-ok, cos-st-derived-ok). */
bool type_derives(const struct type *type, const struct type *ancestor, unsigned block);

#endif
