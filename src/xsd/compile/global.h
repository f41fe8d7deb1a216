/* SPDX-License-Identifier: MIT
 *
 * The schema's global declarations and definitions by their names. Each kind of component has
 * names of its own.
 */
#ifndef THRESH_XSD_COMPILE_GLOBAL_H
#define THRESH_XSD_COMPILE_GLOBAL_H

#include "xsd/compile/symbol.h"

enum component_kind {
    COMPONENT_TYPE,
    COMPONENT_ELEMENT,
    COMPONENT_ATTRIBUTE,
    COMPONENT_GROUP,
    COMPONENT_ATTRIBUTE_GROUP,
    COMPONENT_NOTATION,
    COMPONENT_CONSTRAINT,
};

/* Components are made when they are first asked for. One that is asked for while it is made
 * refers to itself. */
enum component_state { COMPONENT_NEW, COMPONENT_BUSY, COMPONENT_DONE };

struct global {
    struct location location;
    struct symbol *name;
    enum component_kind kind;
    enum component_state state;
    void *component;         /* NULL until it is made */
    struct global *next;     /* of the same name and another kind */
    struct global *original; /* what a redefinition redefines, or NULL */
    uint32_t n_self;         /* references of a group's redefinition to its original */
};

/* Enters a declaration; fails where there is one of that kind and name, but for a copy of it in
 * another document. What is built in stays: the schema for schemas declares it, too. */
void global_register(struct xsd_compiler *c, enum component_kind kind,
                     const struct location *location, const struct symbol *name,
                     void *component);
/* The global of that name, or where a pointer to it is to be. */
struct global **global_slot(struct xsd_compiler *c, enum component_kind kind,
                            const struct symbol *name);
/* The global that a reference names, or fails. `inside`: the redefinition being made, which may
 * refer to what it redefines, or NULL. */
struct global *global_find(struct xsd_compiler *c, const struct location *location,
                           enum component_kind kind, const struct symbol *name,
                           const struct global *inside);
/* For messages. */
const char *component_kind_name(enum component_kind kind);

#endif
