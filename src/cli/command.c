/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

#include "base/clock.h"
#include "cli/command_line.h"
#include "cli/compile.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/input_list.h"
#include "cli/merge.h"
#include "cli/note_file.h"
#include "cli/output.h"
#include "cli/page/page.h"
#include "cli/progress.h"
#include "cli/rate.h"
#include "cli/report.h"
#include "cli/shard_auto.h"
#include "cli/signals.h"
#include "cli/tune/tune.h"
#include "cli/version.h"
#include "options/options.h"
#include "run/findings_note.h"
#include "run/host.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_GOOD = 0, EXIT_NOT_GOOD = 1, EXIT_NOT_DONE = 2 };

/* -- What is asked of the command itself ---------------------------------------------- */

struct command {
    const char *help; /* a section; NULL: none is asked for */
    bool usage, version;
    enum completion_shell completion;
    struct string_list files_from;
    bool null;
};

static const struct option_word shells[] = {
    {"bash", COMPLETION_BASH}, {"zsh", COMPLETION_ZSH}, {"fish", COMPLETION_FISH}, {NULL, 0}};

/* clang-format off */
const struct option_row command_rows[] = {
    {"files-from", 0, "FILE", OPTION_RECORDS,
     "Take further inputs from FILE, a name a line; - is standard input",
     OPTION_STRINGS(list, struct command, files_from)},
    {"null", 0, NULL, OPTION_RECORDS,
     "The names in --files-from end with a NUL, as find -print0 writes them",
     OPTION_SWITCH(struct command, null)},
    {"completion", 0, "SHELL", OPTION_OTHER, "Print a completion script for bash, zsh or fish",
     OPTION_WORD(struct command, completion, enum completion_shell, shells)},
    {"help", '?', "[=SECTION]", OPTION_OTHER,
     "Print the options most asked for, those of a section (schemas, records, workers, limits, "
     "reports, other), or all",
     HELP_WISH(struct command, help)},
    {"usage", 0, NULL, OPTION_OTHER, "Print the line of usage",
     OPTION_SWITCH(struct command, usage)},
    {"version", 'V', NULL, OPTION_OTHER, "Print the versions of thresh and its libraries",
     OPTION_SWITCH(struct command, version)},
    {.name = NULL},
};
/* clang-format on */

const char command_examples[] =
    "  thresh invoices.zip -s invoice.xsd\n"
    "  thresh feed.zip -s schemas/              each for its own target namespace\n"
    "  thresh feed.zip -s schemas/ --group      what is wrong, by rule\n"
    "  thresh feed.zip -x 'id=/*:Invoice/*:ID'  in whatever namespace\n"
    "  thresh scores.zip -s musicxml.xsd -x 'parts=count(//part)' -f csv -o out.csv\n"
    "  thresh feed.zip -s 'urn:x:Invoice-2=inv.xsd' -s 'urn:x:CreditNote-2=cn.xsd'\n"
    "  thresh --explain feed.zip\n"
    "  thresh compile -s feed.xsd -o feed.image schemas that load in milliseconds\n"
    "  thresh --shard 2/8 feed.zip -o 2.out     one machine of eight; then, of all:\n"
    "  thresh merge *.out -o out                the output of one run\n"
    "  thresh tune feed.zip -s feed.xsd         which Lambda memory size is best\n"
    "  thresh lambda                            be the bootstrap of a function\n";

static const struct help help = {
    .usage = "thresh [OPTION...] INPUT...",
    .summary = "Parse, validate, summarise and extract from every XML document in archives, on "
               "every vCPU there is: one truthful record a document, in archive order.",
    .own = command_rows,
    .details =
        "INPUT is a ZIP, tar (.gz, .xz, .zst, .bz2), 7z, directory or XML file (.gz too),\n"
        "or - for standard input. Nothing is fetched from a network.\n\n"
        "Exit status: 0 every document is good; 1 some document is not, or something was\n"
        "not looked at; 2 the run did not complete.\n\nExamples:\n",
    .examples = command_examples,
};

static const struct completion_command commands[] = {{NULL, &help},
                                                     {"compile", &compile_help},
                                                     {"merge", &merge_help},
                                                     {"tune", &tune_help},
                                                     {NULL, NULL}};

/* Prints what is asked for in the place of a run. 1: nothing is. */
static int print_instead(const struct command *command, struct thresh_error *error)
{
    struct buf text = {0};
    if (command->help)
        return help_print(&help, command->help, error);
    if (command->usage)
        help_append_usage(&help, &text);
    else if (command->version)
        version_append(&text);
    else if (command->completion)
        completion_append(command->completion, commands, &text);
    else
        return 1;
    int rc = output_print(&text, error);
    buf_free(&text);
    return rc;
}

/* -- The run -------------------------------------------------------------------------- */

struct session {
    const struct command_line *line;
    const struct string_list *lists;
    struct input_list inputs;
    struct thresh_options *options;
    struct host host;
    struct output output;
    struct page page;       /* of --report */
    struct shard_note note; /* of a shard, beside the output */
    struct progress_bar progress;
    bool shows_progress;
    struct rate rate;
};

static int write_records(void *context, const void *bytes, size_t len,
                         struct thresh_error *error)
{
    struct session *session = context;
    if (session->note.shard.n)
        shard_note_add(&session->note, bytes, len);
    return output_write(&session->output, bytes, len, error);
}

/* A plan is told, and replaces no records. */
static int write_plan(void *context, const void *bytes, size_t len, struct thresh_error *error)
{
    (void)context;
    return output_print(&(struct buf){.data = (char *)bytes, .len = len}, error);
}

static int add_to_page(void *context, const struct thresh_record *record,
                       struct thresh_error *error)
{
    struct session *session = context;
    return page_add(&session->page, record, error);
}

static bool show_progress(void *context, const struct thresh_stats *so_far)
{
    struct session *session = context;
    rate_note(&session->rate, clock_ms(), so_far->bytes_inflated);
    if (session->shows_progress)
        progress_draw(&session->progress, session->options->progress == PROGRESS_ALWAYS,
                      so_far);
    return signals_caught() != 0;
}

/* What the options leave open depends on where the output goes. */
static void settle(struct session *session)
{
    struct thresh_options *options = session->options;
    bool terminal = output_is_standard(options->output) && isatty(STDOUT_FILENO);
    const char *temp_dir = getenv("TMPDIR");
    options->is_brief = options->format == FORMAT_AUTO && terminal && !options->extract.n;
    if (options->format == FORMAT_AUTO)
        options->format = terminal ? FORMAT_TEXT : FORMAT_NDJSON;
    session->host = (struct host){
        .temp_dir = temp_dir && *temp_dir ? temp_dir : NULL,
        .lambda_memory_mb = getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"),
        .colour =
            terminal && options->format == FORMAT_TEXT && output_has_colour(STDOUT_FILENO),
        .columns = terminal ? output_columns(STDOUT_FILENO) : 0,
    };
    session->progress.fd = STDERR_FILENO;
    session->shows_progress = options->progress == PROGRESS_ALWAYS ||
                              (options->progress == PROGRESS_AUTO && isatty(STDERR_FILENO));
}

/* The output is there, and what thresh merge has to know of it. */
static int commit(struct session *session, const struct thresh_run *run,
                  struct thresh_error *error)
{
    const struct thresh_stats *stats = thresh_run_stats(run);
    const char *output = session->output.path;
    if (!session->note.shard.n)
        return output_commit(&session->output, error);
    if (shard_note_take(&session->note, findings_to_note(thresh_run_findings(run))) < 0)
        return error_no_memory(error);
    return note_file_remove(output, error) < 0 || output_commit(&session->output, error) < 0 ||
                   note_file_write(&session->note, stats, output, error) < 0
               ? -1
               : 0;
}

/* The page of a run that came to `rc`, and says why where that is not 0. What becomes of both.
 * There is none where the inputs could not be listed: the page might replace one of them. */
static int end_page(struct session *session, const struct thresh_run *run, int rc,
                    struct thresh_error *error)
{
    struct thresh_error page_error = {{0}};
    struct page_run page = {
        .options = session->options,
        .inputs = session->inputs.items,
        .n_inputs = session->inputs.n,
        .stats = thresh_run_stats(run),
        .findings = thresh_run_findings(run),
        .why = rc == 0 ? NULL : error->text,
    };
    if (!session->options->report || (rc < 0 && !page.stats->entries) ||
        page_end(&session->page, &page, rc == 0 ? error : &page_error) == 0)
        return rc;
    if (rc != 0 && strcmp(page_error.text, error->text) != 0) /* the page may be what failed */
        report_error("thresh", &page_error);
    return rc == 0 ? -1 : rc;
}

static int run(struct session *session, struct thresh_run *run, struct thresh_error *error)
{
    const struct input_list *inputs = &session->inputs;
    const struct thresh_stats *stats = thresh_run_stats(run);
    input_list_add_to_run(inputs->items, inputs->n, run);
    thresh_run_on_text(run, session->options->explain ? write_plan : write_records, session);
    if (session->options->report)
        thresh_run_on_record(run, add_to_page, session);
    thresh_run_on_progress(run, show_progress, session);
    if (session->options->explain)
        return thresh_explain(run, error) < 0 ? EXIT_NOT_DONE : EXIT_GOOD;
    int rc = thresh_run(run, error);
    progress_clear(&session->progress);
    if (rc == 0)
        rc = commit(session, run, error);
    else
        output_break_off(&session->output);
    if (rc >= 0)
        report_unopened(inputs->items, inputs->n);
    if (rc > 0)
        error_set(error, "stopped by %s after %llu of %llu entries",
                  signals_caught() ? sigdescr_np(signals_caught()) : "--fail-fast",
                  (unsigned long long)stats->answered, (unsigned long long)stats->entries);
    rc = end_page(session, run, rc, error);
    report_warnings(rc == 0 ? thresh_run_warnings(run) : "");
    report_run(session->options, stats, thresh_run_findings(run), &session->rate, rc == 0);
    if (rc > 0 && signals_caught())
        return 128 + signals_caught();
    return rc != 0 ? EXIT_NOT_DONE : thresh_stats_good(stats) ? EXIT_GOOD : EXIT_NOT_GOOD;
}

/* A file that this run has read and `output` would replace; NULL: none. Inputs are looked at as
 * they are listed. */
static const char *file_to_be_replaced(const struct session *session,
                                       const struct output *output, const struct thresh *thresh)
{
    const struct thresh_options *options = session->options;
    if (options->catalog && output_replaces(output, options->catalog))
        return options->catalog;
    if (options->resume && output_is_at(output, options->resume))
        return options->resume;
    if (output->is_there && thresh_has_read(thresh, &output->present))
        return output->name;
    for (size_t i = 0; i < session->lists->n; i++) {
        const char *list = session->lists->items[i];
        if (output_replaces(output, strcmp(list, "-") == 0 ? "/dev/stdin" : list))
            return list;
    }
    for (size_t i = 0; i < session->line->n_settings; i++) {
        const struct command_setting *setting = &session->line->settings[i];
        if (setting->row->kind == &option_kind_job && output_replaces(output, setting->value))
            return setting->value;
    }
    return NULL;
}

static int open_output(struct session *session, struct output *output, const char *option,
                       const char *path, const struct thresh *thresh,
                       struct thresh_error *error)
{
    if (output_open(output, option, path, error) < 0)
        return -1;
    const char *file = file_to_be_replaced(session, output, thresh);
    if (file)
        return error_set(error,
                         "%s: is read by this run, and %s would replace it; name another file",
                         file, option);
    return 0;
}

static int open_page(struct session *session, const struct thresh *thresh,
                     struct thresh_error *error)
{
    const char *path = session->options->report;
    struct output *page = &session->page.output;
    if (output_is_standard(path))
        return error_set(error, "--report names a file: standard output is for the records");
    if (open_output(session, page, "--report", path, thresh, error) < 0)
        return -1;
    session->host.report = page->is_there ? &page->present : NULL;
    if (output_is_same(&session->output, page))
        return error_set(error, "%s: --output and --report name the same file", path);
    return 0;
}

static int open_outputs(struct session *session, const struct thresh *thresh,
                        struct thresh_error *error)
{
    struct output *output = &session->output;
    if (open_output(session, output, "--output", session->options->output, thresh, error) < 0)
        return -1;
    session->host.output = output->is_there ? &output->present : NULL;
    if (!output->path)
        session->note.shard.n = 0; /* a pipe: there is nothing to put a note beside */
    return session->options->report ? open_page(session, thresh, error) : 0;
}

/* libarchive ends the process where it has no memory for a name, and by 1: that is the status
 * of a run that was done. */
static struct session *unfinished;

static void end_unfinished(void)
{
    if (!unfinished)
        return;
    output_close(&unfinished->output);
    page_close(&unfinished->page);
    _exit(EXIT_NOT_DONE);
}

/* A shard whose output goes to a file gets a note beside it. */
static int settle_shard(struct session *session, struct thresh_error *error)
{
    struct thresh_options *options = session->options;
    if (options->shard.is_auto && shard_auto(&options->shard, error) < 0)
        return -1;
    if (options->shard.n && !options->explain && shard_note_begin(&session->note, options) < 0)
        return error_no_memory(error);
    return 0;
}

static int open_and_run(struct session *session, struct thresh_error *error)
{
    int exit_status = EXIT_NOT_DONE;
    settle(session);
    if (settle_shard(session, error) < 0)
        return EXIT_NOT_DONE;
    unfinished = session;
    atexit(end_unfinished);
    signals_catch();
    struct thresh *thresh = thresh_open_on(&session->host, session->options, error);
    if (thresh)
        report_warnings(thresh_warnings(thresh));
    struct thresh_run *records = thresh_run_new(thresh);
    if (thresh && open_outputs(session, thresh, error) == 0)
        exit_status = run(session, records, error);
    thresh_run_free(records);
    unfinished = NULL;
    output_close(&session->output);
    page_close(&session->page);
    shard_note_free(&session->note);
    thresh_close(thresh);
    return exit_status;
}

int command_main(int argc, char **argv)
{
    struct command command = {.help = NULL};
    struct command_line line;
    struct session session = {.line = &line, .lists = &command.files_from};
    struct thresh_error error = {{0}};
    int exit_status = EXIT_NOT_DONE;
    int rc = command_line_parse(&line, argc, argv, command_rows, &command, &error);
    if (rc == 0)
        rc = print_instead(&command, &error);
    if (rc == 0)
        exit_status = EXIT_GOOD;
    if (rc == 1)
        session.options = command_line_options(&line, &error);
    if (session.options &&
        input_list_read(&session.inputs, &line, &command.files_from, command.null, &error) == 0)
        exit_status = open_and_run(&session, &error);
    if (error.text[0] && !session.output.closed_pipe)
        report_error("thresh", &error);
    thresh_options_free(session.options);
    input_list_free(&session.inputs);
    option_rows_clear(command_rows, &command);
    command_line_free(&line);
    if (session.output.closed_pipe) {
        /* As every filter ends whose reader has gone. */
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    return exit_status;
}
