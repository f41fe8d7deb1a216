/* SPDX-License-Identifier: MIT
 *
 * The command: options in, thresh_run, exit status out. The environment, the terminal and
 * signals are met here and nowhere below.
 */
#include "backends/backend.h"
#include "base/io.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/tune/tune.h"
#include "options/options.h"
#include "record/escape.h"
#include "run/stats.h"
#include "thresh.h"
#ifdef THRESH_HAVE_LAMBDA
#include "lambda/lambda.h"
#endif
#include <archive.h>
#include <argp.h>
#include <libxml/parser.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef THRESH_HAVE_OPENMP
#include <omp.h>
#endif

enum { EXIT_GOOD = 0, EXIT_NOT_GOOD = 1, EXIT_NOT_DONE = 2 };

/* -- Being asked to stop -------------------------------------------------------------- */

/* The signal that asked; a handler has no other means. Atomic, for the handler runs on one
 * thread while workers on others look. */
static atomic_int caught;
static atomic_bool is_asked;           /* entries are being done, `caught` is looked at */
static const char *_Atomic unfinished; /* the output so far, under its temporary name */
enum { PATIENCE_S = 5 };

/* Nothing that waits asks: not reading standard input, not compiling a schema, not a pipe whose
 * reader sleeps. Workers end with their parent, the spool has no name. */
static _Noreturn void stop_at_once(int number)
{
    const char *const words[] = {"thresh: stopped by ", sigdescr_np(number),
                                 is_asked ? " at once, with entries half done\n"
                                          : " before any of the entries was done\n"};
    if (unfinished)
        unlink(unfinished);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        io_write_all(STDERR_FILENO, words[i], strlen(words[i]));
    _exit(128 + number);
}

static void on_signal(int number)
{
    if (!is_asked)
        stop_at_once(number);
    int first = 0;
    if (!atomic_compare_exchange_strong(&caught, &first, number))
        stop_at_once(first);
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_signal}, NULL);
    alarm(PATIENCE_S);
}

/* What is ignored, as by nohup and by a shell's &, stays so. A file that grows too long is an
 * error like a full disk. */
static void catch_signals(void)
{
    static const int stops[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action;
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
        if (sigaction(stops[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaction(stops[i], &(struct sigaction){.sa_handler = on_signal}, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

#ifdef THRESH_HAVE_OPENMP
/* libgomp's threads spin for milliseconds whenever they wait, and on a quota every spin is paid
 * for. Its constructor reads this variable, so it must be there before: what .preinit_array
 * lists, the loader calls ahead of all constructors. */
static void wait_passively(int argc, char **argv, char **envp)
{
    (void)argc, (void)argv;
    environ = envp;
    setenv("OMP_WAIT_POLICY", "passive", 0);
}
__attribute__((section(".preinit_array"),
               used)) static void (*const before_constructors)(int, char **,
                                                               char **) = wait_passively;
#endif

/* -- The command line ----------------------------------------------------------------- */

enum { KEY_COMPLETION = 0x1000 };

struct command {
    struct thresh_options *options;
    const char **inputs;
    size_t n_inputs;
    bool reads_job; /* the first of two passes: a job's options come before all others */
};

static void print_version(FILE *stream, struct argp_state *state)
{
    (void)state;
    fprintf(stream, "thresh %s\nlibxml2 %s (built with %s)\n%s\n", THRESH_VERSION,
            xmlParserVersion, LIBXML_DOTTED_VERSION, archive_version_details());
#ifdef THRESH_HAVE_OPENMP
    fprintf(stream, "OpenMP %d, up to %d threads\n", _OPENMP, omp_get_thread_limit());
#endif
    fprintf(stream, "backends:");
    for (const struct backend *const *backend = backends; *backend; backend++)
        fprintf(stream, " %s", (*backend)->name);
    fprintf(stream, " (default %s)\n", THRESH_DEFAULT_BACKEND);
#if defined THRESH_HAVE_FORK && defined THRESH_HAVE_SECCOMP
    fprintf(stream, "isolation: rlimits, no-new-privileges, Landlock, seccomp\n");
#elif defined THRESH_HAVE_FORK
    fprintf(stream,
            "isolation: rlimits, no-new-privileges, Landlock (built without seccomp)\n");
#endif
}

static void print_completion(const char *shell, struct argp_state *state)
{
    struct buf out = {0};
    struct thresh_error error = {{0}};
    if (options_completion(shell, &out, &error) < 0)
        argp_error(state, "%s", error.text);
    fwrite(out.data, 1, out.len, stdout);
    buf_free(&out);
    exit(EXIT_GOOD);
}

/* Help, version and completion, of which argp prints most and ends the program. */
static void check_stdout(void)
{
    /* Who flushed it before us, as OpenMP's runtime does at the end, may have met the error. */
    if (fflush(stdout) == 0 && !ferror(stdout))
        return;
    fprintf(stderr, "thresh: standard output cannot be written: %m\n");
    _exit(EXIT_NOT_DONE);
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct command *command = state->input;
    struct thresh_error error = {{0}};
    if (command->reads_job && (key == ARGP_KEY_ARG || key == ARGP_KEY_END))
        return 0;
    if (key == KEY_COMPLETION)
        print_completion(value, state);
    if (key == ARGP_KEY_ARG) {
        command->inputs[command->n_inputs++] = value;
        return 0;
    }
    if (key == ARGP_KEY_END && !command->n_inputs)
        argp_error(state,
                   "no input is named; give an archive, a directory, an XML file, or - for "
                   "standard input");
    for (const struct option_row *row = option_rows; row->name; row++)
        if (row->key == key) {
            if (command->reads_job == (strcmp(row->name, "job") == 0) &&
                thresh_options_set(command->options, row->name, value, &error) < 0)
                argp_failure(state, EXIT_NOT_DONE, 0, "%s", error.text);
            return 0;
        }
    return ARGP_ERR_UNKNOWN;
}

static struct argp_option *argp_rows(void)
{
    size_t n = 0;
    while (option_rows[n].name)
        n++;
    struct argp_option *rows = calloc(n + 2, sizeof *rows);
    if (!rows)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        const struct option_row *row = &option_rows[i];
        bool may_have = row->argument && option_is_switch(row);
        rows[i] = (struct argp_option){.name = row->name,
                                       .key = row->key,
                                       .arg = may_have ? "require" : row->argument,
                                       .flags = may_have ? OPTION_ARG_OPTIONAL : 0,
                                       .doc = row->help};
    }
    rows[n] = (struct argp_option){.name = "completion",
                                   .key = KEY_COMPLETION,
                                   .arg = "SHELL",
                                   .doc = "Print a completion script for bash, zsh or fish"};
    return rows;
}

static void parse_command(struct command *command, int argc, char **argv)
{
    struct argp_option *rows = argp_rows();
    struct argp argp = {
        .options = rows,
        .parser = parse_option,
        .args_doc = "INPUT...",
        .doc =
            "Parse, validate, summarise and extract from every XML document in archives, on "
            "every vCPU there is: one truthful record a document, in archive order.\v"
            "INPUT is a ZIP, tar (.gz, .xz, .zst, .bz2), 7z, directory or XML file (.gz too), "
            "or - for standard input. Nothing is fetched from a network.\n\n"
            "Exit status: 0 every document is good; 1 some document is not, or something was "
            "not looked at; 2 the run did not complete.\n\n"
            "Examples:\n"
            "  thresh invoices.zip --schema invoice.xsd\n"
            "  thresh scores.zip -s musicxml.xsd -x 'parts=count(//part)' -f csv -o out.csv\n"
            "  thresh feed.zip -s 'urn:x:Invoice-2=inv.xsd' -s 'urn:x:CreditNote-2=cn.xsd'\n"
            "  thresh --explain feed.zip\n"
            "  thresh tune feed.zip -s feed.xsd         which Lambda memory size is best",
    };
    if (!rows) {
        fputs("thresh: out of memory\n", stderr);
        exit(EXIT_NOT_DONE);
    }
    argp_program_version_hook = print_version;
    argp_err_exit_status = EXIT_NOT_DONE;
    command->reads_job = true;
    argp_parse(&argp, argc, argv, 0, NULL, command);
    command->reads_job = false;
    argp_parse(&argp, argc, argv, 0, NULL, command);
    free(rows);
}

/* -- The run -------------------------------------------------------------------------- */

struct session {
    const struct thresh_options *options;
    struct output output;
    struct progress progress;
    bool shows_progress;
};

static int write_records(void *context, const void *bytes, size_t len,
                         struct thresh_error *error)
{
    struct session *session = context;
    return output_write(&session->output, bytes, len, error);
}

static bool show_progress(void *context, uint64_t done, uint64_t entries, uint64_t bytes)
{
    struct session *session = context;
    is_asked = true;
    if (session->shows_progress)
        progress_draw(&session->progress, session->options->progress == 1, done, entries,
                      bytes);
    return caught != 0;
}

static void report(const struct session *session, const struct thresh_stats *stats,
                   bool complete)
{
    const struct thresh_options *options = session->options;
    bool terminal = isatty(STDERR_FILENO);
    bool colour = terminal && !getenv("NO_COLOR");
    struct buf out = {0};
    if (complete && !options->quiet && (options->format == FORMAT_TEXT || terminal))
        report_summary(stats, colour, &out);
    if (options->stats)
        stats_to_json(stats, &out);
    io_write_all(STDERR_FILENO, out.data, out.len);
    buf_free(&out);
}

static void warn(const struct thresh *thresh)
{
    struct buf out = {0};
    for (const char *line = thresh_warnings(thresh); *line; line += strcspn(line, "\n") + 1) {
        buf_append_string(&out, "thresh: warning: ");
        escape_text(&out, line, strcspn(line, "\n"));
        buf_append_char(&out, '\n');
    }
    io_write_all(STDERR_FILENO, out.data, out.len);
    buf_free(&out);
}

static int run(struct session *session, struct thresh *thresh, const struct command *command,
               struct thresh_error *error)
{
    struct thresh_output output = {write_records, show_progress, session};
    struct thresh_stats stats;
    if (command->options->explain) {
        int rc = thresh_explain(thresh, command->inputs, command->n_inputs, &output, error);
        return rc < 0 || output_commit(&session->output, error) < 0 ? EXIT_NOT_DONE : EXIT_GOOD;
    }
    unfinished = session->output.temporary;
    int rc = thresh_run(thresh, command->inputs, command->n_inputs, &output, &stats, error);
    progress_clear(&session->progress);
    unfinished = NULL;
    if (rc == 0)
        rc = output_commit(&session->output, error);
    report(session, &stats, rc == 0);
    if (rc > 0) {
        uint64_t done = 0;
        for (int i = 0; thresh_verdict_name(i); i++)
            done += stats.verdicts[i];
        error_set(error, "stopped by %s after %llu of %llu entries", sigdescr_np(caught),
                  (unsigned long long)done, (unsigned long long)stats.entries);
        return 128 + caught;
    }
    return rc < 0 ? EXIT_NOT_DONE : thresh_stats_good(&stats) ? EXIT_GOOD : EXIT_NOT_GOOD;
}

/* What the command line leaves open depends on where the output goes. */
static void settle(struct thresh_options *options)
{
    bool terminal = !options->output && isatty(STDOUT_FILENO);
    const char *temp_dir = getenv("TMPDIR");
    if (options->format == FORMAT_AUTO)
        options->format = terminal ? FORMAT_TEXT : FORMAT_NDJSON;
    options->colour = terminal && options->format == FORMAT_TEXT && !getenv("NO_COLOR");
    options->lambda_memory_mb = getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE");
    if (temp_dir && *temp_dir)
        options->temp_dir = temp_dir;
}

#ifndef THRESH_HAVE_LAMBDA
/* The bootstrap is a program of its own beside this one, so that the command need not load what
 * only Lambda needs. */
static int lambda_run(char **argv)
{
    char path[4096];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - sizeof "-bootstrap");
    if (len > 0) {
        memcpy(path + len, "-bootstrap", sizeof "-bootstrap");
        execv(path, argv);
        fprintf(stderr, "thresh: %s cannot be run: %m; build with -DTHRESH_LAMBDA=ON\n", path);
    }
    return EXIT_NOT_DONE;
}
#endif

int main(int argc, char **argv)
{
    if (getenv("AWS_LAMBDA_RUNTIME_API") || (argc == 2 && strcmp(argv[1], "lambda") == 0))
#ifdef THRESH_HAVE_LAMBDA
        return lambda_run();
#else
        return lambda_run(argv);
#endif
    atexit(check_stdout);
    if (argc > 1 && strcmp(argv[1], "tune") == 0)
        return tune_main(argc - 1, argv + 1);
    struct command command = {.options = thresh_options_new(),
                              .inputs = calloc((size_t)argc + 1, sizeof(char *))};
    struct session session = {.options = command.options, .progress = {.fd = STDERR_FILENO}};
    struct thresh_error error = {{0}};
    int status = EXIT_NOT_DONE;
    if (!command.options || !command.inputs) {
        fputs("thresh: out of memory\n", stderr);
        return EXIT_NOT_DONE;
    }
    parse_command(&command, argc, argv);
    settle(command.options);
    catch_signals();
    session.shows_progress = command.options->progress == 1 ||
                             (command.options->progress < 0 && isatty(STDERR_FILENO));
    struct thresh *thresh = thresh_open(command.options, &error);
    if (thresh && !command.options->quiet)
        warn(thresh);
    if (thresh && output_open(&session.output, command.options->output, &error) == 0)
        status = run(&session, thresh, &command, &error);
    output_close(&session.output);
    if (error.text[0] && !session.output.closed_pipe)
        report_error("thresh", &error);
    thresh_close(thresh);
    thresh_options_free(command.options);
    free(command.inputs);
    if (session.output.closed_pipe) {
        /* As every filter ends whose reader has gone. */
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    return status;
}
