/* SPDX-License-Identifier: MIT
 *
 * The state of a compiler of XPaths, its tokens, and the steps of paths. What fails leaves an
 * error; without one, memory ended.
 */
#ifndef THRESH_XPATH_XPATH_STEPS_H
#define THRESH_XPATH_XPATH_STEPS_H

#include "base/xml_chars.h"
#include "xpath/xpath_expr.h"

struct xpath_compiler {
    const char *text, *at;
    struct arena *arena;
    const struct xpath_prefixes *prefixes;
    struct xpath_error *error;
    unsigned depth; /* of brackets */
    struct xpath_name_place **end_of_names;
    struct xpath_expr *(*read_expr)(struct xpath_compiler *compiler);
};

/* NULL: no memory. */
void *xpath_compiler_alloc(struct xpath_compiler *compiler, size_t size);
const char *xpath_compiler_keep(struct xpath_compiler *compiler, const char *text, size_t len);

/* The error is at the place that is read; the first stays. Returns false. */
__attribute__((format(printf, 2, 3))) bool xpath_compiler_fail(struct xpath_compiler *compiler,
                                                               const char *format, ...);
bool xpath_compiler_has_failed(const struct xpath_compiler *compiler);

/* Moves on to what is no white space, and returns where that is. */
const char *xpath_compiler_skip_space(struct xpath_compiler *compiler);
/* Takes these characters, behind white space, if they are next. */
bool xpath_compiler_take(struct xpath_compiler *compiler, const char *token);
/* The same, and it is an error if they are not. */
bool xpath_compiler_expect(struct xpath_compiler *compiler, const char *token);
/* Of the name without colons that stands there; 0: none. */
size_t xpath_compiler_name_length(const char *at);
bool xpath_compiler_is_node_type(const char *name, size_t len);

/* Reads "[...]", perhaps several or none, into the list. */
bool xpath_compiler_predicates(struct xpath_compiler *compiler, struct xpath_expr *path,
                               struct xpath_expr **predicates);
/* Reads all steps of a path, with the slash before the first if there is one. */
bool xpath_compiler_steps(struct xpath_compiler *compiler, struct xpath_expr *path);

#endif
