/* SPDX-License-Identifier: MIT */
#include "lambda/runtime/log.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/io.h"
#include "lambda/json_text.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static const char *const level_names[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};

void log_init(struct log *log, int fd, const char *format, const char *level)
{
    *log = (struct log){.fd = fd, .level = LOG_INFO};
    log->json = format && strcasecmp(format, "JSON") == 0;
    for (int i = 0; level && i <= LOG_FATAL; i++)
        if (strcasecmp(level, level_names[i]) == 0)
            log->level = (enum log_level)i;
}

static void timestamp(char out[32])
{
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t len = strftime(out, 24, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(out + len, 32 - len, ".%03dZ", (int)(now.tv_nsec / 1000000));
}

/* One write a line: lines of several processes do not mix. */
static void put(struct log *log, json_t *line)
{
    char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
    struct buf out = {0};
    if (text)
        buf_append_format(&out, "%s\n", text);
    if (text && !out.failed)
        io_write_all(log->fd, out.data, out.len);
    free(text);
    buf_free(&out);
    json_decref(line);
}

static void put_text(struct log *log, const char *stamp, enum log_level level,
                     const char *message, const json_t *members)
{
    struct buf out = {0};
    char *more = json_object_size(members) ? json_dumps(members, JSON_COMPACT) : NULL;
    buf_append_format(&out, "%s %s %s%s%s%s%s\n", stamp, level_names[level],
                      *log->request_id ? "RequestId: " : "", log->request_id,
                      *log->request_id ? " " : "", message, more ? " " : "");
    if (more && !out.failed) {
        out.len--;
        buf_append_format(&out, "%s\n", more);
    }
    if (!out.failed)
        io_write_all(log->fd, out.data, out.len);
    free(more);
    buf_free(&out);
}

void log_members(struct log *log, enum log_level level, const char *message, json_t *members)
{
    char stamp[32];
    if (level < log->level) {
        json_decref(members);
        return;
    }
    timestamp(stamp);
    if (!log->json) {
        put_text(log, stamp, level, message, members);
        json_decref(members);
        return;
    }
    json_t *line = json_pack("{s:s, s:s, s:o}", "timestamp", stamp, "level", level_names[level],
                             "message", json_text(message));
    if (*log->request_id)
        json_object_set_new(line, "requestId", json_string(log->request_id));
    json_object_update(line, members);
    json_decref(members);
    put(log, line);
}

void log_line(struct log *log, enum log_level level, const char *format, ...)
{
    char message[1200];
    va_list arguments;
    if (level < log->level)
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    log_members(log, level, message, NULL);
}

/* -- Metrics -------------------------------------------------------------------------- */

static void add_metric(json_t *metrics, json_t *record, const char *name, const char *unit,
                       json_t *value)
{
    json_array_append_new(metrics, json_pack("{s:s, s:s}", "Name", name, "Unit", unit));
    json_object_set_new(record, name, value);
}

static void add_verdicts(json_t *metrics, json_t *record, const struct thresh_stats *stats)
{
    for (int i = 0; thresh_verdict_name(i); i++) {
        char name[48];
        snprintf(name, sizeof name, "%s", thresh_verdict_name(i));
        name[0] = (char)(name[0] & ~0x20);
        add_metric(metrics, record, name, "Count",
                   json_integer((json_int_t)stats->verdicts[i]));
    }
}

void log_metrics(struct log *log, const char *function, const struct invocation_sums *sums)
{
    const struct thresh_stats *stats = &sums->stats;
    json_t *metrics = json_array();
    json_t *record = json_object();
    json_int_t now_ms = clock_unix_ms();
    json_object_set_new(record, "_aws",
                        json_pack("{s:I, s:[{s:s, s:[[s]], s:O}]}", "Timestamp", now_ms,
                                  "CloudWatchMetrics", "Namespace", "thresh", "Dimensions",
                                  "FunctionName", "Metrics", metrics));
    json_object_set_new(record, "FunctionName", json_string(function ? function : "local"));
    json_object_set_new(record, "requestId", json_string(log->request_id));
    add_metric(metrics, record, "Documents", "Count",
               json_integer((json_int_t)stats->documents));
    add_verdicts(metrics, record, stats);
    add_metric(metrics, record, "BytesIn", "Bytes", json_integer((json_int_t)stats->bytes_in));
    add_metric(metrics, record, "BytesInflated", "Bytes",
               json_integer((json_int_t)stats->bytes_inflated));
    add_metric(metrics, record, "Archives", "Count", json_integer(sums->archives));
    add_metric(metrics, record, "ArchivesFailed", "Count", json_integer(sums->failed));
    add_metric(metrics, record, "ArchivesIncomplete", "Count", json_integer(sums->incomplete));
    add_metric(metrics, record, "WallMs", "Milliseconds",
               json_integer((json_int_t)(sums->wall_ms + 0.5)));
    add_metric(metrics, record, "DownloadMs", "Milliseconds",
               json_integer((json_int_t)(sums->download_ms + 0.5)));
    add_metric(metrics, record, "SchemaCacheHit", "Count", json_integer(sums->schema_cached));
    add_metric(metrics, record, "Workers", "Count", json_integer(stats->workers));
    json_object_set_new(record, "Backend",
                        json_string(stats->backend ? stats->backend : "none"));
    json_decref(metrics);
    put(log, record);
}
