/* SPDX-License-Identifier: MIT
 *
 * Schema documents as trees of libxml2. What a document declares as an external entity is found
 * by the resolver and handed to libxml2 as an internal one: so its parser never asks the
 * entity loader, which is the whole process's and may be anybody's.
 */
#ifndef THRESH_RESOLVER_RESOLVER_PARSE_H
#define THRESH_RESOLVER_RESOLVER_PARSE_H

#include "resolver/resolver.h"

#include <libxml/parser.h>

/* Why there is no tree: it is not well-formed, or an entity is not there. */
struct parse_fault {
    long line;
    char message[512];
};

/* What else a caller wants of the parse. */
struct parse_wish {
    void (*prepare)(xmlParserCtxt *ctxt); /* sets handlers; those of entities and errors stay */
    void *context;                        /* the parser's _private->context */
};

/* What a handler finds in ctxt->_private. */
struct parse_state {
    struct resolver *resolver;
    struct parse_fault *fault;
    bool no_memory;
    char missing[256]; /* the address of an entity that is not there */
    void *context;
};

/* 0 and the tree. 1 with the fault filled in. -1 with the error filled in. */
int resolver_parse(struct resolver *resolver, const struct resource *resource,
                   const struct parse_wish *wish, xmlDoc **tree, struct parse_fault *fault,
                   struct thresh_error *error);

#endif
