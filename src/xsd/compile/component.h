/* SPDX-License-Identifier: MIT
 *
 * Components from nodes, a file each: simple.c, complex.c and what is common to both, type.c;
 * attribute.c and wildcard.c; element.c, particle.c and constraint.c.
 *
 * These files call each other in circles, and this is the one circle in xsd/compile: the
 * grammar of schema components is itself recursive. An element has a type, a complex type has
 * particles and attributes, a particle has elements, an attribute has a simple type. So they
 * share a header. What the recursion asks for twice is made once (enum component_state).
 */
#ifndef THRESH_XSD_COMPILE_COMPONENT_H
#define THRESH_XSD_COMPILE_COMPONENT_H

#include "xsd/compile/global.h"
#include "xsd/compile/node.h"

/* -- What only the compiler knows of a component -------------------------------------- */

/* Uses of attributes, of different names: found by name at once, however many they are. */
struct attribute_uses {
    const struct attribute_use **items;
    uint32_t n;
    uint32_t *slots; /* index + 1 by name; 0: free. A power of two, at most half full. */
    uint32_t size;
};

struct type_source {
    struct location location;
    struct global *global;      /* NULL: anonymous */
    struct particle *particle;  /* of the content; NULL: empty or simple */
    struct attribute_uses uses; /* of a complex type, its base's included */
    enum component_state state;
};

struct element_source {
    struct location location;
    struct element *head;        /* of its substitution group, or NULL */
    struct pointer_list members; /* struct element: what may stand for it */
    enum component_state state;  /* of its type, which may be its head's */
};

enum particle_kind {
    PARTICLE_ELEMENT,
    PARTICLE_WILDCARD,
    PARTICLE_SEQUENCE,
    PARTICLE_CHOICE,
    PARTICLE_ALL,
};

struct particle {
    enum particle_kind kind;
    uint32_t min;
    uint32_t max; /* XSD_UNBOUNDED */
    struct element *element;
    struct wildcard *wildcard;
    struct pointer_list children; /* struct particle, of the model groups */
    struct location location;
    /* content.c: */
    const struct model *model; /* made once */
    uint32_t leaves;           /* elements and wildcards in it, itself included */
    uint32_t size;             /* positions that all its occurrences take, for one attempt */
    uint32_t size_of_attempt;  /* the attempt (struct xsd_compiler) that `size` is of */
};

/* What attributes a type or attribute group has. */
struct attribute_set {
    struct attribute_uses uses;
    struct attribute_uses prohibited; /* what a restriction leaves out */
    struct wildcard *wildcard;
};

/* For xsd_compile_warn(). */
#define XSD_RESTRICTION_STANDS "the restriction is taken as it is written"
#define XSD_REDEFINITION_STANDS                                                                \
    "a redefinition that is not derived from what it redefines; it takes its place"

/* -- Types: type.c -------------------------------------------------------------------- */

/* The type that a simpleType or complexType element defines; `global` is NULL for an anonymous
 * one. It is finished later. */
struct type *type_new(struct xsd_compiler *c, const struct location *location,
                      struct global *global);
struct type *type_of_global(struct xsd_compiler *c, struct global *global);
/* The type of that name; `inside` as in global_find. */
struct type *type_of_name(struct xsd_compiler *c, const struct location *location,
                          const struct symbol *symbol, const struct global *inside);
/* Brings the type to COMPONENT_DONE. */
void type_finish(struct xsd_compiler *c, struct type *type);
void type_make_any(struct xsd_compiler *c);

/* -- Simple types: simple.c ----------------------------------------------------------- */

void simple_make_builtins(struct xsd_compiler *c);
/* NULL where XSD has none of that name. */
struct type *simple_builtin_type(struct xsd_compiler *c, const char *name);
void simple_finish(struct xsd_compiler *c, struct type *type);
/* Gives the type a datatype; one of its `own` gets the type's name. */
void simple_set_datatype(struct xsd_compiler *c, struct type *type,
                         const struct datatype *datatype, bool own);
/* The datatype with the facets from `child` on; *rest is the first child after. */
const struct datatype *simple_restrict(struct xsd_compiler *c, const struct location *location,
                                       const struct datatype *datatype,
                                       const struct node *child, const struct node **rest);
/* Warns of a type that is used for values and is NOTATION without an enumeration. */
void simple_check_notation(struct xsd_compiler *c, const struct location *location,
                           const struct datatype *datatype);
/* The length and key of a value given in the schema; one that is not valid breaks `rule`, and
 * is left out. */
void simple_make_value(struct xsd_compiler *c, const struct location *location,
                       const char *rule, const struct datatype *type,
                       struct value_constraint *constraint);

/* -- Complex types: complex.c --------------------------------------------------------- */

void complex_finish(struct xsd_compiler *c, struct type *type);

/* -- Attributes: attribute.c ---------------------------------------------------------- */

/* The four attributes of the namespace xsi, which every schema declares (Part 1, 3.2.7). */
void attribute_make_xsi(struct xsd_compiler *c);
struct attribute *attribute_make_global(struct xsd_compiler *c, struct global *global);
struct attribute_set *attribute_make_group(struct xsd_compiler *c, struct global *global);
/* Adds the attribute declarations from `child` on to the set; they must be the last children.
 * `inside`: the group that they are of, as in global_find; NULL: they are of a type. */
void attribute_read_all(struct xsd_compiler *c, const struct location *location,
                        const struct node *child, struct attribute_set *set,
                        const struct global *inside);
/* The use of that name, or NULL. */
const struct attribute_use *attribute_find_use(const struct attribute_uses *uses,
                                               uint32_t symbol);
struct attribute_uses attribute_copy_uses(struct xsd_compiler *c,
                                          const struct attribute_uses *uses);
/* Adds one of another name. */
void attribute_keep_use(struct xsd_compiler *c, struct attribute_uses *uses,
                        const struct attribute_use *use);
/* A second use of the name breaks `rule`, and the first one holds. The same use may come by
 * several ways: a group that several groups refer to. */
void attribute_add_use(struct xsd_compiler *c, const struct location *location,
                       const char *rule, struct attribute_uses *uses,
                       const struct attribute_use *use);

/* -- Attributes of types: attribute_derive.c ------------------------------------------ */

/* The attributes of a type: its own set with those of the base that it extends or restricts. */
const struct attributes *attribute_derive_all(struct xsd_compiler *c,
                                              const struct location *location,
                                              struct type *type, struct attribute_set *set);

/* Warns where a redefined group is no restriction of its original. */
void attribute_check_restriction(struct xsd_compiler *c, const struct location *location,
                                 const struct attribute_set *set,
                                 const struct attribute_set *original);

/* -- Wildcards: wildcard.c ------------------------------------------------------------ */

struct wildcard *wildcard_read(struct xsd_compiler *c, const struct location *location);
/* Both take processContents from `a`. What XSD 1.0 cannot express breaks `rule`, or the rule
 * src-ct.5; it is made nevertheless. */
struct wildcard *wildcard_intersect(struct xsd_compiler *c, const struct location *location,
                                    const char *rule, const struct wildcard *a,
                                    const struct wildcard *b);
struct wildcard *wildcard_unite(struct xsd_compiler *c, const struct location *location,
                                const struct wildcard *a, const struct wildcard *b);
/* Whether `super` allows all that `sub` does; whether they allow a namespace in common. */
bool wildcard_within(const struct wildcard *sub, const struct wildcard *super);
bool wildcard_meet(const struct wildcard *a, const struct wildcard *b);

/* -- Particles: particle.c ------------------------------------------------------------ */

/* That of an element, any, group, all, choice or sequence; `inside` as in global_find. */
struct particle *particle_read(struct xsd_compiler *c, const struct location *location,
                               const struct global *inside);
struct particle *particle_make_group(struct xsd_compiler *c, struct global *global);
struct particle *particle_new(struct xsd_compiler *c, enum particle_kind kind,
                              const struct location *location);
/* Particle Emptiable (cos-group-emptiable); NULL is empty. */
bool particle_may_be_empty(const struct particle *particle);

/* -- Elements: element.c -------------------------------------------------------------- */

struct element *element_make_global(struct xsd_compiler *c, struct global *global);
struct element *element_make_local(struct xsd_compiler *c, const struct location *location);
/* Once all are known: types, substitution groups, value constraints. */
void element_finish_all(struct xsd_compiler *c);

/* -- Identity constraints: constraint.c ----------------------------------------------- */

/* Reads unique, key and keyref from `child` on; they must be the last children. */
void constraint_read_all(struct xsd_compiler *c, const struct location *location,
                         const struct node *child, struct element *element);
/* Once all are known: what keyrefs refer to. */
void constraint_resolve_keyrefs(struct xsd_compiler *c);

#endif
