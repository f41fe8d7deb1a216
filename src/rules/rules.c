/* SPDX-License-Identifier: MIT
 *
 * From options to rules.
 */
#include "rules/rules.h"

#include "base/clock.h"
#include "base/xml_chars.h"
#include "libxml/libxml_memory.h"
#include "libxml/libxml_quiet.h"
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

/* -- Schemas -------------------------------------------------------------------------- */

struct loading {
    struct rules *rules;
    const struct thresh_options *options;
};

static struct schema_set *load_set(void *context, struct thresh_error *error)
{
    const struct loading *loading = context;
    struct rules *rules = loading->rules;
    rules->has_compiled = true;
    return schema_set_load(loading->options, &rules->limits, &rules->trial,
                           rules->store || rules->keeps_sources, error);
}

static int load_schemas(struct rules *rules, const struct thresh_options *options,
                        struct thresh_error *error)
{
    struct loading loading = {rules, options};
    rules->set =
        schema_store_get(rules->store, options, rules->until_ms, load_set, &loading, error);
    if (!rules->set)
        return -1;
    rules->schemas = rules->set->schemas;
    rules->n_schemas = rules->set->n_schemas;
    rules->builds_tree = rules->set->has_relaxng;
    return 0;
}

/* How well a schema fits a root: the higher, the better; 0: it is not for it. */
enum fit { FIT_NOT, FIT_ANY, FIT_TARGET, FIT_DECLARED, FIT_NAMESPACE, FIT_ROOT, FIT_LOCATION };

static enum fit fit_of(const struct schema *schema, const struct root_facts *root)
{
    if (root->location && strlen(schema->name) == root->location_len &&
        memcmp(schema->name, root->location, root->location_len) == 0)
        return FIT_LOCATION;
    if (schema->root_name)
        return strcmp(schema->root_name, root->local) == 0 ? FIT_ROOT : FIT_NOT;
    if (schema->namespace_name)
        return strcmp(schema->namespace_name, root->namespace_name) == 0 ? FIT_NAMESPACE
                                                                         : FIT_NOT;
    if (!schema->is_by_target)
        return FIT_ANY;
    if (strcmp(schema->target, root->namespace_name) != 0)
        return FIT_NOT;
    return schema->xsd && xsd_has_root(schema->xsd, root->namespace_name, root->local)
               ? FIT_DECLARED
               : FIT_TARGET;
}

/* Of several that fit alike none is chosen: the order in which they were named says nothing. */
const struct schema *rules_schema(const struct rules *rules, const struct root_facts *root)
{
    const struct schema *best = NULL;
    enum fit best_fit = FIT_NOT;
    for (size_t i = 0; i < rules->n_schemas; i++) {
        enum fit fit = fit_of(&rules->schemas[i], root);
        if (fit > best_fit) {
            best_fit = fit;
            best = &rules->schemas[i];
        } else if (fit == best_fit && fit != FIT_NOT) {
            best = NULL;
        }
    }
    return best;
}

/* -- Extractions ---------------------------------------------------------------------- */

/* Of the last one. */
static int check_prefix(const struct xpath_prefixes *prefixes, struct thresh_error *error)
{
    const struct xpath_prefix *last = &prefixes->items[prefixes->n - 1];
    if (!xml_is_ncname(last->prefix, strlen(last->prefix)))
        return error_set(error,
                         "--namespace: '%s' is no prefix: a name without a colon is; for names "
                         "in whatever namespace write *:NAME in the XPath",
                         last->prefix);
    for (const struct xpath_prefix *other = prefixes->items; other < last; other++)
        if (strcmp(other->prefix, last->prefix) == 0 && strcmp(other->uri, last->uri) != 0)
            return error_set(
                error,
                "--namespace: the prefix %s is bound twice, to %s and to %s; leave "
                "one out, or name it otherwise",
                last->prefix, other->uri, last->uri);
    return 0;
}

static int load_prefixes(struct xpath_prefixes *prefixes, const struct string_list *options,
                         struct thresh_error *error)
{
    prefixes->items = calloc(options->n + 1, sizeof *prefixes->items);
    if (!prefixes->items)
        return error_no_memory(error);
    for (size_t i = 0; i < options->n; i++) {
        const char *equals = strchr(options->items[i], '=');
        struct xpath_prefix *prefix = &prefixes->items[prefixes->n++];
        prefix->prefix = strndup(options->items[i], (size_t)(equals - options->items[i]));
        prefix->uri = strdup(equals + 1);
        if (!prefix->prefix || !prefix->uri)
            return error_no_memory(error);
        if (check_prefix(prefixes, error) < 0)
            return -1;
    }
    return 0;
}

static int load_extractions(struct rules *rules, const struct string_list *options,
                            struct thresh_error *error)
{
    rules->extractions = calloc(options->n + 1, sizeof *rules->extractions);
    if (!rules->extractions)
        return error_no_memory(error);
    for (size_t i = 0; i < options->n; i++) {
        struct extraction *extraction = &rules->extractions[rules->n_extractions++];
        if (extraction_from_option(extraction, options->items[i], error) < 0)
            return -1;
        for (size_t k = 0; k < i; k++)
            if (strcmp(rules->extractions[k].name, extraction->name) == 0)
                return error_set(error, "--extract: two fields are named '%s'",
                                 extraction->name);
        if (extraction_compile(extraction, &rules->prefixes, error) < 0)
            return -1;
    }
    rules->builds_tree |= rules_tree_extraction(rules) != NULL;
    return 0;
}

const char *rules_tree_extraction(const struct rules *rules)
{
    for (size_t i = 0; i < rules->n_extractions; i++)
        if (!rules->extractions[i].query)
            return rules->extractions[i].name;
    return NULL;
}

/* -- All of it ------------------------------------------------------------------------ */

static int load_layout(struct rules *rules, const struct thresh_options *options,
                       struct thresh_error *error)
{
    const char **names = calloc(rules->n_extractions + 1, sizeof *names);
    if (!names)
        return error_no_memory(error);
    for (size_t i = 0; i < rules->n_extractions; i++)
        names[i] = rules->extractions[i].name;
    rules->layout = (struct record_layout){
        .format = options->format,
        .parts = options->parts | (options->sha256 ? 1u << PART_SHA256 : 0),
        .only_bad = options->quiet,
        .csv_safe = options->csv_safe,
        .field_names = names,
        .n_fields = rules->n_extractions,
    };
    /* What is kept of a document is for runs in other formats, too. */
    rules->wants_namespaces =
        options->cache || options->resume ||
        (options->format != FORMAT_TEXT && layout_has(&rules->layout, PART_NAMESPACES));
    return 0;
}

int rules_load(struct rules *rules, const struct thresh_options *options,
               struct thresh_error *error)
{
    double begun_ms = clock_ms();
    if (options->schema_location && !options->schema.n)
        return error_set(error, "--schema-location: there are no schemas among which documents "
                                "could choose; name them with --schema (-s)");
    rules->wants_locations = options->schema_location;
    rules->max_errors = options->max_errors;
    rules->max_depth = options->max_depth;
    rules->max_attributes = options->max_attributes;
    rules->max_name_bytes = options->max_name_bytes;
    struct libxml_quiet before;
    libxml_memory_watch();
    xmlInitParser();
    if (libxml_memory_refused())
        return error_no_memory(error);
    libxml_quiet_begin(&before);
    int rc = load_schemas(rules, options, error);
    libxml_quiet_end(&before);
    if (rc < 0 || load_prefixes(&rules->prefixes, &options->prefixes, error) < 0 ||
        load_extractions(rules, &options->extract, error) < 0 ||
        load_layout(rules, options, error) < 0)
        return -1;
    if (rules->n_schemas)
        rules->schema_ms = clock_ms() - begun_ms;
    return 0;
}

void rules_free(struct rules *rules)
{
    schema_store_release(rules->store, rules->set);
    for (size_t i = 0; i < rules->n_extractions; i++)
        extraction_free(&rules->extractions[i]);
    for (size_t i = 0; i < rules->prefixes.n; i++) {
        free(rules->prefixes.items[i].prefix);
        free(rules->prefixes.items[i].uri);
    }
    free(rules->extractions);
    free(rules->prefixes.items);
    free((void *)rules->layout.field_names);
}
