/* SPDX-License-Identifier: MIT
 *
 * The external entities of one schema document after another, found by the resolver as the
 * scanner asks for them.
 */
#ifndef THRESH_RESOLVER_EXTERNAL_ENTITIES_H
#define THRESH_RESOLVER_EXTERNAL_ENTITIES_H

#include "base/arena.h"
#include "resolver/resolver.h"
#include "scanner/scanner.h"

struct external_entities {
    struct resolver *resolver; /* the caller's */
    const char *base;          /* of the document at hand: the caller's */
    struct arena arena;        /* of their texts */
    char missing[256];         /* the address of the last that is not there; "": all are */
};

/* Before a document. */
void external_entities_begin(struct external_entities *entities, const char *base);
/* The scanner's event `external`. */
int external_entities_find(void *entities, const struct scanner_external *entity,
                           struct scanner_found *found);
void external_entities_free(struct external_entities *entities);

#endif
