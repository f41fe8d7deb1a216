/* SPDX-License-Identifier: MIT */
#include "cli/merge.h"

#include "base/io.h"
#include "cli/command_line.h"
#include "cli/help.h"
#include "cli/note_file.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/signals.h"
#include "run/findings_note.h"
#include "run/stats.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_GOOD = 0, EXIT_NOT_GOOD = 1, EXIT_NOT_DONE = 2, BLOCK = 1 << 18 };

struct merge_arguments {
    const char *help; /* a section; NULL: none is asked for */
};

/* clang-format off */
static const struct option_row merge_rows[] = {
    {"help", '?', "[=SECTION]", OPTION_OTHER, "Print these options, or those of a section",
     HELP_WISH(struct merge_arguments, help)},
    {.name = NULL},
};
/* clang-format on */

static const char *const taken[] = {"output", "quiet", "group", "stats", NULL};

const struct help merge_help = {
    .usage = "thresh merge [-o FILE] [--group] [--stats] [--quiet] OUTPUT...",
    .summary =
        "Put the outputs of all shards (thresh --shard K/N -o OUTPUT) together, in order, "
        "whatever the order they are named in: the bytes that one run would have written. "
        "What each shard came to is taken from the note beside its output, OUTPUT.shard, so "
        "that --group, --stats and the summary tell what one run would have told. A "
        "shard that is missing, there twice, of other inputs or options, or not as its run "
        "wrote it, is an error.",
    .own = merge_rows,
    .taken = taken,
    .details = "Exit status: 0 every document of all shards is good; 1 some is not, or\n"
               "something was not looked at; 2 nothing was written.\n",
    .examples = "",
};

/* An output, and what its note says. */
struct shard_output {
    const char *file;
    struct shard_note note;
};

/* -- Whether they belong together ----------------------------------------------------- */

static int by_shard(const void *a, const void *b)
{
    const struct shard *left = &((const struct shard_output *)a)->note.shard;
    const struct shard *right = &((const struct shard_output *)b)->note.shard;
    return (left->k > right->k) - (left->k < right->k);
}

static int refuse_damaged(const struct shard_output *part, struct thresh_error *error)
{
    return error_set(error, "%s.shard: is damaged; do that shard again", part->file);
}

static int refuse_pair(const struct shard_output *one, const struct shard_output *other,
                       const char *what, struct thresh_error *error)
{
    return error_set(error, "%s and %s are of %s; merge the shards of one run", one->file,
                     other->file, what);
}

static int check_pair(const struct shard_output *one, const struct shard_output *other,
                      struct thresh_error *error)
{
    const struct shard_note *a = &one->note, *b = &other->note;
    if (a->shard.n != b->shard.n)
        return error_set(error,
                         "%s is one of %u shards and %s one of %u; merge the shards of "
                         "one run",
                         one->file, a->shard.n, other->file, b->shard.n);
    if (strcmp(a->stats.inputs_digest, b->stats.inputs_digest) != 0)
        return refuse_pair(one, other, "different inputs", error);
    if (strcmp(a->options, b->options) != 0 || a->format != b->format ||
        a->has_groups != b->has_groups)
        return refuse_pair(one, other, "runs with different options", error);
    if (a->shard.k == b->shard.k)
        return error_set(error, "%s and %s are both shard %u of %u; name one of them",
                         one->file, other->file, a->shard.k, a->shard.n);
    return 0;
}

/* Parts in their order: whether all are there, and one begins where the one before it ends. */
static int check_whole(const struct shard_output *parts, size_t n, struct thresh_error *error)
{
    uint64_t next = 0;
    for (size_t i = 0; i < n; i++) {
        const struct shard_note *note = &parts[i].note;
        if (i && check_pair(&parts[i - 1], &parts[i], error) < 0)
            return -1;
        if (note->shard.k != i + 1)
            return error_set(error,
                             "shard %zu of %u is missing: no file that is named is its "
                             "output",
                             i + 1, note->shard.n);
        if (note->stats.first_entry != next)
            return refuse_damaged(&parts[i], error);
        next += note->stats.entries;
    }
    const struct shard_note *last = &parts[n - 1].note;
    if (last->shard.n != n)
        return error_set(error,
                         "shard %zu of %u is missing: no file that is named is its "
                         "output",
                         n + 1, last->shard.n);
    if (next != last->stats.all_entries)
        return refuse_damaged(&parts[n - 1], error);
    return 0;
}

/* -- Together ------------------------------------------------------------------------- */

/* What all shards have found, and the rules that it is of. */
struct merge_found {
    struct thresh_options *options;
    struct rules rules;
    struct findings findings;
};

static void merge_found_free(struct merge_found *found)
{
    findings_free(&found->findings);
    rules_free(&found->rules);
    thresh_options_free(found->options);
}

/* The rules that records were told by, but for schemas: those of the first are those of all. */
static int load_rules(struct merge_found *found, const struct shard_output *first,
                      struct thresh_error *error)
{
    struct thresh_options *options = found->options = thresh_options_new();
    int rc = options ? findings_note_options(first->note.findings, options) : -1;
    if (rc < 0)
        return error_no_memory(error);
    if (rc > 0)
        return refuse_damaged(first, error);
    options->format = first->note.format;
    options->csv_safe = first->note.csv_safe;
    rc = rules_load(&found->rules, options, error);
    return rc < 0 && !error_is_no_memory(error) ? refuse_damaged(first, error) : rc;
}

static int add_findings(struct merge_found *found, const struct shard_output *parts, size_t n,
                        struct thresh_error *error)
{
    int rc = load_rules(found, &parts[0], error);
    found->findings.rules = &found->rules;
    for (size_t i = 0; i < n && rc == 0; i++) {
        rc = findings_add_note(&found->findings, parts[i].note.findings);
        if (rc)
            rc = rc < 0 ? error_no_memory(error) : refuse_damaged(&parts[i], error);
    }
    return rc;
}

/* Shards run beside each other: their counts add up, and the longest time counts. */
static void add_stats(struct thresh_stats *total, const struct thresh_stats *part)
{
    total->entries += part->entries;
    total->answered += part->answered;
    total->all_entries = part->all_entries;
    total->documents += part->documents;
    total->bytes_in = part->bytes_in;
    total->bytes_inflated += part->bytes_inflated;
    total->unread += part->unread;
    total->retried += part->retried;
    total->known += part->known;
    total->judged += part->judged;
    total->judged_bytes += part->judged_bytes;
    total->judged_closely += part->judged_closely;
    total->closely_bytes += part->closely_bytes;
    total->bad += part->bad;
    total->unopened += part->unopened;
    total->max_bad = part->max_bad;
    total->workers += part->workers;
    total->vcpus += part->vcpus;
    for (int i = 0; i < THRESH_VERDICTS; i++)
        total->verdicts[i] += part->verdicts[i];
    for (size_t i = 0; i < part->n_reasons; i++)
        stats_count_reason(total, part->reasons[i].name, strlen(part->reasons[i].name),
                           part->reasons[i].count);
    if (part->schema_ms > total->schema_ms)
        total->schema_ms = part->schema_ms;
    if (part->listing_ms > total->listing_ms)
        total->listing_ms = part->listing_ms;
    if (part->wall_ms > total->wall_ms)
        total->wall_ms = part->wall_ms;
}

/* Copies an output but for its heading, which the first one has; where there is nothing to
 * write to, only sees whether it is as its run wrote it. */
static int copy(const struct shard_output *part, bool is_first, struct output *output,
                struct thresh_error *error)
{
    char *block = malloc(BLOCK), digest[DIGEST_HEX + 1];
    uint64_t left_out = is_first ? 0 : part->note.heading_bytes;
    struct sha256_ctx sum;
    ptrdiff_t len = 0;
    int rc = block ? 0 : error_no_memory(error);
    int fd = open(part->file, O_RDONLY | O_CLOEXEC);
    sha256_init(&sum);
    if (rc == 0 && fd < 0)
        rc = error_set(error, "%s: cannot be opened: %m", part->file);
    while (rc == 0 && (len = io_read_all(fd, block, BLOCK)) > 0) {
        size_t skip = left_out < (uint64_t)len ? (size_t)left_out : (size_t)len;
        left_out -= skip;
        sha256_update(&sum, (size_t)len, (const uint8_t *)block);
        if (output)
            rc = output_write(output, block + skip, (size_t)len - skip, error);
        if (rc == 0 && signals_caught())
            rc = error_set(error, "stopped by %s", sigdescr_np(signals_caught()));
    }
    if (rc == 0 && len < 0)
        rc = error_set(error, "%s: cannot be read: %m", part->file);
    digest_end_hex(&sum, digest);
    if (rc == 0 && strcmp(digest, part->note.output) != 0)
        rc =
            error_set(error, "%s: is not as its run wrote it; do that shard again", part->file);
    if (fd >= 0)
        close(fd);
    free(block);
    return rc;
}

/* Neither an output nor a note may be replaced by what is made of them. */
static int check_replaced(const struct output *output, const struct shard_output *part,
                          struct thresh_error *error)
{
    char *note = note_file_name(part->file);
    if (!note)
        return error_no_memory(error);
    const char *replaced = output_replaces(output, part->file) ? part->file
                           : output_replaces(output, note)     ? note
                                                               : NULL;
    int rc = replaced ? error_set(error,
                                  "%s: is read, and --output would replace it; name another "
                                  "file",
                                  replaced)
                      : 0;
    free(note);
    return rc;
}

/* The records, or where there are `groups`, not NULL, these in their place. */
static int write_all(const struct shard_output *parts, size_t n, const struct buf *groups,
                     const char *path, struct thresh_error *error)
{
    struct output output;
    int rc = output_open(&output, "--output", path, error);
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = check_replaced(&output, &parts[i], error);
    /* What is written in place cannot be taken back. */
    for (size_t i = 0; i < n && rc == 0 && (groups || !output.path); i++)
        rc = copy(&parts[i], i == 0, NULL, error);
    for (size_t i = 0; i < n && rc == 0 && !groups; i++)
        rc = copy(&parts[i], i == 0, &output, error);
    if (rc == 0 && groups)
        rc = output_write(&output, groups->data, groups->len, error);
    if (rc == 0)
        rc = output_commit(&output, error);
    output_close(&output);
    return rc;
}

/* Notes that are named beside their outputs, as by a glob, are none. */
static int leave_out_notes(struct command_line *line, struct thresh_error *error)
{
    size_t kept = 0;
    for (size_t i = 0; i < line->n_inputs; i++) {
        int is_note = note_file_is(line->inputs[i]);
        if (is_note < 0)
            return error_no_memory(error);
        if (!is_note)
            line->inputs[kept++] = line->inputs[i];
    }
    line->n_inputs = kept;
    return kept ? 0 : error_set(error, "no output of a shard is named");
}

static int read_parts(struct shard_output *parts, const struct command_line *line,
                      struct thresh_error *error)
{
    for (size_t i = 0; i < line->n_inputs; i++) {
        parts[i].file = line->inputs[i];
        if (note_file_read(&parts[i].note, parts[i].file, error) < 0)
            return -1;
        if (i && parts[i].note.shard.n != parts[0].note.shard.n)
            return check_pair(&parts[0], &parts[i], error);
    }
    qsort(parts, line->n_inputs, sizeof *parts, by_shard);
    return check_whole(parts, line->n_inputs, error);
}

static int write_merged(const struct shard_output *parts, size_t n,
                        const struct merge_found *found, const struct thresh_options *options,
                        struct thresh_error *error)
{
    struct buf groups = {0};
    int rc = 0;
    if (options->group &&
        findings_write_groups(&found->findings, &found->rules.layout, &groups) < 0)
        rc = error_no_memory(error);
    if (rc == 0)
        rc = write_all(parts, n, options->group ? &groups : NULL, options->output, error);
    buf_free(&groups);
    return rc;
}

/* What one run would have said at its end. */
static int report(const struct shard_output *parts, size_t n, const struct merge_found *found,
                  const struct thresh_options *options, struct thresh_error *error)
{
    struct thresh_stats total = {.backend = "merged", .vcpus_source = "all shards"};
    struct buf empty = {0};
    for (size_t i = 0; i < n; i++)
        add_stats(&total, &parts[i].note.stats);
    int rc = findings_write_empty(&found->findings, &empty) == 0 && buf_string(&empty)
                 ? 0
                 : error_no_memory(error);
    report_warnings(rc == 0 ? empty.data : "");
    report_run(options, &total, &found->findings, NULL, true);
    buf_free(&empty);
    return rc < 0 ? EXIT_NOT_DONE : thresh_stats_good(&total) ? EXIT_GOOD : EXIT_NOT_GOOD;
}

static int merge(const struct command_line *line, struct thresh_options *options,
                 struct thresh_error *error)
{
    struct merge_found found = {.options = NULL};
    size_t n = line->n_inputs;
    struct shard_output *parts = calloc(n, sizeof *parts);
    int rc = parts ? read_parts(parts, line, error) : error_no_memory(error);
    if (rc == 0)
        rc = add_findings(&found, parts, n, error);
    if (rc == 0) {
        options->format = parts[0].note.format;
        options->group |= parts[0].note.has_groups;
        rc = write_merged(parts, n, &found, options, error);
    }
    int exit_status = rc == 0 ? report(parts, n, &found, options, error) : EXIT_NOT_DONE;
    for (size_t i = 0; parts && i < n; i++)
        shard_note_free(&parts[i].note);
    free(parts);
    merge_found_free(&found);
    return exit_status;
}

/* A page has a row for each document, which no note has. */
static int refuse_report(const struct command_line *line, struct thresh_error *error)
{
    for (size_t i = 0; i < line->n_settings; i++)
        if (strcmp(line->settings[i].row->name, "report") == 0)
            return error_set(error, "--report: thresh merge makes no page; give --report to "
                                    "the run of each shard, for a page each");
    return 0;
}

int merge_main(int argc, char **argv)
{
    struct merge_arguments merge_command = {.help = NULL};
    struct command_line line;
    struct thresh_options *options = NULL;
    struct thresh_error error = {{0}};
    int exit_status = EXIT_NOT_DONE;
    int rc = command_line_parse(&line, argc, argv, merge_rows, &merge_command, &error);
    if (rc == 0 && merge_command.help) {
        if (help_print(&merge_help, merge_command.help, &error) == 0)
            exit_status = EXIT_GOOD;
    } else if (rc == 0 && refuse_report(&line, &error) == 0 &&
               command_line_check(&line, "thresh merge", taken, &error) == 0 &&
               leave_out_notes(&line, &error) == 0 &&
               (options = command_line_options(&line, &error))) {
        signals_catch();
        exit_status = merge(&line, options, &error);
    }
    if (error.text[0])
        report_error("thresh merge", &error);
    thresh_options_free(options);
    command_line_free(&line);
    return exit_status;
}
