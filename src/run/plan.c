/* SPDX-License-Identifier: MIT */
#include "run/plan.h"

#include "base/near_name.h"
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A span of this many bytes or documents keeps a worker busy for milliseconds, so that the cost
 * of a message for it does not matter. */
#define SPAN_BYTES     (UINT64_C(256) << 10)
#define SPAN_DOCUMENTS 64
/* With enough documents each worker gets this many spans, so that slow ones even out. */
#define SPANS_PER_WORKER 8
/* Reckoned for a document whose size is not stated. */
#define UNSTATED_BYTES (UINT64_C(32) << 10)

static const struct plan_backend *find_name(const struct plan_backend *built, const char *name)
{
    for (; built->name; built++)
        if (strcmp(built->name, name) == 0)
            return built;
    return NULL;
}

static const struct plan_backend *find_isolating(const struct plan_backend *built)
{
    for (; built->name; built++)
        if (built->isolates)
            return built;
    return NULL;
}

static const struct plan_backend *find_parallel(const struct plan_backend *built, bool parallel)
{
    for (; built->name; built++)
        if (built->is_parallel == parallel)
            return built;
    return NULL;
}

/* The names of all backends of this build: what a message offers. */
static const char *list_names(const struct plan_backend *built, char list[128])
{
    size_t len = 0;
    list[0] = '\0';
    for (; built->name && len < 128; built++)
        len += (size_t)snprintf(list + len, 128 - len, "%s%s", len ? ", " : "", built->name);
    return list;
}

int plan_workers(double vcpus, int affinity)
{
    int workers = vcpus > 0 ? (int)(vcpus < INT_MAX ? vcpus : INT_MAX) : 0;
    if (vcpus - workers >= PLAN_LEAST_FRACTION && workers < affinity)
        workers++;
    if (workers > affinity)
        workers = affinity;
    return workers > 0 ? workers : 1;
}

static void explain(struct plan *plan, const struct plan_inputs *inputs, const char *why)
{
    char cpus[96];
    if (inputs->jobs > 0)
        snprintf(cpus, sizeof cpus, "%d asked for", inputs->jobs);
    else
        snprintf(cpus, sizeof cpus, "%.3g vCPU%s (%s)", inputs->vcpus,
                 inputs->vcpus > 1 ? "s" : "", inputs->source);
    snprintf(plan->reason, sizeof plan->reason,
             "%" PRIu64 " document%s of %" PRIu64 " bytes, %s: %s with %d worker%s%s%s",
             inputs->documents, inputs->documents == 1 ? "" : "s", inputs->bytes, cpus,
             plan->backend, plan->workers, plan->workers == 1 ? "" : "s", *why ? ", " : "",
             why);
}

static void refuse(const struct plan_inputs *inputs, struct thresh_error *error)
{
    char list[128];
    struct near_name near = near_name_of(inputs->backend, strlen(inputs->backend));
    near_name_offer(&near, "auto");
    for (const struct plan_backend *built = inputs->built; built->name; built++)
        near_name_offer(&near, built->name);
    error_set(error, "this build has no backend \"%s\"; it has %s%s%s%s", inputs->backend,
              list_names(inputs->built, list), near.best ? "; did you mean " : "",
              near.best ? near.best : "", near.best ? "?" : "");
}

static const struct plan_backend *use_asked(const struct plan_inputs *inputs,
                                            struct thresh_error *error)
{
    const struct plan_backend *asked = find_name(inputs->built, inputs->backend);
    const struct plan_backend *isolating = find_isolating(inputs->built);
    if (!asked)
        refuse(inputs, error);
    else if (inputs->isolate && !asked->isolates)
        error_set(error,
                  "backend %s cannot keep a document from taking the program down, as it must "
                  "%s; use --backend %s",
                  asked->name, inputs->isolate_why ? inputs->isolate_why : "for isolation",
                  isolating ? isolating->name : "of a build that has processes");
    else
        return asked;
    return NULL;
}

static const struct plan_backend *use_isolating(const struct plan_inputs *inputs,
                                                struct thresh_error *error)
{
    char list[128];
    const struct plan_backend *isolating = find_isolating(inputs->built);
    if (!isolating)
        error_set(
            error,
            "no backend of this build can keep a document from taking the program down, as "
            "it must %s; it has %s",
            inputs->isolate_why ? inputs->isolate_why : "for isolation",
            list_names(inputs->built, list));
    return isolating;
}

/* Whether all of it is done before workers would have started. */
static bool is_little(const struct plan_inputs *inputs)
{
    uint64_t least = PLAN_WORK_BYTES;
    return inputs->bytes < least && inputs->documents <= least / PLAN_DOCUMENT_BYTES &&
           inputs->unstated < least / UNSTATED_BYTES &&
           inputs->bytes + inputs->documents * PLAN_DOCUMENT_BYTES +
                   inputs->unstated * UNSTATED_BYTES <
               least;
}

int plan_make(struct plan *plan, const struct plan_inputs *inputs, struct thresh_error *error)
{
    bool automatic = !inputs->backend || strcmp(inputs->backend, "auto") == 0;
    int workers =
        inputs->jobs > 0 ? inputs->jobs : plan_workers(inputs->vcpus, inputs->affinity);
    const struct plan_backend *chosen;
    const char *why = "";
    if ((uint64_t)workers > inputs->documents)
        workers = inputs->documents ? (int)inputs->documents : 1;

    if (!automatic) {
        chosen = use_asked(inputs, error);
        why = "as asked";
    } else if (inputs->isolate) {
        chosen = use_isolating(inputs, error);
        why = inputs->isolate_why ? inputs->isolate_why : "for isolation";
    } else if (inputs->documents < inputs->threshold && inputs->bytes < PLAN_BYTES) {
        chosen = find_parallel(inputs->built, false);
        why = "too few documents to share out";
    } else if (is_little(inputs)) {
        chosen = find_parallel(inputs->built, false);
        why = "too little work to share out";
    } else if (workers == 1) {
        chosen = find_parallel(inputs->built, false);
    } else {
        chosen = find_parallel(inputs->built, true);
        if (!chosen)
            chosen = find_parallel(inputs->built, false);
        if (!chosen->is_parallel || chosen->isolates)
            why = "this build lacks openmp";
    }
    if (!chosen)
        return -1;
    plan->backend = chosen->name;
    plan->workers = chosen->is_parallel ? workers : 1;
    explain(plan, inputs, why);
    return 0;
}

static uint64_t weigh(uint64_t (*weight)(const void *, uint64_t), const void *context,
                      uint64_t document)
{
    uint64_t bytes = weight(context, document);
    return bytes ? bytes : UNSTATED_BYTES;
}

/* Cuts, and writes the starts down where there is a place to. Returns the number of spans. */
static uint64_t cut(uint64_t *starts, uint64_t first, uint64_t end,
                    uint64_t (*weight)(const void *, uint64_t), const void *context,
                    uint64_t most_bytes, uint64_t most_documents)
{
    uint64_t count = 0, held = 0, documents = 0;
    for (uint64_t i = first; i < end; i++) {
        uint64_t bytes = weigh(weight, context, i);
        if (count == 0 || documents == most_documents || held >= most_bytes ||
            bytes > most_bytes - held) {
            if (starts)
                starts[count] = i;
            count++;
            held = documents = 0;
        }
        held = bytes < UINT64_MAX - held ? held + bytes : UINT64_MAX;
        documents++;
    }
    if (starts)
        starts[count] = end;
    return count;
}

int spans_make(struct spans *spans, uint64_t first, uint64_t end,
               uint64_t (*weight)(const void *context, uint64_t document), const void *context,
               int workers, struct thresh_error *error)
{
    uint64_t shares = (uint64_t)(workers > 0 ? workers : 1) * SPANS_PER_WORKER;
    uint64_t total = 0, most_bytes, most_documents;
    for (uint64_t i = first; i < end; i++) {
        uint64_t bytes = weigh(weight, context, i);
        total = bytes < UINT64_MAX - total ? total + bytes : UINT64_MAX;
    }
    most_bytes = total / shares < SPAN_BYTES ? total / shares : SPAN_BYTES;
    most_documents =
        (end - first) / shares < SPAN_DOCUMENTS ? (end - first) / shares : SPAN_DOCUMENTS;
    if (most_bytes == 0)
        most_bytes = 1;
    if (most_documents == 0)
        most_documents = 1;
    /* Counted first, then written: the array is as long as it must be and no longer. */
    *spans = (struct spans){0};
    uint64_t count = cut(NULL, first, end, weight, context, most_bytes, most_documents);
    if (count >= SIZE_MAX / sizeof *spans->starts)
        return error_no_memory(error);
    spans->starts = malloc((size_t)(count + 1) * sizeof *spans->starts);
    if (!spans->starts)
        return error_no_memory(error);
    spans->n = cut(spans->starts, first, end, weight, context, most_bytes, most_documents);
    return 0;
}

void spans_free(struct spans *spans)
{
    free(spans->starts);
    *spans = (struct spans){0};
}
