/* SPDX-License-Identifier: MIT */
#include "run/stats.h"

#include "record/escape.h"
#include "record/record.h"
#include "run/findings.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

bool thresh_stats_good(const struct thresh_stats *stats)
{
    uint64_t seen = 0;
    for (enum verdict verdict = 0; verdict < VERDICTS; verdict++)
        seen += stats->verdicts[verdict];
    /* A shard may have no document: the inputs have, which the shards tell together. */
    bool looked = stats->documents || stats->entries < stats->all_entries;
    return looked && seen == stats->entries && !stats->unopened &&
           stats->bad * 100000 <= stats->max_bad * stats->documents;
}

void stats_count_reason(struct thresh_stats *stats, const char *reason, size_t len,
                        uint64_t count)
{
    size_t i = 0;
    if (len >= sizeof stats->reasons[0].name)
        len = sizeof stats->reasons[0].name - 1;
    while (i < stats->n_reasons && (strlen(stats->reasons[i].name) != len ||
                                    memcmp(stats->reasons[i].name, reason, len) != 0))
        i++;
    if (i == THRESH_REASONS)
        i--;
    if (i == stats->n_reasons) {
        memcpy(stats->reasons[i].name, reason, len);
        stats->n_reasons++;
    }
    stats->reasons[i].count += count;
}

static double rounded(double number, double steps)
{
    return (double)(long long)(number * steps + 0.5) / steps;
}

static json_t *verdict_counts(const struct thresh_stats *stats)
{
    json_t *counts = json_object();
    for (enum verdict i = 0; i < VERDICTS; i++)
        json_object_set_new(counts, verdict_names[i],
                            json_integer((json_int_t)stats->verdicts[i]));
    return counts;
}

static json_t *reason_counts(const struct thresh_stats *stats)
{
    json_t *counts = json_object();
    for (size_t i = 0; i < stats->n_reasons; i++)
        json_object_set_new(counts, stats->reasons[i].name,
                            json_integer((json_int_t)stats->reasons[i].count));
    return counts;
}

static json_t *isolation_layers(const struct thresh_stats *stats)
{
    json_t *layers = json_array();
    for (const char *const *layer = stats->isolation; *layer; layer++)
        json_array_append_new(layers, json_string(*layer));
    return layers;
}

/* As many as a reader takes in; thresh_warnings has all. */
enum { MAX_WARNINGS = 20 };

/* Lines as a list. */
static json_t *list_of_lines(const char *lines, size_t most)
{
    json_t *list = json_array();
    struct buf text = {0};
    size_t n = 0;
    for (size_t len; *lines; lines += len + 1, n++) {
        len = strcspn(lines, "\n");
        buf_clear(&text);
        escape_text(&text, lines, len); /* names of files need not be UTF-8 */
        if (n < most && buf_string(&text))
            json_array_append_new(list, json_string(text.data));
    }
    buf_free(&text);
    if (n > most)
        json_array_append_new(list, json_sprintf("... and %zu more", n - most));
    return list;
}

/* How many documents each extraction gave something in, and which gave nothing in any. */
static void add_fields(json_t *root, const struct findings *f)
{
    json_t *fields = json_object();
    struct buf empty = {0};
    for (size_t i = 0; f->answered && i < f->rules->n_extractions; i++)
        json_object_set_new(fields, f->rules->extractions[i].name,
                            json_integer((json_int_t)f->found[i]));
    findings_write_empty(f, &empty);
    json_object_set_new(root, "fields", fields);
    json_object_set_new(root, "fields_empty",
                        list_of_lines(buf_string(&empty) ? empty.data : "", SIZE_MAX));
    buf_free(&empty);
}

int stats_to_json(const struct thresh_stats *s, const struct findings *findings,
                  struct buf *out)
{
    double work_s = s->wall_ms > 0 ? s->wall_ms / 1e3 : 1e-9;
    json_t *root = json_pack(
        "{s:I, s:I, s:o, s:o, s:I, s:I, s:s?, s:i, s:f, s:s?, s:f, s:f, s:f, s:f, "
        "s:f, s:I, "
        "s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:s?, s:{s:I, s:I, s:I, s:I}, s:b}",
        "entries", (json_int_t)s->entries, "documents", (json_int_t)s->documents, "verdicts",
        verdict_counts(s), "skipped", reason_counts(s), "bytes_in", (json_int_t)s->bytes_in,
        "bytes_inflated", (json_int_t)s->bytes_inflated, "backend", s->backend, "workers",
        s->workers, "vcpus", rounded(s->vcpus, 1e3), "vcpus_source", s->vcpus_source,
        "schema_ms", rounded(s->schema_ms, 1e3), "wall_ms", rounded(s->wall_ms, 1e3),
        "listing_ms", rounded(s->listing_ms, 1e3), "documents_per_s",
        rounded((double)s->documents / work_s, 10), "mb_per_s",
        rounded((double)s->bytes_inflated / 1e6 / work_s, 10), "retried",
        (json_int_t)s->retried, "reason", s->reason, "isolation", isolation_layers(s),
        "warnings", list_of_lines(s->warnings ? s->warnings : "", MAX_WARNINGS), "unread",
        (json_int_t)s->unread, "bad", (json_int_t)s->bad, "unopened", (json_int_t)s->unopened,
        "known", (json_int_t)s->known, "answered", (json_int_t)s->answered, "stopped_by",
        s->stopped_by, "judged", "documents", (json_int_t)s->judged, "bytes",
        (json_int_t)s->judged_bytes, "documents_closely", (json_int_t)s->judged_closely,
        "bytes_closely", (json_int_t)s->closely_bytes, "good", thresh_stats_good(s));
    if (root && findings) {
        add_fields(root, findings);
        json_object_set_new(root, "groups", findings_groups_json(findings));
    }
    char *text = root ? json_dumps(root, JSON_REAL_PRECISION(12)) : NULL;
    json_decref(root);
    if (!text)
        return -1;
    buf_append_string(out, text);
    free(text);
    return buf_append_char(out, '\n');
}
