/* SPDX-License-Identifier: MIT
 *
 * The compiler of schemas, from documents to the tables of model.h. Headers, and what they
 * declare:
 *
 *   compiler.h           compiler.c: how all others fail, where their memory comes from
 *   node.h               node.c, node_words.c, node_equal.c: elements of schema documents
 *   node_build.h         node_build.c: makes them
 *   schema_document.h    schema_document.c: reads a document, once for all schemas
 *   global.h             global.c: symbols, and the global declarations by these names
 *   schema.h             schema.c: collects the documents of a schema
 *   family.h             family.c: schemas that are compiled as one
 *   component.h          simple.c, complex.c, element.c ...: makes components of them
 *   content.h            content.c and content_*.c, restriction.c: makes automata of particles
 *
 * xsd_compile.c has them all do it.
 *
 * What cannot be run leaves by xsd_compile_fail(), a longjmp to xsd_compile(): all memory
 * belongs to the schema's arena, to the compiler's, or to the documents, so nothing is lost,
 * and no function here has an error to hand on. What is wrong and can be run is told by
 * xsd_compile_warn().
 */
#ifndef THRESH_XSD_COMPILE_COMPILER_H
#define THRESH_XSD_COMPILE_COMPILER_H

#include "xsd/model.h"
#include "xsd/xsd.h"

#include <setjmp.h>

/* A growable array, of the compiler. */
struct pointer_list {
    void **items;
    uint32_t n;
    uint32_t cap;
};

/* A document as one schema sees it. */
struct schema_document {
    const struct node *root;
    const char *uri;
    uint32_t number;
    uint32_t ns;    /* the target namespace, for a chameleon that of its includer */
    bool chameleon; /* without a target namespace, included where there is one */
    bool qualified_elements;
    bool qualified_attributes;
    unsigned block_default; /* DERIVATION_... */
    unsigned final_default;
    uint64_t *imports; /* a bit for each namespace number that may be referred to */
    uint32_t n_imports;
    /* family.c: */
    struct pointer_list links; /* struct schema_document: those that it leads to */
    uint64_t *views;           /* a bit for each schema that has it */
};

/* Where in the documents we are. */
struct location {
    const struct schema_document *document;
    const struct node *node;
};

struct xsd_compiler {
    struct xsd *xsd; /* what is made */
    struct thresh_error *error;
    struct buf warnings; /* for xsd_warnings() */
    struct names warned; /* its lines, so that each is told once */
    jmp_buf out;
    const char *uri;         /* of the schema ... */
    const char *const *uris; /* ... or of all those that are compiled as one */
    uint32_t n_uris;
    const struct xsd_limits *limits;
    int64_t begun_ns;
    uint32_t ticks;  /* see xsd_compile_tick */
    uint32_t xsd_ns; /* the number of XSD_NAMESPACE */
    uint32_t depth;  /* of definitions that lead to others: see xsd_compile_go_deeper */

    /* Documents. */
    struct xsd_documents *shared;      /* by address, the caller's */
    struct pointer_list document_list; /* struct schema_document: those of this schema */
    struct pointer_list builtins;      /* struct location: imports for load_builtins */
    struct names documents;       /* "NAMESPACE ADDRESS" of each, so that it is read once */
    struct names ids;             /* "DOCUMENT ID" of elements with an id ... */
    struct pointer_list id_nodes; /* ... which are here, by the number of that name */

    /* The schema's symbols and namespace numbers by those of the documents, or 0. */
    struct symbol **symbols;
    uint32_t *namespaces;
    uint32_t n_symbols;
    uint32_t n_namespaces;

    /* Components. */
    struct global **globals; /* by the number of their name */
    uint32_t n_globals;
    struct pointer_list global_list;
    struct pointer_list types;       /* all struct type with a source */
    struct pointer_list elements;    /* all struct element */
    struct pointer_list constraints; /* struct identity_source: keyrefs to be resolved */
    struct names shapes;             /* the bytes of each set of own fields */
    uint32_t attempt; /* number of the content model being built: see struct particle */

    /* family.c: of several schemas. */
    struct pointer_list roots; /* struct schema_document: their own, in their order */
    uint32_t view_words;       /* of a set of schemas */

    /* Memory that ends with the compiler. */
    struct arena drafts;  /* what no validator asks for: until the schema is made */
    struct arena scratch; /* until the content model is made, or compared */
    struct datatype_scratch values;
    struct buf text;
};

/* The schema breaks `rule`: a constraint of the Recommendation by the name and clause that it
 * has there ("cos-nonambig", "ct-props-correct.3"), or, where the document is not as the schema
 * for schemas has it, the name that Xerces made known ("s4s-elt-must-match.1"). The error reads
 * "FILE:LINE: RULE: TEXT"; `location` may be NULL. docs/xsd.md lists the rules. */
_Noreturn __attribute__((format(printf, 4, 5))) void
xsd_compile_fail(struct xsd_compiler *c, const struct location *location, const char *rule,
                 const char *format, ...);
/* The schema breaks `rule` and can be run all the same: one more line for xsd_warnings(), once.
 * The text says what is wrong and, last, what is done instead. */
__attribute__((format(printf, 4, 5))) void xsd_compile_warn(struct xsd_compiler *c,
                                                            const struct location *location,
                                                            const char *rule,
                                                            const char *format, ...);
/* Nothing is known to be wrong, but this engine goes no further. The error reads
 * "FILE:LINE: not covered: TEXT". */
_Noreturn __attribute__((format(printf, 3, 4))) void
xsd_compile_decline(struct xsd_compiler *c, const struct location *location, const char *format,
                    ...);
_Noreturn void xsd_compile_fail_no_memory(struct xsd_compiler *c);
/* What datatypes_* had to say, which begins with its rule. */
_Noreturn void xsd_compile_fail_datatype(struct xsd_compiler *c,
                                         const struct location *location,
                                         const struct thresh_error *error);

/* Called in loops that may be long: whether the time is up is asked once in a while. */
void xsd_compile_check_time(struct xsd_compiler *c);
static inline void xsd_compile_tick(struct xsd_compiler *c)
{
    if (++c->ticks % 1024 == 0)
        xsd_compile_check_time(c);
}

/* Definitions lead to others by recursion, to a certain depth; c->depth-- on the way back. */
void xsd_compile_go_deeper(struct xsd_compiler *c, const struct location *location);

/* Zeroed memory: of the documents, of the schema, of the compiler's drafts, of its scratch. */
void *xsd_compile_alloc_document(struct xsd_compiler *c, size_t size);
void *xsd_compile_alloc(struct xsd_compiler *c, size_t size);
void *xsd_compile_alloc_draft(struct xsd_compiler *c, size_t size);
void *xsd_compile_alloc_scratch(struct xsd_compiler *c, size_t size);
/* Copies that end in NUL. */
char *xsd_compile_string(struct xsd_compiler *c, const char *string, size_t len);
char *xsd_compile_draft_string(struct xsd_compiler *c, const char *string, size_t len);

/* The array, which free() takes, with zeroed room for the item of that number. */
void *compiler_reach(struct xsd_compiler *c, void *items, uint32_t *n, uint32_t number,
                     size_t size);

void pointer_list_add(struct xsd_compiler *c, struct pointer_list *list, void *item);
/* A copy of the items, of the schema; NULL where there are none. */
void *pointer_list_items(struct xsd_compiler *c, const struct pointer_list *list);

#endif
