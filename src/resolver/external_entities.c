/* SPDX-License-Identifier: MIT */
#include "resolver/external_entities.h"

#include "resolver/entity_text.h"
#include <libxml/uri.h>
#include <stdio.h>
#include <string.h>

void external_entities_begin(struct external_entities *entities, const char *base)
{
    arena_reset(&entities->arena);
    entities->base = base;
    *entities->missing = '\0';
}

static int keep(struct external_entities *entities, const char *address, struct buf *text,
                struct scanner_found *found)
{
    char *kept = arena_alloc(&entities->arena, strlen(address) + 1);
    char *bytes = arena_alloc(&entities->arena, text->len + 1);
    if (!kept || !bytes)
        return -1;
    found->address = memcpy(kept, address, strlen(address) + 1);
    found->text = text->len ? memcpy(bytes, text->data, text->len) : bytes;
    found->len = text->len;
    return 0;
}

int external_entities_find(struct external_entities *entities,
                           const struct scanner_external *entity, struct scanner_found *found)
{
    const char *base = entity->base ? entity->base : entities->base;
    struct buf text = {0};
    char *address =
        (char *)xmlBuildURI((const xmlChar *)entity->system_id, (const xmlChar *)base);
    int rc =
        address ? entity_text_find(entities->resolver, entity->public_id, address, &text) : 1;
    if (rc == 0)
        rc = keep(entities, address, &text, found);
    if (rc > 0)
        snprintf(entities->missing, sizeof entities->missing, "%s",
                 address ? address : entity->system_id);
    xmlFree(address);
    buf_free(&text);
    return rc;
}

void external_entities_free(struct external_entities *entities)
{
    arena_free(&entities->arena);
}
