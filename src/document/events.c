/* SPDX-License-Identifier: MIT
 *
 * What the events of a document do, whoever delivers them: they fill its record and drive
 * validation and XPaths.
 */
#include "document/document_parser.h"

#include "base/array.h"
#include "document/entities.h"
#include <libxml/parserInternals.h>
#include <string.h>

/* Stops whichever parser delivers. */
static void stop(struct document_parser *p)
{
    if (p->scanning)
        scanner_stop(p->scanner);
    else
        xmlStopParser(p->ctxt);
}

bool events_are_stopped(const struct document_parser *p)
{
    return p->scanning ? scanner_is_stopped(p->scanner) : p->ctxt->disableSAX != 0;
}

static void give_up(struct document_parser *p)
{
    p->no_memory = true;
    stop(p);
}

/* -- Faults --------------------------------------------------------------------------- */

uint64_t events_open_element(const struct document_parser *p)
{
    return p->depth ? p->open[p->depth - 1] : 0;
}

uint64_t events_line(void *context)
{
    const struct document_parser *p = context;
    if (p->scanning)
        return scanner_line(p->scanner);
    if (p->replaying) {
        long line = xmlGetLineNo((xmlNode *)(uintptr_t)p->replaying);
        return line > 0 ? (uint64_t)line : 0;
    }
    return p->ctxt->input && p->ctxt->input->line > 0 ? (uint64_t)p->ctxt->input->line : 0;
}

struct fault *events_add_fault(struct document_parser *p, const char *kind, const char *code,
                               const char *message)
{
    size_t len = strlen(message);
    while (len && (message[len - 1] == '\n' || message[len - 1] == ' '))
        len--;
    return record_add_fault(p->record, p->rules->max_errors, kind, code, message, len);
}

void events_drop_faults(struct document_parser *p)
{
    if (p->malformed || p->over_limit)
        return;
    p->record->n_faults = 0;
    p->record->faults_total = 0;
}

void events_limit_fault(struct document_parser *p, const char *code, const char *message)
{
    if (p->events == EVENTS_LOCATE)
        return;
    events_drop_faults(p);
    p->over_limit = true;
    struct fault *fault = events_add_fault(p, "limit", code, message);
    if (fault) {
        fault->line = events_line(p);
        fault->element = events_open_element(p);
    }
}

void events_stop_at_limit(struct document_parser *p, const char *code, const char *message)
{
    stop(p);
    events_limit_fault(p, code, message);
}

void events_stop_at_attributes(struct document_parser *p, uint64_t line)
{
    events_stop_at_limit(
        p, "limit-attributes",
        "an element with more attributes than the limit; --max-attributes raises it");
    if (line && p->record->n_faults)
        p->record->faults[p->record->n_faults - 1].line = line;
}

const char events_entity_limit_message[] =
    "entities expand to more than the limit; --max-entity-bytes raises it";

void events_check_entity_bytes(struct document_parser *p, uint64_t bytes)
{
    if (bytes > p->rules->max_entity_bytes && !events_are_stopped(p))
        events_stop_at_limit(p, "limit-entity", events_entity_limit_message);
}

static void on_schema_fault(void *context, const struct xsd_fault *from)
{
    struct document_parser *p = context;
    p->invalid = true;
    if (p->malformed)
        return;
    struct fault *fault = events_add_fault(p, "schema", from->code, from->message);
    if (!fault)
        return;
    fault->line = from->line;
    fault->element = from->element ? from->element : events_open_element(p);
    if (from->attribute)
        fault->attribute = record_add_text(p->record, from->attribute, strlen(from->attribute));
}

/* The scanner takes no document that declares entities. */
static bool has_unparsed_entity(void *context, const char *name, size_t len)
{
    const struct document_parser *p = context;
    if (p->scanning)
        return false;
    return entities_has_unparsed(p->replaying ? p->replaying->doc : p->ctxt->myDoc, name, len);
}

/* -- Events, from the scanner, libxml2 or a tree -------------------------------------- */

void events_begin(struct document_parser *p)
{
    p->elements = 0;
    p->depth = 0;
    p->entity_bytes = p->default_bytes = 0;
}

static void root_seen(struct document_parser *p, const xmlChar *localname, const xmlChar *uri)
{
    struct record *record = p->record;
    record->root_name = record_add_text(record, localname, strlen((const char *)localname));
    if (uri)
        record->root_namespace = record_add_text(record, uri, strlen((const char *)uri));
    struct xsd_client client = {on_schema_fault, events_line, p, has_unparsed_entity};
    if (p->rules->n_schemas)
        p->schema = rules_schema(p->rules, uri ? (const char *)uri : "");
    /* Either dictionary may have forgotten its names: the sum changes when one does. */
    uint64_t epoch = p->epoch + scanner_epoch(p->scanner);
    if (p->schema && validation_begin(p->validation, p->schema, &client, epoch) < 0)
        give_up(p);
}

static void deliver_start(struct document_parser *p, const xmlChar *localname,
                          const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
                          const xmlChar **namespaces, int n_attributes,
                          const xmlChar **attributes)
{
    struct record *record = p->record;
    record->elements++;
    record->attributes += (uint64_t)n_attributes;
    if (p->depth > record->depth)
        record->depth = p->depth;
    if (n_namespaces && p->rules->wants_namespaces)
        for (int i = 0; i < n_namespaces && !events_are_stopped(p); i++)
            if (namespace_bindings_add(&p->bindings, record, namespaces[2 * i],
                                       namespaces[2 * i + 1]) < 0)
                give_up(p);
    if (p->elements == 1 && !events_are_stopped(p))
        root_seen(p, localname, uri);
    if (p->xpath_stream && !events_are_stopped(p))
        xpath_stream_start(p->xpath_stream, localname, uri, n_attributes, attributes);
    if (p->schema && !events_are_stopped(p) &&
        validation_start(p->validation, localname, prefix, uri, n_namespaces, namespaces,
                         n_attributes, attributes) < 0)
        give_up(p);
}

static void deliver_text(struct document_parser *p, const xmlChar *text, int len)
{
    p->record->text_bytes += (uint64_t)len;
    if (p->xpath_stream)
        xpath_stream_text(p->xpath_stream, text, len);
    if (p->schema && validation_text(p->validation, text, len) < 0)
        give_up(p);
}

static bool push(struct document_parser *p)
{
    uint64_t *open = array_room(p->open, &p->cap_open, p->depth + 1, sizeof *open);
    if (!open) {
        give_up(p);
        return false;
    }
    p->open = open;
    p->open[p->depth++] = ++p->elements;
    if (p->depth <= p->rules->max_depth)
        return true;
    p->depth--; /* the fault is at its parent, for the element itself is not taken in */
    events_stop_at_limit(p, "limit-depth",
                         "elements nested deeper than the limit; --max-depth raises it");
    return false;
}

void events_on_start(void *context, const xmlChar *localname, const xmlChar *prefix,
                     const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    struct document_parser *p = context;
    if (!push(p))
        return;
    if (p->rules->max_attributes &&
        (unsigned)(n_attributes - n_defaulted + n_namespaces) > p->rules->max_attributes)
        events_stop_at_attributes(p, 0);
    if (n_defaulted && !events_are_stopped(p))
        p->default_bytes += entities_default_bytes(n_attributes, n_defaulted, attributes);
    if (p->default_bytes / 10 > p->record->bytes)
        events_check_entity_bytes(p, p->default_bytes);
    if (p->elements == 1 && p->events == EVENTS_WITHHOLD)
        events_check_entity_bytes(p, entities_measure_all(p->ctxt));
    if (events_are_stopped(p))
        return;
    if (p->events == EVENTS_DELIVER)
        deliver_start(p, localname, prefix, uri, n_namespaces, namespaces, n_attributes,
                      attributes);
    else if (p->events == EVENTS_LOCATE &&
             locator_start(p->locator, localname, prefix, uri != NULL))
        stop(p);
}

void events_on_text(void *context, const xmlChar *bytes, int len)
{
    struct document_parser *p = context;
    if (p->events == EVENTS_DELIVER)
        deliver_text(p, bytes, len);
}

void events_on_end(void *context, const xmlChar *localname, const xmlChar *prefix,
                   const xmlChar *uri)
{
    struct document_parser *p = context;
    (void)localname, (void)prefix, (void)uri;
    if (p->events == EVENTS_DELIVER && p->xpath_stream)
        xpath_stream_end(p->xpath_stream);
    if (p->events == EVENTS_DELIVER && p->schema && validation_end(p->validation) < 0)
        give_up(p);
    if (p->events == EVENTS_LOCATE)
        locator_end(p->locator);
    if (p->depth)
        p->depth--;
}
