/* SPDX-License-Identifier: MIT */
#include "document/entities.h"

#include <libxml/SAX2.h>
#include <libxml/hash.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    NAME_BYTES = 1000, /* longer names are not looked up */
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

bool entities_has_unparsed(const xmlDoc *doc, const char *name, size_t len)
{
    xmlChar copy[NAME_BYTES + 1];
    if (!doc || len > NAME_BYTES)
        return false;
    memcpy(copy, name, len);
    copy[len] = 0;
    const xmlEntity *entity = xmlGetDocEntity(doc, copy);
    return entity && entity->etype == XML_EXTERNAL_GENERAL_UNPARSED_ENTITY;
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
            /* One more, for a reference to nothing is work, too. */
            bytes += (entity ? entities_size(entity) : 0) + 1;
            c += len + 2;
        } else if (*c) {
            bytes++;
            c++;
        }
    }
    return bytes < UINT64_MAX / 4 ? bytes : UINT64_MAX / 4;
}

uint64_t entities_measure(xmlParserCtxt *ctxt, const xmlChar *name, int type,
                          const xmlChar *content)
{
    bool parameter =
        type == XML_INTERNAL_PARAMETER_ENTITY || type == XML_EXTERNAL_PARAMETER_ENTITY;
    xmlEntity *entity = find(ctxt, parameter, name);
    uint64_t bytes = expanded(ctxt, content);
    /* XML 1.0, 4.2: the first declaration of a name is binding. */
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

static bool settle(xmlParserCtxt *ctxt, xmlHashTable *table, uint64_t *largest)
{
    struct round round = {.ctxt = ctxt, .changed = true};
    for (int i = 0; table && round.changed && i < ROUNDS; i++) {
        round.changed = false;
        xmlHashScan(table, resize, &round);
    }
    if (largest && round.largest > *largest)
        *largest = round.largest;
    return table && round.changed;
}

uint64_t entities_measure_all(xmlParserCtxt *ctxt)
{
    uint64_t largest = 0;
    const xmlDtd *dtd = ctxt->myDoc ? ctxt->myDoc->intSubset : NULL;
    if (dtd)
        settle(ctxt, dtd->entities, &largest);
    return largest;
}

bool entities_have_loop(xmlParserCtxt *ctxt)
{
    const xmlDtd *dtd = ctxt->myDoc ? ctxt->myDoc->intSubset : NULL;
    return dtd && (settle(ctxt, dtd->entities, NULL) || settle(ctxt, dtd->pentities, NULL));
}

uint64_t entities_default_bytes(int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    uint64_t bytes = 0;
    for (int i = n_attributes - n_defaulted; i < n_attributes; i++)
        bytes += (uint64_t)(attributes[5 * i + 4] - attributes[5 * i + 3]);
    return bytes;
}

void entities_external_message(const xmlEntity *entity, char *message, size_t size)
{
    snprintf(message, size, "entity '%.60s' lies outside the document (%.120s) and is not read",
             (const char *)entity->name,
             entity->SystemID ? (const char *)entity->SystemID : "");
}
