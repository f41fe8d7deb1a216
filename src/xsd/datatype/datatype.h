/* SPDX-License-Identifier: MIT
 *
 * XSD 1.0 simple types (XML Schema Part 2: Datatypes, Second Edition) as immutable tables that
 * answer: is this text a value of this type, and which value is it?
 *
 * All types of one schema live in one `struct datatypes` and are freed with it. Once made they
 * never change: any number of threads may check against them, each with a scratch of its own.
 */
#ifndef THRESH_XSD_DATATYPE_DATATYPE_H
#define THRESH_XSD_DATATYPE_DATATYPE_H

#include "base/buf.h"
#include "base/error.h"

struct datatypes;
struct datatype;

enum facet_kind {
    FACET_LENGTH,
    FACET_MIN_LENGTH,
    FACET_MAX_LENGTH,
    FACET_PATTERN,
    FACET_ENUMERATION,
    FACET_WHITE_SPACE,
    FACET_MAX_INCLUSIVE,
    FACET_MAX_EXCLUSIVE,
    FACET_MIN_INCLUSIVE,
    FACET_MIN_EXCLUSIVE,
    FACET_TOTAL_DIGITS,
    FACET_FRACTION_DIGITS,
};

struct facet {
    enum facet_kind kind;
    const char *value; /* as the schema spells it */
    bool fixed;        /* types that are derived may only say the same */
};

/* What a text may refer to where it stands. `uri` resolves a prefix of a QName (len 0: the
 * default namespace) to its namespace name, "" for none, NULL where it is not declared;
 * `unparsed_entity` tells whether the document declares one of that name (NULL: any may be). */
struct prefixes {
    const char *(*uri)(void *context, const char *prefix, size_t len);
    void *context;
    bool (*unparsed_entity)(void *context, const char *name, size_t len);
};

/* Who is told of facets that break a rule (by its name in the Recommendation) and make a type
 * all the same: what is wrong and, last, what is done instead. */
struct datatype_warnings {
    void (*warn)(void *context, const char *rule, const char *text);
    void *context;
};

enum datatype_id {
    DATATYPE_PLAIN,
    DATATYPE_ID,
    DATATYPE_IDREF,
    DATATYPE_IDREFS,
    DATATYPE_ENTITY, /* also lists and unions that have it */
};

struct datatypes *datatypes_new(void); /* NULL: no memory */
void datatypes_free(struct datatypes *set);
/* The memory that its types take. */
size_t datatypes_bytes(const struct datatypes *set);

/* One of the built-in types by its local name ("anySimpleType", "string", "dateTime", ...), or
 * NULL where XSD 1.0 has none of that name. */
const struct datatype *datatypes_builtin(const struct datatypes *set, const char *local_name);

/* Derivations. NULL with the error filled in where the derivation cannot be made (a facet's
 * value or a pattern cannot be read), is not covered here, or memory ends. Facets that
 * contradict each other or the base all hold, and there is a warning. All facets of one
 * derivation step come in one call: several patterns of a step are alternatives, patterns of
 * different steps all hold; enumerations of a step are alternatives. */
const struct datatype *datatypes_restrict(struct datatypes *set, const struct datatype *base,
                                          const struct facet *facets, size_t n_facets,
                                          const struct prefixes *prefixes,
                                          const struct datatype_warnings *warnings,
                                          struct thresh_error *error);
const struct datatype *datatypes_list(struct datatypes *set, const struct datatype *item,
                                      struct thresh_error *error);
const struct datatype *datatypes_union(struct datatypes *set,
                                       const struct datatype *const *members, size_t n_members,
                                       struct thresh_error *error);

/* Whether values are (lists of) ID or IDREF, or have an ENTITY in them. */
enum datatype_id datatype_id(const struct datatype *type);
/* cos-st-derived-ok: whether `type` is `ancestor` or derived from it, or, where that is a
 * union, from one of its members. */
bool datatype_derives(const struct datatype *type, const struct datatype *ancestor);
/* Whether it is NOTATION, or derived from it, without an enumeration that says which. */
bool datatype_is_any_notation(const struct datatype *type);
/* Whether every text is valid and its white space preserved: string and anySimpleType. */
bool datatype_takes_anything(const struct datatype *type);
/* Whether `prefixes` are needed to check a text: QName, NOTATION and what is made of them. */
bool datatype_needs_prefixes(const struct datatype *type);

/* One worker's buffers, reused from value to value. A zeroed struct is ready. */
struct datatype_scratch {
    struct buf normal;
    struct buf fault;
    struct buf key;             /* of a value on its way into an enumeration */
    struct known_values *known; /* NULL: values are not remembered */
};
/* Valid values are remembered from now on, as long as their types live. -1: no memory. */
int datatype_scratch_remember(struct datatype_scratch *scratch, uint64_t seed);
void datatype_scratch_free(struct datatype_scratch *scratch);

/* 0: valid. 1: not, and *code names the rule of the Recommendation that it breaks
 * ("cvc-datatype-valid.1.2.1", "cvc-pattern-valid", "cvc-enumeration-valid", ...) while
 * scratch->fault holds a NUL-terminated sentence, free of the element's name, such as
 * "'12x' is not a valid value of the type 'xs:integer'". -1: no memory.
 * `text` need not end in NUL and is as the document has it, before white space processing. */
int datatype_check(const struct datatype *type, const char *text, size_t len,
                   const struct prefixes *prefixes, struct datatype_scratch *scratch,
                   const char **code);

/* For text that datatype_check found valid: white space processed as the type says, in
 * scratch->normal or in place; valid until the next call with the scratch. */
const char *datatype_normalize(const struct datatype *type, const char *text, size_t len,
                               struct datatype_scratch *scratch, size_t *normal_len);

/* For valid text: appends bytes that are equal for two texts if and only if their values are
 * equal (and of one primitive type), as identity constraints, fixed values and enumerations
 * compare: decimal 1.0 and 1, dateTime with different time zones. 0, or -1 without memory. */
int datatype_key(const struct datatype *type, const char *text, size_t len,
                 const struct prefixes *prefixes, struct datatype_scratch *scratch,
                 struct buf *key);

/* For messages: "xs:date" for built-in types, else the name given to the type, or to the type
 * it restricts. */
const char *datatype_name(const struct datatype *type);
/* Gives a derived type its name, which is to outlive it. Before the set is shared. */
void datatype_set_name(const struct datatype *type, const char *name);

#endif
