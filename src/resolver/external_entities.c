/* SPDX-License-Identifier: MIT */
#include "resolver/external_entities.h"

#include "resolver/address.h"
#include "resolver/entity_text.h"
#include <libxml/xmlmemory.h>
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

int external_entities_find(void *external_entities, const struct scanner_external *entity,
                           struct scanner_found *found)
{
    struct external_entities *entities = external_entities;
    const char *base = entity->base ? entity->base : entities->base;
    struct buf text = {0};
    char *address;
    int rc = address_resolve(base, entity->system_id, &address);
    if (rc == 0)
        rc = entity_text_find(entities->resolver, entity->public_id, address, &text);
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
