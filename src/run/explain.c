/* SPDX-License-Identifier: MIT */
#include "run/run.h"

#include "record/escape.h"
#include <string.h>

static void explain_text(struct buf *out, const char *before, const char *text)
{
    buf_append_string(out, before);
    escape_text(out, text, strlen(text));
}

/* Whether another schema is for the same namespace, so that each is for what it declares. */
static bool shares_target(const struct rules *rules, const struct schema *schema)
{
    size_t n = 0;
    for (size_t i = 0; i < rules->n_schemas; i++) {
        const struct schema *other = &rules->schemas[i];
        n += other->is_by_target && strcmp(other->target, schema->target) == 0;
    }
    return n > 1;
}

enum { ROOTS_SHOWN = 4 };

static void explain_declared(const struct schema *schema, struct buf *out)
{
    uint32_t at = 0;
    size_t n = 0;
    for (const char *root; (root = xsd_next_root(schema->xsd, schema->target, &at)); n++)
        if (n < ROOTS_SHOWN)
            explain_text(out, n ? ", " : ", its target namespace, named ", root);
    if (!n)
        buf_append_string(out, ", its target namespace, of which it declares none");
    else if (n > ROOTS_SHOWN)
        buf_append_format(out, " and %zu more", n - ROOTS_SHOWN);
}

static void explain_roots(const struct rules *rules, const struct schema *schema,
                          struct buf *out)
{
    const char *uri = schema->is_by_target ? schema->target : schema->namespace_name;
    if (schema->root_name)
        explain_text(out, " for roots named ", schema->root_name);
    else if (!uri)
        buf_append_string(out,
                          rules->n_schemas > 1 ? " for every other root" : " for every root");
    else
        explain_text(out, *uri ? " for roots in " : " for roots in no namespace", uri);
    if (schema->is_by_target && schema->xsd && shares_target(rules, schema))
        explain_declared(schema, out);
    else if (schema->is_by_target)
        buf_append_string(out, ", its target namespace");
}

static void explain_schemas(const struct rules *rules, struct buf *out)
{
    if (!rules->n_schemas)
        buf_append_string(out, "schemas    none: documents are checked for well-formedness\n");
    for (size_t i = 0; i < rules->n_schemas; i++) {
        const struct schema *schema = &rules->schemas[i];
        explain_text(out, "schema     ", schema->file);
        explain_roots(rules, schema, out);
        buf_append_string(out, schema->xsd ? ": XSD 1.0\n" : ": RELAX NG, by libxml2\n");
    }
    if (rules->set->n_included)
        buf_append_format(out, "left out   %zu that others include\n", rules->set->n_included);
    if (rules->wants_locations)
        buf_append_string(out,
                          "choice     by the base name of a document's xsi:schemaLocation, "
                          "if a schema has it\n");
    if (rules->n_schemas)
        buf_append_format(out, "compiled   %sin %.1f ms\n",
                          rules->set->cached ? "before, and read from the cache " : "",
                          rules->schema_ms);
}

static void explain_tree(const struct rules *rules, struct buf *out)
{
    const char *name = rules_tree_extraction(rules);
    if (name)
        explain_text(out, "tree       built for each document, for the XPath of ", name);
    else
        buf_append_string(out, rules->builds_tree
                                   ? "tree       built for each document, for RELAX NG"
                                   : "tree       not built: all is found as it is read");
    buf_append_char(out, '\n');
}

static void explain_entries(const struct run *run, struct buf *out)
{
    uint64_t counts[3] = {0}, bytes = 0;
    for (uint64_t i = run->range.first; i < run->range.end; i++) {
        enum entry_kind kind = source_kind(run->source, i);
        counts[kind]++;
        if (kind == ENTRY_DOCUMENT)
            bytes += source_size_bytes(run->source, i);
    }
    buf_append_format(
        out,
        "entries    %llu: %llu documents (%llu bytes as stated), %llu skipped, %llu "
        "unreadable\n",
        (unsigned long long)run->stats->entries, (unsigned long long)counts[ENTRY_DOCUMENT],
        (unsigned long long)bytes, (unsigned long long)counts[ENTRY_SKIPPED],
        (unsigned long long)counts[ENTRY_UNREADABLE]);
}

static void explain_shard(const struct run *run, struct buf *out)
{
    const struct shard *shard = &run->options->shard;
    if (!shard->n)
        return;
    buf_append_format(out, "shard      %u of %u, ", shard->k, shard->n);
    if (run->range.first == run->range.end)
        buf_append_string(out, "no entries");
    else
        buf_append_format(out, "entries %llu to %llu", (unsigned long long)run->range.first,
                          (unsigned long long)(run->range.end - 1));
    buf_append_format(out, " of %llu\n", (unsigned long long)run->stats->all_entries);
}

int run_explain(struct run *run, struct thresh_error *error)
{
    const struct plan *plan = &run->plan;
    struct buf out = {0};
    for (size_t i = 0; i < run->n_inputs; i++) {
        const struct source_input *input = &run->inputs[i];
        explain_text(&out, "input      ", input->name ? input->name : input->path);
        buf_append_char(&out, '\n');
    }
    explain_shard(run, &out);
    explain_entries(run, &out);
    explain_schemas(run->rules, &out);
    buf_append_format(&out, "vcpus      %g (%s), affinity %d\n", run->cpus->vcpus,
                      run->cpus->source, run->cpus->affinity);
    buf_append_string(&out, "backends  ");
    for (const struct backend *const *b = backends; *b; b++)
        buf_append_format(&out, " %s", (*b)->name);
    buf_append_char(&out, '\n');
    explain_tree(run->rules, &out);
    limits_explain(&run->limits, run->guard.isolate, &out);
    buf_append_format(&out, "rule       %s\n", plan->reason);
    buf_append_format(&out, "plan       %s, %d worker%s, %llu spans\n", plan->backend,
                      plan->workers, plan->workers == 1 ? "" : "s",
                      (unsigned long long)run->spans.n);
    int rc = out.failed ? error_no_memory(error) : 0;
    if (rc == 0 && run->listener->text)
        rc = run->listener->text(run->listener->text_context, out.data, out.len, error);
    buf_free(&out);
    return rc;
}
