/* SPDX-License-Identifier: MIT
 *
 * The compiler of schemas, from documents to the tables of model.h. Parts in this order:
 * compiler.c is what the others stand on; document.c reads XML, and tree.c makes nodes of it,
 * once for all schemas; node.c answers what is asked of a node; schema.c collects documents and
 * their global declarations; simple.c, attribute.c, particle.c, element.c, complex.c and
 * constraint.c make components of them; content.c makes automata.
 *
 * Whatever is wrong leaves by xsd_compile_fail(), a longjmp to xsd_compile: all memory belongs to the
 * schema's arena, to the compiler's, or to the documents, so nothing is lost, and no function
 * here has an error to hand on.
 */
#ifndef THRESH_XSD_COMPILE_COMPILE_H
#define THRESH_XSD_COMPILE_COMPILE_H

#include "xsd/model.h"

#include <libxml/hash.h>
#include <libxml/tree.h>
#include <setjmp.h>

/* From NODE_ALL on in the order of the alphabet, which tree.c searches. */
enum node_tag {
    NODE_NONE,    /* not of the schema namespace */
    NODE_UNKNOWN, /* of it, and none of its elements */
    NODE_TEXT,    /* not white space: out of place wherever it is */
    NODE_ALL,
    NODE_ANNOTATION,
    NODE_ANY,
    NODE_ANY_ATTRIBUTE,
    NODE_APPINFO,
    NODE_ATTRIBUTE,
    NODE_ATTRIBUTE_GROUP,
    NODE_CHOICE,
    NODE_COMPLEX_CONTENT,
    NODE_COMPLEX_TYPE,
    NODE_DOCUMENTATION,
    NODE_ELEMENT,
    NODE_ENUMERATION,
    NODE_EXTENSION,
    NODE_FIELD,
    NODE_FRACTION_DIGITS,
    NODE_GROUP,
    NODE_IMPORT,
    NODE_INCLUDE,
    NODE_KEY,
    NODE_KEYREF,
    NODE_LENGTH,
    NODE_LIST,
    NODE_MAX_EXCLUSIVE,
    NODE_MAX_INCLUSIVE,
    NODE_MAX_LENGTH,
    NODE_MIN_EXCLUSIVE,
    NODE_MIN_INCLUSIVE,
    NODE_MIN_LENGTH,
    NODE_NOTATION,
    NODE_PATTERN,
    NODE_REDEFINE,
    NODE_RESTRICTION,
    NODE_SCHEMA,
    NODE_SELECTOR,
    NODE_SEQUENCE,
    NODE_SIMPLE_CONTENT,
    NODE_SIMPLE_TYPE,
    NODE_TOTAL_DIGITS,
    NODE_UNION,
    NODE_UNIQUE,
    NODE_WHITE_SPACE,
};

/* The attributes that elements of a schema document have, likewise. */
enum {
    ATTR_ABSTRACT,
    ATTR_ATTRIBUTE_FORM,
    ATTR_BASE,
    ATTR_BLOCK,
    ATTR_BLOCK_DEFAULT,
    ATTR_DEFAULT,
    ATTR_ELEMENT_FORM,
    ATTR_FINAL,
    ATTR_FINAL_DEFAULT,
    ATTR_FIXED,
    ATTR_FORM,
    ATTR_ID,
    ATTR_ITEM_TYPE,
    ATTR_MAX_OCCURS,
    ATTR_MEMBER_TYPES,
    ATTR_MIN_OCCURS,
    ATTR_MIXED,
    ATTR_NAME,
    ATTR_NAMESPACE,
    ATTR_NILLABLE,
    ATTR_PROCESS_CONTENTS,
    ATTR_PUBLIC,
    ATTR_REF,
    ATTR_REFER,
    ATTR_SCHEMA_LOCATION,
    ATTR_SOURCE,
    ATTR_SUBSTITUTION_GROUP,
    ATTR_SYSTEM,
    ATTR_TARGET_NAMESPACE,
    ATTR_TYPE,
    ATTR_USE,
    ATTR_VALUE,
    ATTR_VERSION,
    ATTR_XPATH,
    ATTR_UNKNOWN,   /* any other, which no element may have */
    ATTR_QUALIFIED, /* any of the schema namespace, likewise */
};
#define ATTR_BIT(attribute) (UINT64_C(1) << (attribute))

/* An attribute, with as much as can be said of its value whatever the schema that reads it. */
struct node_attr {
    int which; /* A_... */
    const char *name;
    const char *value; /* white space collapsed, not so in value, default and fixed */
    union {
        /* What a QName or NCName names, as a symbol of the documents; NULL: it is none. The
         * name of a declaration is in the document's target namespace here. */
        const struct symbol *symbol;
        const char *address; /* of schemaLocation; NULL: it is no URI */
    };
};

/* Namespace declarations in scope, the nearest first. */
struct node_scope {
    const char *prefix; /* "": the default namespace */
    size_t len;
    const char *uri;
    const struct node_scope *outer;
};

/* An element of a schema document, or text in one. Shared by all schemas that read the
 * document, and never changed once it is made. */
struct node {
    enum node_tag tag;
    uint32_t n_attrs;
    const char *name;
    long line;
    uint64_t has;                  /* a bit for each A_... among its attributes */
    const struct node_attr *attrs; /* as written; without those of other namespaces */
    const struct node *first; /* child, after an annotation that has nothing to complain of */
    const struct node *next;  /* sibling */
    const struct node_scope *scope;
};

struct xsd_documents {
    xmlHashTable *roots; /* struct node, by address */
    struct arena arena;  /* of all nodes */
    struct names names;  /* of components, as the documents have them */
    xmlDoc *tree;        /* the one that nodes are being made of */
    const char *target;  /* its target namespace */
    bool all_imports;
    struct buf notes;
};

struct schema_document {
    const struct node *root;
    const char *uri;
    uint32_t number;
    uint32_t ns; /* the target namespace, for a chameleon that of its includer */
    bool chameleon;
    bool qualified_elements;
    bool qualified_attributes;
    unsigned block_default;
    unsigned final_default;
    uint64_t *imports; /* a bit for each namespace number that may be referred to */
    uint32_t n_imports;
};

/* Where in the documents we are. */
struct location {
    const struct schema_document *document;
    const struct node *node;
};

enum component_kind {
    COMPONENT_TYPE,
    COMPONENT_ELEMENT,
    COMPONENT_ATTRIBUTE,
    COMPONENT_GROUP,
    COMPONENT_ATTRIBUTE_GROUP,
    COMPONENT_NOTATION,
    COMPONENT_CONSTRAINT,
};

enum component_state { COMPONENT_NEW, COMPONENT_BUSY, COMPONENT_DONE };

/* A global declaration or definition. */
struct global {
    struct location location;
    struct symbol *name;
    enum component_kind kind;
    enum component_state state;
    void *component;
    struct global *next;     /* of the same name and another kind */
    struct global *original; /* what a redefinition redefines */
    uint32_t n_self;         /* references of a group's redefinition to its original */
};

/* A growable array, of the compiler. */
struct pointer_list {
    void **items;
    uint32_t n;
    uint32_t cap;
};

struct type_source {
    struct location location;
    struct global *global; /* NULL: anonymous */
    struct particle *particle;
    struct pointer_list fixed_facets; /* of struct fixed_facet */
    enum component_state state;
};

struct fixed_facet {
    enum facet_kind kind;
    const char *value;
};

struct element_source {
    struct location location;
    struct element *head;
    struct pointer_list members;
    enum component_state state; /* of its heads */
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
    uint32_t max;
    struct element *element;
    struct wildcard *wildcard;
    struct pointer_list children;
    struct location location;
    const struct model *model; /* content.c: made once */
    uint32_t leaves;
    uint32_t size; /* content.c: positions, for the attempt in progress */
    uint32_t size_of_attempt;
};

/* What attributes a type or attribute group has. */
struct attribute_set {
    struct pointer_list uses; /* struct attribute_use */
    struct wildcard *wildcard;
};

struct xsd_compiler {
    struct xsd *xsd;
    struct thresh_error *error;
    jmp_buf out;
    struct names documents; /* (place, namespace) of all documents */
    struct pointer_list document_list;
    struct xsd_documents *shared; /* documents by address, the caller's */
    struct symbol **symbols;      /* the schema's, by the documents' */
    uint32_t *namespaces;         /* likewise */
    uint32_t n_symbols;
    uint32_t n_namespaces;
    struct pointer_list
        imports;      /* a struct import a namespace: where it was first imported from */
    struct names ids; /* of elements of the documents, by document number */
    struct pointer_list id_nodes; /* in the order of their symbols */
    struct global **globals;      /* by symbol */
    uint32_t n_globals;
    struct pointer_list global_list;
    struct pointer_list types;    /* all struct type with a source */
    struct pointer_list elements; /* all struct element */
    struct pointer_list
        shapes; /* a struct identity_constraint for each different list of own attributes */
    struct pointer_list constraints; /* struct identity_constraint, keyref targets open */
    struct arena drafts;             /* what no validator asks for: until the schema is made */
    struct arena scratch;            /* content.c: until the model is made */
    struct datatype_scratch values;
    struct buf text;
    uint32_t attempt; /* content.c */
    uint32_t xsd_ns;
    uint32_t depth; /* of nested definitions */
};

/* The schema breaks `rule`: a constraint of the Recommendation by the name and clause that it
 * has there ("cos-nonambig", "ct-props-correct.3"), or, where the document is not as the schema
 * for schemas has it, the name that Xerces made known ("s4s-elt-must-match.1"). The error reads
 * "FILE:LINE: RULE: TEXT"; `place` may be NULL. */
_Noreturn __attribute__((format(printf, 4, 5))) void
xsd_compile_fail(struct xsd_compiler *c, const struct location *location, const char *rule,
                 const char *format, ...);
/* Nothing is known to be wrong, but this engine goes no further: "FILE:LINE: not covered: TEXT".
 */
_Noreturn __attribute__((format(printf, 3, 4))) void
xsd_compile_decline(struct xsd_compiler *c, const struct location *location, const char *format,
                    ...);
_Noreturn void xsd_compile_fail_no_memory(struct xsd_compiler *c);
/* What datatypes_* or datatype_check had to say, behind the place. */
_Noreturn void xsd_compile_fail_datatype(struct xsd_compiler *c,
                                         const struct location *location,
                                         const struct thresh_error *error);

/* Definitions lead to others by recursion; c->depth-- on the way back. */
void xsd_compile_go_deeper(struct xsd_compiler *c, const struct location *location);

/* Zeroed memory of the schema, of the compiler's drafts, or of its scratch. */
void *xsd_compile_alloc(struct xsd_compiler *c, size_t size);
void *xsd_compile_alloc_draft(struct xsd_compiler *c, size_t size);
void *xsd_compile_alloc_scratch(struct xsd_compiler *c, size_t size);
char *xsd_compile_string(struct xsd_compiler *c, const char *string, size_t len);
char *xsd_compile_draft_string(struct xsd_compiler *c, const char *string, size_t len);
void pointer_list_add(struct xsd_compiler *c, struct pointer_list *list, void *item);
/* The items of a list, for the schema. */
void *pointer_list_items(struct xsd_compiler *c, const struct pointer_list *list);

/* document.c: the root of the document at `uri`; NULL where there is nothing to read. What
 * stands in appinfo and documentation is not there. */
const struct node *schema_document_read(struct xsd_compiler *c, const char *uri,
                                        const char *rule);
/* Keeps a line for people, once. */
void xsd_compile_note(struct xsd_compiler *c, const char *line);

/* tree.c */
enum node_tag node_tag_of_name(const char *name);
/* The root. Elements of the tree have their tag in _private. */
const struct node *node_tree_make(struct xsd_compiler *c, const xmlDoc *tree);

/* node.c */
/* The attribute or its value; NULL where the element does not have it. */
const struct node_attr *node_attr_of(const struct node *node, int which);
const char *node_value_of(const struct node *node, int which);
/* Attributes other than `allowed`, and an id that another element has, fail. */
void node_check_attrs(struct xsd_compiler *c, const struct location *location,
                      uint64_t allowed);
/* The first child element, after an annotation; the next sibling. Annotations elsewhere fail.
 */
const struct node *node_first_child(struct xsd_compiler *c, const struct location *location);
const struct node *node_next_child(struct xsd_compiler *c, const struct location *location,
                                   const struct node *child);
void node_no_more_children(struct xsd_compiler *c, const struct location *location,
                           const struct node *child);
bool node_read_boolean(struct xsd_compiler *c, const struct location *location,
                       const char *text, bool otherwise);
/* "#all" or a list of what `allowed` has. */
unsigned node_read_methods(struct xsd_compiler *c, const struct location *location,
                           const char *text, unsigned allowed);
/* The name in an element's attribute, which must be there, as one of that namespace. */
struct symbol *node_read_name(struct xsd_compiler *c, const struct location *location,
                              uint32_t ns);
struct symbol *node_name_of(struct xsd_compiler *c, const struct location *location,
                            const char *name, uint32_t ns);
struct symbol *node_read_qname(struct xsd_compiler *c, const struct location *location,
                               const char *name);
/* The same of an attribute, which must be there. */
struct symbol *node_read_reference(struct xsd_compiler *c, const struct location *location,
                                   int which);
/* The prefixes in scope at a place, for values of QName. */
struct prefixes node_prefixes(const struct location *location);
/* The namespace of a prefix, or NULL. */
const char *node_find_prefix(const struct node_scope *scope, const char *prefix, size_t len);
/* Cuts the next item off a list separated by white space; false at its end. */
bool node_next_item(struct xsd_compiler *c, const char **list, char **item);
bool node_is_ncname(const char *name);
/* The length of its prefix, too, 0 where it has none. */
bool node_is_qname(const char *name, size_t *prefix_len);

/* compiler.c */
struct symbol *symbol_of(struct xsd_compiler *c, const char *local, size_t len, uint32_t ns);
/* The schema's symbol for one of the documents. */
struct symbol *symbol_adopt(struct xsd_compiler *c, const struct symbol *symbol);
uint32_t symbol_ns(struct xsd_compiler *c, const char *uri);
void global_register(struct xsd_compiler *c, enum component_kind kind,
                     const struct location *location, const struct symbol *name,
                     void *component);
/* The global of that name, or where a pointer to it is to be. */
struct global **global_slot(struct xsd_compiler *c, enum component_kind kind,
                            const struct symbol *name);
/* The global of that name, or fails. `inside`: the redefinition being made that may refer to
 * what it redefines, or NULL. */
struct global *global_find(struct xsd_compiler *c, const struct location *location,
                           enum component_kind kind, const struct symbol *name,
                           const struct global *inside);
void xsd_compile_check_reference(struct xsd_compiler *c, const struct location *location,
                                 const struct symbol *name);
const char *component_kind_name(enum component_kind kind);

/* simple.c */
void simple_make_builtins(struct xsd_compiler *c);
struct type *simple_builtin_type(struct xsd_compiler *c, const char *name);
const char *simple_type_label(struct xsd_compiler *c, const struct symbol *name);
void simple_finish(struct xsd_compiler *c, struct type *type);
void simple_set_datatype(struct xsd_compiler *c, struct type *type,
                         const struct datatype *datatype, bool own);
/* A simple type of `base` with the facets from `child` on; *rest is the first child after. */
const struct datatype *simple_restrict(struct xsd_compiler *c, const struct location *location,
                                       struct type *type, const struct type *base,
                                       const struct datatype *datatype,
                                       const struct node *child, const struct node **rest);
/* The key of the value a schema gives, which must be valid. */
void simple_make_value(struct xsd_compiler *c, const struct location *location,
                       const char *rule, const struct datatype *type,
                       struct value_constraint *constraint);

/* attribute.c */
struct attribute *attribute_make_global(struct xsd_compiler *c, struct global *global);
/* Adds the attribute declarations from `child` on to the set; they must be the last children.
 */
void attribute_read_all(struct xsd_compiler *c, const struct location *location,
                        const struct node *child, struct attribute_set *set,
                        const struct global *inside);
struct attribute_set *attribute_make_group(struct xsd_compiler *c, struct global *global);
const struct attributes *attribute_derive_all(struct xsd_compiler *c,
                                              const struct location *location,
                                              struct type *type, struct attribute_set *set);
struct wildcard *wildcard_read(struct xsd_compiler *c, const struct location *location);
struct wildcard *wildcard_intersect(struct xsd_compiler *c, const struct location *location,
                                    const char *rule, const struct wildcard *a,
                                    const struct wildcard *b);
struct wildcard *wildcard_unite(struct xsd_compiler *c, const struct location *location,
                                const struct wildcard *a, const struct wildcard *b);
bool wildcard_within(const struct wildcard *sub, const struct wildcard *super);
bool wildcard_meet(const struct wildcard *a, const struct wildcard *b);

/* particle.c */
struct particle *particle_read(struct xsd_compiler *c, const struct location *location,
                               const struct global *inside);
struct particle *particle_make_group(struct xsd_compiler *c, struct global *global);
struct particle *particle_new(struct xsd_compiler *c, enum particle_kind kind,
                              const struct location *location);
bool particle_may_be_empty(const struct particle *particle);

/* element.c */
struct element *element_make_global(struct xsd_compiler *c, struct global *global);
struct element *element_make_local(struct xsd_compiler *c, const struct location *location);
void element_finish_all(struct xsd_compiler *c);

/* complex.c */
struct type *type_of_global(struct xsd_compiler *c, struct global *global);
/* The type that is named, in the text of that name; `inside` as in find_global. */
struct type *type_of_name(struct xsd_compiler *c, const struct location *location,
                          const struct symbol *symbol, const char *name,
                          const struct global *inside);
/* The type that a simpleType or complexType element defines. */
struct type *type_new(struct xsd_compiler *c, const struct location *location,
                      struct global *global);
/* Brings the type to COMPONENT_DONE. */
void type_finish(struct xsd_compiler *c, struct type *type);
void type_make_any(struct xsd_compiler *c);

/* constraint.c */
void constraint_read_all(struct xsd_compiler *c, const struct location *location,
                         const struct node *child, struct element *element);
void constraint_resolve_keyrefs(struct xsd_compiler *c);

/* restrict.c: fails where the type's content is certainly wider than its base's. */
void restriction_check(struct xsd_compiler *c, const struct type *type);

/* content.c */
const struct model *content_make_model(struct xsd_compiler *c, struct particle *particle);

#endif
