/* SPDX-License-Identifier: MIT */
#include "run/shard_note.h"

#include "base/error.h"
#include "options/option_row.h"
#include "record/record.h"
#include <stdlib.h>
#include <string.h>

/* How the work is done and told makes no other records; what is left out of text does. */
static bool is_of_records(const struct option_row *row)
{
    static const char *const others[] = {"shard", "output", "schema-cache", "guard-schemas"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(row->name, others[i]) == 0)
            return false;
    return row->section == OPTION_SCHEMAS || row->section == OPTION_RECORDS ||
           row->section == OPTION_LIMITS || strcmp(row->name, "quiet") == 0;
}

void shard_note_free(struct shard_note *note)
{
    json_decref(note->findings);
    *note = (struct shard_note){.format = FORMAT_AUTO};
}

int shard_note_begin(struct shard_note *note, const struct thresh_options *options)
{
    struct buf text = {0};
    uint8_t digest[DIGEST_BYTES];
    *note = (struct shard_note){.format = options->format,
                                .shard = options->shard,
                                .has_groups = options->group,
                                .csv_safe = options->csv_safe};
    sha256_init(&note->sum);
    for (const struct option_row *row = option_rows; row->name; row++)
        if (is_of_records(row))
            option_row_print(row, options, &text);
    int rc = text.failed ? -1 : 0;
    digest_of(text.data, text.len, digest);
    digest_hex(digest, note->options);
    buf_free(&text);
    return rc;
}

/* -- Written -------------------------------------------------------------------------- */

static json_t *counts_to_json(const struct thresh_stats *stats)
{
    json_t *reasons = json_object(), *verdicts = json_object();
    for (enum verdict i = 0; i < VERDICTS; i++)
        json_object_set_new(verdicts, verdict_names[i],
                            json_integer((json_int_t)stats->verdicts[i]));
    for (size_t i = 0; i < stats->n_reasons; i++)
        json_object_set_new(reasons, stats->reasons[i].name,
                            json_integer((json_int_t)stats->reasons[i].count));
    return json_pack("{s:o, s:o}", "verdicts", verdicts, "skipped", reasons);
}

static json_t *note_to_json(const struct shard_note *note)
{
    const struct thresh_stats *s = &note->stats;
    return json_pack(
        "{s:s, s:I, s:I, s:i, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:I, s:I, s:I, s:I, s:I, "
        "s:i, s:f, s:f, s:f, s:f, s:I, s:I, s:I, s:I, s:I, s:[IIII], s:b, s:b, s:O}",
        "thresh", THRESH_VERSION, "shard", (json_int_t)note->shard.k, "of",
        (json_int_t)note->shard.n, "format", (int)note->format, "inputs", s->inputs_digest,
        "options", note->options, "output", note->output, "output_bytes",
        (json_int_t)note->output_bytes, "first_entry", (json_int_t)s->first_entry, "entries",
        (json_int_t)s->entries, "all_entries", (json_int_t)s->all_entries, "counts",
        counts_to_json(s), "documents", (json_int_t)s->documents, "bytes_in",
        (json_int_t)s->bytes_in, "bytes_inflated", (json_int_t)s->bytes_inflated, "unread",
        (json_int_t)s->unread, "retried", (json_int_t)s->retried, "workers", s->workers,
        "schema_ms", s->schema_ms, "listing_ms", s->listing_ms, "wall_ms", s->wall_ms, "vcpus",
        s->vcpus, "heading_bytes", (json_int_t)note->heading_bytes, "bad", (json_int_t)s->bad,
        "unopened", (json_int_t)s->unopened, "max_bad", (json_int_t)s->max_bad, "known",
        (json_int_t)s->known, "judged", (json_int_t)s->judged, (json_int_t)s->judged_bytes,
        (json_int_t)s->judged_closely, (json_int_t)s->closely_bytes, "groups", note->has_groups,
        "csv_safe", note->csv_safe, "findings", note->findings);
}

void shard_note_add(struct shard_note *note, const void *bytes, size_t len)
{
    if (note->format == FORMAT_CSV && !note->output_bytes)
        note->heading_bytes = len;
    note->output_bytes += len;
    sha256_update(&note->sum, len, bytes);
}

int shard_note_take(struct shard_note *note, json_t *findings)
{
    json_decref(note->findings);
    note->findings = findings;
    return findings ? 0 : -1;
}

int shard_note_end(struct shard_note *note, const struct thresh_stats *stats, struct buf *out)
{
    note->stats = *stats;
    digest_end_hex(&note->sum, note->output);
    json_t *root = note_to_json(note);
    char *text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;
    if (text)
        buf_append_format(out, "%s\n", text);
    json_decref(root);
    int rc = text && !out->failed ? 0 : -1;
    free(text);
    return rc;
}

/* -- Read ----------------------------------------------------------------------------- */

static int counts_from_json(struct thresh_stats *stats, const json_t *verdicts, json_t *reasons)
{
    const char *name;
    json_t *count;
    for (enum verdict i = 0; i < VERDICTS; i++)
        stats->verdicts[i] =
            (uint64_t)json_integer_value(json_object_get(verdicts, verdict_names[i]));
    json_object_foreach(reasons, name, count)
    {
        if (stats->n_reasons == THRESH_REASONS || strlen(name) >= sizeof stats->reasons[0].name)
            return -1;
        memcpy(stats->reasons[stats->n_reasons].name, name, strlen(name) + 1);
        stats->reasons[stats->n_reasons++].count = (uint64_t)json_integer_value(count);
    }
    return 0;
}

/* A digest is copied; anything else in its place is no note. */
static int take_digest(char to[DIGEST_HEX + 1], const char *digest)
{
    if (strlen(digest) != DIGEST_HEX)
        return -1;
    memcpy(to, digest, DIGEST_HEX + 1);
    return 0;
}

static int note_from_json(struct shard_note *note, json_t *root)
{
    struct thresh_stats *s = &note->stats;
    json_int_t k, n, bytes, heading, first, entries, all, documents, in, inflated, unread,
        retried, bad, unopened, max_bad, known, judged[4];
    const char *inputs, *options, *output;
    json_t *verdicts, *reasons, *findings;
    int format, has_groups, csv_safe;
    if (json_unpack(root,
                    "{s:I, s:I, s:i, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:{s:o, s:o}, s:I, "
                    "s:I, s:I, s:I, s:I, s:i, s:F, s:F, s:F, s:F, s:I, s:I, s:I, s:I, s:I, "
                    "s:[IIII], s:b, s:b, s:o}",
                    "shard", &k, "of", &n, "format", &format, "inputs", &inputs, "options",
                    &options, "output", &output, "output_bytes", &bytes, "first_entry", &first,
                    "entries", &entries, "all_entries", &all, "counts", "verdicts", &verdicts,
                    "skipped", &reasons, "documents", &documents, "bytes_in", &in,
                    "bytes_inflated", &inflated, "unread", &unread, "retried", &retried,
                    "workers", &s->workers, "schema_ms", &s->schema_ms, "listing_ms",
                    &s->listing_ms, "wall_ms", &s->wall_ms, "vcpus", &s->vcpus, "heading_bytes",
                    &heading, "bad", &bad, "unopened", &unopened, "max_bad", &max_bad, "known",
                    &known, "judged", &judged[0], &judged[1], &judged[2], &judged[3], "groups",
                    &has_groups, "csv_safe", &csv_safe, "findings", &findings) < 0 ||
        k < 1 || k > n || n > UINT32_MAX || heading < 0 || bytes < heading || first < 0 ||
        entries < 0 || all < 0 || take_digest(s->inputs_digest, inputs) < 0 ||
        take_digest(note->options, options) < 0 || take_digest(note->output, output) < 0)
        return -1;
    note->shard = (struct shard){(uint32_t)k, (uint32_t)n, false};
    note->format = (enum format)format;
    note->output_bytes = (uint64_t)bytes;
    note->heading_bytes = (uint64_t)heading;
    note->has_groups = has_groups;
    note->csv_safe = csv_safe;
    note->findings = json_incref(findings);
    s->first_entry = (uint64_t)first;
    s->entries = s->answered = (uint64_t)entries; /* there is no note of an incomplete run */
    s->all_entries = (uint64_t)all;
    s->documents = (uint64_t)documents;
    s->bytes_in = (uint64_t)in;
    s->bytes_inflated = (uint64_t)inflated;
    s->unread = (uint64_t)unread;
    s->retried = (uint64_t)retried;
    s->bad = (uint64_t)bad;
    s->unopened = (uint64_t)unopened;
    s->max_bad = (uint64_t)max_bad;
    s->known = (uint64_t)known;
    s->judged = (uint64_t)judged[0];
    s->judged_bytes = (uint64_t)judged[1];
    s->judged_closely = (uint64_t)judged[2];
    s->closely_bytes = (uint64_t)judged[3];
    return counts_from_json(s, verdicts, reasons);
}

int shard_note_parse(struct shard_note *note, const char *text, size_t len, const char *name,
                     struct thresh_error *error)
{
    json_error_t wrong;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &wrong);
    const char *version = json_string_value(json_object_get(root, "thresh"));
    int rc = 0;
    *note = (struct shard_note){.format = FORMAT_AUTO};
    if (version && strcmp(version, THRESH_VERSION) != 0)
        rc = error_set(error,
                       "%s: is of thresh %s, and this is " THRESH_VERSION "; merge with "
                       "the version that made it",
                       name, version);
    else if (!root || !version || note_from_json(note, root) < 0)
        rc = error_set(error, "%s: is damaged; do that shard again", name);
    json_decref(root);
    return rc;
}
