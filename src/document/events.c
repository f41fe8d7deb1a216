/* SPDX-License-Identifier: MIT
 *
 * What the events of a document do: they fill its record and drive validation and XPaths.
 */
#include "document/document_parser.h"

#include "base/array.h"
#include "document/schema_location.h"
#include <string.h>

static bool is_stopped(const struct document_parser *p)
{
    return scanner_is_stopped(p->scanner);
}

static void give_up(struct document_parser *p)
{
    p->no_memory = true;
    scanner_stop(p->scanner);
}

/* -- Faults --------------------------------------------------------------------------- */

/* The number of the innermost open element, 0 if there is none. */
static uint64_t open_element(const struct document_parser *p)
{
    return p->depth ? p->open[p->depth - 1] : 0;
}

static uint64_t place_now(void *context, const xmlChar *text, int len)
{
    const struct document_parser *p = context;
    (void)len;
    return scanner_place(p->scanner, text);
}

/* NULL: it is counted, but not kept. */
static struct fault *add_fault(struct document_parser *p, const char *kind, const char *code,
                               const char *message)
{
    return record_add_fault(p->record, p->rules->max_errors, kind, code, message,
                            strlen(message));
}

/* The document has turned out to be malformed or over a limit, and only that is reported. Does
 * nothing the second time. */
static void drop_faults(struct document_parser *p)
{
    if (p->malformed || p->over_limit)
        return;
    record_drop_faults(p->record);
}

void events_refuse(struct document_parser *p, const char *code, const char *message)
{
    p->over_limit = true;
    add_fault(p, "limit", code, message);
}

static void stop_at_limit(struct document_parser *p, const char *code, const char *message)
{
    scanner_stop(p->scanner);
    if (p->locating)
        return;
    drop_faults(p);
    p->over_limit = true;
    struct fault *fault = add_fault(p, "limit", code, message);
    if (fault) {
        fault->line = scanner_line(p->scanner, place_now(p, NULL, 0));
        fault->element = open_element(p);
    }
}

/* Text is missing here: what XPaths select around it is not the document's. */
static void mark_hole(struct document_parser *p)
{
    static const xmlChar hole[] = {RECORD_HOLE};
    if (p->xpath_stream)
        xpath_stream_text(p->xpath_stream, hole, 1);
    else if (p->tree && p->rules->n_extractions)
        tree_builder_text(p->tree, hole, 1);
}

void events_on_fault(void *context, const struct scanner_fault *from)
{
    static const char *const kinds[] = {
        [SCANNER_MALFORMED] = "xml",
        [SCANNER_NAMESPACE] = "namespace",
        [SCANNER_UNREAD] = "entity",
        [SCANNER_LIMIT] = "limit",
    };
    struct document_parser *p = context;
    if (p->locating || (p->malformed && from->kind == SCANNER_UNREAD))
        return;
    if (from->kind != SCANNER_UNREAD)
        drop_faults(p);
    p->malformed |= from->kind == SCANNER_MALFORMED || from->kind == SCANNER_NAMESPACE;
    p->over_limit |= from->kind == SCANNER_LIMIT;
    p->invalid |= from->kind == SCANNER_UNREAD;
    if (from->kind == SCANNER_UNREAD && p->depth && !from->in_tag)
        mark_hole(p);
    struct fault *fault = add_fault(p, kinds[from->kind], from->code, from->message);
    if (!fault)
        return;
    fault->line = from->line;
    fault->column = from->column;
    fault->element = from->in_tag ? p->elements + 1 : open_element(p);
}

static void on_schema_fault(void *context, const struct xsd_fault *from)
{
    struct document_parser *p = context;
    p->invalid = true;
    if (p->malformed)
        return;
    struct fault *fault = add_fault(p, "schema", from->code, from->message);
    if (!fault)
        return;
    fault->line = scanner_line(p->scanner, from->place);
    fault->element = from->element ? from->element : open_element(p);
    if (from->attribute)
        fault->attribute = record_add_text(p->record, from->attribute, strlen(from->attribute));
}

static bool has_unparsed_entity(void *context, const char *name, size_t len)
{
    const struct document_parser *p = context;
    return scanner_has_unparsed_entity(p->scanner, name, len);
}

static void on_closely(void *context)
{
    const struct document_parser *p = context;
    p->record->close_bytes += scanner_tag_bytes(p->scanner);
}

/* -- Events --------------------------------------------------------------------------- */

void events_begin(struct document_parser *p)
{
    p->elements = 0;
    p->depth = p->deepest = 0;
}

/* What the first element decides: by which schema the document is validated. */
static void root_seen(struct document_parser *p, const xmlChar *localname, const xmlChar *uri,
                      int n_attributes, const xmlChar **attributes)
{
    struct record *record = p->record;
    record->root_name = record_add_text(record, localname, strlen((const char *)localname));
    if (uri)
        record->root_namespace = record_add_text(record, uri, strlen((const char *)uri));
    struct xsd_client client = {on_schema_fault, place_now, p, has_unparsed_entity, on_closely};
    struct root_facts root = {.namespace_name = uri ? (const char *)uri : "",
                              .local = (const char *)localname};
    if (p->rules->wants_locations)
        schema_location_find(&root, n_attributes, attributes);
    if (p->rules->n_schemas)
        p->schema = rules_schema(p->rules, &root);
    if (p->schema &&
        validation_begin(p->validation, p->schema, &client, scanner_epoch(p->scanner)) < 0) {
        p->schema = NULL;
        give_up(p);
    }
}

__attribute__((cold)) static bool push_closely(struct document_parser *p)
{
    if (p->depth == p->cap_open) {
        uint64_t *open = array_room(p->open, &p->cap_open, p->depth + 1, sizeof *open);
        if (!open) {
            give_up(p);
            return false;
        }
        p->open = open;
    }
    p->open[p->depth] = ++p->elements;
    if (p->depth == p->rules->max_depth) { /* the fault is at its parent */
        stop_at_limit(p, "limit-depth",
                      "elements nested deeper than the limit; --max-depth raises it");
        return false;
    }
    p->deepest = ++p->depth;
    return true;
}

/* A new innermost element. False: it is not taken in. */
static inline bool push(struct document_parser *p)
{
    if (p->depth == p->deepest)
        return push_closely(p);
    p->open[p->depth++] = ++p->elements;
    return true;
}

static void add_namespaces(struct document_parser *p, int n, const xmlChar **namespaces)
{
    for (int i = 0; i < n && !is_stopped(p); i++)
        if (namespace_bindings_add(&p->bindings, p->record, namespaces[2 * i],
                                   namespaces[2 * i + 1]) < 0)
            give_up(p);
}

/* White space need not be told where validation has nothing to say of it. */
static inline void settle_blanks(struct document_parser *p)
{
    p->blanks.counted = !p->schema || validation_takes_blank(p->validation);
}

void events_on_start(void *context, const xmlChar *localname, const xmlChar *prefix,
                     const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, const xmlChar **attributes)
{
    struct document_parser *p = context;
    if (!push(p))
        return;
    if (p->locating) {
        if (locator_start(p->locator, localname, prefix, uri != NULL))
            scanner_stop(p->scanner);
        return;
    }
    p->record->attributes += (uint64_t)n_attributes;
    if (n_namespaces && p->rules->wants_namespaces)
        add_namespaces(p, n_namespaces, namespaces);
    if (p->elements == 1 && !is_stopped(p))
        root_seen(p, localname, uri, n_attributes, attributes);
    if (p->xpath_stream && !is_stopped(p))
        xpath_stream_start(p->xpath_stream, localname, uri, n_attributes, attributes);
    if (p->schema && !is_stopped(p) &&
        validation_start(p->validation, localname, prefix, uri, n_namespaces, namespaces,
                         n_attributes, attributes) < 0)
        give_up(p);
    settle_blanks(p);
    if (p->tree && !is_stopped(p))
        tree_builder_start(p->tree, place_now(p, NULL, 0), localname, prefix, uri, n_namespaces,
                           namespaces, n_attributes, attributes,
                           scanner_id_attribute(p->scanner));
}

/* Whether text and end of the leaf are taken, too. */
__attribute__((always_inline)) static inline bool validate_leaf(struct document_parser *p,
                                                                const struct scanner_leaf *leaf)
{
    if (!p->schema)
        return !is_stopped(p);
    int taken = validation_leaf(p->validation, leaf);
    if (taken > 0)
        return true;
    if (taken < 0)
        give_up(p);
    settle_blanks(p);
    return false;
}

/* Of one that is the root, the deepest so far, or watched by XPaths. */
__attribute__((noinline)) static bool take_leaf_closely(struct document_parser *p,
                                                        const struct scanner_leaf *leaf)
{
    if (!push(p))
        return false;
    if (p->elements == 1)
        root_seen(p, leaf->localname, leaf->uri, leaf->n_attributes, leaf->attributes);
    if (p->xpath_stream)
        xpath_stream_start(p->xpath_stream, leaf->localname, leaf->uri, leaf->n_attributes,
                           leaf->attributes);
    if (!validate_leaf(p, leaf))
        return false;
    if (p->xpath_stream && leaf->len)
        xpath_stream_text(p->xpath_stream, leaf->text, leaf->len);
    if (p->xpath_stream)
        xpath_stream_end(p->xpath_stream);
    p->depth--;
    return true;
}

bool events_on_leaf(void *context, const struct scanner_leaf *leaf)
{
    struct document_parser *p = context;
    p->record->attributes += (uint64_t)leaf->n_attributes;
    if (p->depth == p->deepest || p->xpath_stream) {
        if (!take_leaf_closely(p, leaf))
            return false;
    } else if (validate_leaf(p, leaf)) {
        p->elements++; /* nothing is said of it, so it need not be among the open ones */
    } else {
        push(p);
        return false;
    }
    p->record->text_bytes += (uint64_t)leaf->len;
    return true;
}

void events_on_text(void *context, const xmlChar *text, int len)
{
    struct document_parser *p = context;
    if (p->locating)
        return;
    p->record->text_bytes += (uint64_t)len;
    if (p->xpath_stream)
        xpath_stream_text(p->xpath_stream, text, len);
    if (p->schema && validation_text(p->validation, text, len) < 0)
        give_up(p);
    if (p->tree)
        tree_builder_text(p->tree, text, len);
}

void events_on_end(void *context)
{
    struct document_parser *p = context;
    if (p->locating) {
        locator_end(p->locator);
    } else {
        if (p->xpath_stream)
            xpath_stream_end(p->xpath_stream);
        if (p->schema && validation_end(p->validation) < 0)
            give_up(p);
        settle_blanks(p);
        if (p->tree)
            tree_builder_end(p->tree);
    }
    if (p->depth)
        p->depth--;
}

void events_on_comment(void *context, const xmlChar *text)
{
    struct document_parser *p = context;
    tree_builder_comment(p->tree, text);
}

void events_on_instruction(void *context, const xmlChar *target, const xmlChar *data)
{
    struct document_parser *p = context;
    tree_builder_instruction(p->tree, target, data);
}
