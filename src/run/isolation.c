/* SPDX-License-Identifier: MIT */
#include "run/isolation.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

/* libxml2's RELAX NG validator recurses for each nested element. A stack of 8 MB is enough for
 * a depth of some 7000 with a simple schema, and of 1000 with patterns nested fifteen deep in
 * each element. */
enum { RELAXNG_DEPTH_SAFE = 1000 };

static bool is_asked(const struct thresh_options *options, enum limit limit)
{
    return options->asked[limit] && options->asked[limit] != OPTION_NOT_ASKED;
}

static bool has_isolating_backend(void)
{
    for (const struct backend *const *row = backends; *row; row++)
        if ((*row)->isolates)
            return true;
    return false;
}

const char *isolation_why(const struct thresh_options *options, const struct rules *rules)
{
    bool is_open = !options->backend || strcmp(options->backend, "auto") == 0;
    if (options->isolate)
        return "for isolation";
    if (is_asked(options, LIMIT_DOCUMENT_MS))
        return "to enforce --timeout";
    if (is_asked(options, LIMIT_WORKER_MEMORY))
        return "to enforce --max-memory";
    /* From here on isolation is a precaution, which a backend that was asked for overrides. */
    if (!is_open || !has_isolating_backend())
        return NULL;
    for (size_t i = 0; i < rules->n_schemas; i++)
        if (rules->schemas[i].relaxng && options->max_depth > RELAXNG_DEPTH_SAFE)
            return "to contain RELAX NG, which recurses, with --max-depth over 1000";
    return NULL;
}

bool isolation_may_fork(const struct thresh_options *options, const struct rules *rules)
{
    const char *name = options->backend ? options->backend : THRESH_DEFAULT_BACKEND;
    const struct backend *asked = backend_find(name);
    if (isolation_why(options, rules) || (asked && asked->isolates))
        return true;
    /* Of "auto", where there are no threads to share work out to. */
    return !asked && !backend_find("openmp");
}

void isolation_guard(struct backend_guard *guard, const struct thresh_options *options,
                     const struct limits *limits)
{
    *guard = (struct backend_guard){
        .isolate = true,
        .required = options->isolate == ISOLATE_REQUIRE,
        .item_ms = limits->at[LIMIT_DOCUMENT_MS],
        .memory_bytes = limits->at[LIMIT_WORKER_MEMORY],
    };
}

void isolation_names(unsigned layers, const char *names[8])
{
    size_t n = 0;
    if (layers & GUARD_LIMITS)
        names[n++] = "rlimits";
    if (layers & GUARD_NO_NEW_PRIVS)
        names[n++] = "no-new-privileges";
    if (layers & GUARD_LANDLOCK)
        names[n++] = "landlock";
    if (layers & GUARD_SECCOMP)
        names[n++] = "seccomp";
    /* What the last two layers leave open. */
    if (n && layers & GUARD_OPENS)
        names[n++] = layers & GUARD_LANDLOCK ? "inputs-readable" : "files-readable";
    names[n] = NULL;
}

static void lose(struct record *record, const char *kind, const char *code, const char *message)
{
    record_add_fault(record, 1, kind, code, message, strlen(message));
}

void isolation_lost(struct record *record, const struct limits *limits, int wait_status)
{
    char message[200];
    record->verdict = wait_status == BACKEND_OVER_TIME ? VERDICT_TIMEOUT : VERDICT_LOST;
    if (wait_status == BACKEND_OVER_TIME) {
        snprintf(message, sizeof message, "took longer than %g s; raise %s",
                 (double)limits->at[LIMIT_DOCUMENT_MS] / 1e3,
                 limits_remedy(limits, LIMIT_DOCUMENT_MS));
        lose(record, "limit", "limit-time", message);
    } else if (wait_status == BACKEND_OVER_MEMORY) {
        snprintf(message, sizeof message,
                 "needs more memory than the %llu bytes of a worker; raise %s",
                 (unsigned long long)limits->at[LIMIT_WORKER_MEMORY],
                 limits_remedy(limits, LIMIT_WORKER_MEMORY));
        lose(record, "limit", "limit-memory", message);
    } else if (WIFSIGNALED(wait_status)) {
        snprintf(message, sizeof message,
                 "took down each worker it was given to, by signal %d (%s)",
                 WTERMSIG(wait_status), sigdescr_np(WTERMSIG(wait_status)));
        lose(record, "worker", "signal", message);
    } else {
        snprintf(message, sizeof message,
                 "took down each worker it was given to, by exit status %d",
                 WEXITSTATUS(wait_status));
        lose(record, "worker", "exit", message);
    }
}

int isolation_trial(const void *trial_with, int (*work)(void *, struct thresh_error *),
                    void *context, const char *file, struct thresh_error *error)
{
    const struct limits *limits = trial_with;
    struct backend_trial trial = {work, context, limits->at[LIMIT_SCHEMA_MS],
                                  limits->at[LIMIT_SCHEMA_MEMORY]};
    int wait_status, rc = backend_try(&trial, &wait_status, error);
    if (rc <= 0)
        return rc;
    if (wait_status == BACKEND_OVER_TIME)
        return error_set(
            error,
            "%s: compiling the schema takes longer than %g s; raise %s, but there are schemas "
            "that never end",
            file, (double)limits->at[LIMIT_SCHEMA_MS] / 1e3,
            limits_remedy(limits, LIMIT_SCHEMA_MS));
    if (WIFSIGNALED(wait_status))
        return error_set(
            error,
            "%s: compiling the schema took its process down, by signal %d (%s); if it "
            "is short of memory, raise %s",
            file, WTERMSIG(wait_status), sigdescr_np(WTERMSIG(wait_status)),
            limits_remedy(limits, LIMIT_SCHEMA_MEMORY));
    return error_set(error, "%s: compiling the schema ended its process, with exit status %d",
                     file, WEXITSTATUS(wait_status));
}
