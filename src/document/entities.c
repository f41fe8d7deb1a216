/* SPDX-License-Identifier: MIT */
#include "entities.h"

#include <libxml/SAX2.h>
#include <libxml/hash.h>
#include <stdbool.h>
#include <string.h>

enum {
    NAME_BYTES = 1000, /* longer names are not looked up; the parser has a limit of its own */
    ROUNDS = 40,       /* libxml2 follows references no deeper */
};

static xmlEntity *find(xmlParserCtxt *ctxt, bool parameter, const xmlChar *name)
{
    if (!ctxt->myDoc)
        return NULL;
    return parameter ? xmlSAX2GetParameterEntity(ctxt, name)
                     : xmlGetDocEntity(ctxt->myDoc, name);
}

uint64_t entities_size(const xmlEntity *entity)
{
    return (uint64_t)(uintptr_t)entity->_private;
}

static uint64_t expanded(xmlParserCtxt *ctxt, const xmlChar *content)
{
    uint64_t bytes = 0;
    const char *c = (const char *)content;
    while (c && *c && bytes < UINT64_MAX / 4) {
        size_t plain = strcspn(c, "&%");
        bytes += plain;
        c += plain;
        size_t len = *c ? strcspn(c + 1, ";&%<> \t\r\n") : 0;
        if (*c && c[1] != '#' && len > 0 && len < NAME_BYTES && c[1 + len] == ';') {
            xmlChar name[NAME_BYTES + 1];
            memcpy(name, c + 1, len);
            name[len] = 0;
            const xmlEntity *entity = find(ctxt, *c == '%', name);
            bytes += entity ? entities_size(entity) : 0;
            c += len + 2;
        } else if (*c) {
            bytes++;
            c++;
        }
    }
    return bytes < UINT64_MAX / 4 ? bytes : UINT64_MAX / 4;
}

uint64_t entities_declare(xmlParserCtxt *ctxt, const xmlChar *name, int type,
                          const xmlChar *content)
{
    bool parameter =
        type == XML_INTERNAL_PARAMETER_ENTITY || type == XML_EXTERNAL_PARAMETER_ENTITY;
    xmlEntity *entity = find(ctxt, parameter, name);
    uint64_t bytes = expanded(ctxt, content);
    /* The first declaration of a name is the one that holds. */
    if (entity && !entity->_private)
        entity->_private = (void *)(uintptr_t)bytes;
    return bytes;
}

struct round {
    xmlParserCtxt *ctxt;
    uint64_t largest;
    bool changed;
};

static void resize(void *payload, void *data, const xmlChar *name)
{
    struct round *round = data;
    xmlEntity *entity = payload;
    uint64_t bytes = expanded(round->ctxt, entity->content);
    (void)name;
    round->changed |= bytes != entities_size(entity);
    entity->_private = (void *)(uintptr_t)bytes;
    if (bytes > round->largest)
        round->largest = bytes;
}

uint64_t entities_settle(xmlParserCtxt *ctxt)
{
    struct round round = {.ctxt = ctxt, .changed = true};
    xmlHashTable *table =
        ctxt->myDoc && ctxt->myDoc->intSubset ? ctxt->myDoc->intSubset->entities : NULL;
    for (int i = 0; table && round.changed && i < ROUNDS; i++) {
        round.changed = false;
        xmlHashScan(table, resize, &round);
    }
    return round.largest;
}
